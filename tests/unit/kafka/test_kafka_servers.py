"""Where the brokers that code names are found, and what is said when they are not."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from lakeshell.config import load_config
from lakeshell.errors import CommandError, ConfigError
from lakeshell.home import Home
from lakeshell.kafka.servers import Located, Reach, locate

OWN = "127.0.0.1:19092"
NETWORK = {"there": Reach.ANSWERS, "127.0.0.1": Reach.ANSWERS, "silent": Reach.SILENT}


def look(host: str, port: int) -> Reach:
    return NETWORK.get(host, Reach.UNKNOWN)


@pytest.mark.parametrize(
    "servers",
    [
        "there:9092", "SASL_SSL://there:9092", "nowhere:1,there:9092", "silent:1, there:2",
        "there", "", "there:port", ",",
    ],
)  # fmt: skip
def test_brokers_that_answer_and_what_kafka_refuses_itself_are_left_alone(servers: str) -> None:
    assert locate(servers, {}, lambda: OWN, look) == Located(servers)


def test_a_name_that_leads_nowhere_means_the_broker_of_the_lakehouse() -> None:
    found = locate("kafka-server:9092,kafka-2:9092", {}, lambda: OWN, look)
    assert found.servers == OWN
    assert found.notice == (
        f"kafka-server:9092,kafka-2:9092 is not to be found; Kafka of this lakehouse at {OWN} is "
        "used."
    )


def test_a_broker_that_is_known_but_silent_is_not_replaced() -> None:
    with pytest.raises(CommandError, match=r"^No Kafka broker answers at silent:9092\.$") as told:
        locate("silent:9092", {}, lambda: OWN, look)
    assert told.value.hint is not None
    assert f'"silent:9092" = "{OWN}"' in told.value.hint
    with pytest.raises(CommandError, match="No Kafka broker answers"):
        locate("silent:9092,nowhere:9092", {}, lambda: OWN, look)


def test_nothing_there_at_all_is_said_at_once() -> None:
    with pytest.raises(CommandError, match="There is no host for the Kafka server k:9092") as told:
        locate("k:9092", {}, lambda: None, look)
    assert "lakeshell kafka dev" in (told.value.hint or "")


def test_the_settings_say_where_a_server_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKESHELL_CONFIG_DIR", str(tmp_path))
    home = Home(tmp_path / "home").create()
    home.settings_file.write_text(
        '[kafka.servers]\n"kafka-server:9092" = "there:1"\n"a:1,b:2" = "there:2"\n'
        '"lost:9" = "x:9"\n'
    )
    servers = load_config(home).kafka.servers
    for written, found in (
        ("kafka-server:9092", "there:1"),
        (" KAFKA-server:9092 , other:1,kafka-server:9092", "there:1,other:1"),
        ("a:1,b:2", "there:2"),
        ("there:5", "there:5"),
    ):
        assert locate(written, servers, lambda: None, look) == Located(found)
    with pytest.raises(CommandError, match=r"server x:9, which \[kafka.servers\] gives for lost:9"):
        locate("lost:9", servers, lambda: None, look)
    home.settings_file.write_text('[kafka]\nserver = "x"\n')
    with pytest.raises(ConfigError, match="no setting 'server'"):
        load_config(home)


def test_real_sockets() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert locate(f"127.0.0.1:{port}", {}, lambda: OWN) == Located(f"127.0.0.1:{port}")
    with pytest.raises(CommandError, match="No Kafka broker answers"):
        locate(f"127.0.0.1:{port}", {}, lambda: OWN)
    assert locate("no.such.host.invalid:9092", {}, lambda: OWN).servers == OWN
