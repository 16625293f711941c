"""SQL scripts: which `;` belongs to a BEGIN … END block and which ends the whole statement.

Follows Spark's grammar of compound statements (SqlBaseParser.g4, `beginEndCompoundBlock`). Every
statement in a block ends with `;`, so a word such as IF, LOOP or END is a keyword of the script
only where a statement begins. Anywhere else it is a column, a table, a function or an alias.
"""

from __future__ import annotations

from dataclasses import dataclass

from lakeshell.sql.lexer import QUOTED, Kind, Token

_NO_BLOCK = frozenset({"TRANSACTION", "WORK", "TRAN"})
_OPERANDS = QUOTED | {Kind.NUMBER, Kind.VARIABLE, Kind.PARAMETER}
# Behind these an expression follows: an END there is a column's name.
_BEFORE_OPERAND = frozenset(
    {"CASE", "WHEN", "THEN", "ELSE", "AND", "OR", "NOT", "AS", "IN", "LIKE", "BETWEEN", "SELECT"}
)
_NOTHING = Token(Kind.SPACE, "", 0)


@dataclass
class _Block:
    """An open construct and the word its header still waits for (THEN, DO), if any.

    `keyword` is BEGIN, IF, CASE, WHILE, FOR, LOOP or REPEAT; "expression" for a CASE expression.
    """

    keyword: str
    awaits: str = ""


class ScriptTracker:
    """Fed the significant tokens of one statement, the `;` inside it too."""

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self._last = _NOTHING
        self._starts = True  # the next token begins a statement
        self._could_be_label = False
        self._begin_undecided = False
        self._declares_handler = False  # a BEGIN in this statement is the handler's body
        self._ends_repeat = False  # between UNTIL and END REPEAT
        self._header: list[str] = []  # first words of the outermost statement
        self._parentheses = 0
        self._plain = False  # certainly no script

    @property
    def is_open(self) -> bool:
        """Whether a `;` that comes next belongs to the script."""
        return bool(self._blocks)

    def feed(self, token: Token) -> None:
        """Take the next significant token."""
        if self._plain:
            return
        if self._begin_undecided:
            self._decide_begin(token)
        if self._blocks:
            self._inside(token)
        else:
            self._outside(token)
        self._last = token

    # Before the outermost BEGIN

    def _outside(self, token: Token) -> None:
        word = token.word
        is_procedure = self._header[:2] == ["CREATE", "PROCEDURE"]
        if len(self._header) < 2 and word not in ("OR", "REPLACE"):
            self._header.append(word)
        if self._starts and word == "BEGIN":
            self._begin_undecided, self._starts = True, False
        elif self._starts:
            self._starts, self._could_be_label = False, token.kind in (Kind.WORD, Kind.IDENTIFIER)
        elif self._could_be_label:
            self._could_be_label, self._starts = False, token.text == ":"
        elif is_procedure:
            self._parentheses += (token.text == "(") - (token.text == ")")
            names_it = self._last.text == "." or self._last.word in ("PROCEDURE", "EXISTS")
            if word == "BEGIN" and self._parentheses == 0 and not names_it:
                self._begin_undecided = True
        elif self._header[:1] != ["CREATE"] or len(self._header) == 2:
            self._plain = self._header != ["CREATE", "PROCEDURE"]

    def _decide_begin(self, token: Token) -> None:
        """`BEGIN` alone and `BEGIN TRANSACTION` open nothing."""
        self._begin_undecided = False
        if token.kind is Kind.SEMICOLON or token.word in _NO_BLOCK:
            self._plain = not self._blocks
        else:
            self._open("BEGIN", starts=True)

    # Inside

    def _inside(self, token: Token) -> None:
        if token.kind is Kind.SEMICOLON:
            self._drop_expressions()
            self._starts, self._could_be_label = True, False
            self._declares_handler = self._ends_repeat = False
        elif self._starts:
            self._statement_start(token)
        elif self._could_be_label and token.text == ":":
            self._could_be_label, self._starts = False, True
        else:
            self._could_be_label = False
            self._statement_middle(token)

    def _statement_start(self, token: Token) -> None:
        word, block = token.word, self._blocks[-1]
        self._starts = False
        if word == "BEGIN":
            self._open("BEGIN", starts=True)
        elif word in ("NOT", "ATOMIC") and self._last.word in ("BEGIN", "NOT"):
            self._starts = True
        elif word in ("IF", "CASE"):
            self._open(word, awaits="THEN")
        elif word in ("WHILE", "FOR"):
            self._open(word, awaits="DO")
        elif word in ("LOOP", "REPEAT"):
            self._open(word, starts=True)
        elif word == "ELSE":
            self._starts = True
        elif word in ("ELSEIF", "WHEN"):
            block.awaits = "THEN"
        elif word == "UNTIL" and block.keyword == "REPEAT":
            self._ends_repeat = True
        elif word == "END":
            self._blocks.pop()
            self._plain = not self._blocks  # a label may follow, but no more of the script
        else:
            self._could_be_label = token.kind in (Kind.WORD, Kind.IDENTIFIER)

    def _statement_middle(self, token: Token) -> None:
        word, block = token.word, self._blocks[-1]
        if not word or self._last.text == ".":
            return
        if word == block.awaits:
            block.awaits = ""
            self._starts = True
        elif word == "CASE" and self._last.word not in ("END", "AS"):
            self._open("expression")
        elif word == "END" and block.keyword == "expression":
            if self._last_was_operand():
                self._blocks.pop()
        elif word == "END" and self._ends_repeat and self._last_was_operand():
            self._ends_repeat = False
            self._blocks.pop()
        elif word == "HANDLER" and self._last.word in ("EXIT", "CONTINUE"):
            self._declares_handler = True
        elif word == "BEGIN" and self._declares_handler:
            self._open("BEGIN", starts=True)

    def _last_was_operand(self) -> bool:
        last = self._last
        if last.word:
            return last.word not in _BEFORE_OPERAND
        return last.kind in _OPERANDS or last.text in (")", "]")

    def _open(self, keyword: str, *, awaits: str = "", starts: bool = False) -> None:
        self._blocks.append(_Block(keyword, awaits))
        self._starts = starts
        self._declares_handler = False

    def _drop_expressions(self) -> None:
        """No expression goes on behind a `;`: such a CASE was a column's name."""
        while len(self._blocks) > 1 and self._blocks[-1].keyword == "expression":
            self._blocks.pop()
