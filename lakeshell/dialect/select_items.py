"""The columns of a statement's SELECT lists, found by the words around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lakeshell.sql.lexer import Kind, Token

_QUANTIFIERS = frozenset({"DISTINCT", "ALL"})
# Words that end a SELECT list, or make its last column more than an expression.
_CLAUSES = frozenset(
    ("WHERE", "GROUP", "HAVING", "ORDER", "SORT", "CLUSTER", "DISTRIBUTE", "LATERAL", "VALUES",
     "QUALIFY", "WINDOW", "SET", "USING", "LIMIT", "OFFSET", "UNION", "INTERSECT", "EXCEPT",
     "MINUS", "INTO", "RECORDREADER", "PIVOT", "UNPIVOT")
)  # fmt: skip
# They end an expression; any other last word behind a value is an alias.
_LAST_WORDS = frozenset({"END", "NULL", "TRUE", "FALSE", "UNKNOWN"})
_SEVERAL_COLUMNS = ("EXPLODE", "POSEXPLODE", "INLINE", "VARIANT_EXPLODE")


@dataclass(frozen=True)
class Item:
    """A column: its tokens from `start` up to `end`."""

    start: int
    end: int


@dataclass
class _List:
    """A parenthesis that is open, or the statement; `start`: of the column that is read, if any."""

    start: int | None = None


def items(tokens: Sequence[Token]) -> Iterator[Item]:
    """The columns that end with a comma, a parenthesis, FROM or the statement; inner ones first."""
    lists = [_List()]
    for at, token in enumerate(tokens):
        current = lists[-1]
        # A field's name is no keyword, whatever it is.
        word = "" if at and tokens[at - 1].text in (".", ":") else token.word
        if token.text == "(" and token.kind is Kind.OPERATOR:
            lists.append(_List())
        elif word == "SELECT" or (current.start == at and _is_quantifier(token)):
            current.start = at + 1
        elif token.text in (")", ",") or (word == "FROM" and not _compares(tokens, at)):
            if current.start is not None and current.start < at:
                yield Item(current.start, at)
            current.start = at + 1 if token.text == "," and current.start is not None else None
            if token.text == ")" and len(lists) > 1:
                lists.pop()
        elif word in _CLAUSES or token.text == "|>":
            current.start = None
    start = lists[-1].start
    if start is not None and start < len(tokens):
        yield Item(start, len(tokens))


def _compares(tokens: Sequence[Token], at: int) -> bool:
    """Whether the FROM at a place belongs to IS [NOT] DISTINCT FROM."""
    return tokens[at - 1].word == "DISTINCT" and tokens[at - 2].word in ("IS", "NOT")


def _is_quantifier(token: Token) -> bool:
    return token.word in _QUANTIFIERS or token.kind is Kind.HINT


def wants_alias(tokens: Sequence[Token], item: Item) -> bool:
    """Whether it is one column that has no name of its own."""
    first, last = tokens[item.start], tokens[item.end - 1]
    if first.word.startswith(_SEVERAL_COLUMNS) or first.word in ("STACK", "JSON_TUPLE"):
        return False
    if last.text == ")" and _is_alias_list(tokens, item):
        return False
    if tokens[item.end - 2].word == "AS":
        return False
    if last.word in _LAST_WORDS or last.kind not in (Kind.WORD, Kind.IDENTIFIER):
        return True
    if item.end - item.start < 2:
        return True
    before = tokens[item.end - 2]
    return before.kind is Kind.OPERATOR and before.text not in (")", "]", ">")


def _is_alias_list(tokens: Sequence[Token], item: Item) -> bool:
    """Whether it ends with AS (a, b)."""
    depth = 0
    for at in range(item.end - 1, item.start, -1):
        depth += (tokens[at].text == ")") - (tokens[at].text == "(")
        if depth == 0:
            return tokens[at - 1].word == "AS"
    return False
