from __future__ import annotations

import pytest
from hostile_texts import HOSTILE
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from lakeshell.errors import CellError, LakeshellError, Position, StatementError, UsageError
from lakeshell.render.errors import clean_spark_message, render_error, split_spark_message


def placed(line: str, column: int, width: int = 60) -> list[str]:
    error = StatementError("m", position=Position(3, column), source="f.sql", source_line=line)
    return render_error(error, width=width).split("\n")


def test_an_error_tells_the_class_the_place_and_what_helps() -> None:
    error = StatementError(
        "Syntax error at or near 'frm'.",
        error_class="PARSE_SYNTAX_ERROR",
        position=Position(12, 10),
        source="report.sql",
        source_line="select * frm t",
        hint="did you mean FROM?",
    )
    assert render_error(error, width=80).split("\n") == [
        "Error [PARSE_SYNTAX_ERROR]: Syntax error at or near 'frm'.",
        "  --> report.sql:12:10",
        "  12 | select * frm t",
        "     |          ^",
        "hint: did you mean FROM?",
    ]


def test_errors_of_every_kind_have_words() -> None:
    assert render_error(LakeshellError("No."), width=80) == "Error: No."
    usage = UsageError("Bad flag.", hint="Usage: lakeshell -e TEXT")
    assert render_error(usage, width=80) == "Error: Bad flag.\nusage: lakeshell -e TEXT"
    cell = CellError("ValueError: x", detail="line 1\n\tf()\x1b[2J")
    assert render_error(cell, width=80) == "Error: ValueError: x\nline 1\n    f()␛[2J"


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("select bad", 8),
        ("\tselect\tbad", 9),
        ("日本 → bad", 6),
        ("e\u0301\x1b bad", 5),
        ("x" * 300 + " bad", 302),
        ("日" * 300 + "bad" + "本" * 300, 301),
        ("\t" * 100 + "bad" + "x" * 500, 101),
        ("bad" + "x" * 500, 1),
    ],
)
@pytest.mark.parametrize("width", [20, 30, 60, 120])
def test_the_caret_stands_below_the_character(line: str, column: int, width: int) -> None:
    shown, caret = placed(line, column, width)[-2:]
    cell = caret.index("^")
    position = next(i for i in range(len(shown) + 1) if wcswidth(shown[:i]) == cell)
    # Whatever precedes it with no width of its own is skipped.
    assert shown[position:].lstrip("\u0301").startswith("bad")
    assert wcswidth(shown) <= width


def test_a_place_beyond_the_line_is_shown_at_its_end() -> None:
    assert placed("short", 999)[-1] == "    |      ^"
    assert placed("short", 0)[-1] == "    | ^"


@given(
    st.text(st.characters(), max_size=40),
    st.text(st.characters(), max_size=40),
    st.integers(-5, 60),
    st.integers(0, 50),
)
def test_any_error_is_harmless(text: str, line: str, column: int, width: int) -> None:
    for kind in (StatementError, CellError):
        error = kind(
            text,
            hint=line,
            error_class=text,
            position=Position(1, column),
            source=text,
            source_line=line,
        )
        assert harmless(render_error(error, width=width))
        error.detail = text
        assert harmless(render_error(error, width=width))


def test_hostile_texts_in_errors_are_harmless() -> None:
    for text in HOSTILE:
        error = StatementError(
            text,
            hint=text,
            error_class=text,
            position=Position(1, 2),
            source=text,
            source_line=text + "x",
        )
        assert harmless(render_error(error, width=40))


def harmless(text: str) -> bool:
    return not any(
        (ord(c) < 0x20 and c != "\n") or 0x7F <= ord(c) < 0xA0 or c in "\u2028\u2029\u202e\u2066"
        for c in text
    )


def test_the_parts_of_a_message() -> None:
    message = split_spark_message(
        "\n[PARSE_SYNTAX_ERROR] Syntax error at or near 'frm'. SQLSTATE: 42601 (line 1, pos 9)\n"
        "\n== SQL ==\nselect * frm t\n---------^^^\n"
    )
    assert message.error_class == "PARSE_SYNTAX_ERROR"
    assert message.text == "Syntax error at or near 'frm'."
    assert message.sqlstate == "42601"
    assert (message.line, message.position) == (1, 9)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (
            "[TABLE_OR_VIEW_NOT_FOUND] The table or view `x` cannot be found. Verify the spelling "
            "and correctness of the schema and catalog.\nIf you did not qualify the name with a "
            "schema, verify the current_schema() output.\nTo tolerate the error on drop use DROP "
            "VIEW IF EXISTS. SQLSTATE: 42P01; line 1 pos 14;\n'Project [*]\n+- 'Unresolved [x]\n",
            "The table or view `x` cannot be found. Verify the spelling and correctness of the "
            "schema and catalog.",
        ),
        (
            "Job aborted due to stage failure: Task 0 in stage 1.0 failed 1 times, most recent "
            "failure: Lost task 0.0 in stage 1.0 (TID 1) (h executor driver): "
            "org.apache.spark.SparkArithmeticException: [DIVIDE_BY_ZERO] Division by zero. "
            "SQLSTATE: 22012\n== SQL (line 1, position 8) ==\nselect 1/0\n       ^^^\n\n"
            "\tat org.apache.spark.X.y(Z.scala:1)\n\nDriver stacktrace:",
            "Division by zero.",
        ),
        (
            "(org.apache.spark.sql.AnalysisException) A schema mismatch detected.\n"
            "Table schema:\nroot\n-- id: long\n\tat a.b.C.d(E.java:3)\n\t... 12 more",
            "A schema mismatch detected.\nTable schema:\nroot\n-- id: long",
        ),
        ("Cannot resolve.\n'Project [a]\n+- OneRowRelation", "Cannot resolve."),
        ("Cannot resolve.\nProject [a#1]\n+- OneRowRelation", "Cannot resolve."),
        ("no form at all", "no form at all"),
        ("", ""),
    ],
)
def test_only_the_sentences_of_a_message_are_told(message: str, text: str) -> None:
    assert clean_spark_message(message) == text


@given(st.text())
def test_no_message_is_too_odd(text: str) -> None:
    split_spark_message(text)
    split_spark_message(f"[A_B] {text} SQLSTATE: 42000 (line {'9' * 5000}, pos 1)")


def test_long_messages_take_no_time_that_grows_with_their_square() -> None:
    for part in ("\n", " ", "a.", "(", "'A\n", "\tat "):
        split_spark_message(part * 100_000)
