"""Writes `docs/keys.md`, the keys of the full screen, from `lakeshell/tui/keys.py`.

python docs/make_keys.py
"""

from __future__ import annotations

from pathlib import Path

from lakeshell.tui.keys import KEYS, shown_keys

TARGET = Path(__file__).with_name("keys.md")
TITLES = {
    "everywhere": "Everywhere",
    "help": "Help",
    "jumping": "Jump mode",
    "dialog": "Questions",
    "dialog.text": "Questions with a line or a list",
    "editor": "Editor",
    "text": "Text",
    "find": "Find and replace",
    "history": "History of statements",
    "palette": "Palettes",
    "catalog": "Catalog",
    "dock": "Table dock",
    "versions": "Versions of a table",
    "results": "Results",
    "lines": "Messages, plan, progress, text",
    "chart": "Chart",
    "streams": "Streams",
    "grid": "Result grid",
    "cell": "One cell",
    "row": "One row",
    "export": "Export",
}
HEAD = """\
# Keys of the full screen

F1 shows them in the program, those of the part you are in first, and finds them by what you type;
questions and palettes, which say their keys themselves, stand only here. The last column is the id
by which `[tui.keys]` in lakeshell.toml gives an action other keys:

```toml
[tui.keys]
"run.statement" = "ctrl+r,f5"
"edit.replace" = "alt+h"        # it had ctrl+r
```
"""


def reference() -> str:
    """The whole text."""
    parts = [HEAD]
    for where in dict.fromkeys(key.where for key in KEYS):
        rows = [
            f"| {_code(shown_keys(key))} | {key.description} | `{key.id}` |"
            for key in KEYS
            if key.where == where
        ]
        table = "\n".join(["| key | does | id |", "|---|---|---|", *rows])
        parts.append(f"## {TITLES[where]}\n\n{table}\n")
    return "\n".join(parts)


def _code(names: str) -> str:
    """Each once: two keys may be the same byte, and so have one name."""
    return " ".join(f"`{name}`".replace("|", "\\|") for name in dict.fromkeys(names.split("  ")))


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
