"""Definitions of streams in the home: kept, ended, lost, told once, opened again."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from lakeshell.endpoint import Endpoint
from lakeshell.errors import CommandError
from lakeshell.home import Home
from lakeshell.session import stream_message as says
from lakeshell.session.lost_streams import lost_streams
from lakeshell.session.protocol import load_messages
from lakeshell.session.session_streams import SessionStreams, end_with_server, go_on, were_lost
from lakeshell.session.stream_definitions import (
    FAILED,
    FINISHED,
    RUNNING,
    STOPPED,
    WITH_SERVER,
    Definition,
    Definitions,
)
from lakeshell.session.stream_start import start_again
from lakeshell.session.stream_watch import worth_keeping

pb: Any = load_messages()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").create()


def message(**fields: Any) -> Any:
    read = pb.Read(is_streaming=True, named_table=pb.Read.NamedTable(unparsed_identifier="orders"))
    return pb.WriteStreamOperationStart(
        **{
            "input": pb.Relation(read=read),
            "format": "delta",
            "options": {"checkpointLocation": "/mnt/c", "password": "hunter2"},
            "table_name": "copy",
            **fields,
        }
    )


def definition(name: str, server: str = "one", **fields: Any) -> Definition:
    values: dict[str, Any] = {
        "id": f"id-{name}",
        "run_id": f"run-{name}",
        "name": name,
        "session": "session",
        "user": "me",
        "server": server,
        "schema": "default",
        "source": "orders",
        "sink": "copy",
        "trigger": "at once",
        "checkpoint": f"/mnt/{name}",
        "message": message().SerializeToString(),
        "settings": {"spark.sql.x": "y"},
        "started": time.time(),
    }
    return Definition(**{**values, **fields})


def states(home: Home) -> dict[str | None, str]:
    return {one.name: one.state for one in Definitions(home).all()}


def test_the_ends_of_streams(home: Home) -> None:
    kept = Definitions(home)
    assert kept.all() == []
    assert not home.streams_db.exists()
    for name in ("goes on", "stopped", "broke", "drained"):
        kept.note(definition(name))
    kept.ended("run-stopped", STOPPED)
    kept.ended("run-stopped", FAILED, error="what is known stays")
    kept.ended("run-broke", FAILED, error="no", error_class="NO", hint="Say yes.")
    kept.ended("run-drained", FINISHED)
    assert states(home) == {
        "goes on": RUNNING, "stopped": STOPPED, "broke": FAILED, "drained": FINISHED,
    }  # fmt: skip
    assert [one.name for one in kept.running("one")] == ["goes on"]
    assert kept.lost("one") == []
    assert [one.name for one in kept.lost("two")] == ["goes on"]
    kept.runs_again("id-goes on", "again", "other session", "two")
    assert kept.lost("two") == []
    assert [one.run_id for one in kept.running("two")] == ["again"]
    kept.end_with_server("two")
    assert states(home)["goes on"] == WITH_SERVER
    assert [one.name for one in kept.lost("three")] == ["goes on"]
    assert kept.to_tell_lost("three") == []  # a person ended that server
    kept.ended("again", STOPPED)
    assert kept.lost("three") == []


def test_a_new_query_takes_the_place_of_one_with_the_same_checkpoint(home: Home) -> None:
    kept = Definitions(home)
    kept.note(definition("first", checkpoint="/mnt/c"))
    kept.note(definition("second", checkpoint="/mnt/c"))
    kept.note(definition("without", checkpoint=None))
    kept.note(definition("without too", checkpoint=None))
    assert set(states(home)) == {"second", "without", "without too"}


def test_what_was_kept_is_opened_by_the_same_home_only(home: Home, tmp_path: Path) -> None:
    kept = Definitions(home)
    kept.note(definition("secret"))
    assert b"hunter2" not in home.streams_db.read_bytes()
    assert home.streams_db.stat().st_mode & 0o077 == 0
    assert home.secrets_key.stat().st_mode & 0o077 == 0
    (one,) = kept.all()
    opened, settings = kept.opened(one)
    assert pb.WriteStreamOperationStart.FromString(opened) == message()
    assert settings == {"spark.sql.x": "y"}
    with pytest.raises((OSError, ValueError)):
        Definitions(Home(tmp_path / "other").create()).opened(one)


def test_one_of_many_shells_tells_it(home: Home) -> None:
    kept = Definitions(home)
    for number in range(5):
        kept.note(definition(f"s{number}"))
    kept.ended("run-s0", FAILED, error="no")
    told: list[str | None] = []

    def shell() -> None:
        told.extend(one.name for one in Definitions(home).to_tell_lost("two"))
        told.extend(one.name for one in Definitions(home).to_tell_failed("session"))

    threads = [threading.Thread(target=shell) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, told)) == ["s0", "s1", "s2", "s3", "s4"]


def test_a_broken_file_stops_nobody(home: Home) -> None:
    home.streams_db.write_bytes(b"no database at all" * 100)
    kept = Definitions(home)
    kept.note(definition("any"))
    kept.ended("run-any", STOPPED)
    assert kept.all() == []
    assert lost_streams(home, "") == []
    assert SessionStreams(home).lost() is None


def test_lost_streams_are_told_as_people_know_them(home: Home) -> None:
    kept = Definitions(home)
    kept.note(
        definition("away", source="json viewfs://lake/mnt/in", checkpoint="viewfs://lake/mnt/c")
    )
    (one,) = lost_streams(home, "two")
    assert (one["state"], one["source"], one["checkpoint"]) == ("lost", "json /mnt/in", "/mnt/c")
    assert SessionStreams(home).lost() == were_lost(["away"])
    assert SessionStreams(home).lost() is None  # once


def endpoint() -> Endpoint:
    return Endpoint(1, 1, 9, 9, "t", "0", 0.0)


def program() -> Any:
    function = pb.PythonUDF(command=b"pickled", python_ver="3.11")
    call = pb.CommonInlineUserDefinedFunction(function_name="f", python_udf=function)
    expression = pb.Expression(common_inline_user_defined_function=call)
    return pb.Relation(project=pb.Project(input=message().input, expressions=[expression]))


@pytest.mark.parametrize(
    ("fields", "trusted", "reason"),
    [
        ({"checkpoint": None}, True, "no checkpoint of its own"),
        ({"message": b"\xff\xff"}, True, "cannot be read"),
        ({"message": message(input=program()).SerializeToString()}, False, "not trusted"),
        (
            {
                "message": message(
                    foreach_batch=pb.StreamingForeachFunction(
                        python_function=pb.PythonUDF(command=b"x", python_ver="2.7")
                    )
                ).SerializeToString()
            },
            True,
            "made by Python 2.7",
        ),
    ],
)
def test_why_one_cannot_be_started(
    tmp_path: Path, fields: dict[str, Any], trusted: bool, reason: str
) -> None:
    home = Home(tmp_path / "home", discovered=not trusted).create()
    kept = Definitions(home)
    kept.note(definition("any", **fields))
    (one,) = kept.all()
    with pytest.raises(CommandError, match=reason):
        start_again(home, endpoint(), one)


def test_what_a_message_says() -> None:
    plain = message()
    assert (says.source_of(plain), says.sink_of(plain)) == ("orders", "copy")
    assert says.trigger_of(plain) == "at once"
    assert says.trigger_of(message(processing_time_interval="2 seconds")) == "every 2 seconds"
    assert says.ends_by_itself(says.trigger_of(message(available_now=True)))
    assert says.checkpoint_of(plain, {}) == "/mnt/c"
    bare = message(options={}, query_name="q")
    assert says.checkpoint_of(bare, {}) is None
    folder = {"spark.sql.streaming.checkpointLocation": "/mnt/all"}
    assert says.checkpoint_of(bare, folder) == "/mnt/all/q"
    assert not says.carries_programs(plain)
    assert says.carries_programs(message(input=program()))
    files = pb.Read.DataSource(format="json", paths=["/mnt/in"])
    read = pb.Relation(read=pb.Read(is_streaming=True, data_source=files))
    assert says.source_of(message(input=read)) == "json /mnt/in"
    batches = pb.StreamingForeachFunction(python_function=pb.PythonUDF(python_ver="3.11"))
    start = pb.WriteStreamOperationStart(foreach_batch=batches)
    assert (says.sink_of(start), says.carries_programs(start)) == ("foreachBatch", True)


def test_settings_of_the_server_and_secrets_are_not_kept() -> None:
    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.connect.authenticate.token": "t",
        "spark.driver.host": "h",
        "region": "north",
        "my.password": "hunter2",
    }
    assert worth_keeping(settings) == {"spark.sql.session.timeZone": "UTC", "region": "north"}


def test_the_sentences() -> None:
    assert "lakeshell stream stop a ends it" in go_on(["a"])
    assert go_on(["a", "b"]).startswith("2 streams go on: a, b.")
    assert were_lost(["a", "b"]) == (
        "2 streams were running when the server died: a, b. lakeshell streams recover starts them "
        "again."
    )
    assert end_with_server(["a"]).startswith("The stream a ends with it")
    assert "and 4 more" in end_with_server([str(n) for n in range(12)])


def test_definitions_are_few(home: Home) -> None:
    kept = Definitions(home)
    for number in range(260):
        kept.note(definition(f"s{number}"))
        kept.ended(f"run-s{number}", STOPPED)
    assert len(kept.all()) <= 201
    assert home.streams_db.stat().st_size < 2_000_000
