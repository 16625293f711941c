"""Auto Loader under kills: whatever dies, each row of each file is in the table once."""

from __future__ import annotations

import json
import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from arrivals import Arrivals
from command import run_command
from faults_support import kill
from soak import rounds

from lakeshell.endpoint import Endpoint, read_endpoint
from lakeshell.home import Home

Start = Callable[..., "subprocess.Popen[str]"]

# Files arrive faster than a batch takes them, so that there is always work when something dies.
_STREAM = """
def loads(trigger):
    return (spark.readStream.format("cloudFiles")
        .option("cloudFiles.format", "json")
        .option("cloudFiles.schemaLocation", "/mnt/faults/checkpoint")
        .option("cloudFiles.maxFilesPerTrigger", 25)
        .option("pathGlobFilter", "*.json")
        .load("/mnt/faults/in")
        .writeStream.option("checkpointLocation", "/mnt/faults/checkpoint")
        .option("mergeSchema", "true")
        .trigger(**trigger)
        .toTable("landed"))
"""
_CONTINUOUS = _STREAM + 'loads({"processingTime": "200 milliseconds"}).awaitTermination()\n'
_DRAIN = _STREAM + 'loads({"availableNow": True}).awaitTermination()\n'
_AGAIN_AND_AGAIN = _STREAM + 'while True:\n    loads({"availableNow": True}).awaitTermination()\n'
_WAITS = 300.0  # seconds, for what takes ten; a busy machine takes them
_SECONDS = 5.0  # of arrivals for each kill
_WIDENINGS = 3


@dataclass
class Stream:
    """The stream's script, started again after each end, and killed in between."""

    home: Home
    start: Start
    folder: Path
    chance: random.Random
    endings: Counter[str] = field(default_factory=Counter)

    def script(self, name: str, text: str) -> str:
        """The path of a script with `text`."""
        file = self.folder / f"{name}.py"
        file.write_text(text, encoding="utf-8")
        return str(file)

    def until_killed(self, script: str, victim: Callable[[Endpoint], int]) -> None:
        """Run `script` until one kill has hit it; when it ends of itself, start it again."""
        while True:
            process = self.start("-f", script)
            endpoint = self._at_a_moment(process)
            alive = process.poll() is None
            if alive and endpoint is not None:
                kill(victim(endpoint))
            out, err = process.communicate(timeout=_WAITS)
            self._judge(process.returncode, out, err)
            if alive:
                return

    def to_the_end(self, script: str) -> None:
        """Run `script` until it has nothing to say against it: new columns want further starts."""
        for _ in range(_WIDENINGS + 1):
            done = run_command("-f", script, home=self.home.root, timeout=_WAITS)
            self._judge(done.code, done.stdout, done.stderr)
            if done.code == 0:
                return
        raise AssertionError(done.stderr)

    def _at_a_moment(self, process: subprocess.Popen[str]) -> Endpoint | None:
        """Wait for a random moment: within a batch, mostly, or while the stream starts."""
        early = self.chance.random() < 0.25
        planned = self._planned()
        deadline = time.monotonic() + _WAITS
        while process.poll() is None:
            assert time.monotonic() < deadline, "the stream does nothing"
            endpoint = read_endpoint(self.home)
            up = endpoint is not None and psutil.pid_exists(endpoint.jvm_pid)
            if up and (early or self._planned() > planned):
                time.sleep(self.chance.uniform(0, 3.0 if early else 1.2))
                return endpoint
            time.sleep(0.01)
        return None

    def _planned(self) -> int:
        """How many batches the checkpoint has."""
        offsets = self.home.mnt / "faults" / "checkpoint" / "offsets"
        names = [file.name for file in offsets.iterdir()] if offsets.is_dir() else []
        return max((int(name) for name in names if name.isdigit()), default=-1)

    def _judge(self, code: int, out: str, err: str) -> None:
        """A script ends by its server's death, by new columns, or well; and says it in words."""
        said = out + err
        for sign in ("Traceback", "\tat ", "JVM stacktrace", "lakeshell.autoloader"):
            assert sign not in said, said
        if code == 1:
            assert "Encountered unknown fields" in said, said
        else:
            assert code in (0, 3), said
        self.endings[{0: "ended", 1: "widened", 3: "killed"}[code]] += 1


def _landed(home: Home) -> tuple[Counter[tuple[str | None, ...]], Counter[str]]:
    """Rows of the table as (id, way, w1, w2, w3), and the texts that were no records."""
    done = run_command(
        "--format", "jsonl", "-e",
        "SELECT id, way, w1, w2, w3, _rescued_data FROM landed", home=home.root,
    )  # fmt: skip
    assert done.code == 0, done.stderr
    rows: Counter[tuple[str | None, ...]] = Counter()
    broken: Counter[str] = Counter()
    for line in done.stdout.splitlines():
        row = json.loads(line)
        if row["_rescued_data"] is None:
            rows[tuple(row[name] for name in ("id", "way", "w1", "w2", "w3"))] += 1
        else:
            broken[json.loads(row["_rescued_data"])["_corrupt_record"]] += 1
    return rows, broken


@pytest.mark.timeout(3000)
@pytest.mark.parametrize(
    ("text", "victim", "kills"),
    [
        (_CONTINUOUS, lambda endpoint: endpoint.jvm_pid, rounds(20, short=1)),
        (_AGAIN_AND_AGAIN, lambda endpoint: endpoint.pid, rounds(20, short=1)),
    ],
    ids=["jvm-continuous", "supervisor-available-now"],
)
def test_each_row_is_there_once_whatever_was_killed(
    home: Home,
    start_lakeshell: Start,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    victim: Callable[[Endpoint], int],
    kills: int,
) -> None:
    seed = int(os.environ.get("LAKESHELL_SEED", random.SystemRandom().randrange(10**6)))
    print(f"LAKESHELL_SEED={seed} makes the same choices again")
    if text == _AGAIN_AND_AGAIN:  # as it may be where no terminal is
        monkeypatch.setenv("LC_ALL", "C")
    home.create()
    arrivals = Arrivals(
        home.mnt / "faults" / "in",
        tmp_path / "elsewhere",
        count=rounds(2000, short=150),
        seconds=_SECONDS * kills,
        seed=seed,
    )
    stream = Stream(home, start_lakeshell, tmp_path, random.Random(seed))
    script = stream.script("stream", text)
    began = time.monotonic()
    arrivals.start()
    for _ in range(kills):
        stream.until_killed(script, victim)
    arrivals.join()
    time.sleep(1.1)  # what arrived last rests, and its date may lie ahead
    drain = stream.script("drain", _DRAIN)
    stream.to_the_end(drain)
    took = time.monotonic() - began
    rows, broken = _landed(home)
    print(f"{len(arrivals.rows)} rows, {dict(stream.endings)}, {took:.0f} s")
    expected = Counter(arrivals.rows)
    assert expected - rows == Counter(), "lost"
    assert rows - expected == Counter(), "doubled, or read by half"
    assert broken == Counter(arrivals.broken)
    stream.to_the_end(drain)
    assert _landed(home) == (rows, broken), "the next start loads something again"
