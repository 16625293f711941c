"""The table that a statement writes rows to, by the statement's own words."""

from __future__ import annotations

from lakeshell.sql.lexer import SILENT, Kind, Token, iter_tokens
from lakeshell.sql.names import quote_name

_BEFORE_NAME = frozenset(
    ("INSERT", "INTO", "OVERWRITE", "TABLE", "CREATE", "OR", "REPLACE", "IF", "NOT", "EXISTS")
)


def write_target(text: str) -> str | None:
    """The quoted name of t in INSERT INTO|OVERWRITE t and CREATE … TABLE t … AS; else None."""
    tokens = [t for t in iter_tokens(text[:2000]) if t.kind not in SILENT]
    words = [t.word for t in tokens]
    if not words or words[0] not in ("INSERT", "CREATE"):
        return None
    if words[0] == "CREATE" and ("TABLE" not in words[:4] or "AS" not in words):
        return None
    start = next((i for i, word in enumerate(words) if word not in _BEFORE_NAME), len(words))
    parts = _name(tokens[start:])
    return quote_name(parts) if parts else None


def _name(tokens: list[Token]) -> list[str]:
    parts: list[str] = []
    for index, token in enumerate(tokens):
        if index % 2:
            if token.text != ".":
                break
        elif token.kind is Kind.IDENTIFIER:
            parts.append(token.text[1:-1].replace("``", "`"))
        elif token.kind is Kind.WORD and token.word != "DIRECTORY":
            parts.append(token.text)
        else:
            return []
    return parts
