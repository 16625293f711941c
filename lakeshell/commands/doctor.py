"""%doctor: checks everything that lakeshell needs; each line says ok, or what mends it."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from lakeshell.commands.context import CommandContext
from lakeshell.endpoint import read_endpoint
from lakeshell.engine.jars import PINNED, cache_folder, missing_jars
from lakeshell.engine.java import find_java
from lakeshell.errors import CommandError, LakeshellError
from lakeshell.locks import is_locked
from lakeshell.render.metrics import format_bytes
from lakeshell.session.control import ControlClient

_GIB = 1 << 30
_DISK = 1 * _GIB
_MEMORY = 2 * _GIB
_REINSTALL = "pip install --force-reinstall lakeshell"


@dataclass(frozen=True)
class Check:
    """One thing looked at. `fix` is the command or change that mends it; None when all is well.

    What is only worth knowing, such as a server that does not run, is well.
    """

    name: str
    text: str
    fix: str | None = None


@click.command("doctor")
@click.pass_obj
def doctor_command(context: CommandContext) -> None:
    """Check Python, packages, Java, jars, disk, memory, ports, server and plugins.

    Starts nothing and changes nothing. Exit code 1 when something is wrong.

    \b
    Example:
      lakeshell doctor
    """
    found = []
    width = max(len(name) for name, _ in _CHECKS)
    for name, look in _CHECKS:
        for check in _looked(name, look, context):
            found.append(check)
            context.print(f"{'wrong' if check.fix else 'ok':<6} {name:<{width}}  {check.text}")
            if check.fix:
                context.print(f"{'':<6} {'':<{width}}  → {check.fix}")
    wrong = sum(1 for check in found if check.fix)
    if wrong:
        raise CommandError(f"{wrong} thing{' is' if wrong == 1 else 's are'} wrong.")


def _looked(
    name: str, look: Callable[[CommandContext], Iterator[Check]], context: CommandContext
) -> Iterator[Check]:
    """The checks of one kind; a refusal of lakeshell's own is itself what is wrong."""
    try:
        yield from look(context)
    except LakeshellError as error:
        first_line = error.message.split("\n")[0]
        yield Check(name, first_line, error.hint or "lakeshell server logs")


def _python(context: CommandContext) -> Iterator[Check]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    fix = None if sys.version_info >= (3, 10) else "Install Python 3.10 or newer."
    yield Check("python", f"{version} in {sys.prefix}", fix)


def _packages(context: CommandContext) -> Iterator[Check]:
    try:
        required = importlib.metadata.requires("lakeshell") or []
    except importlib.metadata.PackageNotFoundError:
        yield Check("packages", "lakeshell is not installed as a package", "pip install lakeshell")
        return
    wrong = []
    pinned = []
    for line in required:
        if "extra ==" in line or "python_version" in line:
            continue
        name, constraint = _requirement(line)
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        if not satisfies(version, constraint):
            wrong.append(f"{name} is {version}, not {constraint}")
        elif "==" in constraint:
            pinned.append(f"{name} {version}")
    if wrong:
        yield Check("packages", "; ".join(wrong), _REINSTALL)
    else:
        yield Check("packages", ", ".join(pinned))


def _requirement(line: str) -> tuple[str, str]:
    """`pyspark[connect]==4.2.0` → ("pyspark", "==4.2.0")."""
    found = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*\(?([^;)]*)", line)
    assert found is not None, line
    return found[1], found[2].strip()


def satisfies(version: str, constraint: str) -> bool:
    """Whether a version meets `==4.2.0`, `==21.*`, `>=1.2,<3`: as much as our own pins use."""
    have = _numbers(version)
    for clause in constraint.split(","):
        found = re.match(r"\s*(==|>=|<=|<|>|!=|~=)\s*([\w.*]+)", clause)
        if not found:
            continue
        operator, text = found.groups()
        if text.endswith(".*"):
            want = _numbers(text[:-2])
            equal = have[: len(want)] == want
        else:
            want = _numbers(text)
            size = max(len(have), len(want))
            equal = _padded(have, size) == _padded(want, size)
        size = max(len(have), len(want))
        order = (_padded(have, size) > _padded(want, size)) - (
            _padded(have, size) < _padded(want, size)
        )
        fine = {
            "==": equal,
            "!=": not equal,
            ">=": order >= 0,
            "<=": order <= 0,
            "<": order < 0,
            ">": order > 0,
            "~=": order >= 0 and have[: len(want) - 1] == want[:-1],
        }[operator]
        if not fine:
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.split("+")[0]))


def _padded(numbers: tuple[int, ...], size: int) -> tuple[int, ...]:
    return numbers + (0,) * (size - len(numbers))


def _java(context: CommandContext) -> Iterator[Check]:
    java = find_java(context.config.server.java)
    yield Check("java", f"{java.full_version} from {java.origin} ({java.executable})")


def _jars(context: CommandContext) -> Iterator[Check]:
    cache = cache_folder(context.config.jars.cache)
    missing = missing_jars(cache)
    if missing:
        names = ", ".join(jar.file_name for jar in missing[:3])
        more = " …" if len(missing) > 3 else ""
        yield Check(
            "jars",
            f"{len(missing)} of {len(PINNED)} are missing or not what they should be in {cache}: "
            f"{names}{more}",
            "lakeshell setup",
        )
    else:
        yield Check("jars", f"{len(PINNED)} in {cache}, verified")
        archives = list((cache / "cds").glob("spark-*.jsa"))
        text = "there; starts are fast" if archives else "not made yet; the first server makes it"
        yield Check("jars", f"class archive {text}")


def _home(context: CommandContext) -> Iterator[Check]:
    home = context.home
    folder = _existing(home.root)
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield Check(
            "home",
            f"{folder} cannot be written: {error.strerror}",
            "Name another home: --home DIR or LAKESHELL_HOME",
        )
    else:
        made = "" if home.root.is_dir() else ", made by the first start"
        yield Check("home", f"{home.root}{made}")
    if not home.trusted:
        fix = f"lakeshell init {home.root.parent}"
        yield Check("home", "not trusted: its settings and plugins are not loaded", fix)


def _disk(context: CommandContext) -> Iterator[Check]:
    folder = _existing(context.home.root)
    free = shutil.disk_usage(folder).free
    fix = None if free > _DISK else f"Free some space on the disk of {folder}."
    yield Check("disk", f"{format_bytes(free)} free", fix)


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.is_dir())


def _memory(context: CommandContext) -> Iterator[Check]:
    import psutil

    memory = psutil.virtual_memory()
    fix = None
    if memory.total < _MEMORY:
        fix = f"Spark wants a machine with {format_bytes(_MEMORY)} or more."
    given = context.config.server.driver_memory
    told = f"; Java may use {given}" if given else ""
    yield Check(
        "memory",
        f"{format_bytes(memory.total)}, {format_bytes(memory.available)} free{told}",
        fix,
    )


def _ports(context: CommandContext) -> Iterator[Check]:
    settings = context.config.server
    wanted = {"connect_port": settings.connect_port, "control_port": settings.control_port}
    fixed = {name: port for name, port in wanted.items() if port}
    if not fixed:
        yield Check("ports", "any free ones")
        return
    if is_locked(context.home.supervisor_lock):
        yield Check("ports", f"{', '.join(map(str, fixed.values()))}, in use by our server")
        return
    for name, port in fixed.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                yield Check(
                    "ports",
                    f"{port} cannot be used: {os.strerror(error.errno or 0)}",
                    f"Set [server] {name} in lakeshell.toml to another port, or to 0.",
                )
            else:
                yield Check("ports", f"{port} is free")


def _server(context: CommandContext) -> Iterator[Check]:
    home = context.home
    endpoint = read_endpoint(home)
    if endpoint is not None:
        status = ControlClient(endpoint).status()
        yield Check("server", f"runs (process {endpoint.pid}, Spark {status['spark_version']})")
    elif is_locked(home.supervisor_lock):
        yield Check("server", "is starting or stopping")
    else:
        yield Check("server", "does not run; a shell starts it")
    if home.start_error.exists() and endpoint is None:
        from lakeshell.session.launch import death_reason

        reason = death_reason(home)
        told = reason.message.split("\n")[0]
        yield Check("server", f"the last one: {told}", reason.hint or "lakeshell server logs")


def _plugins(context: CommandContext) -> Iterator[Check]:
    registry = context.registry
    registry.ask_all()
    broken = registry.problems
    for plugin in broken:
        yield Check("plugins", f"{plugin.name}: {plugin.error}", f"Mend or remove {plugin.origin}")
    if not broken:
        names = ", ".join(plugin.name for plugin in registry.plugins)
        yield Check("plugins", names or "none")


_CHECKS: tuple[tuple[str, Callable[[CommandContext], Iterator[Check]]], ...] = (
    ("python", _python),
    ("packages", _packages),
    ("java", _java),
    ("jars", _jars),
    ("home", _home),
    ("disk", _disk),
    ("memory", _memory),
    ("ports", _ports),
    ("server", _server),
    ("plugins", _plugins),
)
