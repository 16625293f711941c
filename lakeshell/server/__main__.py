"""`python -m lakeshell.server --home DIR`: the process that shells start on demand."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

_NICENESS = 5  # what is typed is echoed at once, however much Spark computes on the same cores


def main() -> int:
    """Run the supervisor of one home until it is stopped; returns the exit code."""
    parser = argparse.ArgumentParser(prog="lakeshell.server")
    parser.add_argument("--home", required=True, type=Path)
    parser.add_argument("--discovered", action="store_true", help="it was found, not named")
    arguments = parser.parse_args()

    from lakeshell.home import Home
    from lakeshell.server.lifecycle import Supervisor

    os.nice(_NICENESS)  # for the JVM and Python's workers, too
    return Supervisor(Home(arguments.home, arguments.discovered)).run()


if __name__ == "__main__":
    sys.exit(main())
