"""CREATE TABLE … [DEEP] CLONE; a SHALLOW CLONE is Delta's own."""

from __future__ import annotations

from functools import partial

from lakeshell.dialect.ledger import handled
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Step
from lakeshell.dialect.tables.deep_clone import Clone, deep_clone

_NAME = "DEEP CLONE"
CONSTRUCTS = (
    handled(
        _NAME,
        "a shallow clone is made and given copies of the files.",
        "CREATE OR REPLACE TABLE a.backup DEEP CLONE a.sales VERSION AS OF 3",
    ),
)


def whole(reader: Reader) -> Step | None:
    """CREATE [OR REPLACE] TABLE [IF NOT EXISTS] t [DEEP] CLONE s …, and REPLACE TABLE."""
    if all(token.word != "CLONE" for token in reader.tokens):
        return None
    replaces = reader.words("CREATE", "OR", "REPLACE") or reader.words("REPLACE")
    if not (replaces or reader.words("CREATE")) or not reader.words("TABLE"):
        return None
    unless_exists = reader.if_not_exists()
    target = reader.need_name("a table")
    start = reader.next.start
    if not reader.words("DEEP", "CLONE") and not reader.words("CLONE"):
        return None
    behind = reader.next.start
    source = reader.need_name("a table")
    names_location = any(token.word == "LOCATION" for token in reader.tokens[reader.at :])
    head, tail = reader.text[:start], reader.text[behind : reader.tokens[-1].end]
    clone = Clone(target, source, head, tail, replaces, unless_exists, names_location)
    return Action(_NAME, partial(deep_clone, clone))
