"""What kind of statement a text is, by its first words: rows or not, reads or writes, how grave.

This guides the shell (where a limit may be put, what to ask before). Whether the statement is right
is for Spark to say.
"""

from __future__ import annotations

from dataclasses import dataclass

from lakeshell.sql.lexer import SILENT, Kind, Token, iter_tokens


@dataclass(frozen=True)
class StatementKind:
    """`verb` is what the statement does in one or two words ("SELECT", "CREATE TABLE").

    `can_limit`: a plain query, on whose result a limit may be put. `metadata`: its rows describe
    objects. `destructive`: it removes or changes what is there.
    """

    verb: str
    returns_rows: bool = False
    writes: bool = False
    destructive: bool = False
    metadata: bool = False
    can_limit: bool = False


_QUERIES = ("SELECT", "VALUES", "TABLE", "FROM")
_METADATA = ("SHOW", "DESCRIBE", "DESC", "EXPLAIN", "LIST", "HELP")
_WRITES = ("INSERT", "MERGE", "UPDATE", "DELETE", "COPY", "LOAD")
_DESTRUCTIVE = ("DROP", "TRUNCATE", "DELETE", "UPDATE", "VACUUM", "RESTORE", "MERGE")
_DEFINITIONS = (
    "CREATE", "ALTER", "DROP", "TRUNCATE", "COMMENT", "OPTIMIZE", "VACUUM", "RESTORE", "CONVERT",
    "ANALYZE", "MSCK", "FSCK", "REORG", "GENERATE", "UNDROP", "GRANT", "REVOKE", "DENY", "REPLACE",
)  # fmt: skip
_OBJECTS = (
    "TABLE", "VIEW", "SCHEMA", "DATABASE", "CATALOG", "FUNCTION", "VOLUME", "PROCEDURE", "INDEX",
    "VARIABLE", "NAMESPACE", "CONNECTION", "SHARE",
)  # fmt: skip


def classify(text: str) -> StatementKind:
    """The kind of one statement (no `;` needed). Never fails: an unknown one is a plain command."""
    words = _Words(text)
    words.skip_openings()
    first = words.peek()
    if first == "WITH":
        words.skip_common_tables()
        first = words.peek()
        if first in _QUERIES or first == "":
            return _query("SELECT")
    if first in _QUERIES:
        return _from_insert(words) or _query("SELECT" if first == "FROM" else first)
    if first == "BEGIN" or words.is_label():
        return StatementKind("SCRIPT", returns_rows=True, writes=True)
    if first in _METADATA:
        verb = "DESCRIBE" if first == "DESC" else first
        if verb == "DESCRIBE" and words.peek(1) in ("HISTORY", "DETAIL"):
            verb = f"DESCRIBE {words.peek(1)}"
        return StatementKind(verb, returns_rows=True, metadata=True)
    if first in _WRITES:
        overwrite = first == "INSERT" and "OVERWRITE" in (words.peek(1), words.peek(2))
        replace = first == "INSERT" and "REPLACE" in words.all()
        return StatementKind(
            "INSERT OVERWRITE" if overwrite else first,
            writes=True,
            destructive=first in _DESTRUCTIVE or overwrite or replace,
        )
    if first in _DEFINITIONS:
        return _definition(first, words)
    # SET, USE, CALL, CACHE, EXECUTE IMMEDIATE …
    return StatementKind(first or "EMPTY", returns_rows=first in ("SET", "CALL", "EXECUTE", "GET"))


def _query(verb: str) -> StatementKind:
    return StatementKind(verb, returns_rows=True, can_limit=True)


def _from_insert(words: _Words) -> StatementKind | None:
    """Hive's `FROM t INSERT INTO u SELECT …` starts as a query and writes."""
    if words.peek() == "FROM" and "INSERT" in words.all():
        return StatementKind("INSERT", writes=True, destructive="OVERWRITE" in words.all())
    return None


def _definition(first: str, words: _Words) -> StatementKind:
    following = words.all()[1:8]
    target = next((word for word in following if word in _OBJECTS), "")
    verb = f"{first} {target}" if first in ("CREATE", "ALTER", "DROP") and target else first
    replaces = first in ("CREATE", "REPLACE") and "REPLACE" in [first, *following[:2]]
    removes = first == "ALTER" and "DROP" in words.all()
    dry = first == "VACUUM" and words.all()[-2:] == ["DRY", "RUN"]
    return StatementKind(
        verb,
        returns_rows=first in ("OPTIMIZE", "VACUUM", "RESTORE", "CONVERT", "FSCK", "MSCK"),
        writes=not dry,
        destructive=(first in _DESTRUCTIVE and not dry)
        or removes
        or (replaces and target == "TABLE"),
    )


class _Words:
    """The tokens of a statement that mean something, read from the front as far as needed."""

    def __init__(self, text: str) -> None:
        self._source = (t for t in iter_tokens(text) if t.kind not in SILENT)
        self._tokens: list[Token] = []
        self._at = 0

    def _token(self, ahead: int = 0) -> Token | None:
        while len(self._tokens) <= self._at + ahead:
            token = next(self._source, None)
            if token is None:
                return None
            self._tokens.append(token)
        return self._tokens[self._at + ahead]

    def peek(self, ahead: int = 0) -> str:
        """The word `ahead` tokens from here in capitals; empty if that is none."""
        token = self._token(ahead)
        return token.word if token else ""

    def all(self) -> list[str]:
        """Every word from here to the end, other tokens left out."""
        while self._token(len(self._tokens) - self._at) is not None:
            pass
        return [token.word for token in self._tokens[self._at :] if token.word]

    def skip_openings(self) -> None:
        """Parentheses and hints in front of the first word."""
        while (token := self._token()) and (token.text == "(" or token.kind is Kind.HINT):
            self._at += 1

    def is_label(self) -> bool:
        """`name: BEGIN` opens a script."""
        colon = self._token(1)
        return colon is not None and colon.text == ":" and self.peek(2) == "BEGIN"

    def skip_common_tables(self) -> None:
        """From WITH to the word that follows its last closing parenthesis at depth 0."""
        depth = 0
        self._at += 1
        after_definition = False
        while (token := self._token()) is not None:
            if token.text == "(":
                depth += 1
            elif token.text == ")":
                depth -= 1
                after_definition = depth == 0
            elif depth == 0 and after_definition:
                # A comma starts the next one; AS follows a list of column names.
                if token.text != "," and token.word != "AS":
                    return
                after_definition = False
            self._at += 1
