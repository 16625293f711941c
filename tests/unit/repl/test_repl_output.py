"""What the shell writes for each event, on a terminal that is a text buffer."""

from __future__ import annotations

import io
import os
import re
import signal
import sys
import threading
from collections.abc import Callable

import pyarrow as pa
import pytest

from lakeshell.commands.options import Options
from lakeshell.errors import CommandError, Interrupted, Position, StatementError
from lakeshell.repl import output as output_module
from lakeshell.repl import pager
from lakeshell.repl.interrupts import cancellable
from lakeshell.repl.output import Output
from lakeshell.repl.progress import ProgressLine
from lakeshell.session.result import Event, Failed, Notice, Progress, Result, Started, Text

HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eEVIL"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _size(monkeypatch: pytest.MonkeyPatch) -> None:
    size = os.terminal_size((40, 10))
    monkeypatch.setattr(output_module.shutil, "get_terminal_size", lambda: size)


@pytest.fixture
def stream() -> Terminal:
    return Terminal()


@pytest.fixture
def out(stream: Terminal) -> Output:
    return Output(Options(), stream=stream, color=False)


def numbers(count: int) -> pa.Table:
    return pa.table({"n": list(range(count))})


@pytest.mark.parametrize(
    ("event", "written"),
    [
        (Result(numbers(1), elapsed=0.5), " n\n───\n 0\n1 row, 0.50 s\n"),
        (Result(numbers(0), elapsed=0.5), " n\n───\n0 rows, 0.50 s\n"),
        (Result(None, elapsed=1.25), "OK, 1.25 s\n"),
        (Result(None, metrics={"num_inserted_rows": 3}, elapsed=1), "3 rows inserted, 1.00 s\n"),
        (Result(numbers(1), title="The title"), "The title\n n\n───\n 0\n1 row\n"),
        (Text("a\n"), "a\n"),
        (Text("a"), "a"),
        (Notice("look"), "look\n"),
        (Notice("look", "warning"), "Warning: look\n"),
        (Failed(CommandError("No.", hint="Yes?")), "Error: No.\nhint: Yes?\n"),
        (Failed(Interrupted()), "Cancelled.\n"),
    ],
)  # fmt: skip
def test_an_event(out: Output, stream: Terminal, event: Event, written: str) -> None:
    out(event)
    assert stream.getvalue() == written


def test_more_rows_exist(out: Output, stream: Terminal) -> None:
    out(Result(numbers(2), truncated=True, elapsed=0.1))
    assert stream.getvalue().endswith("2 rows (more exist; %set limit 0 shows all), 0.10 s\n")


def test_timing_off(stream: Terminal) -> None:
    Output(Options(timing=False), stream=stream, color=False)(Result(None, elapsed=2))
    assert stream.getvalue() == "OK\n"


def test_a_line_that_was_begun_is_ended(out: Output, stream: Terminal) -> None:
    out(Text("half"))
    out(Result(None, elapsed=1))
    out(Text("half"))
    out.finish()
    assert stream.getvalue() == "half\nOK, 1.00 s\nhalf\n"


def test_formats(stream: Terminal) -> None:
    options = Options(format="csv")
    out = Output(options, stream=stream, color=False)
    out(Result(numbers(1), elapsed=1))
    options.format = "parquet"
    out(Result(numbers(1), elapsed=1))
    options.format = "nonsense"
    out(Result(numbers(1), elapsed=1))
    text = stream.getvalue()
    assert text.startswith("n\n0\n1 row, 1.00 s\n")
    assert "parquet cannot be shown" in text
    assert "no format 'nonsense'" in text


@pytest.mark.parametrize("format_name", ["table", "csv", "json", "jsonl", "markdown", "vertical"])
def test_hostile_values_are_harmless_in_every_format(format_name: str) -> None:
    stream = Terminal()
    out = Output(Options(format=format_name), stream=stream, color=False)
    out(Result(pa.table({HOSTILE: [HOSTILE, None]}), title=HOSTILE))
    assert all(line.isprintable() for line in stream.getvalue().split("\n"))


@pytest.mark.parametrize(
    "event",
    [
        Text(HOSTILE),
        Notice(HOSTILE),
        Failed(
            StatementError(
                HOSTILE, hint=HOSTILE, source=HOSTILE, source_line=HOSTILE, position=Position(1, 3)
            )
        ),
    ],
    ids=["text", "notice", "error"],
)
def test_hostile_words_are_harmless(out: Output, stream: Terminal, event: Event) -> None:
    out(event)
    assert all(line.isprintable() for line in stream.getvalue().split("\n"))


def test_what_other_threads_say_waits_for_the_prompt(out: Output, stream: Terminal) -> None:
    thread = threading.Thread(target=lambda: out(Notice("from afar")))
    thread.start()
    thread.join()
    assert stream.getvalue() == ""
    out.flush_remarks()
    out.flush_remarks()
    assert stream.getvalue() == "from afar\n"


@pytest.fixture
def paged(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    pages: list[tuple[str, bool]] = []

    def page(text: str, *, wide: bool = False) -> bool:
        pages.append((text, wide))
        return True

    monkeypatch.setattr(pager, "page", page)
    monkeypatch.setattr(sys, "stdin", Terminal())
    return pages


def test_the_pager_gets_what_is_too_long_or_too_wide(
    out: Output, stream: Terminal, paged: list[tuple[str, bool]]
) -> None:
    out(Result(numbers(3)))
    assert not paged
    out(Result(numbers(50)))
    assert paged[0][0].count("\n") == 52
    wide = pa.table({f"column_number_{n}": ["x" * 50] for n in range(5)})
    out(Result(wide))
    assert paged[1][1]
    assert "x" * 50 in paged[1][0]  # nothing is cut in a pager
    assert "column_number_4" not in stream.getvalue()


def test_no_pager_when_it_is_off_or_missing(
    out: Output, stream: Terminal, paged: list[tuple[str, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    out.options.pager = False
    out(Result(numbers(50)))
    assert not paged
    out.options.pager = True
    monkeypatch.setattr(pager, "page", lambda text, wide=False: False)
    out(Result(numbers(50)))
    assert stream.getvalue().count("\n 49\n") == 2


@pytest.mark.parametrize("command", ["no-such-pager-anywhere", "'unbalanced", ""])
def test_a_pager_that_cannot_run(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("PAGER", command)
    monkeypatch.setenv("PATH", "/nowhere")
    assert not pager.page("text")


def test_a_pager_that_reads_nothing_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "true")
    assert pager.page("x" * 1_000_000)


# Questions


@pytest.mark.parametrize(
    ("answer", "agreed"),
    [("y\n", True), ("YES\n", True), ("\n", False), ("n\n", False), ("", False)],
)
def test_only_a_yes_is_one(
    out: Output, stream: Terminal, monkeypatch: pytest.MonkeyPatch, answer: str, agreed: bool
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    assert out.confirm(f"Drop {HOSTILE}?") is agreed
    assert stream.getvalue().replace("\n", "").isprintable()


# Progress


def drawn(stream: Terminal) -> str:
    return stream.getvalue()


def wait_until(done: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(500):
        if done():
            return
        waiting.wait(0.02)
    raise AssertionError("it never came")


def test_progress_is_drawn_and_erased_before_the_result(out: Output, stream: Terminal) -> None:
    out(Started("select 1", 1, "sql"))
    out(Progress(1, 3, 2, 4, 1, 2048, 5.0))
    wait_until(lambda: "stage 2/3" in stream.getvalue())
    out(Result(numbers(1), elapsed=1))
    before, result = stream.getvalue().rsplit("\r\x1b[K", 1)
    assert "stage 2/3" in before
    assert result == " n\n───\n 0\n1 row, 1.00 s\n"


def test_a_quick_statement_draws_nothing(out: Output, stream: Terminal) -> None:
    out(Started("select 1", 1, "sql"))
    out(Result(None, elapsed=0.1))
    assert stream.getvalue() == "OK, 0.10 s\n"


def test_no_progress_disturbs_cells_and_commands(out: Output) -> None:
    for language in ("python", "command"):
        out(Started("x", 1, language))
        assert out.progress._thread is None


@pytest.mark.parametrize("width", [1, 10, 40])
def test_the_line_fits(stream: Terminal, width: int) -> None:
    line = ProgressLine(stream, lambda: width)
    line.start(lambda: HOSTILE * 5)
    wait_until(lambda: "\x1b[K" in stream.getvalue())
    line.stop()
    for shown in re.split("\r|\x1b\\[K", stream.getvalue()):
        assert len(shown) < max(width, 2)
        assert shown.isprintable()


# Ctrl-C


def test_ctrl_c_cancels_then_tells_then_gives_up() -> None:
    told: list[str] = []
    seen = []
    before = signal.getsignal(signal.SIGINT)
    with cancellable(told.append):
        for _ in range(3):
            try:
                signal.raise_signal(signal.SIGINT)
                seen.append("went on")
            except KeyboardInterrupt:
                seen.append("interrupted")
    assert seen == ["interrupted", "went on", "interrupted"]
    assert len(told) == 1
    assert signal.getsignal(signal.SIGINT) is before
