"""Where Python code ends in a cell that goes on with a % command."""

from __future__ import annotations

import re

_PIECE = re.compile(
    r"""
      (?P<triple>[A-Za-z]{0,2}(?:\"\"\"(?:[^"\\]|\\.|"(?!""))*(?:\"\"\"|\Z)
                              |'''(?:[^'\\]|\\.|'(?!''))*(?:'''|\Z)))
    | (?P<string>"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)
    | (?P<comment>\#[^\n]*)
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<joined>\\\r?\n)
    | (?P<newline>\n)
    | (?P<word>\w+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMAND_LINE = re.compile(r"%[A-Za-z_][\w-]*")


def end_of_python(text: str, start: int) -> int:
    """The offset of the first line from `start` on that begins with a % command, else the end.

    Lines inside strings, brackets and behind a backslash are no beginnings.
    """
    if _at_line_start(text, start) and _COMMAND_LINE.match(text, start):
        return start
    if "\n%" not in text[start:]:
        return len(text)
    depth = 0
    for piece in _PIECE.finditer(text, start):
        kind = piece.lastgroup
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(depth - 1, 0)
        elif kind == "newline" and depth == 0 and _COMMAND_LINE.match(text, piece.end()):
            return piece.end()
    return len(text)


def _at_line_start(text: str, position: int) -> bool:
    return position == 0 or text[position - 1] == "\n"
