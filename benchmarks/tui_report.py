"""Where the measurements of the full screen are kept: RESULTS_TUI.md, a part for each benchmark."""

from __future__ import annotations

import re
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS_TUI.md")


def write_section(name: str, text: str) -> None:
    """Replace the part between the marks of `name`, or add it at the end."""
    written = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# The full screen\n"
    part = f"<!-- {name} -->\n{text.strip()}\n<!-- /{name} -->"
    marked = re.compile(rf"<!-- {re.escape(name)} -->.*<!-- /{re.escape(name)} -->", re.DOTALL)
    if marked.search(written):
        written = marked.sub(lambda _: part, written)
    else:
        written = f"{written.rstrip()}\n\n{part}\n"
    RESULTS.write_text(written, encoding="utf-8")
