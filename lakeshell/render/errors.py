"""Errors in words: the sentence, the place with a caret, what helps. Nothing of Java's or ours."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lakeshell.errors import CellError, LakeshellError, Position, StatementError, UsageError
from lakeshell.render.safe_text import display_width, safe_text

_RED, _CYAN, _RESET = "\x1b[31m", "\x1b[36m", "\x1b[0m"

_CLASS = re.compile(r"^\s*\[([A-Z][A-Z0-9_]*(?:\.[A-Z0-9_]+)*)\]\s*")
_SQLSTATE = re.compile(r"\s*SQLSTATE:\s*([0-9A-Z]{5})")
_PLACE = re.compile(r"\s*\(line (\d+), pos (\d+)\)|;? line (\d+),? pos (\d+);?")
_QUERY_ECHO = re.compile(r"\n+== SQL.*\Z", re.DOTALL)
_PLAN = re.compile(r"\n(?:'?[A-Z]\w+.*|[ :|]*[+:]- .*)(?:\n.*)*\Z")
_STACK = re.compile(
    r"^\s*(?:at [\w.$/<>]+\(.*\)|\.\.\. \d+ more|JVM stacktrace:|Driver stacktrace:)\s*$"
)
_JAVA_PREFIX = re.compile(r"^(?:[a-z_$][\w$]*\.)+[A-Z][\w$]*(?:Exception|Error): ")
_TASK = re.compile(
    r"^Job aborted due to stage failure: .*?(?:most recent failure: )?Lost task [^:]*: "
)


@dataclass(frozen=True)
class SparkMessage:
    """Spark's message in its parts. `line` counts from 1 and `position` from 0, as Spark does."""

    error_class: str | None
    text: str
    sqlstate: str | None = None
    line: int | None = None
    position: int | None = None


def split_spark_message(message: str) -> SparkMessage:
    """Take Spark's message apart: class, sentences, SQLSTATE, place; query echo and stacks go."""
    text = message.strip()
    text = _TASK.sub("", text)
    text = _JAVA_PREFIX.sub("", text)
    found = _CLASS.match(text)
    error_class = found.group(1) if found else None
    if found:
        text = text[found.end() :]
    state = _SQLSTATE.search(text)
    text = _QUERY_ECHO.sub("", text)
    place = _PLACE.search(text)
    line = position = None
    if place:
        numbers = [int(group) for group in place.groups() if group is not None]
        line, position = numbers[0], numbers[1]
    if state:
        # What follows it is the place and the plan.
        text = text.split("SQLSTATE:")[0]
    text = _PLACE.sub("", text)
    text = _PLAN.sub("", text)
    kept = [entry for entry in text.split("\n") if not _STACK.match(entry)]
    text = "\n".join(kept).strip().rstrip(";").rstrip()
    sqlstate = state.group(1) if state else None
    return SparkMessage(error_class, text or message.strip(), sqlstate, line, position)


def render_error(error: LakeshellError, *, width: int, color: bool = False) -> str:
    """The error for a person, several lines without a closing line end."""

    def paint(code: str, text: str) -> str:
        return f"{code}{text}{_RESET}" if color else text

    error_class = error.error_class if isinstance(error, StatementError) else None
    title = f"Error [{safe_text(error_class)}]" if error_class else "Error"
    lines = [f"{paint(_RED, title)}: {safe_text(error.message, multiline=True)}"]
    if isinstance(error, CellError) and error.detail:
        lines.append(safe_text(error.detail, multiline=True))
    elif isinstance(error, StatementError) and error.source and error.position:
        lines += _place(error.source, error.position, error.source_line, width)
    if error.hint:
        label = "usage" if isinstance(error, UsageError) and error.hint[:6] == "Usage:" else "hint"
        hint = error.hint[6:].strip() if label == "usage" else error.hint
        lines.append(f"{paint(_CYAN, label)}: {safe_text(hint, multiline=True)}")
    return "\n".join(lines)


def _place(source: str, position: Position, line: str | None, width: int) -> list[str]:
    out = [f"  --> {safe_text(source)}:{position.line}:{position.column}"]
    if line is None or not line.strip():
        return out
    number = str(position.line)
    before = safe_text(line[: position.column - 1]).replace("→", " ")
    shown = before + safe_text(line[position.column - 1 :])
    caret = display_width(before)
    room = max(width - len(number) - 6, 20)
    if display_width(shown) > room:
        shown, caret = _window(shown, len(before), room)
    out.append(f"  {number} | {shown}")
    out.append(f"  {' ' * len(number)} | {' ' * caret}^")
    return out


def _window(text: str, index: int, room: int) -> tuple[str, int]:
    """The part of a long line around `index` that fits, and the caret's cell in it."""
    start = max(index - room // 2, 0)
    end = start
    used = 0
    while end < len(text):
        cells = display_width(text[end])
        if used + cells > room - 2:
            break
        used += cells
        end += 1
    head = "…" if start else ""
    tail = "…" if end < len(text) else ""
    return f"{head}{text[start:end]}{tail}", len(head) + display_width(text[start:index])
