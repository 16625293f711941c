"""secret(…) in SQL: the values that `lakeshell secrets put` has kept.

Spark is given the value itself, so what Spark would keep for good with the statement, a view or a
function, is refused; and no output of this process shows the value.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from lakeshell.dialect.calls import calls, is_table
from lakeshell.dialect.dialect import edited
from lakeshell.dialect.ledger import handled, unsupported
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.secret_store import SecretStore
from lakeshell.dialect.steps import Action, Answer, Edit, Engine, Refusal, Step
from lakeshell.errors import CommandError, StatementError
from lakeshell.sql.lexer import Token
from lakeshell.sql.names import quote_string

_SECRET = "secret(…), try_secret(…)"
_LIST = "list_secrets(…)"
_STAYS = "secret(…) in a view or function that stays"

CONSTRUCTS = (
    handled(
        _SECRET, "the value that `lakeshell secrets put` has kept, shown as [REDACTED].",
        "SELECT secret('scope', 'key')",
    ),
    handled(_LIST, "the scopes and keys, without values.", "SELECT * FROM list_secrets('scope')"),
    unsupported(
        _STAYS, "it would hold the secret in plain; a temporary view does not stay, and a function "
        "can take the secret as an argument.",
        "CREATE VIEW v AS SELECT secret('scope', 'key')",
    ),
)  # fmt: skip

_SCALAR = frozenset({"SECRET", "TRY_SECRET"})
_KEPT = frozenset({"VIEW", "FUNCTION"})
_UNKNOWN = ("UNRESOLVED_COLUMN", "MISSING_ATTRIBUTES", "UNRESOLVED_STAR")


def whole(reader: Reader) -> Step | None:
    """A statement that reads secrets or lists them."""
    tokens = reader.tokens
    scalar = [at for at in calls(tokens) if tokens[at].word in _SCALAR and _is_call(reader, at)]
    listed = [
        at for at in calls(tokens) if tokens[at].word == "LIST_SECRETS" and is_table(tokens, at)
    ]
    if scalar and _stays(tokens):
        return Refusal(_STAYS)
    if scalar or listed:
        name = _SECRET if scalar else _LIST
        return Action(name, partial(_read, reader.text, tokens, scalar, listed))
    return None


def _is_call(reader: Reader, at: int) -> bool:
    """Not so `secret (a) AS (…)`, a common table expression behind another one."""
    behind = _behind(reader.text, reader.tokens, at)
    behind.group()
    return not (behind.next.word == "AS" and behind.ahead(1).text == "(")


def _behind(text: str, tokens: Sequence[Token], at: int) -> Reader:
    reader = Reader(text, tokens)
    reader.at = at + 1
    return reader


def _stays(tokens: Sequence[Token]) -> bool:
    words = [token.word for token in tokens[:5]]
    kept = next((at for at, word in enumerate(words) if word in _KEPT), None)
    return (
        kept is not None
        and words[0] in ("CREATE", "ALTER")
        and not {"TEMP", "TEMPORARY"} & set(words[:kept])
    )


def _read(
    text: str, tokens: Sequence[Token], scalar: Sequence[int], listed: Sequence[int], engine: Engine
) -> Answer:
    """The statement with every call replaced by what it gives."""
    edits = []
    for at in sorted((*scalar, *listed)):
        behind = _behind(text, tokens, at)
        arguments = behind.group() or ""
        end = behind.tokens[behind.at - 1].end
        found = (
            _value(tokens[at].text, arguments, engine)
            if at in scalar
            else _scopes_and_keys(arguments, engine)
        )
        edits.append(Edit(tokens[at].start, end, found))
    return Answer(then=edited(text, edits))


def _value(function: str, arguments: str, engine: Engine) -> str:
    """The literal of a secret's value; `null` for try_secret where there is none."""
    names = _constants(arguments, engine)
    if len(names) != 2:
        raise StatementError(f"{function}(…) takes the name of a scope and that of a key.")
    if None in names:
        return "CAST(NULL AS STRING)"
    try:
        return quote_string(SecretStore(engine.home).get(str(names[0]), str(names[1])))
    except CommandError as error:
        if function.upper() == "TRY_SECRET":
            return "CAST(NULL AS STRING)"
        raise StatementError(error.message, hint=error.hint) from None


def _scopes_and_keys(arguments: str, engine: Engine) -> str:
    """A query of the keys in all scopes, or in the one that is named."""
    store = SecretStore(engine.home)
    names = _constants(arguments, engine)
    scopes = store.scopes() if not names else [scope for scope in names if scope is not None]
    rows = [(scope, key) for scope in scopes for key in store.keys(scope)]
    if not rows:
        return "(SELECT '' AS scope, '' AS key WHERE false)"
    values = ", ".join(f"({quote_string(scope)}, {quote_string(key)})" for scope, key in rows)
    return f"(SELECT * FROM VALUES {values} AS secrets(scope, key))"


def _constants(arguments: str, engine: Engine) -> list[str | None]:
    """The values of arguments, which are known before there are rows."""
    if not arguments.strip():
        return []
    reader = Reader(arguments)
    found: list[str | None] = []
    while (value := reader.string()) is not None:
        found.append(value)
        if reader.is_over:
            return found
        if not reader.symbol(","):
            break
    try:
        (row,) = engine.rows(f"SELECT {arguments}")
    except StatementError as error:
        if (error.error_class or "").startswith(_UNKNOWN):
            raise StatementError(
                "Scope and key of a secret are constants; columns cannot be used."
            ) from None
        raise
    return [None if value is None else str(value) for value in row.values()]
