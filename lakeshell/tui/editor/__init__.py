"""What an editor tab is made of: text, colours, files, formatting, completion, snippets."""
