"""Places in a text and offsets: the same whatever was edited, and asked for by the thousand."""

from __future__ import annotations

import random

import pytest

from lakeshell.tui.editor.code_area import CodeArea
from lakeshell.tui.editor.document import CodeDocument


def agrees(document: CodeDocument) -> None:
    text = document.text
    for offset in {0, 1, len(text) // 2, len(text) - 1, len(text), len(text) + 5, -3}:
        wanted = min(max(offset, 0), len(text))
        place = (text.count("\n", 0, wanted), wanted - (text.rfind("\n", 0, wanted) + 1))
        assert document.location(offset) == place, (text, offset)
        assert document.offset(place) == wanted


def test_offsets_follow_every_edit() -> None:
    chance = random.Random(7)
    document = CodeDocument("select 1\n\nfrom t\n")
    agrees(document)
    for _ in range(500):
        ends = sorted(document.location(chance.randint(0, len(document.text))) for _ in "ab")
        document.replace_range(ends[0], ends[1], chance.choice(["", "x", "\n", "a\nb\n", "ü\n\n"]))
        agrees(document)


def test_the_end_of_an_empty_text() -> None:
    document = CodeDocument("")
    assert document.location(3) == (0, 0)
    assert document.offset((0, 0)) == 0
    assert document.offset((1, 0)) == 1  # where another line would begin


@pytest.mark.asyncio
async def test_comments_of_lines_that_are_the_same_or_blank() -> None:
    area = CodeArea("a\n\n  b\na", "sql")
    area.select_all()
    area.toggle_comment()
    assert area.text == "-- a\n\n--   b\n-- a"
    area.select_all()
    area.toggle_comment()
    assert area.text == "a\n\n  b\na"
    blank = CodeArea("\n", "python")
    blank.select_all()
    blank.toggle_comment()
    assert blank.text == "# \n"
