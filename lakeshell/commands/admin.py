"""The lakehouse itself: %server, %setup, %init, %demo."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import click

import lakeshell
from lakeshell.commands.context import CommandContext
from lakeshell.commands.demo_stream import demo_stream_command
from lakeshell.commands.stream_tables import called
from lakeshell.endpoint import read_endpoint
from lakeshell.engine.jars import PINNED, TOTAL_BYTES, cache_folder, ensure_jars, install_jars
from lakeshell.engine.java import find_java
from lakeshell.engine.packages import install_packages
from lakeshell.errors import CommandError, ServerError, UsageError
from lakeshell.home import PROJECT_FOLDER, Home, trust
from lakeshell.locks import is_locked
from lakeshell.render.metrics import format_bytes, format_seconds
from lakeshell.session.control import ControlClient
from lakeshell.session.launch import ensure_server, stop_server
from lakeshell.session.session_streams import end_with_server


@click.group("server")
def server_command() -> None:
    """Start, stop and look at the server of this lakehouse.

    Shells start it by themselves; it stops by itself when nobody has used it for a while.

    \b
    Examples:
      lakeshell server status
      lakeshell server logs -n 50 --follow
    """


@server_command.command("start")
@click.pass_obj
def start_command(context: CommandContext) -> None:
    """Start the server, unless it runs already.

    \b
    Example:
      lakeshell server start
    """
    endpoint = read_endpoint(context.home)
    if endpoint is not None:
        context.notice(f"The server runs already (process {endpoint.pid}).")
        return
    begun = time.monotonic()
    with ProgressLine() as line:
        endpoint = ensure_server(
            context.home, context.config, announce=line.announce, fetch_progress=line.fetching
        )
    took = format_seconds(time.monotonic() - begun)
    context.notice(f"The server of {context.home.root} is up after {took}.")


@server_command.command("stop")
@click.pass_obj
def stop_command(context: CommandContext) -> None:
    """Stop the server and wait until it is gone. Shells that use it start another.

    \b
    Example:
      lakeshell server stop
    """
    if names := _running_streams(context):
        context.notice(end_with_server(names))
    with ProgressLine() as line:
        line.announce("Stopping the server")
        stopped = stop_server(context.home)
    context.notice("The server has stopped." if stopped else "No server runs here.")


def _running_streams(context: CommandContext) -> list[str]:
    """What people call the streams that run now."""
    endpoint = read_endpoint(context.home)
    if endpoint is None:
        return []
    try:
        streams = ControlClient(endpoint).streams()
    except ServerError:  # it does not answer, and is stopped all the same
        return []
    return [called(stream) for stream in streams if stream["state"] == "running"]


@server_command.command("status")
@click.pass_obj
def status_command(context: CommandContext) -> None:
    """Show whether the server runs, its memory, and who uses it.

    \b
    Example:
      lakeshell server status
    """
    home = context.home
    told = [("home", str(home.root))]
    endpoint = read_endpoint(home)
    if endpoint is None:
        state = "starting or stopping" if is_locked(home.supervisor_lock) else "not running"
        told.append(("state", state))
    else:
        status = ControlClient(endpoint).status()
        told += [
            ("state", "running"),
            ("version", f"lakeshell {status['version']}, Spark {status['spark_version']}"),
            ("up", format_seconds(status["uptime"])),
            ("memory", format_bytes(status["jvm_memory"])),
            ("processes", f"{status['pid']} (supervisor), {status['jvm_pid']} (Java)"),
            ("shells", str(len(status["shells"]))),
            ("jobs", str(status["jobs"])),
            ("streams", str(status["streams"])),
        ]
    context.emit_facts("server", told)


@server_command.command("logs")
@click.option(
    "-n", "--lines", type=click.IntRange(min=1), default=40, show_default=True, metavar="N",
    help="The last N lines of each log.",
)  # fmt: skip
@click.option("--follow", is_flag=True, help="Go on showing what is added, until Ctrl-C.")
@click.pass_obj
def logs_command(context: CommandContext, lines: int, follow: bool) -> None:
    """Print the logs of the supervisor, of Spark and of the JVM.

    \b
    Examples:
      lakeshell server logs -n 100
      lakeshell server logs --follow
    """
    home = context.home
    logs = [home.supervisor_log, home.jvm_log, home.jvm_output]
    offsets = {}
    for log in logs:
        offsets[log] = log.stat().st_size if log.exists() else 0
        text = last_lines(log, lines)
        if text:
            context.print(f"== {log}\n{text}")
    if not any(offsets.values()):
        context.notice(f"There are no logs in {home.logs} yet.")
    while follow:
        for log in logs:
            for line in _added(log, offsets):
                context.print(line)
        try:
            time.sleep(0.3)
        except KeyboardInterrupt:  # the way to end it, no failure
            return


def last_lines(path: Path, count: int) -> str:
    """The last `count` lines of a text file; empty when there is none. Reads only its end."""
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            size = file.tell()
            chunk = 8192
            while True:
                start = max(size - chunk, 0)
                file.seek(start)
                text = file.read()
                if start == 0 or text.count(b"\n") > count:
                    break
                chunk *= 4
    except OSError:
        return ""
    kept = text.rstrip(b"\n").split(b"\n")[-count:]
    return b"\n".join(kept).decode("utf-8", "replace")


def _added(log: Path, offsets: dict[Path, int]) -> Iterator[str]:
    """Whole lines added since the last look; a log that was rolled over starts anew."""
    try:
        size = log.stat().st_size
        if size < offsets[log]:
            offsets[log] = 0
        if size == offsets[log]:
            return
        with log.open("rb") as file:
            file.seek(offsets[log])
            text = file.read()
    except OSError:
        return
    complete = text[: text.rfind(b"\n") + 1]
    offsets[log] += len(complete)
    yield from complete.decode("utf-8", "replace").splitlines()


@click.command("setup")
@click.option(
    "--jars",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Take the jars from this folder instead of the network.",
)
@click.pass_obj
def setup_command(context: CommandContext, jars: Path | None) -> None:
    """Fetch and verify Delta's jars, and prepare fast starts. Later starts need no network.

    With --jars also those that %jars has added or lakeshell.toml names, found by their names
    anywhere below the folder.

    \b
    Examples:
      lakeshell setup
      lakeshell setup --jars /media/usb/jars
    """
    config = context.config
    cache = cache_folder(config.jars.cache)
    java = find_java(config.server.java)
    context.notice(f"Java {java.full_version} from {java.origin}.")
    with ProgressLine() as line:
        if jars is not None:
            install_jars(cache, jars)
            alone = install_packages(context.home, config, jars)
        else:
            alone = []
            ensure_jars(cache, java, repository=config.jars.repository, progress=line.fetching)
    for package in alone:
        context.notice(
            f"{package.coordinate} was taken with its own jar alone: what else it needs is only "
            "known once it has been fetched from the network.",
            level="warning",
        )
    context.notice(f"{len(PINNED)} jars ({format_bytes(TOTAL_BYTES)}) in {cache}, verified.")
    with ProgressLine() as line:
        line.announce("Starting a server once, to make later starts fast")
        begun = time.monotonic()
        _rehearse(context)
    context.notice(f"Ready; the rehearsal took {format_seconds(time.monotonic() - begun)}.")


def _rehearse(context: CommandContext) -> None:
    """One life of a server in a home of its own: when it ends in good order, the JVM leaves the
    archive of its classes in the cache."""
    with tempfile.TemporaryDirectory(prefix="lakeshell-setup-") as folder:
        home = Home(Path(folder).resolve() / "home").create()
        # The same Java and flags as the real home's, or the archive would not fit it.
        if context.home.trusted and context.home.settings_file.is_file():
            shutil.copyfile(context.home.settings_file, home.settings_file)
        if context.home.packages_file.is_file():
            shutil.copyfile(context.home.packages_file, home.packages_file)
        ensure_server(home, context.config)
        # Writing the archive takes its time on a machine that has other things to do.
        stop_server(home, timeout=600)


_TEMPLATE = """\
# Settings of this lakehouse; remove the # of what you want to change.

# [server]
# driver_memory = "4g"
# auto_stop_minutes = 30

# [shell]
# limit = 1000
# confirm_destructive = true

# [variables]
# region = "north"

# [mounts]
# "/mnt/sales" = "/data/sales"
# "s3://my-bucket" = "~/buckets/mine"

# [jars]
# packages = ["org.postgresql:postgresql:42.7.4"]
"""
_IGNORE = "# A lakehouse is data; its settings and plugins are part of the project.\n*\n"
_IGNORE += "!.gitignore\n!lakeshell.toml\n!plugins/\n!plugins/*.py\n"


@click.command("init")
@click.argument("folder", default=".", metavar="[DIR]")
@click.pass_obj
def init_command(context: CommandContext, folder: str) -> None:
    """Make a lakehouse in a project folder, as DIR/.lakeshell, and trust it.

    Shells started in that folder or below use it. Trusted means that its lakeshell.toml and its
    plugins are loaded; look at them first when the folder came from somebody else.

    \b
    Examples:
      lakeshell init
      lakeshell init ~/projects/sales
    """
    root = context.path(folder) / PROJECT_FOLDER
    if not root.parent.is_dir():
        raise UsageError(f"There is no folder {root.parent}.")
    existed = root.is_dir()
    home = Home(root, discovered=True)
    home.create()
    for path, text in ((home.settings_file, _TEMPLATE), (root / ".gitignore", _IGNORE)):
        if not path.exists():
            path.write_text(text, encoding="utf-8")
    trust(home)
    context.notice(f"{root} {'is trusted now' if existed else 'was made and is trusted'}.")
    for plugin in sorted(home.plugins.glob("*.py")):
        context.notice(f"Its plugin {plugin.name} will be loaded.", level="warning")


@click.group("demo")
def demo_command() -> None:
    """Write the demo data, or let streams run on made-up events.

    \b
    Examples:
      lakeshell demo data ./tour
      lakeshell demo stream
    """


@demo_command.command("data")
@click.argument("folder", default="lakeshell-demo", metavar="[DIR]")
@click.option("--overwrite", is_flag=True, help="Write into a folder that is not empty.")
@click.pass_obj
def demo_data_command(context: CommandContext, folder: str, overwrite: bool) -> None:
    """Copy the demo data and the guided tour into a folder.

    \b
    Examples:
      lakeshell demo data
      lakeshell demo data ./tour && lakeshell -f ./tour/tour.sql
    """
    target = context.path(folder)
    if target.exists() and not target.is_dir():
        raise CommandError(f"{folder} is a file.")
    if target.is_dir() and any(target.iterdir()) and not overwrite:
        raise CommandError(f"{folder} is not empty.", hint="--overwrite writes into it.")
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc", "large", ".*")
    try:
        shutil.copytree(demo_folder(), target, dirs_exist_ok=True, ignore=ignored)
    except (OSError, shutil.Error) as error:
        raise CommandError(f"{folder} cannot be written: {error}.") from error
    context.notice(f"The demo data is in {target}; begin with lakeshell -f {folder}/tour.sql")


demo_command.add_command(demo_stream_command)


def demo_folder() -> Path:
    """Where the demo data lies: in the installed package, or beside it in a checkout."""
    package = Path(lakeshell.__file__).resolve().parent
    for folder in (package / "_demo_data", package.parent / "demo_data"):
        if (folder / "tour.sql").is_file():
            return folder
    raise CommandError("This installation came without the demo data.")


class ProgressLine:
    """One line on stderr for a person who waits; nothing where there is no terminal."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._shown = False

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def announce(self, text: str) -> None:
        """What is waited for."""
        self._write(f"{text} …")

    def fetching(self, done: int, total: int) -> None:
        """How far the download is, in bytes."""
        filled = "█" * (24 * done // max(total, 1))
        self._write(
            f"Fetching Delta's jars [{filled:<24}] {format_bytes(done)} of {format_bytes(total)}"
        )

    def _write(self, text: str) -> None:
        if self._terminal:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
            self._shown = True
