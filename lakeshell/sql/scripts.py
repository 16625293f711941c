"""SQL scripts: which `;` belongs to a BEGIN … END block and which ends the statement.

Follows Spark's grammar for compound statements (SqlBaseParser.g4, `beginEndCompoundBlock`).
"""

from __future__ import annotations

from lakeshell.sql.lexer import Kind, Token

_BLOCKS = ("IF", "WHILE", "FOR", "LOOP", "REPEAT")
_STATEMENT_FOLLOWS = ("BEGIN", "LOOP", "REPEAT", "ELSE")
_AFTER_END = ("IF", "CASE", "WHILE", "FOR", "LOOP", "REPEAT")


class ScriptTracker:
    """Fed the significant tokens of a statement; knows whether a block is open.

    A word is a keyword here only where a statement may begin: `IF(a, b, c)`, `DROP TABLE IF EXISTS`
    and a column named `begin` open nothing. A decision may wait for the next token: `BEGIN;` and
    `BEGIN TRANSACTION` are no blocks, and an END closes one only before `;`, a label or the end.
    """

    def __init__(self) -> None:
        self._open: list[str] = []
        self._recent: list[Token] = []
        self._first_words: list[str] = []
        self._at_start = True
        self._in_declare = False
        self._pending: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether a `;` that comes next belongs to the script."""
        if self._pending == "END":
            return len(self._open) > 1
        return bool(self._open)

    def feed(self, token: Token) -> None:
        """Take the next significant token."""
        word = token.word
        self._settle(token, word)
        if len(self._first_words) < 4 and word:
            self._first_words.append(word)
        opens_here = self._at_start or self._in_declare or self._in_procedure
        starts_next = False
        if self._open and token.kind is Kind.SEMICOLON:
            starts_next, self._in_declare = True, False
        elif word == "BEGIN" and opens_here:
            self._pending = "BEGIN"
        elif word == "CASE" and self._open:
            self._open.append("CASE" if self._at_start else "CASE expression")
        elif word in _BLOCKS and self._at_start and self._open:
            self._open.append(word)
            starts_next = word in _STATEMENT_FOLLOWS
        elif word == "END" and self._open:
            self._pending = "END"
        elif word == "DECLARE" and self._at_start:
            self._in_declare = True
        elif self._open:
            top = self._open[-1]
            starts_next = (
                (word in ("THEN", "ELSE") and top in ("IF", "CASE"))
                or (word == "DO" and top in ("WHILE", "FOR"))
                or (token.text == ":" and self._labels())
            )
        elif token.text == ":" and len(self._recent) == 1:
            starts_next = True  # label: BEGIN
        self._recent = [*self._recent[-2:], token]
        self._at_start = starts_next

    @property
    def _in_procedure(self) -> bool:
        words = [word for word in self._first_words if word not in ("OR", "REPLACE")]
        return words[:2] == ["CREATE", "PROCEDURE"] and not self._open

    def _labels(self) -> bool:
        """Whether the `:` just read follows a word that itself began a statement."""
        if len(self._recent) < 2:
            return False
        before, name = self._recent[-2], self._recent[-1]
        return name.kind in (Kind.WORD, Kind.IDENTIFIER) and (
            before.kind is Kind.SEMICOLON or before.word in (*_STATEMENT_FOLLOWS, "THEN", "DO")
        )

    def _settle(self, token: Token, word: str) -> None:
        """Decide on the BEGIN or END before this token."""
        pending, self._pending = self._pending, None
        if pending == "BEGIN":
            if token.kind is not Kind.SEMICOLON and word not in ("TRANSACTION", "WORK"):
                self._open.append("BEGIN")
                self._at_start = True
        elif pending == "END":
            top = self._open[-1]
            closes = (
                token.kind is Kind.SEMICOLON
                or word in _AFTER_END
                or top == "CASE expression"
                or (top == "BEGIN" and token.kind in (Kind.WORD, Kind.IDENTIFIER))
            )
            if closes and not (top == "BEGIN" and word in ("FROM", "AS", "AND", "OR", "IS", "IN")):
                self._open.pop()
