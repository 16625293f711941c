"""Files that arrive in a folder in every way in which files arrive, and the rows they hold."""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

_ROWS = 3  # of a file
_WRITERS = 12  # slow ones at a time
# Linux tells which files are held open; elsewhere a file that rests for a second counts as whole.
_LONGEST_PAUSE = 2.0 if sys.platform == "linux" else 0.5  # seconds

Row = tuple[str | None, ...]


@dataclass
class Arrivals:
    """`count` files of JSON records that arrive below `folder` within about `seconds`.

    From the second quarter on records have a column `w1`, in the third `w2`, in the last `w3`.
    `rows` are what the files hold in the end, as (id, way, w1, w2, w3); `broken` the texts of lines
    that break off.
    """

    folder: Path
    elsewhere: Path
    count: int
    seconds: float
    seed: int
    rows: list[Row] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._ways: list[Callable[[int], None]] = [
            self._whole, self._slowly, self._hidden, self._temporary, self._deep, self._twins,
            self._empty, self._broken, self._folder, self._old, self._ahead, self._linked,
        ]  # fmt: skip
        self._slow = ThreadPoolExecutor(_WRITERS)
        self._thread = threading.Thread(target=self._write_all, daemon=True)

    def start(self) -> None:
        """Begin. The first file of each way is there at once, so that a schema can be inferred."""
        self.folder.mkdir(parents=True)
        self.elsewhere.mkdir(parents=True)
        self._whole(0)
        self._thread.start()

    def join(self) -> None:
        """Wait until all files are there. Raises what went wrong while they were written."""
        self._thread.join()
        self._slow.shutdown()
        if self.errors:
            raise self.errors[0]

    @property
    def ended(self) -> bool:
        return not self._thread.is_alive()

    def _write_all(self) -> None:
        try:
            for number in range(1, self.count):
                time.sleep(self.seconds / self.count)
                self._ways[number % len(self._ways)](number)
        except BaseException as error:
            self.errors.append(error)

    def _text(self, number: int, way: str, part: int = 0) -> str:
        wave = number * 4 // self.count
        lines = []
        for one in range(_ROWS):
            row = f"{number}-{part}-{one}"
            record = {"id": row, "way": way}
            if wave:
                record[f"w{wave}"] = f"w{wave} of {row}"
            values = [record.get(f"w{n}") for n in (1, 2, 3)]
            self.rows.append((row, way, *values))
            lines.append(json.dumps(record) + "\n")
        return "".join(lines)

    def _appear(self, name: str, text: str, hidden: str) -> Path:
        """Written under another name, then renamed."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(hidden.format(file.name))
        part.write_text(text, encoding="utf-8")
        part.rename(file)
        return file

    def _in_pieces(self, file: Path, text: str, then: Callable[[], object] = bool) -> None:
        """Hand the writing of `file` to a slow writer: pieces, pauses, and closed at the end."""
        places = sorted(self._chance.sample(range(1, len(text)), 3))
        pieces = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
        pauses = [self._chance.uniform(0.05, _LONGEST_PAUSE) for _ in pieces]

        def write() -> None:
            try:
                with file.open("w", encoding="utf-8") as out:
                    for piece, pause in zip(pieces, pauses, strict=True):
                        out.write(piece)
                        out.flush()
                        time.sleep(pause)
                then()
            except BaseException as error:
                self.errors.append(error)

        self._slow.submit(write)

    def _whole(self, number: int) -> None:
        (self.folder / f"{number}.json").write_text(self._text(number, "whole"), encoding="utf-8")

    def _slowly(self, number: int) -> None:
        self._in_pieces(self.folder / f"slow {number}.json", self._text(number, "slowly"))

    def _hidden(self, number: int) -> None:
        part = self.folder / f"{'._'[number % 2]}part-{number}.json"
        self._in_pieces(
            part,
            self._text(number, "hidden"),
            lambda: part.rename(self.folder / f"renamed-{number}.json"),
        )

    def _temporary(self, number: int) -> None:
        file = self.folder / f"tmp-{number}.json"
        part = file.with_name(file.name + ".tmp")
        self._in_pieces(part, self._text(number, "temporary"), lambda: part.rename(file))

    def _deep(self, number: int) -> None:
        file = self.folder / "deep" / f"{number % 5}" / f"{number}" / "ä %20.json"
        file.parent.mkdir(parents=True)
        file.write_text(self._text(number, "deep"), encoding="utf-8")

    def _twins(self, number: int) -> None:
        for part, side in enumerate(("left", "right")):
            self._appear(f"{side}/{number}.json", self._text(number, "twins", part), ".{}")

    def _empty(self, number: int) -> None:
        (self.folder / f"empty-{number}.json").write_bytes(b"")

    def _broken(self, number: int) -> None:
        broken = f'{{"id": "broken {number}", "way"'
        self.broken.append(broken)
        self._appear(f"broken-{number}.json", self._text(number, "broken") + broken, "_{}")

    def _folder(self, number: int) -> None:
        part = self.folder / f".day-{number}"
        part.mkdir()
        (part / "a.json").write_text(self._text(number, "folder"), encoding="utf-8")
        part.rename(self.folder / f"day-{number}")

    def _old(self, number: int) -> None:
        self._dated(number, "old", -3e6)

    def _ahead(self, number: int) -> None:
        self._dated(number, "ahead", 3e6)

    def _dated(self, number: int, way: str, seconds: float) -> None:
        file = self.folder / f".{way}-{number}.json"
        file.write_text(self._text(number, way), encoding="utf-8")
        os.utime(file, (time.time() + seconds,) * 2)
        file.rename(self.folder / file.name.removeprefix("."))

    def _linked(self, number: int) -> None:
        target = self.elsewhere / f"{number}.json"
        target.write_text(self._text(number, "linked"), encoding="utf-8")
        (self.folder / f"link-{number}.json").symlink_to(target)
