"""The command line: flags to a face, the face's answer to an exit code.

argparse and imports inside functions: `lakeshell --help` and `lakeshell -e …` are quick because
they load only what they use.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakeshell import __version__
from lakeshell.errors import ExitCode, LakeshellError, UsageError

if TYPE_CHECKING:
    from lakeshell.config import Config
    from lakeshell.home import Home

_USAGE = """\
lakeshell [options]                      open the workbench, full screen
       lakeshell [options] repl          open the inline shell
       lakeshell [options] -f FILE … -e TEXT …   run files and texts, then end
       lakeshell [options] COMMAND [arguments]   run one command"""

_EPILOG = """\
exit codes: 0 fine, 1 a statement failed, 2 wrong usage, 3 no server, 4 timeout, 130 interrupted
"""


class _Input(argparse.Action):
    """Collects -f and -e in the order they were given."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        kind = "text" if option_string in ("-e", "--execute") else "file"
        namespace.inputs = [*namespace.inputs, (kind, values)]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise UsageError(f"{message[:1].upper()}{message[1:]}.", hint="lakeshell --help")


def main() -> None:
    """The command `lakeshell`."""
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or int(ExitCode.FAILED)
    if "pyspark" not in sys.modules and "prompt_toolkit" not in sys.modules:
        # Nothing is left to do, and taking gRPC and Arrow down in good order takes longer than a
        # small statement.
        os._exit(code)
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns the exit code."""
    arguments = list(arguments)
    debug = "--debug" in arguments
    try:
        return _dispatch(arguments)
    except LakeshellError as error:
        _report(error)
        return int(error.exit_code)
    except KeyboardInterrupt:
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 128 + signal.SIGPIPE
    except Exception as error:
        if debug:
            raise
        return _unexpected(error)


def _dispatch(arguments: list[str]) -> int:
    parser = _parser()
    # argparse cannot stop at the first word that is no option; a command's own flags follow it.
    own, command = _split_at_command(arguments)
    flags = parser.parse_args(own)
    if flags.help:
        print(_help(parser))
        return 0
    if flags.version:
        print(f"lakeshell {__version__}")
        return 0
    _end_quietly_on_sigterm()

    from lakeshell.config import load_config
    from lakeshell.home import locate_home

    home = locate_home(flags.home)
    config = load_config(home)
    if home.discovered and not home.trusted:
        print(
            f"{home.root} is not trusted: its lakeshell.toml and plugins are not loaded. "
            "`lakeshell init` in its folder trusts it.",
            file=sys.stderr,
        )
    if flags.java:
        os.environ["LAKESHELL_JAVA"] = flags.java
        config = load_config(home)
    if command and command[0] == "repl":
        if len(command) > 1:
            raise UsageError(f"repl takes no argument {command[1]!r}.", hint="lakeshell --help")
        return _inline_shell(home, config, flags)
    if command and _is_script(command[0]):
        flags.inputs += [("file", name) for name in command]
        command = []
    if command and flags.inputs:
        raise UsageError(f"{command[0]!r} cannot stand beside -f and -e.", hint="lakeshell --help")
    if not command and not flags.inputs:
        if sys.stdin.isatty() and sys.stdout.isatty():
            return _full_screen(home, config, flags)
        flags.inputs = [("file", "-")]
    return _script(home, config, flags, command)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="lakeshell",
        usage=_USAGE,
        add_help=False,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    run = parser.add_argument_group("running")
    run.set_defaults(inputs=[])
    run.add_argument(
        "-f", "--file", action=_Input, metavar="FILE", help=".sql, .py, .ipynb; - is stdin"
    )
    run.add_argument("-e", "--execute", action=_Input, metavar="TEXT", help="statements to run")
    run.add_argument(
        "-v", "--variable", action="append", metavar="NAME=VALUE", help="what ${name} stands for"
    )
    run.add_argument(
        "--param", action="append", metavar="NAME[:TYPE]=VALUE", help="what :name stands for"
    )
    run.add_argument("--limit", type=int, metavar="N", help="rows of a result; 0 all (default 0)")
    run.add_argument("--timeout", type=float, metavar="S", help="stop a statement after S seconds")
    run.add_argument("--keep-going", action="store_true", help="go on after a failed statement")
    run.add_argument("--echo", action="store_true", help="show each statement on stderr")
    out = parser.add_argument_group("results")
    out.add_argument(
        "--format",
        metavar="F",
        help="table csv tsv json jsonl markdown vertical parquet arrow, or a plugin's",
    )
    out.add_argument("-o", "--output", metavar="FILE", help="write results to FILE, all or nothing")
    out.add_argument("-q", "--quiet", action="store_true", help="no remarks on stderr")
    where = parser.add_argument_group("lakehouse")
    where.add_argument("--home", metavar="DIR", help="the lakehouse folder")
    where.add_argument("--remote", metavar="URL", help="another Spark Connect: sc://host:port/;…")
    where.add_argument("--java", metavar="DIR", help="a Java 17 or 21")
    rest = parser.add_argument_group("other")
    rest.add_argument("--debug", action="store_true", help="show stack traces")
    rest.add_argument("-h", "--help", action="store_true", help="this text")
    rest.add_argument("--version", action="store_true", help="the version")
    return parser


_WITH_VALUE = {
    "-f", "--file", "-e", "--execute", "-v", "--variable", "--param", "--limit", "--timeout",
    "--format", "-o", "--output", "--home", "--remote", "--java",
}  # fmt: skip


def _split_at_command(arguments: list[str]) -> tuple[list[str], list[str]]:
    """lakeshell's own flags, and from the first word that is no flag's value on, the command."""
    own: list[str] = []
    rest = iter(range(len(arguments)))
    for index in rest:
        word = arguments[index]
        if word == "-":
            own += ["-f", "-"]
        elif word in _WITH_VALUE:
            own.append(word)
            following = next(rest, None)
            if following is not None:
                value = arguments[following]
                # `-e "-- comment"`: argparse would take the value for a flag.
                own[-1:] = [f"{word}={value}"] if word.startswith("--") else [word + value]
                if word in ("-f", "-e", "-v", "-o") and not value:
                    own[-1:] = [word, value]
        elif word.startswith("-"):
            own.append(word)
        else:
            return own, arguments[index:]
    return own, []


def _help(parser: argparse.ArgumentParser) -> str:
    from lakeshell.commands.listing import COMMANDS

    width = max(len(name) for name, _, _ in COMMANDS) + 2
    listing = "\n".join(f"  {name:<{width}}{summary}" for name, _, summary in COMMANDS)
    return (
        f"{parser.format_help()}\ncommands (in the shell with a % in front):\n{listing}\n"
        f"  {'repl':<{width}}Open the inline shell\n"
        f"\nlakeshell COMMAND --help explains one; plugins may add more.\n{_EPILOG}"
    )


def _script(home: Home, config: Config, flags: argparse.Namespace, command: list[str]) -> int:
    from lakeshell import script
    from lakeshell.commands.options import Options

    options = Options.of(config.shell)
    # A script's output is read by programs: everything, unless a limit was asked for.
    options.limit = _natural(flags.limit, "--limit") if flags.limit is not None else 0
    options.timeout = flags.timeout
    if flags.timeout is not None and flags.timeout <= 0:
        raise UsageError("--timeout wants a number of seconds above 0.")
    options.echo = flags.echo
    options.keep_going = flags.keep_going
    return script.run(
        home,
        config,
        options,
        script.Script(
            inputs=flags.inputs,
            command=command,
            output=Path(flags.output) if flags.output else None,
            format=flags.format,
            variables=_variables(flags.variable),
            parameters=_parameters(flags.param),
            remote=_remote(flags.remote),
            quiet=flags.quiet,
            debug=flags.debug,
        ),
    )


def _full_screen(home: Home, config: Config, flags: argparse.Namespace) -> int:
    if os.environ.get("TERM", "dumb") in ("dumb", "unknown"):
        return _inline_shell(home, config, flags)  # no full screen is possible there
    from lakeshell.tui.app import run

    return run(
        home,
        config,
        remote=_remote(flags.remote),
        variables=_variables(flags.variable),
        parameters=_parameters(flags.param),
    )


def _inline_shell(home: Home, config: Config, flags: argparse.Namespace) -> int:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("The shell wants a terminal.", hint="lakeshell - < FILE runs a file.")
    from lakeshell.repl.app import run

    return run(home, config, remote=_remote(flags.remote), variables=_variables(flags.variable))


def _variables(assignments: list[str] | None) -> dict[str, str]:
    if not assignments:
        return {}
    from lakeshell.sql.variables import parse_assignment

    return dict(parse_assignment(text) for text in assignments)


def _parameters(assignments: list[str] | None) -> dict[str, Any]:
    if not assignments:
        return {}
    from lakeshell.sql.variables import parse_parameter

    return dict(parse_parameter(text) for text in assignments)


def _remote(address: str | None) -> Any:
    if not address:
        return None
    from lakeshell.session.remote import Remote

    return Remote.parse(address)


def _natural(number: int, flag: str) -> int:
    if number < 0:
        raise UsageError(f"{flag} wants a number of 0 or more.")
    return number


def _is_script(word: str) -> bool:
    return word.endswith((".sql", ".py", ".ipynb")) or os.sep in word


def _end_quietly_on_sigterm() -> None:
    """Before a face has its own handlers: no traceback, the conventional exit code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: sys.exit(128 + received))


def _report(error: LakeshellError) -> None:
    from lakeshell.render.errors import render_error

    color = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    print(render_error(error, width=100, color=color).rstrip("\n"), file=sys.stderr)


def _unexpected(error: Exception) -> int:
    """A fault of ours: one sentence, and the whole of it in a file."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="lakeshell-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        traceback.print_exception(error, file=log)
    print(
        f"lakeshell met a fault of its own: {type(error).__name__}: {str(error)[:200]}\n"
        f"The details are in {log.name}; --debug shows them.",
        file=sys.stderr,
    )
    return int(ExitCode.FAILED)


if __name__ == "__main__":
    main()
