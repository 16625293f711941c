"""`python -m lakeshell`: the same as the command `lakeshell`."""

import sys

from lakeshell.cli import main

sys.exit(main())
