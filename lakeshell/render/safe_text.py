r"""The one filter that text passes before any terminal, and how many cells text takes there.

Nothing in data, names or messages may act on the terminal (move the cursor, recolour, set the
title, reverse or hide text). Such characters are shown instead of sent:

=============================================  =============================
newline, tab (in one-line text)                ``⏎``  ``→``
other C0 controls and DEL                      their control picture: ``␛``
C1 controls, U+0080–9F                         ``\x9b``
bidi controls, invisible format characters,    ``\u202e``, ``\U000e0041``
line separators, fillers, tags, noncharacters
lone surrogates                                ``\ud800``
bytes that are no UTF-8 (surrogateescape)      ``\xff``
the 9th combining mark on a base and the rest  ``…``
=============================================  =============================

Kept, since they belong to writing: the zero-width joiners within emoji and within scripts that need
them, variation selectors right after a character that can have one, combining marks.

Markup of other programs (``[/x]``, ``<b>``) is plain text here and left alone. Textual and Rich
would read it: their faces must wrap the filtered text in `Text` objects, never pass `str`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

ELLIPSIS = "…"
NEWLINE_MARK = "⏎"
TAB_MARK = "→"

# The longest legitimate stacks (Hebrew with cantillation, Tibetan) stay below this.
_MOST_MARKS = 8

# Invisible or acting characters that str.isprintable() lets pass: fillers, joiners of category
# Mn, variation selectors.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
# What may be a long stack of marks: these are never \w. Symbols match as well; _capped tells.
_MAYBE_STACKED = re.compile(
    r"[^\w\s\x00-\u02ff\u2000-\u20cf\u2100-\u2bff\u3000-\u3029\ufe30-\uffef]"
    f"{{{_MOST_MARKS + 1},}}"
)
# Everything that is replaced or must be looked at in its context. Category Cf without the visible
# signs of Arabic and Kaithi; Cc, Cs, Zl, Zp; noncharacters.
_SUSPECT = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000)
    )
    + "]"
)

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_IDEOGRAPHIC_SELECTORS = range(0xE0100, 0xE01F0)
_SELECTORS = range(0xFE00, 0xFE10)
_MONGOLIAN_SELECTORS = (0x180B, 0x180C, 0x180D, 0x180F)


def safe_text(text: str, *, multiline: bool = False) -> str:
    """`text` with everything that could act on a terminal made visible.

    One-line text gets marks for newlines and tabs; with `multiline` both are kept, and a Windows
    line end is a newline. Never raises; filtering twice changes nothing more.
    """
    if text.isprintable():
        if text.isascii():
            return text
        if _INVISIBLE.search(text) is None and _MAYBE_STACKED.search(text) is None:
            return _based(text)
    elif multiline:
        text = text.replace("\r\n", "\n")
    text = _SUSPECT.sub(lambda match: _shown(match, multiline), text)
    if _MAYBE_STACKED.search(text) is not None:
        text = _capped(text)
    return _based(text)


def is_safe(character: str) -> bool:
    """Whether one character can reach a terminal as it is, wherever it stands."""
    return _SUSPECT.match(character) is None


def display_width(text: str) -> int:
    """Terminal cells that `text`, already filtered and of one line, takes."""
    if text.isascii():
        return len(text)
    return sum(width for _, width in _clusters(text))


def fit(text: str, width: int, *, ellipsis: str = ELLIPSIS) -> str:
    """`text` cut to at most `width` cells, with an ellipsis where something was cut.

    Never splits a wide character, an emoji sequence or a letter from its marks, so the result may
    be a cell narrower than asked for.
    """
    if len(text) <= width and text.isascii():
        return text
    # A cluster takes at least no cell: what lies far beyond the width cannot be seen.
    head = text[: 4 * max(width, 0) + 64]
    if len(head) == len(text) and display_width(text) <= width:
        return text
    room = width - len(ellipsis)
    if room < 0:
        return ellipsis[: max(width, 0)]
    if head.isascii():
        return head[:room] + ellipsis
    kept: list[str] = []
    for cluster, cells in _clusters(head):
        if cells > room:
            break
        kept.append(cluster)
        room -= cells
    return "".join(kept) + ellipsis


def pad(text: str, width: int, *, right: bool = False) -> str:
    """`text` filled up with blanks to `width` cells; `right` puts it at the right end."""
    blanks = " " * (width - display_width(text))
    return blanks + text if right else text + blanks


def ascii_text(text: str) -> str:
    r"""`text` for a terminal that shows ASCII only; what is beyond as ``\xe9``, ``\u2192``."""
    if text.isascii():
        return text
    for mark, replacement in ((NEWLINE_MARK, "\\n"), (TAB_MARK, "\\t"), (ELLIPSIS, "...")):
        text = text.replace(mark, replacement)
    return text.encode("ascii", "backslashreplace").decode("ascii")


def _shown(match: re.Match[str], multiline: bool) -> str:
    character = match.group()
    code = ord(character)
    if code < 0x20:
        if character == "\n":
            return character if multiline else NEWLINE_MARK
        if character == "\t":
            return character if multiline else TAB_MARK
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if _belongs(match.string, match.start(), code):
        return character
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _belongs(text: str, index: int, code: int) -> bool:
    """Whether a joiner or selector at `index` is part of a sign of a script or of an emoji."""
    before = text[index - 1] if index else ""
    if not before or _SUSPECT.match(before):
        # An emoji may carry a selector before its joiner.
        return code == ord(_ZWJ) and before == "\ufe0f" and index > 1 and _joins(text, index + 1)
    if code in _SELECTORS:
        return not before.isspace() and (before.isalnum() or ord(before) > 0xA8 or before in "#*")
    if code in _IDEOGRAPHIC_SELECTORS:
        return unicodedata.category(before) == "Lo" and ord(before) >= 0x2E80
    if code in _MONGOLIAN_SELECTORS:
        return 0x1800 <= ord(before) <= 0x18AF
    if code == ord(_ZWJ) and _pictographic(before):
        return _joins(text, index + 1)
    return code in (ord(_ZWNJ), ord(_ZWJ)) and 0x0600 <= ord(before) <= 0x1CFF


def _joins(text: str, index: int) -> bool:
    return index < len(text) and _pictographic(text[index])


def _pictographic(character: str) -> bool:
    code = ord(character)
    return code >= 0x1F000 or 0x2190 <= code <= 0x2BFF or code in (0xA9, 0xAE, 0x203C, 0x2049)


def _capped(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
        elif marks == _MOST_MARKS + 1:
            kept.append(ELLIPSIS)
    return "".join(kept)


def _based(text: str) -> str:
    """A mark at the start would sit on whatever the screen has before it: give it a base."""
    if text and unicodedata.category(text[0])[0] == "M":
        return "\u25cc" + text
    return text


def _clusters(text: str) -> Iterator[tuple[str, int]]:
    """What a reader sees as one character, each with its cells."""
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or not _extends(text, index):
            cluster = text[start:index]
            yield cluster, _cells(cluster)
            start = index


def _extends(text: str, index: int) -> bool:
    character = text[index]
    if character < "\u0300":
        return False
    before = text[index - 1]
    code = ord(character)
    if before == _ZWJ and index > 1:
        return _pictographic(character)
    if 0x1F3FB <= code <= 0x1F3FF:  # skin tones
        return _pictographic(before) or before == "\ufe0f"
    if 0x1F1E6 <= code <= 0x1F1FF:  # flags: two regional letters
        run = index
        while run and 0x1F1E6 <= ord(text[run - 1]) <= 0x1F1FF:
            run -= 1
        return (index - run) % 2 == 1
    return _cells(character) == 0


@lru_cache(maxsize=8192)
def _cells(cluster: str) -> int:
    if cluster.isascii():
        return len(cluster)
    import wcwidth

    return max(wcwidth.wcswidth(cluster), 0)
