from __future__ import annotations

import unicodedata

import pytest
from hostile_texts import ACTING_CODES, HOSTILE
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from lakeshell.render.safe_text import ascii_text, display_width, fit, pad, safe_text

# Format characters that are visible signs of their scripts.
VISIBLE_FORMAT = {chr(c) for c in (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2)}
VISIBLE_FORMAT |= {chr(0x110BD), chr(0x110CD)}
JOINERS = {"\u200c", "\u200d"}

ANY_TEXT = st.text(st.characters(), max_size=60)  # lone surrogates too


def test_clean_text_is_returned_as_it_is() -> None:
    text = "plain ASCII [/x] <b>"
    assert safe_text(text) is text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "␛[31m"),
        ("a\nb\tc\rd", "a⏎b→c␍d"),
        ("\x00\x07\x7f", "␀␇␡"),
        ("\x9b", "\\x9b"),
        ("\u202e", "\\u202e"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("\udcff", "\\xff"),
        ("a\u200bb", "a\\u200bb"),
        ("pay\u00adpal", "pay\\xadpal"),
        ("\u0301a", "\u25cc\u0301a"),
        ("a" + "\u0301" * 50, "a" + "\u0301" * 8 + "…"),
        ("a\ufe0f\ufe0f", "a\ufe0f\\ufe0f"),
        ("a\u200db", "a\\u200db"),
    ],
)
def test_what_would_act_is_shown(text: str, shown: str) -> None:
    assert safe_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "👨‍👩‍👧",
        "❤️",
        "1️⃣",
        "🏳️‍🌈",
        "👍🏽",
        "🇩🇪",
        "می‌خواهم",
        "क्‍ष",
        "שָׁלוֹם",
        "Việt",
        "葛\U000e0100",
        "\u00a0nbsp",
        "\ue0b0",
    ],
)
def test_writing_is_kept(text: str) -> None:
    assert safe_text(text) == text


def test_lines_and_tabs_stay_in_multiline_text() -> None:
    assert safe_text("a\r\nb\n\tc\r\x1b", multiline=True) == "a\nb\n\tc␍␛"


def test_no_character_of_unicode_acts() -> None:
    for code in range(0x110000):
        for character in safe_text(f"a{chr(code)}b"):
            category = unicodedata.category(character)
            assert category not in ("Cc", "Cs", "Zl", "Zp"), hex(code)
            assert category != "Cf" or character in VISIBLE_FORMAT, hex(code)


def test_acting_characters_are_never_dropped() -> None:
    for code in ACTING_CODES:
        assert len(safe_text(f"a{chr(code)}b")) > 2, hex(code)


@given(ANY_TEXT, st.booleans())
def test_any_text_is_harmless_and_filtering_is_final(text: str, multiline: bool) -> None:
    safe = safe_text(text, multiline=multiline)
    for character in safe:
        category = unicodedata.category(character)
        assert category not in ("Cc", "Cs", "Zl", "Zp") or (multiline and character in "\n\t")
        assert category != "Cf" or character in VISIBLE_FORMAT | JOINERS
    assert safe_text(safe, multiline=multiline) == safe


@given(
    st.text(st.sampled_from("ab日本é\u0301\u200d👩❤\ufe0f🇩🇪👍🏽1\u20e3\u0e01\u0e49"), max_size=30)
)
def test_the_width_is_that_of_the_terminal_and_cutting_keeps_to_it(text: str) -> None:
    safe = safe_text(text)
    for width in range(12):
        cut = fit(safe, width)
        assert display_width(cut) <= width
        if display_width(safe) <= width:
            assert cut == safe
        else:
            assert cut == "" or cut.endswith("…")
            assert safe.startswith(cut[:-1])
        assert display_width(pad(cut, width)) == width


@pytest.mark.parametrize("text", ["abc", "日本", "é", "e\u0301", "👨‍👩‍👧", "❤️", "🇩🇪🇫🇷", "กิ่"])
def test_the_width_agrees_with_wcwidth(text: str) -> None:
    assert display_width(text) == wcswidth(text)


def test_a_cut_never_splits_what_is_one_to_a_reader() -> None:
    assert fit("👨‍👩‍👧👨‍👩‍👧", 3) == "👨‍👩‍👧…"
    assert fit("e\u0301e\u0301e\u0301", 2) == "e\u0301…"
    assert fit("日本語", 4) == "日…"
    assert fit("🇩🇪🇫🇷", 3) == "🇩🇪…"


def test_text_for_an_ascii_terminal() -> None:
    assert ascii_text(safe_text("né\n→…")) == "n\\xe9\\n\\t..."
    assert all(ascii_text(safe_text(text)).isascii() for text in HOSTILE)


def test_there_are_enough_hostile_texts() -> None:
    assert len(set(HOSTILE)) >= 500
