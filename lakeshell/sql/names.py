"""Names and literals in SQL text: quoting, and reading back what was quoted."""

from __future__ import annotations

import re

from lakeshell.errors import UsageError
from lakeshell.sql.lexer import Kind, significant, tokenize

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def quote_identifier(name: str) -> str:
    """`name` in backticks, whatever it holds."""
    return "`" + name.replace("`", "``") + "`"


def quote_name(parts: tuple[str, ...] | list[str]) -> str:
    """A name of several parts: `catalog`.`schema`.`table`."""
    return ".".join(quote_identifier(part) for part in parts)


def display_name(parts: tuple[str, ...] | list[str]) -> str:
    """The name as a person would write it: backticks only around parts that need them."""
    return ".".join(part if _PLAIN.match(part) else quote_identifier(part) for part in parts)


def quote_string(value: str) -> str:
    """`value` as a string literal that Spark reads back unchanged."""
    return "'" + escape_string(value, "'") + "'"


def escape_string(value: str, quote: str) -> str:
    """`value` for the inside of a literal in `quote`s: backslashes and the quote are escaped."""
    return value.replace("\\", "\\\\").replace(quote, "\\" + quote)


def parse_name(text: str) -> tuple[str, ...]:
    """The parts of a table's name as a user writes it: a.b, `odd name`.c, delta.`/path`.

    Raises UsageError when `text` is anything else than one name.
    """
    parts: list[str] = []
    expect_part = True
    for token in significant(tokenize(text.strip())):
        if expect_part and token.kind is Kind.IDENTIFIER and token.closed:
            parts.append(token.text[1:-1].replace("``", "`"))
        elif expect_part and token.kind is Kind.WORD:
            parts.append(token.text)
        elif not expect_part and token.text == ".":
            expect_part = True
            continue
        else:
            raise _no_name(text)
        expect_part = False
    if not parts or expect_part or not all(parts):
        raise _no_name(text)
    return tuple(parts)


def _no_name(text: str) -> UsageError:
    return UsageError(
        f"{text[:80]!r} is not a table's name.",
        hint="Write schema.table; put backticks around a part with other characters.",
    )
