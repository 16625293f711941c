"""%streams and %stream on a server that answers from a list."""

from __future__ import annotations

import json
from typing import Any

import pytest
from command_shell import Shell

from lakeshell.commands import streams as commands
from lakeshell.errors import CommandError
from lakeshell.session.stream_definitions import Definition, Definitions


def stream(name: str | None, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"id-of-{name}", "run_id": f"run-of-{name}", "name": name, "session": "s",
        "state": "running", "status": "", "source": "rate 1/s", "sink": "default.t",
        "sink_table": ["default", "t"], "sink_path": None, "trigger": "every 1 s",
        "output_mode": "append", "checkpoint": "/mnt/c", "checkpoint_is_temporary": False,
        "batch": 3, "batch_time": None, "batch_ms": 20, "rows": 5,
        "latency": {"p50": 10.0, "p95": 20.4, "p99": 30.0, "max": 31.0},
        "durations": {"p50": 10.0, "p95": 20.4, "p99": 30.0, "max": 31.0},
        "input_rate": 2.04, "processed_rate": 4.0, "backlog": {"text": "7 files"},
        "state_rows": 12, "state_bytes": 4096, "watermark": "2026-01-01T00:00:00.000Z",
        "started": 1.0, "ended": None, "error": None, "error_class": None, "hint": None,
        "restart_refusal": None, **fields,
    }  # fmt: skip


class Control:
    """The control API of a server with these streams."""

    def __init__(self, *streams: dict[str, Any]) -> None:
        self.all = list(streams)
        self.stopped: list[str] = []
        self.recovered: list[dict[str, Any]] = []
        self.answer: dict[str, Any] = {"refusal": None, "hint": None, "run_id": "run-of-copy"}

    def streams(self) -> list[dict[str, Any]]:
        return self.all

    def stream(self, wanted: str) -> dict[str, Any] | None:
        return next((s for s in self.all if wanted in (s["name"], s["run_id"])), None)

    def stop_stream(self, wanted: str) -> None:
        self.stopped.append(wanted)

    def restart_stream(self, wanted: str) -> dict[str, Any]:
        return self.answer

    def recover_streams(self) -> list[dict[str, Any]]:
        return self.recovered


@pytest.fixture
def control(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Control:
    broken = stream(
        "broken", state="failed", error="It broke.\nfar", hint="Mend it.", error_class="NO"
    )
    control = Control(stream("copy"), broken, stream("gone", state="lost", latency=None))
    monkeypatch.setattr(commands, "_control", lambda context: control)
    shell.session.control = control
    return control


def test_the_list_tells_what_there_is_and_what_to_do(shell: Shell, control: Control) -> None:
    shell.words("streams")
    copy, broken, gone = shell.rows
    assert (copy["in_per_s"], copy["backlog"], copy["state_rows"]) == (2.0, "7 files", 12)
    assert [copy[key] for key in ("p50_ms", "p95_ms", "p99_ms")] == [10, 20, 30]
    assert copy["state_size"].startswith("4")
    assert (broken["state"], broken["error"]) == ("failed", "It broke.")
    assert (gone["state"], gone["p50_ms"]) == ("lost", None)
    assert "broken: Mend it." in shell.notices
    assert "lakeshell streams recover starts again: gone." in shell.notices
    shell.clear()
    shell.words("streams", "--json")
    assert json.loads(shell.text) == control.all


def test_watching_goes_on_until_ctrl_c(
    shell: Shell, control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(commands.time, "sleep", nap)
    shell.words("streams", "--watch")
    assert shell.notices.count("Mend it.") == 3


def test_one_stream_is_shown_with_its_error(shell: Shell, control: Control) -> None:
    shell.words("stream", "show", "broken")
    told = {row["stream"]: row["value"] for row in shell.rows}
    assert told["error"] == "It broke.\nfar"
    assert told["error class"] == "NO"
    assert told["what to do"] == "Mend it."
    assert told["batch takes"] == "10 ms (95 %: 20 ms, 99 %: 30 ms, longest 31 ms)"
    with pytest.raises(CommandError) as caught:
        shell.words("stream", "show", "other")
    assert caught.value.hint == "There is copy, broken, gone."


def test_stop_restart_and_recover(shell: Shell, control: Control) -> None:
    shell.words("stream", "stop", "copy")
    shell.words("stream", "stop", "gone")
    shell.words("stream", "stop", "broken")
    assert control.stopped == ["run-of-copy", "run-of-gone"]
    assert "The stream copy has stopped." in shell.notices
    assert "The stream gone is not started again." in shell.notices
    assert "The stream broken does not run." in shell.notices
    shell.words("stream", "restart", "copy")
    assert "The stream copy runs again." in shell.notices
    control.answer = {"refusal": "No checkpoint.", "hint": "Run the code.", "run_id": None}
    with pytest.raises(CommandError, match="No checkpoint") as refused:
        shell.words("stream", "restart", "copy")
    assert refused.value.hint == "Run the code."
    shell.words("streams", "recover")
    assert "No stream was running" in shell.notices
    control.recovered = [
        {"name": "copy", "id": "1", "run_id": "run-of-copy", "refusal": None, "hint": None},
        {"name": None, "id": "12345678-9", "run_id": None, "refusal": "View gone.", "hint": "H."},
        {"name": "broken", "id": "3", "run_id": "run-of-broken", "refusal": None, "hint": None},
    ]
    with pytest.raises(CommandError, match="Not running: 12345678, broken"):
        shell.words("streams", "recover")
    assert "copy runs again." in shell.notices
    assert "12345678 was not started. View gone. H." in shell.notices
    assert "broken failed again. It broke." in shell.notices


def test_without_a_server_lost_streams_are_listed(shell: Shell) -> None:
    shell.words("streams")
    assert shell.rows == []
    assert "No stream runs" in shell.notices
    Definitions(shell.home).note(
        Definition(
            id="id", run_id="run", name="orders", session="s", user="me", server="before",
            schema="default", source="src", sink="copy", trigger="at once", checkpoint="/mnt/c",
        )
    )  # fmt: skip
    shell.words("streams")
    assert [(row["name"], row["state"]) for row in shell.rows] == [("orders", "lost")]
    with pytest.raises(CommandError, match="No server runs") as caught:
        shell.words("stream", "show", "orders")
    assert "lakeshell streams recover" in (caught.value.hint or "")
