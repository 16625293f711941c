"""%jars: what the server has on its class path beside Spark and Delta, as JDBC drivers."""

from __future__ import annotations

import click

from lakeshell.commands.admin import ProgressLine
from lakeshell.commands.context import CommandContext
from lakeshell.endpoint import read_endpoint
from lakeshell.engine.java import find_java
from lakeshell.engine.packages import (
    Package,
    Wanted,
    add_package,
    parse_package,
    remove_package,
    wanted_packages,
)
from lakeshell.errors import CommandError, UsageError
from lakeshell.locks import is_locked
from lakeshell.session.control import ControlClient
from lakeshell.session.launch import stop_server


@click.group("jars")
def jars_command() -> None:
    """Add JDBC drivers and other jars to the server, by their Maven coordinates.

    They are fetched once with what they need, and verified at every start. The setting
    `packages = ["GROUP:ARTIFACT:VERSION"]` under [jars] in lakeshell.toml does the same.

    \b
    Examples:
      lakeshell jars add org.postgresql:postgresql:42.7.4
      lakeshell jars list
    """


@jars_command.command("add")
@click.argument("package", metavar="GROUP:ARTIFACT:VERSION")
@click.option("--yes", is_flag=True, help="Restart the server without asking.")
@click.pass_obj
def add_command(context: CommandContext, package: str, yes: bool) -> None:
    """Fetch a package from Maven Central and give it to the server, which is restarted.

    \b
    Examples:
      %jars add org.postgresql:postgresql:42.7.4
      %jars add com.mysql:mysql-connector-j:9.1.0 --yes
    """
    wanted = parse_package(package)
    _need_trust(context)
    for other in wanted_packages(context.home, context.config):
        known = other.package
        if known == wanted:
            context.notice(f"{wanted.coordinate} is there already ({other.origin}).")
            return
        if (known.group, known.artifact) == (wanted.group, wanted.artifact):
            raise CommandError(
                f"{known.coordinate} is there already, in another version ({other.origin}).",
                hint=_how_to_remove(other),
            )
    if not _may_restart(context, yes):
        return
    with ProgressLine() as line:
        line.announce(f"Fetching {wanted.coordinate}")
        _, jars = add_package(
            context.home, context.config, wanted, find_java(context.config.server.java)
        )
    names = ", ".join(path.name for path in jars)
    context.notice(f"Added {wanted.coordinate}: {names}.")
    _restart(context)


@jars_command.command("remove")
@click.argument("package", metavar="GROUP:ARTIFACT[:VERSION]")
@click.option("--yes", is_flag=True, help="Restart the server without asking.")
@click.pass_obj
def remove_command(context: CommandContext, package: str, yes: bool) -> None:
    """Take a package away from the server, which is restarted.

    \b
    Example:
      %jars remove org.postgresql:postgresql
    """
    _need_trust(context)
    wanted = _named(context, package)
    if wanted.origin != "added":
        raise CommandError(
            f"{wanted.package.coordinate} is set in lakeshell.toml.", hint=_how_to_remove(wanted)
        )
    if not _may_restart(context, yes):
        return
    remove_package(context.home, wanted.package)
    context.notice(f"Removed {wanted.package.coordinate}.")
    _restart(context)


@jars_command.command("list")
@click.pass_obj
def list_command(context: CommandContext) -> None:
    """List the packages that were added, and their files.

    \b
    Example:
      lakeshell jars list
    """
    import pyarrow as pa

    rows = [
        {
            "package": wanted.package.coordinate,
            "from": wanted.origin,
            "file": file.name if file else None,
            "size": file.size if file else None,
            "sha256": file.sha256 if file else None,
        }
        for wanted in wanted_packages(context.home, context.config)
        for file in wanted.files or (None,)
    ]
    columns = [("package", pa.string()), ("from", pa.string()), ("file", pa.string())]
    columns += [("size", pa.int64()), ("sha256", pa.string())]
    context.emit_table(pa.Table.from_pylist(rows, pa.schema(columns)))


def _named(context: CommandContext, text: str) -> Wanted:
    """The one package that the user means, its version left out or not."""
    found = [
        wanted
        for wanted in wanted_packages(context.home, context.config)
        if text in (wanted.package.coordinate, _without_version(wanted.package))
    ]
    if len(found) != 1:
        raise UsageError(f"{text} was not added.", hint="%jars list shows what was.")
    return found[0]


def _without_version(package: Package) -> str:
    return f"{package.group}:{package.artifact}"


def _how_to_remove(wanted: Wanted) -> str:
    if wanted.origin == "added":
        return f"lakeshell jars remove {wanted.package.coordinate}"
    return "Change packages under [jars] in lakeshell.toml, then lakeshell server stop."


def _need_trust(context: CommandContext) -> None:
    if not context.home.trusted:
        raise UsageError(
            f"{context.home.root} is not trusted, so no code is added to its server.",
            hint="`lakeshell init` in its folder trusts it.",
        )


def _may_restart(context: CommandContext, yes: bool) -> bool:
    """Whether the running server, if there is one, may end.

    Refused by UsageError while streams or jobs run, unless `yes`.
    """
    endpoint = read_endpoint(context.home)
    if endpoint is None or yes:
        return True
    status = ControlClient(endpoint).status()
    running = [f"{status[what]} {what}" for what in ("streams", "jobs") if status.get(what)]
    if running:
        raise UsageError(
            f"The server has to be restarted for this; now running there: {', '.join(running)}.",
            hint="Stop them first, or add --yes to end them.",
        )
    question = (
        "The server has to be restarted for this; temporary views, variables and settings of open "
        "sessions are lost. Restart it?"
    )
    if not context.interactive or context.confirm(question):
        return True
    context.notice("Nothing was changed.")
    return False


def _restart(context: CommandContext) -> None:
    """End the server; whoever needs one starts it, with the jars that are wanted now."""
    if not is_locked(context.home.supervisor_lock):
        context.notice("The next start of the server counts it in.")
        return
    with ProgressLine() as line:
        line.announce("Stopping the server")
        stop_server(context.home)
    context.notice("The server was stopped; the next statement starts it anew.")
