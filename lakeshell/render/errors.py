"""Errors in words: the sentence, the place with a caret, what helps. Nothing of Java's or ours."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lakeshell.errors import CellError, LakeshellError, Position, StatementError, UsageError
from lakeshell.render.safe_text import ELLIPSIS, display_width, fit, safe_text

_RED, _CYAN, _RESET = "\x1b[31m", "\x1b[36m", "\x1b[0m"

_CLASS = re.compile(r"\[([A-Z][A-Z0-9_]*(?:\.[A-Z0-9_]+)*)\]\s*")
_SQLSTATE = re.compile(r"SQLSTATE:\s*([0-9A-Z]{5})")
# The numbers are bounded since Python refuses to read ones of thousands of digits.
_PLACE = re.compile(r"\(line (\d{1,9}), pos (\d{1,9})\)|;? line (\d{1,9}),? pos (\d{1,9});?")
_QUERY_ECHO = "\n== SQL"
_STACK = re.compile(
    r"\s*(?:at [\w.$/<>]+\(.*\)|\.\.\. \d+ more|JVM stacktrace:|Driver stacktrace:)\s*"
)
# A logical plan: a node not yet resolved, or the branches below a node.
_PLAN_NODE = re.compile(r"'[A-Z]\w+")
_PLAN_BRANCH = re.compile(r"[ :|]*[+:]- ")
_JAVA_PREFIX = re.compile(
    r"(?:[a-z_$][\w$]*\.)+[A-Z][\w$]*(?:Exception|Error): "
    r"|\((?:[a-z_$][\w$]*\.)+[A-Z][\w$]*(?:Exception|Error)\) "
)
_TASK = re.compile(
    r"Job aborted due to stage failure: .*?(?:most recent failure: )?Lost task [^:]*: "
)
# Advice that Spark adds to every unknown name, and that our own hint replaces.
_BOILERPLATE = (
    "If you did not qualify the name with a ",
    "To tolerate the error on drop use ",
)
_TAB_WIDTH = 4


@dataclass(frozen=True)
class SparkMessage:
    """Spark's message in its parts. `line` counts from 1 and `position` from 0, as Spark does."""

    error_class: str | None
    text: str
    sqlstate: str | None = None
    line: int | None = None
    position: int | None = None


def split_spark_message(message: str) -> SparkMessage:
    """Take Spark's message apart: class, sentences, SQLSTATE, place; query echo and stacks go.

    What a message says beyond Spark's forms is kept; of a message that holds nothing else, all.
    """
    text = message.strip()
    for prefix in (_JAVA_PREFIX, _TASK, _JAVA_PREFIX):
        if found := prefix.match(text):
            text = text[found.end() :]
    error_class = None
    if found := _CLASS.match(text):
        error_class = found.group(1)
        text = text[found.end() :]
    text = text.split(_QUERY_ECHO, 1)[0]
    line = position = None
    if place := _PLACE.search(text):
        line, position = (int(group) for group in place.groups() if group is not None)
    sqlstate = None
    if state := _SQLSTATE.search(text):
        # What follows it is the place and the plan.
        sqlstate = state.group(1)
        text = text[: state.start()]
    text = _PLACE.sub("", text)
    text = "\n".join(_sentences(text.split("\n"))).strip().rstrip(";").rstrip()
    return SparkMessage(error_class, text or message.strip(), sqlstate, line, position)


def clean_spark_message(message: str) -> str:
    """Only the sentences of Spark's message."""
    return split_spark_message(message).text


def _sentences(lines: list[str]) -> list[str]:
    kept: list[str] = []
    for number, line in enumerate(lines):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if number and (_PLAN_NODE.match(line) or _PLAN_BRANCH.match(below)):
            break
        if _PLAN_BRANCH.match(line) and number:
            break
        if not _STACK.fullmatch(line) and not line.startswith(_BOILERPLATE):
            kept.append(line.rstrip())
    return kept


def render_error(error: LakeshellError, *, width: int, color: bool = False) -> str:
    """The error for a person, in several lines without a closing line end.

    ::

        Error [PARSE_SYNTAX_ERROR]: Syntax error at or near 'frm'.
          --> report.sql:12:10
          12 | select * frm t
             |          ^
        hint: did you mean FROM?

    Any text is harmless in it. The quoted line, and only it, is cut to `width` cells.
    """

    def paint(code: str, text: str) -> str:
        return f"{code}{text}{_RESET}" if color else text

    error_class = error.error_class if isinstance(error, StatementError) else None
    title = f"Error [{safe_text(error_class)}]" if error_class else "Error"
    lines = [f"{paint(_RED, title)}: {_paragraph(error.message)}"]
    if isinstance(error, CellError) and error.detail:
        lines.append(_paragraph(error.detail))
    elif isinstance(error, StatementError) and error.source and error.position:
        lines += _place(error.source, error.position, error.source_line, width)
    if error.hint:
        label = "usage" if isinstance(error, UsageError) and error.hint[:6] == "Usage:" else "hint"
        hint = error.hint[6:].strip() if label == "usage" else error.hint
        lines.append(f"{paint(_CYAN, label)}: {_paragraph(hint)}")
    return "\n".join(lines)


def _paragraph(text: str) -> str:
    return safe_text(text, multiline=True).expandtabs(_TAB_WIDTH)


def _place(source: str, position: Position, line: str | None, width: int) -> list[str]:
    """Where it is: the file, the line, and a caret below the character."""
    out = [f"  --> {safe_text(source)}:{position.line}:{position.column}"]
    if line is None or not line.strip():
        return out
    number = str(position.line)
    before, after, caret = _window(line, position.column - 1, max(width - len(number) - 5, 8))
    out.append(f"  {number} | {before}{after}".rstrip(" "))
    out.append(f"  {' ' * len(number)} | {' ' * caret}^")
    return out


def _window(line: str, index: int, room: int) -> tuple[str, str, int]:
    """What to show of `line` before and from `index` on, in `room` cells, and the caret's cell."""
    index = min(max(index, 0), len(line))
    # Far more than can be shown need not be filtered.
    reach = 4 * room
    indent = line[:index]
    if len(indent) <= reach:
        indent = indent.expandtabs(_TAB_WIDTH)
    before = safe_text(indent[-reach:].replace("\t", " "))
    after = safe_text(line[index : index + reach].replace("\t", " ").rstrip())
    cells = display_width(before)
    if cells + max(display_width(after), 1) > room:
        # The caret stays in view, with the greater part of the room behind it when it is needed.
        most = max(room // 3, room - max(display_width(after), 1))
        while before and cells > most - (1 if before else 0):
            before = before[1:]
            cells = display_width(before)
        if len(before) < len(indent):
            before, cells = ELLIPSIS + before, cells + 1
        after = fit(after, room - cells)
    return before, after, cells
