"""Reading a statement word by word: what the families parse their constructs with."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lakeshell.errors import StatementError
from lakeshell.sql.lexer import Kind, Token, significant, tokenize
from lakeshell.sql.places import position_at

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|.)", re.DOTALL)
_ESCAPED = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}


class Reader:
    """The tokens of one statement that mean something, read from the left.

    A method that finds what it is asked for steps behind it; one that does not leaves the place as
    it was, or, where its name says so, raises a StatementError that points there.
    """

    def __init__(self, text: str, tokens: Sequence[Token] | None = None) -> None:
        self.text = text
        self.tokens = significant(tokenize(text)) if tokens is None else list(tokens)
        while self.tokens and self.tokens[-1].kind is Kind.SEMICOLON:
            self.tokens.pop()
        self.at = 0
        self._end = Token(Kind.SPACE, "", self.tokens[-1].end if self.tokens else len(text))

    @property
    def is_over(self) -> bool:
        """Whether everything has been read."""
        return self.at >= len(self.tokens)

    @property
    def next(self) -> Token:
        """The token that is read next; an empty one behind the last."""
        return self.ahead(0)

    def ahead(self, by: int) -> Token:
        """The token so many places behind the next one."""
        at = self.at + by
        return self.tokens[at] if 0 <= at < len(self.tokens) else self._end

    def words(self, *words: str) -> bool:
        """Step behind these words, given in capitals, if they all stand here."""
        for number, word in enumerate(words):
            if self.ahead(number).word != word:
                return False
        self.at += len(words)
        return True

    def one_of(self, *words: str) -> str:
        """Step behind the one of these words that stands here; empty when none does."""
        word = self.next.word
        if word and word in words:
            self.at += 1
            return word
        return ""

    def symbol(self, text: str) -> bool:
        """Step behind this operator."""
        if self.next.text == text and self.next.kind is Kind.OPERATOR:
            self.at += 1
            return True
        return False

    def need_words(self, *words: str) -> None:
        """These words must stand here."""
        if not self.words(*words):
            raise self.error(" ".join(words))

    def need_symbol(self, text: str) -> None:
        """This operator must stand here."""
        if not self.symbol(text):
            raise self.error(text)

    def need_end(self) -> None:
        """Nothing may follow."""
        if not self.is_over:
            raise self.error("the end of the statement")

    def if_exists(self) -> bool:
        """Step behind IF EXISTS."""
        return self.words("IF", "EXISTS")

    def if_not_exists(self) -> bool:
        """Step behind IF NOT EXISTS."""
        return self.words("IF", "NOT", "EXISTS")

    def need_name(self, what: str = "a name") -> tuple[str, ...]:
        """The parts of a name: `a.b`, with or without backticks. `what` says what is named."""
        parts: list[str] = []
        while True:
            token = self.next
            if token.kind is Kind.IDENTIFIER and token.closed:
                parts.append(token.text[1:-1].replace("``", "`"))
            elif token.kind is Kind.WORD:
                parts.append(token.text)
            else:
                raise self.error(what)
            self.at += 1
            if not self.symbol("."):
                return tuple(parts)

    def string(self) -> str | None:
        """The value of the literal that stands here, or of several in a row; None without one."""
        values: list[str] = []
        while self.next.kind in (Kind.STRING, Kind.RAW_STRING, Kind.DOLLAR_STRING):
            values.append(string_value(self.next))
            self.at += 1
        return "".join(values) if values else None

    def need_string(self, what: str = "a text in quotes") -> str:
        """The literal that must stand here."""
        value = self.string()
        if value is None:
            raise self.error(what)
        return value

    def number(self) -> int | None:
        """The whole number that stands here."""
        token = self.next
        if token.kind is Kind.NUMBER and token.text.isdigit():
            self.at += 1
            return int(token.text)
        return None

    def group(self) -> str | None:
        """The text between the parenthesis that opens here and the one that closes it."""
        if self.next.text != "(":
            return None
        opened, start = self.next, self.at
        depth = 0
        while not self.is_over:
            depth += (self.next.text == "(") - (self.next.text == ")")
            self.at += 1
            if depth == 0:
                return self.text[opened.end : self.tokens[self.at - 1].start]
        self.at = start
        raise self.error("a parenthesis that is closed")

    def options(self) -> dict[str, str] | None:
        """`('key' = 'value', key value, …)`: keys as they are written, values as text."""
        if not self.symbol("("):
            return None
        found: dict[str, str] = {}
        while not self.symbol(")"):
            key = self.string()
            if key is None:
                key = ".".join(self.need_name("an option"))
            self.symbol("=")
            found[key] = self._value()
            if not self.symbol(","):
                self.need_symbol(")")
                break
        return found

    def _value(self) -> str:
        value = self.string()
        if value is not None:
            return value
        sign = "-" if self.symbol("-") else ""
        token = self.next
        if token.kind not in (Kind.WORD, Kind.NUMBER):
            raise self.error("a value")
        self.at += 1
        return sign + token.text

    def rest(self) -> str:
        """The text from here to the end; everything has then been read."""
        text = self.text[self.next.start : self._end.start]
        self.at = len(self.tokens)
        return text

    def error(self, wanted: str) -> StatementError:
        """Something else stands here than is `wanted`."""
        token = self.next
        found = "the statement ends" if not token.text else f"there is {token.text[:40]!r}"
        error = StatementError(
            f"Syntax error: {wanted} is expected where {found}.",
            error_class="PARSE_SYNTAX_ERROR",
            position=position_at(self.text, token.start),
        )
        error.sqlstate = "42601"
        return error


def string_value(token: Token) -> str:
    """What a literal means, by Spark's rules (`escapedStringLiterals` off)."""
    text = token.text
    if token.kind is Kind.RAW_STRING:
        return text[2:-1]
    if token.kind is Kind.DOLLAR_STRING:
        tag = text[: text.index("$", 1) + 1]
        return text[len(tag) : -len(tag)]
    quote, inside = text[0], text[1:-1]
    return _ESCAPE.sub(_unescaped, inside.replace(quote * 2, f"\\{quote}"))


def _unescaped(match: re.Match[str]) -> str:
    code = match.group(1)
    if len(code) == 5 or len(code) == 9:
        return chr(int(code[1:], 16))
    if len(code) == 3:
        return chr(int(code, 8))
    if code in "%_":  # kept for LIKE
        return f"\\{code}"
    return _ESCAPED.get(code, code)
