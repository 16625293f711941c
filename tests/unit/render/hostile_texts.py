"""Texts that try to act on a terminal, and the tables and writers the tests share."""

from __future__ import annotations

import io

import pyarrow as pa

from lakeshell.render.formats import BUILTIN_FORMATS, RenderOptions
from lakeshell.session.result import Result

FORMATS = {output_format.name: output_format for output_format in BUILTIN_FORMATS}

ACTING_CODES = (
    *range(0x20),
    0x7F,
    *range(0x80, 0xA0),
    0xAD,
    0x34F,
    0x61C,
    0x115F,
    0x1160,
    0x180E,
    *range(0x200B, 0x2010),
    *range(0x2028, 0x202F),
    *range(0x2060, 0x2070),
    0x3164,
    0xFEFF,
    0xFFA0,
    *range(0xFFF9, 0xFFFC),
    0xFFFE,
    0x1D173,
    0xE0001,
    *range(0xE0020, 0xE0080),
)

_SEQUENCES = (
    "\x1b[31mred\x1b[0m",
    "\x1b[2J\x1b[H",
    "\x1b]0;title\x07",
    "\x1b]52;c;cm0gLXJmIC8=\x07",
    "\x1b]8;;https://example.com\x1b\\link\x1b]8;;\x1b\\",
    "\x1bP$q\x1b\\",
    "\x9b31m",
    "\x9d0;title\x9c",
    "visible\rhidden",
    "a\b\b\bbbb",
    "a" + "\u0301" * 500,
    "\u0e01" + "\u0e49" * 500,
    "\u0301starts with a mark",
    "[/x] [bold]markup[/bold] <b>html</b>",
    "| pipe \\| `tick` |",
    '"quote", comma',
    "line\r\nline\n\ttab",
    "x" + "\u200d" * 50 + "y",
    "a" + "\ufe0f" * 50,
    "👨‍👩‍👧" * 30,
    "🇩🇪🇫🇷🇯🇵",
    "日本語テキスト" * 20,
    "مرحبا بالعالم",
    "می‌خواهم",
    "क्‍ष",
    "",
    " ",
    "NULL",
    "null",
)

HOSTILE = (
    *_SEQUENCES,
    *(
        template.format(chr(code))
        for code in ACTING_CODES
        for template in ("{}", "a{}b", "{}\x1b[1m", "日{0}{0}本")
    ),
)


def written(table: pa.Table, name: str, options: RenderOptions | None = None) -> bytes:
    """What the format of that name makes of a table."""
    stream = io.BytesIO()
    FORMATS[name].write(Result(table), stream, options or RenderOptions())
    return stream.getvalue()
