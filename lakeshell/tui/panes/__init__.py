"""What the main screen is made of, a module a pane."""
