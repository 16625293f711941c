"""Which tables a place in a statement can see, by which names: FROM, joins, CTEs, subqueries.

Reads tokens, so that half-written SQL is as good as any: what cannot be understood is passed over.
This serves completion only; what runs is decided by Spark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lakeshell.catalog.model import Column, Metadata
from lakeshell.catalog.vocabulary import KEYWORDS, NO_ALIAS
from lakeshell.sql.lexer import Kind, Token

_SET_OPERATORS = frozenset(("UNION", "EXCEPT", "INTERSECT", "MINUS"))
_QUERY_STARTS = frozenset(("SELECT", "WITH", "FROM", "VALUES", "TABLE"))
# After these a relation is named, wherever they stand at the top of a query.
_INTRODUCE = frozenset(
    ("FROM", "JOIN", "INTO", "UPDATE", "TABLE", "OVERWRITE", "OPTIMIZE", "VACUUM", "DETAIL")
)
_END_OF_FROM = frozenset(
    ("WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "SELECT", "SET", "QUALIFY", "WINDOW", "WHEN",
     "VALUES", "CLUSTER", "SORT", "DISTRIBUTE", "ON", "ZORDER")
)  # fmt: skip
_DEEPEST = 30


@dataclass(frozen=True)
class Relation:
    """Something in a FROM clause: a table of the catalog by its `parts`, or a query's output.

    `name` is what qualifies its columns. For a query `names` are its columns as far as they can
    be told, and `passed_on` the relations whose columns its `*` passes on.
    """

    name: str
    parts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    passed_on: tuple[Relation, ...] = ()

    def columns(self, metadata: Metadata) -> list[Column]:
        """Its columns, as far as they are known by now."""
        found = list(metadata.columns(self.parts)) if self.parts else []
        found += [Column(name) for name in self.names]
        for relation in self.passed_on:
            found += relation.columns(metadata)
        unique = {column.name.lower(): column for column in reversed(found)}
        return list(reversed(unique.values()))


def name_of(token: Token) -> str:
    """The name a word or a quoted identifier stands for; empty for other tokens."""
    if token.kind is Kind.WORD:
        return token.text
    if token.kind is Kind.IDENTIFIER:
        inner = token.text[1:-1] if token.closed else token.text[1:]
        return inner.replace("``", "`")
    return ""


def relations_at(tokens: Sequence[Token], index: int) -> list[Relation]:
    """The relations that the place in front of `tokens[index]` sees, the nearest query's first.

    `tokens` are the significant ones of one statement, without the word being typed.
    """
    return _Reader(tokens).visible(index)


def visible_ctes(tokens: Sequence[Token], index: int) -> list[str]:
    """Names of the CTEs that the place in front of `tokens[index]` may read from."""
    return _Reader(tokens).ctes(index)


@dataclass
class _Reader:
    tokens: Sequence[Token]
    _closing: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        opened: list[int] = []
        for number, token in enumerate(self.tokens):
            if token.text == "(":
                opened.append(number)
            elif token.text == ")" and opened:
                self._closing[opened.pop()] = number
        for number in opened:
            self._closing[number] = len(self.tokens)

    def visible(self, index: int) -> list[Relation]:
        return [relation for level in reversed(self._levels(index)) for relation in level[0]]

    def ctes(self, index: int) -> list[str]:
        return [relation.name for relation in self._levels(index)[-1][1].values()]

    def _levels(self, index: int) -> list[tuple[list[Relation], dict[str, Relation]]]:
        """The relations and CTEs of each query around `index`, the outermost first."""
        levels = [(0, len(self.tokens))]
        levels += [
            (opening + 1, closing)
            for opening, closing in sorted(self._closing.items())
            if opening < index <= closing
        ]
        # Outer queries first: their CTEs are known to the inner ones.
        found: list[tuple[list[Relation], dict[str, Relation]]] = []
        ctes: dict[str, Relation] = {}
        for start, end in levels:
            ctes, start = self._with_clause(start, end, ctes, before=index)
            start, end = self._segment(start, end, index)
            found.append((self._relations(start, end, ctes), ctes))
        return found

    # One query
    def _segment(self, start: int, end: int, index: int) -> tuple[int, int]:
        """The part between set operators in which `index` is."""
        for number in self._top(start, end):
            if self.tokens[number].word in _SET_OPERATORS:
                if number < index:
                    start = number + 1
                else:
                    return start, number
        return start, end

    def _top(self, start: int, end: int) -> list[int]:
        """Indexes of the tokens outside parentheses; an opening one stands for its inside."""
        found = []
        number = start
        while number < end:
            found.append(number)
            number = self._closing.get(number, number) + 1
        return found

    def _with_clause(
        self,
        start: int,
        end: int,
        outer: dict[str, Relation],
        *,
        before: int | None = None,
        depth: int = 0,
    ) -> tuple[dict[str, Relation], int]:
        """The CTEs known behind a WITH at `start`, and where its query begins.

        `before`: inside a CTE's own text only those defined in front of it are known.
        """
        known = dict(outer)
        number = start
        if number >= end or self.tokens[number].word != "WITH":
            return known, start
        number += 1
        while number < end and name_of(self.tokens[number]):
            name = name_of(self.tokens[number])
            number += 1
            columns: tuple[str, ...] = ()
            if number < end and self.tokens[number].text == "(":
                columns = self._name_list(number)
                number = self._closing[number] + 1
            if number < end and self.tokens[number].word == "AS":
                number += 1
            if number >= end or self.tokens[number].text != "(":
                break
            closing = self._closing[number]
            if before is not None and number < before <= closing:
                break
            relation = self._query(name, number + 1, closing, known, depth + 1)
            known[name.lower()] = _renamed(relation, name, columns)
            number = closing + 1
            if number < end and self.tokens[number].text == ",":
                number += 1
            else:
                break
        return known, number

    def _query(
        self, name: str, start: int, end: int, ctes: dict[str, Relation], depth: int
    ) -> Relation:
        """The output of the query in [start, end)."""
        if depth > _DEEPEST:
            return Relation(name)
        ctes, start = self._with_clause(start, end, ctes, depth=depth)
        start, end = self._segment(start, end, start)
        relations = self._relations(start, end, ctes, depth)
        names: list[str] = []
        passed_on: list[Relation] = []
        for item in self._select_items(start, end):
            last = self.tokens[item[-1]]
            if last.text == "*":
                qualifier = name_of(self.tokens[item[-3]]) if len(item) > 2 else ""
                passed_on += [
                    r for r in relations if not qualifier or r.name.lower() == qualifier.lower()
                ]
            elif (column := name_of(last)) and last.word not in ("END", "NULL", "TRUE", "FALSE"):
                names.append(column)
        return Relation(name, names=tuple(names), passed_on=tuple(passed_on))

    def _select_items(self, start: int, end: int) -> list[list[int]]:
        items: list[list[int]] = [[]]
        inside = False
        for number in self._top(start, end):
            word = self.tokens[number].word
            if word == "SELECT":
                inside, items = True, [[]]
            elif inside and (word in ("FROM", "LATERAL") or word in _END_OF_FROM):
                break
            elif inside and self.tokens[number].text == ",":
                items.append([])
            elif inside and word not in ("DISTINCT", "ALL"):
                items[-1].append(number)
        return [item for item in items if item] if inside else []

    # One FROM clause
    def _relations(
        self, start: int, end: int, ctes: dict[str, Relation], depth: int = 0
    ) -> list[Relation]:
        found: list[Relation] = []
        merging = start < end and self.tokens[start].word == "MERGE"
        describing = start < end and self.tokens[start].word in ("DESCRIBE", "DESC")
        in_from = False
        number = start
        while number < end:
            token = self.tokens[number]
            introduces = token.word in _INTRODUCE or (merging and token.word == "USING")
            introduces = introduces or (describing and number == start)
            if introduces or (in_from and token.text == ","):
                in_from = True
                written = token.word in ("INTO", "TABLE", "OVERWRITE")
                relation, number = self._relation(number + 1, end, ctes, depth, written=written)
                found += relation
                continue
            if token.word == "LATERAL" and self._word(number + 1, end) == "VIEW":
                relation, number = self._lateral_view(number + 2, end)
                found += relation
                continue
            if token.word in _END_OF_FROM:
                in_from = False
            number = self._closing.get(number, number) + 1
        return found

    def _word(self, number: int, end: int) -> str:
        return self.tokens[number].word if number < end else ""

    def _relation(
        self,
        number: int,
        end: int,
        ctes: dict[str, Relation],
        depth: int,
        *,
        written: bool = False,
    ) -> tuple[list[Relation], int]:
        """The relation that begins at `number`, and the index behind it.

        `written`: it is the target of an INSERT, where parentheses hold columns.
        """
        while self._word(number, end) in ("LATERAL", "TABLE", "ONLY", "IF", "NOT", "EXISTS"):
            number += 1
        if number >= end:
            return [], number
        if self.tokens[number].text == "(":
            closing = self._closing[number]
            if self._word(number + 1, closing) in _QUERY_STARTS:
                inner = [self._query("", number + 1, closing, ctes, depth + 1)]
            elif depth < _DEEPEST:
                # (a JOIN b): joins in parentheses, as one relation more or several.
                first, after = self._relation(number + 1, closing, ctes, depth + 1)
                inner = first + self._relations(after, closing, ctes, depth + 1)
            else:
                inner = []
            alias, columns, number = self._alias(closing + 1, end)
            if alias and len(inner) == 1:
                return [_renamed(inner[0], alias, columns)], number
            return inner, number
        parts: list[str] = []
        while number < end and (name := name_of(self.tokens[number])):
            if not parts and self.tokens[number].word in NO_ALIAS:
                return [], number
            parts.append(name)
            number += 1
            if number < end and self.tokens[number].text == ".":
                number += 1
            else:
                break
        if not parts:
            return [], number
        if written and number < end and self.tokens[number].text == "(":
            return [Relation(parts[-1], parts=tuple(parts))], number
        if number < end and self.tokens[number].text == "(":  # a table function
            alias, columns, number = self._alias(self._closing[number] + 1, end)
            return [Relation(alias or parts[-1], names=columns)], number
        alias, columns, number = self._alias(self._time_travel(number, end), end)
        cte = ctes.get(parts[0].lower()) if len(parts) == 1 else None
        relation = cte or Relation(parts[-1], parts=tuple(parts))
        return [_renamed(relation, alias or parts[-1], columns)], number

    def _time_travel(self, number: int, end: int) -> int:
        """Skip `VERSION AS OF 3`, `TIMESTAMP AS OF '…'`, `TABLESAMPLE (…)`."""
        if self._word(number, end) == "FOR":
            number += 1
        if self._word(number, end) in ("VERSION", "TIMESTAMP", "SYSTEM_VERSION", "SYSTEM_TIME"):
            number += 1
            while self._word(number, end) in ("AS", "OF"):
                number += 1
            number += 1
            if number < end and self.tokens[number].text == "(":
                number = self._closing[number] + 1
        if self._word(number, end) == "TABLESAMPLE":
            number += 1
            number = self._closing.get(number, number) + 1
        return min(number, end)

    def _alias(self, number: int, end: int) -> tuple[str, tuple[str, ...], int]:
        """`[AS] alias [(columns)]` at `number`: the alias or "", the columns, the index behind."""
        marked = self._word(number, end) == "AS"
        at = number + 1 if marked else number
        if at >= end or not name_of(self.tokens[at]) or self.tokens[at].word in NO_ALIAS:
            return "", (), number
        alias = name_of(self.tokens[at])
        at += 1
        columns: tuple[str, ...] = ()
        if at < end and self.tokens[at].text == "(" and self._word(at + 1, end) not in KEYWORDS:
            columns = self._name_list(at)
            if columns:
                at = self._closing[at] + 1
        return alias, columns, min(at, end)

    def _lateral_view(self, number: int, end: int) -> tuple[list[Relation], int]:
        """`LATERAL VIEW [OUTER] explode(…) alias AS a, b`."""
        if self._word(number, end) == "OUTER":
            number += 1
        while number < end and self.tokens[number].text != "(":
            number += 1
        number = min(self._closing.get(number, number) + 1, end)
        alias, _, number = self._alias(number, end)
        names: list[str] = []
        if self._word(number, end) == "AS":
            number += 1
            while number < end and (name := name_of(self.tokens[number])):
                names.append(name)
                number += 1
                if number < end and self.tokens[number].text == ",":
                    number += 1
                else:
                    break
        return [Relation(alias, names=tuple(names))], number

    def _name_list(self, opening: int) -> tuple[str, ...]:
        inside = self.tokens[opening + 1 : self._closing[opening]]
        names = [name_of(token) for token in inside if token.text != ","]
        return tuple(names) if all(names) else ()


def _renamed(relation: Relation, name: str, columns: tuple[str, ...]) -> Relation:
    if columns:
        return Relation(name, names=columns)
    return Relation(name, relation.parts, relation.names, relation.passed_on)
