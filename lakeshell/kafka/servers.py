"""Where the brokers of `kafka.bootstrap.servers` lie, so that code for another network runs here.

Brokers that answer are left alone. A name that leads nowhere means the broker of this lakehouse;
`[kafka.servers]` in lakeshell.toml says it explicitly. What cannot be reached is told at once:
Spark tries for minutes, and then says something else.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from lakeshell.errors import CommandError

# As Kafka's own Utils.getHost and getPort.
_SERVER = re.compile(r"(?:[0-9a-zA-Z\-%._]*://)?\[?([0-9a-zA-Z\-%._:]*)\]?:([0-9]{1,5})")

_PATIENCE = 10.0  # seconds; what Kafka itself gives a connection (socket.connection.setup.timeout)


class Reach(Enum):
    """What became of looking for a broker."""

    ANSWERS = "answers"
    SILENT = "silent"  # the name is known, but nobody listens there
    UNKNOWN = "unknown"  # there is no such host


Probe = Callable[[str, int], Reach]


@dataclass(frozen=True)
class Located:
    """What to say to Kafka instead, and what the person is told about it, if anything."""

    servers: str
    notice: str | None = None


def locate(
    servers: str,
    mapping: Mapping[str, str],
    own_broker: Callable[[], str | None],
    probe: Probe | None = None,
) -> Located:
    """Where `servers` (`host:port`, with commas between them) really are.

    `mapping` is `[kafka.servers]`, `own_broker` gives the address of this lakehouse's broker if it
    runs. What is no list of servers is left to Kafka to refuse. Raises CommandError when nothing
    can be reached.
    """
    meant = _mapped(servers, mapping)
    places = [_SERVER.fullmatch(one) for one in _split(meant)]
    if not places or not all(places):
        return Located(meant)
    found = _look([(place[1], int(place[2])) for place in places if place], probe or _probe)
    if Reach.ANSWERS in found:
        return Located(meant)
    own = own_broker()
    if own is not None and all(one is Reach.UNKNOWN for one in found):
        return Located(
            own, f"{meant} is not to be found; Kafka of this lakehouse at {own} is used."
        )
    raise _unreachable(servers, meant, own, found)


def _split(servers: str) -> list[str]:
    return [one.strip() for one in servers.split(",") if one.strip()]


def _mapped(servers: str, mapping: Mapping[str, str]) -> str:
    """The whole list or each of its servers, as the settings say."""
    known = {name.strip().lower(): place for name, place in mapping.items()}
    whole = known.get(servers.strip().lower())
    if whole is not None:
        return whole
    parts = _split(servers)
    if not any(part.lower() in known for part in parts):
        return servers
    return ",".join(dict.fromkeys(known.get(part.lower(), part) for part in parts))


def _unreachable(servers: str, meant: str, own: str | None, found: Sequence[Reach]) -> CommandError:
    named = meant if meant == servers else f"{meant}, which [kafka.servers] gives for {servers}"
    if all(one is Reach.UNKNOWN for one in found):
        sentence = f"There is no host for the Kafka server {named}."
        hint = "lakeshell kafka dev starts a broker here, which is used instead."
    else:
        sentence = f"No Kafka broker answers at {named}."
        hint = "lakeshell kafka dev starts a broker here."
    if own is not None:
        hint = (
            "Kafka of this lakehouse runs; to use it, write under [kafka.servers] in "
            f'lakeshell.toml: "{servers}" = "{own}"'
        )
    return CommandError(sentence, hint=hint)


def _look(places: Sequence[tuple[str, int]], probe: Probe) -> list[Reach]:
    """What became of each, all looked for at once, until one answers or `_PATIENCE` is over."""
    found: dict[int, Reach] = {}

    def look(number: int) -> None:
        found[number] = probe(*places[number])

    threads = [
        threading.Thread(target=look, args=(number,), daemon=True) for number in range(len(places))
    ]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and any(thread.is_alive() for thread in threads):
        if Reach.ANSWERS in list(found.values()):
            break
        time.sleep(0.01)
    return [found.get(number, Reach.SILENT) for number in range(len(places))]


def _probe(host: str, port: int) -> Reach:
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return Reach.UNKNOWN
    for family, kind, protocol, _, address in addresses:
        try:
            with socket.socket(family, kind, protocol) as connection:
                connection.settimeout(_PATIENCE)
                connection.connect(address)
                return Reach.ANSWERS
        except OSError:
            continue
    return Reach.SILENT
