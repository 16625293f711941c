"""Queries whose answer over more rows follows from their answer over fewer: projections and filters
of one table, and aggregates of it that merge.

Decided by the words of the query alone; a query with any other word in it has no shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lakeshell.dialect.reader import Reader
from lakeshell.errors import StatementError
from lakeshell.sql.lexer import Kind, Token
from lakeshell.sql.names import quote_string

_OTHER = frozenset({
    "ALL", "ANTI", "CLUSTER", "CROSS", "CUBE", "DISTINCT", "DISTRIBUTE", "EXCEPT", "EXISTS",
    "FILTER", "FULL", "GROUPING", "HAVING", "INNER", "INTERSECT", "JOIN", "LATERAL", "LIMIT",
    "MINUS", "OF", "OFFSET", "ORDER", "OVER", "PIVOT", "QUALIFY", "ROLLUP", "SORT", "STREAM",
    "TABLESAMPLE", "TRANSFORM", "UNION", "UNPIVOT", "VALUES", "WINDOW", "WITH", "WITHIN",
    "_METADATA",
})  # fmt: skip
_MERGE = frozenset({"SUM", "COUNT", "MIN", "MAX"})
_TABLE_ENDS = frozenset({"WHERE", "GROUP"})
_NAME = (Kind.WORD, Kind.IDENTIFIER)


@dataclass(frozen=True)
class Shape:
    """Where a query names its table and what it makes of its rows.

    `columns` has, for a query with GROUP BY, a word for each column of its answer: the aggregate in
    capitals, or KEY. It is empty for projections.
    """

    query: str
    columns: tuple[str, ...]
    _table_end: int
    _from_end: int
    _where: tuple[int, int] | None

    def over_files(self, version: int, names: Sequence[str]) -> str:
        """The query over the rows of the files with these names, at a version of its table."""
        files = f"_metadata.file_name IN ({', '.join(map(quote_string, names))})"
        pinned = f"{self.query[: self._table_end]} VERSION AS OF {version}"
        if self._where is None:
            end = self._from_end
            return f"{pinned}{self.query[self._table_end : end]}\nWHERE {files}{self.query[end:]}"
        start, end = self._where
        return (
            f"{pinned}{self.query[self._table_end : start]}({self.query[start:end]}) AND {files}"
            f"{self.query[end:]}"
        )


def shape_of(query: str) -> Shape | None:
    """The shape of a query, None when it has none of those known."""
    reader = Reader(query)
    words = [token.word for token in reader.tokens]
    allowed = all(token.kind not in (Kind.HINT, Kind.VARIABLE, Kind.PARAMETER, Kind.SEMICOLON)
                  and token.text not in ("@", "|>") for token in reader.tokens)  # fmt: skip
    if not allowed or _OTHER.intersection(words) or words.count("FROM") != 1:
        return None
    if not reader.words("SELECT") or words.count("SELECT") != 1:
        return None
    source = words.index("FROM")
    items = _items(reader.tokens[1:source])
    if items is None:
        return None
    reader.at = source + 1
    try:
        return _from(reader, items)
    except StatementError:
        return None


def _from(reader: Reader, items: list[list[Token]]) -> Shape | None:
    reader.need_name()
    table_end = from_end = reader.tokens[reader.at - 1].end
    has_as = reader.words("AS")
    if reader.next.kind in _NAME and reader.next.word not in _TABLE_ENDS:
        from_end = reader.next.end
        reader.at += 1
    elif has_as:
        return None
    where = None
    if reader.words("WHERE"):
        start = reader.next.start
        while not reader.is_over and not (
            reader.next.word == "GROUP" and reader.ahead(1).word == "BY"
        ):
            reader.at += 1
        where = (start, reader.tokens[reader.at - 1].end)
    columns: tuple[str, ...] = ()
    if reader.words("GROUP", "BY"):
        found = _merging(items, _keys(reader))
        if found is None:
            return None
        columns = found
    if not reader.is_over:
        return None
    return Shape(reader.text, columns, table_end, from_end, where)


def _keys(reader: Reader) -> list[tuple[str, ...]]:
    keys = [_lower(reader.need_name())]
    while reader.symbol(","):
        keys.append(_lower(reader.need_name()))
    return keys


def _merging(items: list[list[Token]], keys: list[tuple[str, ...]]) -> tuple[str, ...] | None:
    """What each column is, if every key is among them and the others are aggregates that merge."""
    columns: list[str] = []
    seen: set[tuple[str, ...]] = set()
    for item in items:
        name = _column(item)
        if name is not None and name in keys:
            seen.add(name)
            columns.append("KEY")
        elif item[0].word in _MERGE and _is_one_call(item):
            columns.append(item[0].word)
        else:
            return None
    return tuple(columns) if seen == set(keys) else None


def _items(tokens: Sequence[Token]) -> list[list[Token]] | None:
    """The items of a select list, without their aliases; None when one is empty."""
    items: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
        if depth == 0 and token.text == ",":
            items.append([])
        else:
            items[-1].append(token)
    return [_without_alias(item) for item in items] if all(items) else None


def _without_alias(item: list[Token]) -> list[Token]:
    if len(item) > 2 and item[-2].word == "AS" and item[-1].kind in _NAME:
        return item[:-2]
    if len(item) > 1 and item[-1].kind in _NAME and item[-2].text == ")":
        return item[:-1]
    if len(item) > 1 and item[-1].kind in _NAME and item[-2].kind in _NAME:
        return item[:-1]
    return item


def _column(item: list[Token]) -> tuple[str, ...] | None:
    """The name that an item is, in small letters; None for an expression."""
    reader = Reader("", item)
    try:
        name = reader.need_name()
    except StatementError:
        return None
    return _lower(name) if reader.is_over else None


def _is_one_call(item: list[Token]) -> bool:
    """Whether the parenthesis behind the first word closes at the end."""
    depth = 0
    for at, token in enumerate(item[1:], 1):
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0:
            return at == len(item) - 1 and at > 1
    return False


def _lower(name: Sequence[str]) -> tuple[str, ...]:
    return tuple(part.lower() for part in name)
