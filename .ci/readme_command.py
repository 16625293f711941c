"""Prints the shell block of README.md that follows `<!-- command: NAME -->`."""

import re
import sys
from pathlib import Path

readme = Path(__file__).resolve().parent.parent.joinpath("README.md").read_text(encoding="utf-8")
found = re.search(rf"<!-- command: {sys.argv[1]} -->\s*```sh\n(.*?)```", readme, re.DOTALL)
if not found:
    sys.exit(f"README.md has no command {sys.argv[1]!r}")
print(found.group(1))
