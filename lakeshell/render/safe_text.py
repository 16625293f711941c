"""The one filter before any terminal: text from data, names or errors, made harmless and visible.

What is dangerous is shown, not dropped: an escape character as `␛`, a bidi override as `\\u202e`, a
line break inside a cell as `⏎`. Markup such as `[/x]` is left alone, because it is plain text here;
faces that draw with Rich or Textual must wrap it in a `Text` object, never in a markup string.
"""

from __future__ import annotations

import re
import unicodedata

# Everything that is not a plain, visible ASCII character sends the text through the slow path.
_PLAIN = re.compile(r"[\x20-\x7e]*\Z")
_PLAIN_LINES = re.compile(r"[\x20-\x7e\n]*\Z")

_ONE_LINE = {"\n": "⏎", "\t": "→", "\r": "␍"}
_TAB = "    "

# Emoji are joined and coloured by these; alone they draw nothing.
_JOINERS = frozenset("\u200d\ufe0e\ufe0f")
_MOST_COMBINING = 4  # marks on one character; text that needs more is unknown


def safe_text(text: str, *, multiline: bool = False) -> str:
    """`text` as it may reach a terminal: no control, no bidi override, no lone surrogate.

    On one line, breaks and tabs become visible marks; with `multiline` line breaks stay and tabs
    become blanks.
    """
    if (_PLAIN_LINES if multiline else _PLAIN).match(text):
        return text
    if multiline:
        text = text.replace("\r\n", "\n").replace("\t", _TAB)
    out: list[str] = []
    combining = 0
    for character in text:
        if character == "\n" and multiline:
            out.append(character)
            combining = 0
        elif " " <= character <= "~":
            out.append(character)
            combining = 0
        elif character in _ONE_LINE:
            out.append(_ONE_LINE[character])
        else:
            shown, combining = _other(character, combining, bool(out))
            out.append(shown)
    return "".join(out)


def _other(character: str, combining: int, has_base: bool) -> tuple[str, int]:
    """What to show for a character beyond printable ASCII, and how many marks stand in a row."""
    category = unicodedata.category(character)
    if category in ("Mn", "Me"):
        if character in _JOINERS and has_base:
            return character, combining
        if combining >= _MOST_COMBINING or not has_base:
            return (_escape(character) if not has_base else ""), combining
        return character, combining + 1
    if character in _JOINERS and has_base:
        return character, combining
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code), 0
    if code == 0x7F:
        return "␡", 0
    # Cc: C1 controls. Cf: bidi, zero-width, tags. Cs: lone surrogates. Zl, Zp: line separators.
    if category in ("Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"):
        return _escape(character), 0
    if category == "Zs":
        return " ", 0
    return character, 0


def _escape(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def display_width(text: str) -> int:
    """How many cells of a terminal `text` takes; it must have passed `safe_text`."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    width = int(wcswidth(text))
    return width if width >= 0 else len(text)


def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """`text` cut to at most `width` cells, with an ellipsis where something is missing."""
    if width <= 0:
        return ""
    if len(text) <= width and text.isascii():
        return text
    if text.isascii():
        return text[: width - len(ellipsis)] + ellipsis if width > len(ellipsis) else text[:width]
    if len(text) <= width and display_width(text) <= width:
        return text
    return _fit_wide(text, width, ellipsis)


def _fit_wide(text: str, width: int, ellipsis: str) -> str:
    """Cluster by cluster, so that no emoji or accented letter is torn."""
    from wcwidth import wcwidth

    # Far more than can be shown need not be measured.
    window = text[: width * 8]
    if len(window) == len(text) and display_width(text) <= width:
        return text
    room = width - len(ellipsis)
    used, end, joined = 0, 0, False
    for index, character in enumerate(window):
        cells = max(int(wcwidth(character)), 0)
        extends = cells == 0 or joined
        joined = character == "\u200d"
        if extends:
            if end == index:
                end = index + 1
            continue
        if used + cells > room:
            break
        used += cells
        end = index + 1
    cut = text[:end]
    while cut and display_width(cut) > room:
        cut = cut[:-1]
    return cut + ellipsis


def pad(text: str, width: int, *, right: bool = False) -> str:
    """`text` filled with blanks to `width` cells, on the left when `right`-aligned."""
    blanks = " " * max(width - display_width(text), 0)
    return blanks + text if right else text + blanks
