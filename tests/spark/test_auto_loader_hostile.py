"""Auto Loader where files are called, linked, kept open, removed or replaced in unkind ways."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections import Counter

import pytest
from auto_loader_support import Landing

from lakeshell.home import Home
from lakeshell.session.session import Session

NAMES = (
    "a b.json", " begins with a blank.json", "ends with one.json ", "p%20q%.json",
    "new\nline\t.json", "ü–日本 \N{NO-BREAK SPACE}.json", "e\N{COMBINING ACUTE ACCENT}.json",
    "q'\"`.json", "g[a]{b,c}*?.json", "back\\slash\\n.json", "#h?x=1&y+z~!$.json",
    "x=1/nested.json", "x.json/inner.json", "twin/a b.json", "twin/twin/a b.json",
)  # fmt: skip


@pytest.fixture
def landing(lakehouse: Home, session: Session, schema: str) -> Landing:
    """A landing folder of the test's own; tables go into its own schema."""
    session.spark.sql(f"USE {schema}")
    return Landing(lakehouse, session, schema)


def ids(landing: Landing, table: str) -> Counter[int]:
    """How often each id is in `table`; -1 stands for records that could not be read."""
    return Counter(
        -1 if id is None else int(id) for (id,) in landing.rows(f"SELECT id FROM {table}")
    )


def test_each_file_is_taken_once_however_it_is_called(landing: Landing) -> None:
    for number, name in enumerate(NAMES):
        landing.records(name, {"id": number})
    folder = landing.folder / "in"
    # Dates of a clock that was wrong.
    for number, date in ((100, time.time() + 1e7), (101, 0), (102, 7e9)):
        os.utime(landing.records(f"{number}.json", {"id": number}), (date, date))
    # What is no file, and folders that lead to where the walk comes from.
    os.mkfifo(folder / "pipe.json")
    (folder / "nowhere.json").symlink_to(folder / "missing")
    (folder / "itself.json").symlink_to("itself.json")
    (folder / "twin" / "up").symlink_to("..")
    (folder / "x.json" / "over").symlink_to("../x=1")
    (folder / "x=1" / "back").symlink_to("../x.json")
    outside = landing.folder / "outside"
    outside.mkdir()
    (outside / "f.json").write_text('{"id": 103}\n', encoding="utf-8")
    (folder / "file.json").symlink_to(outside / "f.json")
    (folder / "folder").symlink_to(outside)
    landing.put("empty.json", "")
    held = (folder / "held.json").open("w", encoding="utf-8")
    if sys.platform == "linux":
        held.write('{"id": 104}\n{"id"')
        held.flush()
        os.utime(folder / "held.json", (1e9, 1e9))
    options = {"format": "json", "partitionColumns": "", "maxFilesPerTrigger": 16}
    landing.load("taken", **options)
    once = Counter({**dict.fromkeys(range(len(NAMES)), 1), 100: 1, 101: 1, 102: 1})
    # Two ways to one file by links are two paths; two ways by a loop are not.
    linked = Counter(
        {103: 2, NAMES.index("x=1/nested.json"): 1, NAMES.index("x.json/inner.json"): 1}
    )
    assert ids(landing, "taken") == once + linked
    if sys.platform == "linux":
        held.write(": 105}\n")
    held.close()
    late = Counter({104: 1, 105: 1} if sys.platform == "linux" else {})
    # What was loaded is removed and replaced: by other records, by a folder, by the folder anew.
    landing.records("100.json", {"id": -9, "novel": 1})
    (folder / "a b.json").unlink()
    (folder / "102.json").unlink()
    (folder / "102.json").mkdir()
    shutil.rmtree(folder / "twin")
    landing.records("twin/a b.json", {"id": -9})
    landing.records("twin/new.json", {"id": 106})
    frame = landing.session.spark.readStream.format("cloudFiles")
    for name, value in {**options, "schemaLocation": f"{landing.path}/schema"}.items():
        frame = frame.option(f"cloudFiles.{name}", value)
    landing.run(frame.load(f"dbfs:{landing.path}//in/"), "taken")
    assert ids(landing, "taken") == once + linked + late + Counter({106: 1})


def test_files_that_cannot_be_read_are_named_and_nothing_is_lost(landing: Landing) -> None:
    def failure(**options: str) -> str:
        return landing.failure("told", format="json", schema="id INT", **options)

    colon = landing.records("2024-06-01T10:00.json", {"id": 1})
    said = f"The name of the file {landing.path}/in/{colon.name} has a colon"
    assert f"[CF_UNREADABLE_FILE_NAME] {said}" in failure()
    colon.rename(colon.with_name("1.json"))
    bad = colon.with_name(os.fsdecode(b"2\xff.json"))
    if sys.platform == "linux":  # others do not allow such a name
        bad.write_bytes(b'{"id": 2}\n')
        os.utime(bad, (1e9, 1e9))
        assert "is no valid text (UTF-8)" in failure()
        bad.unlink()
    landing.records("2.json", {"id": 2})
    if os.geteuid() != 0:
        shut = landing.records("shut/3.json", {"id": 3})
        for place in (shut, shut.parent):
            mode = place.stat().st_mode
            place.chmod(0)
            said = failure()
            place.chmod(mode)
            assert f"There is no permission to read {landing.path}/in/shut" in said
        shut.unlink()
    # A batch that is planned and fails: its files are in the checkpoint, and one goes.
    broken = landing.put("3.json", "{broken")
    assert "FAILFAST" in failure(reader_mode="FAILFAST")
    broken.unlink()
    gone = f"[CF_FILE_NOT_FOUND] The file {landing.path}/in/3.json was to be loaded and is gone."
    assert gone in failure()
    landing.load("told", format="json", schema="id INT", reader_ignoreMissingFiles="true")
    assert ids(landing, "told") == Counter([1, 2])


def test_a_checkpoint_of_sparks_own_file_source_goes_on(landing: Landing) -> None:
    for number, name in enumerate(("a.json", "b %20\n.json")):
        landing.records(name, {"id": number})
    reader = landing.session.spark.readStream.schema("id INT").format("json")
    landing.run(reader.load(f"{landing.path}/in"), "old")
    landing.records("c.json", {"id": 2})
    landing.load("old", below="{in/c*,in/*}.json", format="json", schema="id INT")
    assert ids(landing, "old") == Counter([0, 1, 2])
    # Files written just before the first start are there before it.
    landing.put("young.json", json.dumps({"id": 3}), age=0)
    landing.load("news", format="json", schema="id INT", includeExistingFiles=False)
    time.sleep(1.1)
    landing.records("d.json", {"id": 4})
    landing.load("news", format="json", schema="id INT", includeExistingFiles=False)
    assert ids(landing, "news") == Counter([4])
