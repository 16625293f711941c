"""The words of a command's line: quotes as in a shell, backticks as in SQL; and commands that take
their text as it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click

from lakeshell.errors import UsageError


@dataclass(frozen=True)
class Word:
    """`text` with quotes taken off; [`start`, `end`) is its span in the line, quotes included."""

    text: str
    start: int
    end: int
    closed: bool = True


def split_words(line: str) -> list[Word]:
    """The words of `line`, separated by blank space; the last may have an open quote.

    `'…'` is literal, in `"…"` a backslash escapes, and backticks stay: they are part of a name.
    """
    words = []
    at = 0
    while at < len(line):
        if line[at].isspace():
            at += 1
            continue
        word = _word(line, at)
        words.append(word)
        at = word.end
    return words


def plain_words(line: str) -> list[str]:
    """The texts of the words; UsageError when a quote is open."""
    words = split_words(line)
    if words and not words[-1].closed:
        quote = next(c for c in line[words[-1].start :] if c in "'\"`")
        raise UsageError(f"The command cannot be read: a {quote} is not closed.")
    return [word.text for word in words]


def _word(line: str, start: int) -> Word:
    text: list[str] = []
    at = start
    while at < len(line) and not line[at].isspace():
        character = line[at]
        at += 1
        if character == "\\" and at < len(line):
            text.append(line[at])
            at += 1
        elif character in "'\"`":
            end = _closing(line, at, character)
            if end < 0:
                return Word("".join(text) + line[at:], start, len(line), closed=False)
            inner = line[at:end]
            if character == '"':
                inner = inner.replace('\\"', '"').replace("\\\\", "\\")
            text.append(f"`{inner}`" if character == "`" else inner)
            at = end + 1
        else:
            text.append(character)
    return Word("".join(text), start, at)


def _closing(line: str, at: int, quote: str) -> int:
    """Where the quote opened before `at` ends; -1 if nowhere."""
    while at < len(line):
        if line[at] == "\\" and quote == '"':
            at += 2
        elif line[at] == quote:
            return at
        else:
            at += 1
    return -1


class TextCommand(click.Command):
    """A command whose last argument (`nargs=-1`) is SQL: in a cell its quotes stay as written.

    Its own options may stand before or behind the text.
    """

    verbatim = False  # whether ${name} in its line is left alone

    def split(self, line: str) -> list[str]:
        """The words for `main`: options and leading arguments, then the text as one word."""
        taken: list[str] = []
        rest = list(line)
        leading = len([p for p in self.params if isinstance(p, click.Argument)]) - 1
        words = iter(split_words(line))
        for word in words:
            raw = line[word.start : word.end]
            option = self._option(raw)
            if option is not None:
                taken.append(word.text)
                _blank(rest, word)
                if "=" not in raw and not option.is_flag and not option.count:
                    value = next(words, None)
                    if value is not None:
                        taken.append(value.text)
                        _blank(rest, value)
            elif leading:
                leading -= 1
                taken.append(word.text)
                _blank(rest, word)
        text = "".join(rest).strip()
        return [*taken, "--", text] if text else taken

    def _option(self, raw: str) -> click.Option | None:
        """The long option that `raw` is; a short one could be SQL (`-n`)."""
        name = raw.partition("=")[0]
        for parameter in self.get_params(click.Context(self)):
            names = (*parameter.opts, *parameter.secondary_opts)
            if isinstance(parameter, click.Option) and name.startswith("--") and name in names:
                return parameter
        return None


class VerbatimCommand(TextCommand):
    """A command whose whole line is foreign text: no options inside it, no `${name}` bound."""

    verbatim = True

    def split(self, line: str) -> list[str]:
        """Everything is the text, but a lone `--help`."""
        if line.strip() in ("--help", "-h"):
            return ["--help"]
        return ["--", line.strip("\n")] if line.strip() else []


def joined(words: tuple[str, ...]) -> str:
    """The text of a TextCommand: one word from a cell, several from a command line.

    Text that is quoted as a whole is meant without the quotes.
    """
    text = " ".join(words).strip()
    parts = split_words(text)
    if len(parts) == 1 and text[:1] in ("'", '"') and text.endswith(text[0]) and len(text) > 1:
        return parts[0].text
    return text


def _blank(characters: list[str], word: Word) -> None:
    characters[word.start : word.end] = " " * (word.end - word.start)


def is_verbatim(command: Any) -> bool:
    """Whether `${name}` in the command's line is left alone."""
    return bool(getattr(command, "verbatim", False))
