"""Names and literals in SQL text: quoting them, and reading a quoted name back."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lakeshell.errors import UsageError
from lakeshell.sql.lexer import Kind, tokenize

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def quote_identifier(name: str) -> str:
    """`name` in backticks, whatever it holds."""
    return "`" + name.replace("`", "``") + "`"


def quote_name(parts: Sequence[str]) -> str:
    """A name of several parts, each in backticks: `catalog`.`schema`.`table`."""
    return ".".join(map(quote_identifier, parts))


def display_name(parts: Sequence[str]) -> str:
    """The name as a person would write it: backticks only around parts that need them."""
    return ".".join(part if _PLAIN.match(part) else quote_identifier(part) for part in parts)


def quote_string(value: str) -> str:
    """`value` as a literal that Spark reads back unchanged (with escapedStringLiterals off)."""
    return "'" + escape_string(value, "'") + "'"


def escape_string(value: str, quote: str) -> str:
    """`value` for the inside of a literal in `quote`s."""
    return value.replace("\\", "\\\\").replace(quote, "\\" + quote)


def parse_name(text: str) -> tuple[str, ...]:
    """The parts of a name as a user writes it: a.b, `odd name`.c, delta.`/path`.

    Space around the dots is allowed. Raises UsageError for anything but one name.
    """
    parts: list[str] = []
    expects_part = True
    for token in tokenize(text.strip()):
        if token.kind is Kind.SPACE:
            continue
        if expects_part and token.kind is Kind.WORD:
            parts.append(token.text)
        elif expects_part and token.kind is Kind.IDENTIFIER and token.closed:
            parts.append(token.text[1:-1].replace("``", "`"))
        elif expects_part or token.text != ".":
            raise _not_a_name(text)
        expects_part = not expects_part
    if expects_part or not all(parts):
        raise _not_a_name(text)
    return tuple(parts)


def _not_a_name(text: str) -> UsageError:
    return UsageError(
        f"{text[:80]!r} is not a name.",
        hint="Write schema.table; put backticks around a part with other characters.",
    )
