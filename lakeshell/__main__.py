"""`python -m lakeshell`: the same as the command `lakeshell`."""

from lakeshell.cli import main

main()
