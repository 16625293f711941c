"""Where the cursor stands in SQL text: the word being typed and what may stand there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from lakeshell.catalog.scope import name_of
from lakeshell.catalog.vocabulary import KEYWORDS
from lakeshell.sql.lexer import SILENT, Kind, Token, tokenize

_VARIABLE = re.compile(r"\$\{(\w*)\Z")


class Place(Enum):
    """What may stand at the cursor."""

    NOTHING = "nothing"  # a comment, a new name, a number
    STATEMENT = "statement"  # a statement begins
    RELATION = "relation"  # a table, a view, a CTE
    AFTER_RELATION = "after relation"
    SCHEMA = "schema"
    EXPRESSION = "expression"
    AFTER_OPERAND = "after operand"
    DEFINITION = "definition"  # words of CREATE, ALTER …
    NEW_TABLE = "new table"  # a name that is not there yet: its schema at most
    SETTING = "setting"
    SETTING_VALUE = "setting value"
    FUNCTION = "function"
    FORMAT = "format"
    TYPE = "type"
    STRING = "string"
    VARIABLE = "variable"  # the name in ${…}
    DESCRIBE = "describe"
    SHOW = "show"
    EXPLAIN = "explain"


@dataclass(frozen=True)
class Cursor:
    """The place of a cursor.

    `typed` is the part of the word in front of it, unquoted, which begins at offset `start`;
    `qualifier` the names with dots in front of that. `tokens` are the significant ones of the
    statement without the word, `index` how many of them stand in front of it. `quoted` tells
    that a backtick was opened.
    """

    place: Place
    typed: str
    start: int
    qualifier: tuple[str, ...]
    tokens: Sequence[Token]
    index: int
    quoted: bool = False

    @property
    def before(self) -> Sequence[Token]:
        """The tokens in front of the word."""
        return self.tokens[: self.index]


def cursor_at(text: str, offset: int) -> Cursor:
    """Read the statement around `offset`."""
    tokens = _statement(tokenize(text), offset)
    at = next((t for t in tokens if t.start < offset <= t.end), None)
    significant = [t for t in tokens if t.kind not in SILENT]
    before = [t for t in significant if t.end < offset or (t.end == offset and t is not at)]

    def cursor(place: Place, typed: str = "", start: int = offset, quoted: bool = False) -> Cursor:
        rest = [t for t in significant if t.start >= offset]
        behind, qualifier = _qualifier(before)
        if place is Place.RELATION:
            place = _place(behind, rest)
        if place in (Place.SETTING, Place.SETTING_VALUE) and qualifier and not quoted:
            # A setting's dots are part of its name.
            first = before[len(behind)]
            typed, start, qualifier = text[first.start : offset], first.start, ()
        return Cursor(place, typed, start, qualifier, [*behind, *rest], len(behind), quoted)

    if variable := _VARIABLE.search(text, max(offset - 80, 0), offset):
        return cursor(Place.VARIABLE, variable[1], variable.start(1))
    if at is not None:
        before = [t for t in before if t is not at]
        inside = offset < at.end or not at.closed
        if at.kind is Kind.LINE_COMMENT or (at.kind in (Kind.BLOCK_COMMENT, Kind.HINT) and inside):
            return cursor(Place.NOTHING)
        if at.kind in (Kind.STRING, Kind.RAW_STRING) and inside:
            begin = at.start + (2 if at.kind is Kind.RAW_STRING else 1)
            return cursor(Place.STRING, text[begin:offset], begin)
        if at.kind is Kind.IDENTIFIER and inside:
            if any(token.word in KEYWORDS for token in tokenize(text[offset : at.end])):
                # Its end is another name's beginning: read on behind the cursor.
                behind_cursor = _statement(tokenize(" " * offset + text[offset:]), offset)
                significant = [t for t in behind_cursor if t.kind not in SILENT]
            typed = text[at.start + 1 : offset].replace("``", "`")
            return cursor(Place.RELATION, typed, at.start, quoted=True)
        if at.kind is Kind.WORD:
            return cursor(Place.RELATION, text[at.start : offset], at.start)
        if at.kind in (Kind.NUMBER, Kind.DOLLAR_STRING):
            return cursor(Place.NOTHING)
        if at.kind not in SILENT:
            before.append(at)
    return cursor(Place.RELATION)


def _statement(tokens: Sequence[Token], offset: int) -> list[Token]:
    """The tokens between the semicolons around `offset`."""
    found: list[Token] = []
    for token in tokens:
        if token.kind is Kind.SEMICOLON:
            if token.start >= offset:
                break
            found = []
        else:
            found.append(token)
    return found


def _qualifier(before: Sequence[Token]) -> tuple[list[Token], tuple[str, ...]]:
    """Take `a.b.` off the end: the tokens in front of it and its names."""
    number = len(before)
    names: list[str] = []
    while number >= 2 and before[number - 1].text == ".":
        name = name_of(before[number - 2])
        if not name:
            break
        names.insert(0, name)
        number -= 2
    return list(before[:number]), tuple(names)


_RELATION_AFTER = frozenset(
    ("JOIN", "INTO", "UPDATE", "OPTIMIZE", "VACUUM", "OVERWRITE", "CLONE", "DETAIL", "HISTORY",
     "PARTITIONS", "TBLPROPERTIES", "REFRESH", "CACHE", "UNCACHE")
)  # fmt: skip
_CLAUSES = frozenset(
    ("SELECT", "FROM", "WHERE", "ON", "BY", "HAVING", "SET", "VALUES", "JOIN", "INTO", "UPDATE",
     "QUALIFY", "WHEN", "THEN", "USING", "LIMIT", "OFFSET", "TABLE", "VIEW", "DELETE", "MERGE",
     "OPTIMIZE", "VACUUM", "WITH")
)  # fmt: skip
_DEFINING = frozenset(("CREATE", "ALTER", "DROP", "RESTORE", "VACUUM", "OPTIMIZE", "CONVERT"))
_OPERANDS = (Kind.STRING, Kind.RAW_STRING, Kind.NUMBER, Kind.IDENTIFIER, Kind.VARIABLE)
# Keywords behind which nothing but an operator or the next clause can come.
_ENDING = frozenset(
    ("END", "NULL", "TRUE", "FALSE", "ASC", "DESC", "ROW", "PRECEDING", "FOLLOWING")
)


def _place(before: Sequence[Token], after: Sequence[Token]) -> Place:
    words = [token.word or token.text for token in before]
    if not words or words[-1] in ("BEGIN", "DO", "LOOP"):
        return Place.STATEMENT
    first, last = words[0], words[-1]
    if first == "EXPLAIN":
        rest = (
            2 if len(words) > 1 and words[1] in ("EXTENDED", "FORMATTED", "COST", "CODEGEN") else 1
        )
        return Place.EXPLAIN if len(words) == rest else _place(before[rest:], after)
    special = _special_statement(words)
    if special is not None:
        return special
    clause, opened = _clause(words)
    if last == "USING":
        if first == "MERGE":
            return Place.RELATION
        return Place.FORMAT if first in ("CREATE", "REPLACE") else Place.NOTHING
    if last == "AS":
        return _after_as(words, opened)
    if last == "::":
        return Place.TYPE
    if last in ("TABLE", "VIEW", "EXISTS") and first == "CREATE" and opened is None:
        return Place.NEW_TABLE
    if last in _RELATION_AFTER:
        return Place.EXPRESSION if last == "UPDATE" and "THEN" in words else Place.RELATION
    if last == "FROM":
        # EXTRACT(year FROM …), IS DISTINCT FROM …
        in_call = opened is not None and "SELECT" not in words[opened:]
        return Place.EXPRESSION if in_call or words[-2:-1] == ["DISTINCT"] else Place.RELATION
    if last in ("TABLE", "VIEW"):
        return Place.RELATION
    if last == "EXISTS" and words[-2:-1] == ["IF"]:
        return Place.RELATION
    in_call = opened is not None and not {"SELECT", "WITH"} & set(words[opened + 1 : opened + 2])
    if last == "," and clause in ("FROM", "JOIN") and not in_call:
        return Place.RELATION
    if last in ("LIMIT", "OFFSET", "VERSION", "OF"):
        return Place.NOTHING
    if first in ("CREATE", "REPLACE") and _in_column_list(words, opened):
        return Place.TYPE if last not in (",", "(") else Place.NOTHING
    if first in _DEFINING and "SELECT" not in words and clause not in ("WHERE", "BY"):
        if last in ("COLUMN", "AFTER"):
            return Place.EXPRESSION
        return Place.DEFINITION
    if _is_operand(before):
        if clause in ("FROM", "JOIN", "INTO", "UPDATE", "TABLE", "DELETE", "MERGE", "USING"):
            return Place.AFTER_RELATION
        return Place.AFTER_OPERAND
    return Place.EXPRESSION


def _special_statement(words: list[str]) -> Place | None:
    """Short statements, told by their first words."""
    first, last, count = words[0], words[-1], len(words)
    if first == "USE":
        return Place.SCHEMA if count == 1 or last in ("SCHEMA", "DATABASE") else Place.NOTHING
    if first in ("SET", "RESET"):
        if count == 1:
            return Place.SETTING
        return Place.SETTING_VALUE if last == "=" else Place.NOTHING
    if first in ("DESCRIBE", "DESC"):
        if count == 1:
            return Place.DESCRIBE
        if "FUNCTION" in words[:2]:
            return Place.FUNCTION
        if last in ("SCHEMA", "DATABASE"):
            return Place.SCHEMA
        if last in ("EXTENDED", "FORMATTED", "TABLE", "HISTORY", "DETAIL"):
            return Place.RELATION
        return None if "SELECT" in words else Place.NOTHING
    if first == "SHOW":
        if count == 1:
            return Place.SHOW
        if last in ("IN", "FROM"):
            of_table = {"COLUMNS", "PARTITIONS"} & set(words)
            return Place.RELATION if of_table else Place.SCHEMA
        if last in ("PARTITIONS", "TBLPROPERTIES") or words[-2:] == ["CREATE", "TABLE"]:
            return Place.RELATION
        return Place.DEFINITION
    if first in ("DROP", "ALTER", "CREATE") and last in ("SCHEMA", "DATABASE"):
        return Place.SCHEMA
    if first == "DROP" and last == "EXISTS" and words[1] in ("SCHEMA", "DATABASE"):
        return Place.SCHEMA
    if first == "DROP" and words[1:2] == ["FUNCTION"]:
        return Place.FUNCTION
    return None


def _clause(words: list[str]) -> tuple[str, int | None]:
    """The keyword that rules the end of `words`, and the index of the `(` that is open there.

    Parentheses of function calls are looked through; the keyword is sought outside them.
    """
    depth = 0
    clause = ""
    opened: int | None = None
    for number in range(len(words) - 1, -1, -1):
        word = words[number]
        if word == ")":
            depth += 1
        elif word == "(" and depth:
            depth -= 1
        elif word == "(" and opened is None:
            opened = number
        elif depth == 0 and not clause and word in _CLAUSES:
            clause = word
        if clause and opened is not None:
            break
    return clause, opened


def _after_as(words: list[str], opened: int | None) -> Place:
    if opened is not None and opened and words[opened - 1] in ("CAST", "TRY_CAST"):
        return Place.TYPE
    if words[0] in ("CREATE", "REPLACE") and opened is None and "SELECT" not in words:
        return Place.STATEMENT
    return Place.NOTHING


def _in_column_list(words: list[str], opened: int | None) -> bool:
    """Inside the parentheses of CREATE TABLE name (…)."""
    if opened is None or "TABLE" not in words[:opened] or "SELECT" in words:
        return False
    return not {"USING", "BY", "OPTIONS", "TBLPROPERTIES"} & set(words[:opened])


def _is_operand(before: Sequence[Token]) -> bool:
    """Whether an expression is complete behind the last token."""
    token = before[-1]
    if token.kind is Kind.WORD:
        return token.word not in KEYWORDS or token.word in _ENDING
    if token.text == "*":  # all columns, or a product
        return len(before) > 1 and (before[-2].text in (",", ".", "(") or bool(before[-2].word))
    return token.kind in _OPERANDS or token.text in (")", "]")
