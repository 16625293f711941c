"""%set, %unset, %timing: the shell's options, Spark's settings and the ${name} of statements."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import Any

import click

from lakeshell.commands.context import CommandContext
from lakeshell.commands.options import Options
from lakeshell.delta.tables import rows
from lakeshell.errors import CommandError, StatementError, UsageError
from lakeshell.history import MASK, is_secret
from lakeshell.sql.names import quote_identifier

_VARIABLE = re.compile(r"[A-Za-z_][\w.]*")
_SPARK = re.compile(r"spark\.[\w.\-]+")
_WORDS = {"on": True, "true": True, "yes": True, "1": True}
_WORDS.update({"off": False, "false": False, "no": False, "0": False})


def _switch(name: str, text: str) -> bool:
    if text.lower() not in _WORDS:
        raise UsageError(f"{name} is on or off, not {text!r}.")
    return _WORDS[text.lower()]


def _limit(name: str, text: str) -> int:
    if not text.isdigit():
        raise UsageError(f"{name} is a number of rows, 0 for all, not {text!r}.")
    return int(text)


def _timeout(name: str, text: str) -> float | None:
    if text.lower() in ("off", "none", "0"):
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < 1e9:
        raise UsageError(f"{name} is a number of seconds, or off, not {text!r}.")
    return seconds


def _edit_mode(name: str, text: str) -> str:
    if text not in ("emacs", "vi"):
        raise UsageError(f"{name} is emacs or vi, not {text!r}.")
    return text


_OPTIONS: dict[str, Callable[[str, str], Any]] = {
    "limit": _limit,
    "format": lambda name, text: text,
    "timing": _switch,
    "pager": _switch,
    "timeout": _timeout,
    "echo": _switch,
    "edit_mode": _edit_mode,
    "confirm_destructive": _switch,
}


@click.command("set")
@click.argument("name", required=False)
@click.argument("value", nargs=-1)
@click.pass_obj
def set_command(context: CommandContext, name: str | None, value: tuple[str, ...]) -> None:
    """Set an option of the shell, a spark.* setting, or a variable for ${name}; list them.

    Options: limit, format, timing, pager, timeout, echo, edit_mode, confirm_destructive.

    \b
    Examples:
      %set                                    all options and variables
      %set limit 50
      %set spark.sql.shuffle.partitions=8     for this session
      %set region north                       then: SELECT '${region}'
    """
    if name is None:
        _list(context)
        return
    name, equals, rest = name.partition("=")
    words = ([rest] if rest else []) + list(value)
    if not equals and words and words[0] == "=":
        words, equals = words[1:], "="
    text = " ".join(words)
    if not words and not equals:
        _show_one(context, name)
    elif name in _OPTIONS:
        _set_option(context, name, text)
    elif name.startswith("spark."):
        _set_spark(context, name, text)
    elif _VARIABLE.fullmatch(name):
        near = difflib.get_close_matches(name, _OPTIONS, n=1, cutoff=0.8)
        context.variables[name] = text
        if near:
            context.notice(f"{name} is a variable now; the option is called {near[0]}.")
    else:
        raise UsageError(
            f"{name!r} can be no variable's name.", hint="Letters, digits and _, a letter first."
        )


def _set_option(context: CommandContext, name: str, text: str) -> None:
    if not text:
        raise UsageError(f"{name} wants a value.")
    if name == "format" and text not in context.registry.formats:
        raise UsageError(
            f"There is no format {text!r}.", hint=f"Known: {', '.join(context.registry.formats)}."
        )
    setattr(context.options, name, _OPTIONS[name](name, text))


def _set_spark(context: CommandContext, name: str, text: str) -> None:
    key = quote_identifier(_spark_key(name))
    if "`" in text:
        raise UsageError("A Spark setting cannot hold a backtick.")
    try:
        context.query(f"SET {key}={quote_identifier(text)}")
    except StatementError as error:
        raise CommandError(error.message, hint=error.hint) from error


def _spark_key(name: str) -> str:
    if not _SPARK.fullmatch(name):
        raise UsageError(f"{name!r} is not a setting's name.")
    return name


def _show_one(context: CommandContext, name: str) -> None:
    if name in _OPTIONS:
        value = _option_text(getattr(context.options, name))
    elif name.startswith("spark."):
        (row,) = rows(context.session, f"SET {quote_identifier(_spark_key(name))}")
        if row["value"] == "<undefined>":
            raise CommandError(f"{name} is not set.")
        value = row["value"]
    elif name in context.variables:
        value = MASK if is_secret(name) else context.variables[name]
    else:
        near = difflib.get_close_matches(name, [*_OPTIONS, *context.variables], n=2)
        hint = f"Did you mean {' or '.join(near)}?" if near else "%set lists what there is."
        raise UsageError(f"There is no option or variable {name}.", hint=hint)
    _emit(context, [(name, value, _kind(name))])


def _list(context: CommandContext) -> None:
    listed = [
        (name, _option_text(getattr(context.options, name)), "option") for name in sorted(_OPTIONS)
    ]
    listed += [
        (name, MASK if is_secret(name) else value, "variable")
        for name, value in sorted(context.variables.items())
    ]
    _emit(context, listed)


def _kind(name: str) -> str:
    if name in _OPTIONS:
        return "option"
    return "spark" if name.startswith("spark.") else "variable"


def _option_text(value: Any) -> str:
    if value is None:
        return "off"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _emit(context: CommandContext, listed: list[tuple[str, str, str]]) -> None:
    import pyarrow as pa

    columns = zip(*listed, strict=True)
    context.emit_table(
        pa.table(
            {
                name: pa.array(list(values), pa.string())
                for name, values in zip(("name", "value", "kind"), columns, strict=True)
            }
        )
    )


@click.command("unset")
@click.argument("name")
@click.pass_obj
def unset_command(context: CommandContext, name: str) -> None:
    """Forget a variable, or put an option or a spark.* setting back to what it was at first.

    \b
    Examples:
      %unset region
      %unset spark.sql.shuffle.partitions
    """
    if name in _OPTIONS:
        first = Options.of(context.config.shell)
        setattr(context.options, name, getattr(first, name))
    elif name.startswith("spark."):
        context.query(f"RESET {quote_identifier(_spark_key(name))}")
    elif name in context.variables:
        del context.variables[name]
    else:
        raise UsageError(f"There is no variable {name}.", hint="%set lists them.")


@click.command("timing")
@click.argument("state", required=False, type=click.Choice(["on", "off"]))
@click.pass_obj
def timing_command(context: CommandContext, state: str | None) -> None:
    """Show how long statements take, or stop showing it; alone it switches.

    \b
    Example:
      %timing off
    """
    context.options.timing = not context.options.timing if state is None else state == "on"
    context.notice(f"Timing is {'on' if context.options.timing else 'off'}.")
