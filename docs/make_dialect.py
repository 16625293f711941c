"""Writes `docs/dialect.md`, what becomes of Databricks' SQL here, from the dialect's ledger.

python docs/make_dialect.py
"""

from __future__ import annotations

from pathlib import Path

from lakeshell.dialect.families import FAMILIES
from lakeshell.dialect.ledger import Construct, Fate

TARGET = Path(__file__).with_name("dialect.md")
HEAD = """\
# Databricks' SQL here

Whatever open-source Spark and Delta understand goes to them byte for byte. This page lists what
they do not understand and Databricks does. `lakeshell check FILE…` says the same of your own files,
statement by statement and without running any; it ends with 1 if something in them does not run.

- **handled**: it does what it does on Databricks.
- **accepted and ignored**: the statement runs; this part of it means nothing on one machine, and a
  warning says so.
- **unsupported**: the statement stops with the reason given here.
"""


def reference() -> str:
    """The whole text."""
    parts = [HEAD]
    for family in FAMILIES:
        rows = [_row(construct) for construct in family.constructs]
        table = "\n".join(["| construct | | for example |", "|---|---|---|", *rows])
        parts.append(f"## {_title(family.name)}\n\n{table}\n")
    return "\n".join(parts)


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize().replace("Json", "JSON")


def _row(construct: Construct) -> str:
    fate = "" if construct.fate is Fate.HANDLED else f"*{construct.fate.value}*: "
    what = construct.what[0].upper() + construct.what[1:] if not fate else construct.what
    example = _cell(" ".join(construct.example.split()))
    code = f"`` {example} ``" if "`" in example else f"`{example}`"
    return f"| {_cell(construct.name)} | {fate}{_cell(what)} | {code} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
