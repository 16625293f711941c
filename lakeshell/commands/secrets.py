"""%secrets: values that notebooks read and nobody sees."""

from __future__ import annotations

import sys

import click

from lakeshell.commands.asking import agreed
from lakeshell.commands.context import CommandContext
from lakeshell.dialect.secret_store import SecretStore
from lakeshell.errors import UsageError


@click.group("secrets")
def secrets_command() -> None:
    """Keep secrets for notebooks and SQL: in the system's keyring, else encrypted in the home.

    \b
    Examples:
      lakeshell secrets create-scope jdbc
      lakeshell secrets put jdbc password
      lakeshell secrets list jdbc
    """


@secrets_command.command("create-scope")
@click.argument("scope")
@click.pass_obj
def create_scope_command(context: CommandContext, scope: str) -> None:
    """Make a scope.

    \b
    Example:
      lakeshell secrets create-scope jdbc
    """
    SecretStore(context.home).create_scope(scope)


@secrets_command.command("put")
@click.argument("scope")
@click.argument("key")
@click.option("--string-value", metavar="TEXT", help="The value; better asked for, or piped.")
@click.pass_obj
def put_command(context: CommandContext, scope: str, key: str, string_value: str | None) -> None:
    """Keep a value: asked for at a terminal, else all of standard input without its last line end.

    \b
    Examples:
      lakeshell secrets put jdbc password
      lakeshell secrets put jdbc password < password.txt
    """
    if string_value is None and context.interactive and context.width is None:
        raise UsageError(
            "The full screen asks for no secrets.", hint=f"lakeshell secrets put {scope} {key}"
        )
    value = _asked() if string_value is None else string_value
    where = SecretStore(context.home).put(scope, key, value)
    kept = "in the system's keyring" if where == "keyring" else "encrypted in the lakehouse home"
    context.notice(f"Kept {kept}.")


def _asked() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.read().removesuffix("\n")
    value: str = click.prompt("Value", hide_input=True, confirmation_prompt=True)
    return value


@secrets_command.command("list")
@click.argument("scope", required=False)
@click.pass_obj
def list_command(context: CommandContext, scope: str | None) -> None:
    """List the keys of a scope, or the scopes; never a value.

    \b
    Example:
      lakeshell secrets list jdbc
    """
    import pyarrow as pa

    store = SecretStore(context.home)
    name, values = ("scope", store.scopes()) if scope is None else ("key", store.keys(scope))
    context.emit_table(pa.table({name: pa.array(values, pa.string())}))


@secrets_command.command("delete")
@click.argument("scope")
@click.argument("key", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def delete_command(context: CommandContext, scope: str, key: str | None, yes: bool) -> None:
    """Delete a secret, or without a key a scope and all in it.

    \b
    Examples:
      lakeshell secrets delete jdbc password --yes
      lakeshell secrets delete jdbc
    """
    store = SecretStore(context.home)
    what = f"the scope {scope} with all secrets in it" if key is None else f"{key} of {scope}"
    if not agreed(context, f"Delete {what}?", yes=yes):
        return
    if key is None:
        store.delete_scope(scope)
    else:
        store.delete(scope, key)
