"""%kafka without a broker: what is refused, and what is told."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from command_shell import Shell

from lakeshell.commands.options import Options
from lakeshell.errors import CommandError, LakeshellError, UsageError
from lakeshell.kafka.messages import Received, table_of
from lakeshell.script import Screen, Script
from lakeshell.session.result import Result


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("topics",), "No broker runs here"),
        (("consume", "events"), "No broker runs here"),
        (("produce", "events", "--value", "x"), "No broker runs here"),
        (("produce", "a b", "--value", "x"), "cannot be the name of a topic"),
        (("produce", "t", "--key", "k", "--key-separator", ":"), "exclude each other"),
        (("produce", "t", "--key-separator", ""), "at least one character"),
        (("produce", "t", "f.txt", "--value", "x"), "exclude each other"),
        (("consume", "t", "--follow", "--from-beginning", "-n", "3"), "has no meaning"),
        (("topics", "create", "t", "--partitions", "0"), "0 is not in the range"),
        (("topics", "delete", "t"), "No broker runs here"),
        (("start", "--port", "65536"), "is not in the range"),
    ],
)
def test_refusals(shell: Shell, words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises((CommandError, UsageError), match=sentence):
        shell.words("kafka", *words)


def test_stop_and_status_work_where_nothing_was_ever_started(shell: Shell) -> None:
    shell.words("kafka", "stop")
    shell.words("kafka", "logs")
    assert shell.notices == "No broker runs here.\nThe broker has logged nothing."
    shell.words("kafka", "status")
    assert shell.rows == [
        {"kafka": "state", "value": "not running"},
        {"kafka": "data", "value": str(shell.home.kafka)},
    ]


def test_one_that_ended_by_itself_is_told_with_its_reason(shell: Shell) -> None:
    shell.home.kafka_json.write_text('{"pid": 1, "port": 9092, "started": 0}')
    shell.home.kafka_log.write_text(
        "2026-01-01 ERROR Kafka: fatal\njava.lang.OutOfMemoryError: Java heap space\n\tat x\n"
    )
    shell.words("kafka", "status")
    told = {row["kafka"]: row["value"] for row in shell.rows}
    assert told["state"].startswith("ended without being stopped")
    assert told["reason"] == "OutOfMemoryError: Java heap space."


def test_brokers_elsewhere_that_do_not_answer(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_text("x\n")
    with pytest.raises(CommandError, match=r"No Kafka broker answers at 127\.0\.0\.1:1\."):
        shell.words("kafka", "topics", "--servers", "127.0.0.1:1")
    with pytest.raises(CommandError, match=r"missing\.txt cannot be read"):
        shell.words("kafka", "produce", "t", "missing.txt", "--servers", "127.0.0.1:1")


def test_a_full_screen_is_not_made_to_wait(shell: Shell) -> None:
    """There commands run in threads."""
    said: list[str] = []

    def run(*words: str) -> None:
        try:
            shell.words("kafka", *words, "--servers", "127.0.0.1:1")
        except LakeshellError as error:
            said.append(error.message)

    for words in (("consume", "t", "--follow"), ("produce", "t")):
        thread = threading.Thread(target=run, args=words)
        thread.start()
        thread.join()
    assert said == ["--follow wants a terminal of its own.", "Name a file, or give --value TEXT."]


def test_messages_are_shown_without_a_session() -> None:
    """Their times have no zone, so none is asked for: that would start Spark."""

    class Interpreter:
        @property
        def session(self) -> object:
            raise AssertionError("Spark would have been started")

    script = Script(inputs=[], command=[], output=None, format="jsonl", variables={},
                    parameters={}, remote=None, quiet=False, debug=False)  # fmt: skip
    screen = Screen(Options(), script)
    screen.interpreter = Interpreter()  # type: ignore[assignment]
    assert screen._time_zone(Result(table_of([Received(0, 0, 1, b"k", b"v")]))) == "UTC"
