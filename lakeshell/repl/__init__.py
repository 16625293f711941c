"""The inline shell, on prompt-toolkit."""
