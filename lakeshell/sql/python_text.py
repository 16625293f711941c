"""Where Python code ends because a line begins with `%`: no Python statement can."""

from __future__ import annotations

import re

# What may hide a line's beginning. As in the SQL lexer, a quote's loop ends only at its closing
# quote or where the string must end, so reading is linear.
_HIDING = re.compile(
    r'''
      (?P<triple>"""(?:[^"\\]+|\\.|"(?!""))*(?:"""|\\?\Z)|\'\'\'(?:[^'\\]+|\\.|'(?!''))*(?:\'\'\'|\\?\Z))
    | (?P<string>"(?:[^"\\\n]+|\\.)*(?:"|(?=\n)|\\?\Z)|'(?:[^'\\\n]+|\\.)*(?:'|(?=\n)|\\?\Z))
    | (?P<comment>\#[^\n]*)
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<joined>\\\r?\n)
    | (?P<command>^%)
    ''',
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


def command_line_after(text: str, start: int) -> int:
    """The offset of the first line at or behind `start` that begins with `%`, else the end.

    Lines inside strings, inside brackets and behind a backslash do not count.
    """
    if text.find("\n%", max(start - 1, 0)) < 0 and not text.startswith("%", start):
        return len(text)
    depth = 0
    joined = -1
    for piece in _HIDING.finditer(text, start):
        kind = piece.lastgroup
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(depth - 1, 0)
        elif kind == "joined":
            joined = piece.end()
        elif kind == "command" and depth == 0 and piece.start() != joined:
            return piece.start()
    return len(text)


def is_complete_python(code: str) -> bool:
    """Whether Enter should run `code`: it parses, and a block in it was ended by an empty line.

    Code that can never parse is complete: running it tells what is wrong.
    """
    import ast
    import codeop
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if codeop.compile_command(code, symbol="exec") is None:
                return False
            last = ast.parse(code).body[-1:]
        except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
            return True
    in_block = bool(last) and isinstance(getattr(last[0], "body", None), list)
    return not in_block or code.endswith("\n")
