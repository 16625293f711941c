"""Where a statement names tables, schemas, functions and columns, by its own tokens.

Spark's parser tells no places for the names of most commands, and does not know Databricks' own, so
the place is found by the words around it. What is not certain is called OTHER or COLUMN.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from lakeshell.dialect.reader import string_value
from lakeshell.errors import UsageError
from lakeshell.sql.lexer import Kind, Token
from lakeshell.sql.names import parse_name


class Role(Enum):
    """What a name stands for, by its place."""

    TABLE = "table, view or function"
    SCHEMA = "schema"
    CATALOG = "catalog"
    FUNCTION = "function that is called"
    COLUMN = "inside a query, where no table is named"
    FORMAT = "format, which is no object"
    OTHER = "anywhere else"
    CURRENT = "current_catalog() or current_schema()"
    STATEMENT = "the text of EXECUTE IMMEDIATE"


@dataclass(frozen=True)
class Mention:
    """A name of `parts`, each at one of `spans` in the text; of a literal, all are its span.

    `star`: `.*` follows. `whole_item`: a call that is an item of a select list by itself.
    """

    role: Role
    parts: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    in_literal: bool = False
    star: bool = False
    whole_item: bool = False


@dataclass
class _Level:
    """Between two parentheses: which list a comma continues, and whether FROM is an argument's."""

    in_from: bool = False
    in_select: bool = False
    in_call: bool = False


_NAME = (Kind.WORD, Kind.IDENTIFIER)
_STRINGS = (Kind.STRING, Kind.RAW_STRING)
_SCHEMA = frozenset({"SCHEMA", "DATABASE", "NAMESPACE"})
_SCHEMA_HEADS = frozenset({"CREATE", "ALTER", "DROP", "DESCRIBE", "DESC", "USE", "COMMENT"})
_SCHEMA_LISTS = frozenset({"SCHEMAS", "DATABASES", "NAMESPACES"})
_BEFORE_TABLE = frozenset({
    "JOIN", "INTO", "UPDATE", "TABLE", "VIEW", "OVERWRITE", "OPTIMIZE", "VACUUM", "STREAM",
    "REFRESH", "CLONE", "REFERENCES", "FUNCTION", "PROCEDURE", "CALL", "RESTORE", "PARTITIONS",
    "TBLPROPERTIES", "LATERAL",
})  # fmt: skip
_BEFORE_TABLE_OF = {
    "USING": ("MERGE",), "LIKE": ("CREATE",), "TO": ("ALTER",), "DELTA": ("CONVERT",),
    "COLUMN": ("COMMENT",),
}  # fmt: skip
_DESCRIBES = frozenset({"DESCRIBE", "DESC"})
_AFTER_DESCRIBE = _DESCRIBES | {"EXTENDED", "FORMATTED", "HISTORY", "DETAIL"}
_NOT_DESCRIBED_AS_TABLE = frozenset({"CATALOG", "VOLUME", "QUERY", "SHARE", "CONNECTION"})
_ARGUMENTS_WITH_FROM = frozenset({
    "EXTRACT", "TRIM", "SUBSTRING", "SUBSTR", "OVERLAY", "POSITION", "BTRIM", "LTRIM", "RTRIM",
})  # fmt: skip
_ENDS_FROM = frozenset({
    "WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "QUALIFY", "WINDOW", "UNION", "INTERSECT",
    "EXCEPT", "MINUS", "SELECT", "SET", "VALUES", "SORT", "CLUSTER", "DISTRIBUTE", "WHEN",
    "PIVOT", "UNPIVOT", "AGGREGATE", "EXTEND", "OFFSET",
})  # fmt: skip
_BEGINS_QUERY = frozenset({"SELECT", "WHERE", "SET", "ON", "WHEN", "VALUES", "WITH", "FROM"})
_BEGINS_STATEMENT = frozenset({"BEGIN", "THEN", "ELSE", "DO"})
_EXPLAIN = frozenset({"EXPLAIN", "EXTENDED", "FORMATTED", "COST", "CODEGEN", "LOGICAL"})
_CURRENT = frozenset({"CURRENT_CATALOG", "CURRENT_SCHEMA", "CURRENT_DATABASE"})


def mentions(tokens: Sequence[Token]) -> Iterator[Mention]:
    """Every name of a statement, of several parts or one, in its order; keywords are among them."""
    return _Scan(tokens).run()


class _Scan:
    """One reading of a statement; `head` is where its first word stands."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._levels = [_Level()]
        self._head = 0
        self._queries = False

    def run(self) -> Iterator[Mention]:
        at = 0
        while at < len(self._tokens):
            token = self._tokens[at]
            if token.kind in _NAME:
                found, following = self._name(at)
                if found is not None:
                    yield found
                if following == at + 1:
                    self._hear(token.word, at)
                at = following
                continue
            if token.kind in _STRINGS and self._word(at - 1) == "IMMEDIATE":
                yield Mention(Role.STATEMENT, (string_value(token),), ((token.start, token.end),),
                              in_literal=True)  # fmt: skip
            self._symbol(token, at)
            at += 1

    # What a token changes
    def _symbol(self, token: Token, at: int) -> None:
        if token.text == "(":
            self._levels.append(_Level(in_call=self._word(at - 1) in _ARGUMENTS_WITH_FROM))
        elif token.text == ")" and len(self._levels) > 1:
            self._levels.pop()
        elif token.text == "|>":
            self._levels[-1].in_from = self._levels[-1].in_select = False
        elif token.kind is Kind.SEMICOLON:
            self._begin(at + 1)

    def _hear(self, word: str, at: int) -> None:
        level = self._levels[-1]
        if word in _BEGINS_STATEMENT:
            self._begin(at + 1, queries=self._queries)
        elif at == self._head and word in _EXPLAIN:
            self._head += 1
        if word in _BEGINS_QUERY:
            self._queries = True
        if word == "FROM" and not level.in_call and self._word(at - 1) != "DISTINCT":
            level.in_from, level.in_select = True, False
        elif word in _ENDS_FROM:
            level.in_from, level.in_select = False, word == "SELECT"

    def _begin(self, at: int, *, queries: bool = False) -> None:
        self._head, self._queries = at, queries

    # Names
    def _name(self, at: int) -> tuple[Mention | None, int]:
        """The name that begins here, and where to read on."""
        word = self._word(at)
        if word == "IDENTIFIER" and self._text(at + 1) == "(":
            found = self._identifier_clause(at)
            if found is not None:
                return found
        if word in _CURRENT and self._text(at + 1) == "(" and self._text(at + 2) == ")":
            span = (self._tokens[at].start, self._tokens[at + 2].end)
            item = self._is_whole_item(at, at + 3)
            return Mention(Role.CURRENT, (word,), (span,), whole_item=item), at + 3
        parts, spans, following, star = self._chain(at)
        if len(parts) == 1 and self._is_keyword(at):
            return None, following
        role = self._role(at)
        if role in (Role.COLUMN, Role.OTHER) and self._text(following) == "(":
            role = Role.FUNCTION
        return Mention(role, parts, spans, star=star), following

    def _chain(self, at: int) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...], int, bool]:
        parts, spans = [], []
        while True:
            token = self._tokens[at]
            quoted = token.kind is Kind.IDENTIFIER and token.closed
            parts.append(token.text[1:-1].replace("``", "`") if quoted else token.text)
            spans.append((token.start, token.end))
            at += 1
            if self._text(at) != ".":
                return tuple(parts), tuple(spans), at, False
            if at + 1 >= len(self._tokens) or self._tokens[at + 1].kind not in _NAME:
                return tuple(parts), tuple(spans), at, self._text(at + 1) == "*"
            at += 1

    def _identifier_clause(self, at: int) -> tuple[Mention, int] | None:
        """`IDENTIFIER('a.b')`, also of several literals: `IDENTIFIER('a' || '.b')`."""
        end, values = at + 2, []
        while end < len(self._tokens) and self._text(end) != ")":
            token = self._tokens[end]
            if token.kind in _STRINGS:
                values.append(string_value(token))
            elif token.text != "||":
                return None
            end += 1
        try:
            parts = parse_name("".join(values))
        except UsageError:
            return None
        if end >= len(self._tokens):
            return None
        span = (self._tokens[at + 2].start, self._tokens[end - 1].end)
        role = self._role(at)
        if role in (Role.COLUMN, Role.OTHER) and self._text(end + 1) == "(":
            role = Role.FUNCTION
        return Mention(role, parts, (span,) * len(parts), in_literal=True), end + 1

    def _is_keyword(self, at: int) -> bool:
        """Whether a word where the name of a schema may stand is one of the statement's own."""
        word, following = self._word(at), self._word(at + 1)
        if word == "IF":
            return following in ("NOT", "EXISTS")
        return (word in _SCHEMA or word == "EXTENDED") and (
            at + 1 < len(self._tokens) and self._tokens[at + 1].kind in _NAME
        )

    def _role(self, at: int) -> Role:
        """What a name that begins here stands for."""
        before = self._behind_condition(at - 1)
        word, head = self._word(before), self._word(self._head)
        nouns = [self._word(n) for n in range(self._head + 1, at)]
        if head == "SHOW" and word in ("IN", "FROM"):
            return self._of_show(nouns)
        if head in _DESCRIBES and word in _AFTER_DESCRIBE | _SCHEMA | {"FUNCTION", "TABLE"}:
            if _SCHEMA & set(nouns):
                return Role.SCHEMA
            return Role.OTHER if _NOT_DESCRIBED_AS_TABLE & set(nouns) else Role.TABLE
        if head in _SCHEMA_HEADS and word in _SCHEMA and before - self._head <= 2:
            return Role.SCHEMA
        if head == "USE" and before == self._head:
            return Role.SCHEMA
        if word == "USING" and head != "MERGE":
            return Role.FORMAT
        return Role.TABLE if self._names_table(before, word, head) else self._elsewhere()

    def _names_table(self, before: int, word: str, head: str) -> bool:
        level = self._levels[-1]
        if word == "FROM":
            return not level.in_call and self._word(before - 1) != "DISTINCT"
        if word in _BEFORE_TABLE or head in _BEFORE_TABLE_OF.get(word, ()):
            return word != "TO" or self._word(before - 1) == "RENAME"
        if self._text(before) == ",":
            return level.in_from
        return self._text(before) == "(" and self._word(before - 1) in ("TABLE", "STREAM")

    def _elsewhere(self) -> Role:
        return Role.COLUMN if self._queries else Role.OTHER

    def _of_show(self, nouns: Sequence[str]) -> Role:
        if _SCHEMA_LISTS & set(nouns[:1]):
            return Role.CATALOG
        first_place = sum(noun in ("IN", "FROM") for noun in nouns) == 1
        return Role.TABLE if nouns[0] in ("COLUMNS", "PARTITIONS") and first_place else Role.SCHEMA

    def _behind_condition(self, at: int) -> int:
        """In front of IF [NOT] EXISTS, if that ends here."""
        start = at
        for word in ("EXISTS", "NOT", "IF"):
            if self._word(at) == word:
                at -= 1
            elif word != "NOT":
                return start
        return at

    def _is_whole_item(self, at: int, following: int) -> bool:
        level = self._levels[-1]
        begins = self._word(at - 1) in ("SELECT", "DISTINCT", "ALL") or self._text(at - 1) == ","
        ends = self._text(following) in ("", ",", ")", ";", "|>") or (
            self._word(following) in _ENDS_FROM | {"FROM"}
        )
        return level.in_select and begins and ends

    def _word(self, at: int) -> str:
        return self._tokens[at].word if 0 <= at < len(self._tokens) else ""

    def _text(self, at: int) -> str:
        return self._tokens[at].text if 0 <= at < len(self._tokens) else ""
