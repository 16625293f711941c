"""One value of a cell in full: as lines to read, pretty or as it is.

JSON, and nested values as JSON, are indented without touching a token: numbers keep their digits
and repeated keys stay. Binary is shown as hex, 16 bytes a line.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import pyarrow.types as pat

from lakeshell.render.arrow_values import plain_values
from lakeshell.render.safe_text import display_width, fit, safe_text
from lakeshell.render.values import NULL, TextStyle, is_variant, json_encoder, text_formatter

_MOST_SHOWN = 4_000_000  # characters; a copy or an export has all of them
_DEEPEST = 40  # levels that are indented further
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.S)
_BYTES_A_LINE = 16


@dataclass(frozen=True)
class WholeValue:
    """`pretty` and `plain` are the value's text in both forms, not filtered; the same where there
    is only one. `size` says how much it is, in words; `is_null` tells NULL from a text."""

    pretty: str
    plain: str
    size: str
    is_null: bool = False

    @property
    def has_forms(self) -> bool:
        """Whether the two forms differ."""
        return self.pretty != self.plain


def whole_value(column: Any, time_zone: str) -> WholeValue:
    """The value of a column of one row."""
    value = plain_values(column)[0]
    if value is None:
        return WholeValue(NULL, NULL, "", is_null=True)
    kind = column.type
    if isinstance(value, bytes):
        plain = value[: _MOST_SHOWN // 2].hex().upper()
        return WholeValue(hex_lines(value[: _MOST_SHOWN // 4]), plain, _count(len(value), "byte"))
    if pat.is_nested(kind) or is_variant(kind):
        text = json_encoder(kind, time_zone)(value)
        size = _count(len(value), "element") if isinstance(value, list) else ""
        pretty = text if is_variant(kind) and text[:1] not in "{[" else pretty_json(text) or text
        return WholeValue(pretty[:_MOST_SHOWN], text[:_MOST_SHOWN], size)
    text = text_formatter(kind, TextStyle(time_zone))(value)
    size = _count(len(text), "character") if isinstance(value, str) else ""
    shown = text[:_MOST_SHOWN]
    pretty_text = None
    if isinstance(value, str) and len(text) <= _MOST_SHOWN and text.lstrip()[:1] in ("{", "["):
        pretty_text = pretty_json(text)
    return WholeValue(pretty_text or shown, shown, size)


def pretty_json(text: str) -> str | None:
    """JSON with a value a line; None for text that is no JSON."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return None
    out: list[str] = []
    depth = 0
    tokens = _TOKEN.findall(text)
    for index, token in enumerate(tokens):
        after = tokens[index + 1] if index + 1 < len(tokens) else ""
        if token in ("{", "["):
            depth += 1
            out.append(token)
            if after not in ("}", "]"):
                out.append(_line(depth))
        elif token in ("}", "]"):
            depth -= 1
            if tokens[index - 1] not in ("{", "["):
                out.append(_line(depth))
            out.append(token)
        elif token == ",":
            out += [token, _line(depth)]
        else:
            out.append(": " if token == ":" else token)
    return "".join(out)


def hex_lines(data: bytes) -> str:
    """Bytes as most programs dump them: offset, hex, and the characters they may be."""
    lines = []
    for start in range(0, len(data), _BYTES_A_LINE):
        part = data[start : start + _BYTES_A_LINE]
        shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in part)
        lines.append(f"{start:08x}  {part.hex(' '):<47}  {shown}")
    return "\n".join(lines)


def wrapped(text: str, width: int) -> list[str]:
    """Safe lines of at most `width` cells; breaks at blanks where there are some. Width 0: only
    where the text has line ends."""
    lines: list[str] = []
    for line in safe_text(text, multiline=True).expandtabs(4).split("\n"):
        if not width or display_width(line) <= width:
            lines.append(line)
        else:
            _wrap(line, width, lines)
    return lines


def _wrap(line: str, width: int, lines: list[str]) -> None:
    start = 0
    while start < len(line):
        if line.isascii():
            part = line[start : start + width]
        else:
            # No cluster is split: `fit` takes whole ones only.
            part = fit(line[start : start + 8 * width + 64], width, ellipsis="")
            part = part or line[start : start + 1]
        rest = start + len(part)
        if rest < len(line) and line[rest] != " " and (blank := part.rfind(" ")) > 0:
            part = part[: blank + 1]
        lines.append(part)
        start += len(part)
        if start < len(line) and line[start] == " ":
            start += 1  # the blank at which the line was broken


def _line(depth: int) -> str:
    return "\n" + "  " * min(depth, _DEEPEST)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
