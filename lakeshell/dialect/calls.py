"""Calls of functions in a statement, found by the words around their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lakeshell.sql.lexer import Kind, Token

# Behind these words a name with parentheses is no call.
_DEFINING = frozenset(
    ("FUNCTION", "TABLE", "VIEW", "INTO", "OVERWRITE", "EXISTS", "WITH", "RECURSIVE", "AS")
)
_BEFORE_TABLES = frozenset({"FROM", "JOIN", "STREAM", "LATERAL"})


def calls(tokens: Sequence[Token]) -> Iterator[int]:
    """The places of the names of functions that are called by a bare name."""
    for at, token in enumerate(tokens[1:-2], 1):
        if token.kind is Kind.WORD and tokens[at + 1].text == "(":
            before = tokens[at - 1]
            if before.text != "." and before.word not in _DEFINING:
                yield at


def is_table(tokens: Sequence[Token], at: int) -> bool:
    """Whether a call stands where a table may: a scalar function of that name is another one."""
    return tokens[at - 1].word in _BEFORE_TABLES or tokens[at - 1].text in (",", "(")
