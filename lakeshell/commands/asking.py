"""Questions that several commands have in common: what to read, and whether to go on."""

from __future__ import annotations

from lakeshell.commands.context import CommandContext
from lakeshell.delta.tables import table_errors
from lakeshell.errors import UsageError
from lakeshell.session.result import Result
from lakeshell.sql.classify import classify
from lakeshell.sql.names import parse_name, quote_name
from lakeshell.sql.statements import split_statements


def query_of(text: str) -> str:
    """A SELECT for what the user named: a table, or a query of one statement.

    UsageError when it is neither.
    """
    try:
        return f"SELECT * FROM {quote_name(parse_name(text))}"
    except UsageError:
        units = [unit for unit in split_statements(text) if unit.language == "sql"]
        if len(units) == 1 and classify(units[0].text).can_limit:
            return units[0].text
    raise UsageError(
        f"{text.strip()[:80]!r} is neither a table's name nor one query.",
        hint="Write schema.table or SELECT …",
    )


def fetch(context: CommandContext, text: str, *, limit: int = 0) -> Result:
    """The rows of a table or query; a table that is not there is told in one sentence."""
    query = query_of(text)
    try:
        parts = parse_name(text)
    except UsageError:
        return context.query(query, limit=limit)
    with table_errors(context.session, parts):
        return context.query(query, limit=limit)


def agreed(context: CommandContext, question: str, *, yes: bool) -> bool:
    """Whether to go on with something that cannot be taken back.

    UsageError where nobody can be asked and `--yes` was not given.
    """
    if yes:
        return True
    if not context.interactive:
        raise UsageError("This changes or removes data.", hint="Add --yes to do it.")
    if context.confirm(question):
        return True
    context.notice("Nothing was changed.")
    return False
