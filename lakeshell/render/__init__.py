"""Results to text and files: every output format, and the one filter before a terminal."""
