"""CREATE WIDGET and REMOVE WIDGET: the same widgets as those of `dbutils.widgets`."""

from __future__ import annotations

from lakeshell.dialect.ledger import handled
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Answer, Engine, Step
from lakeshell.errors import UsageError

_TEXT = "CREATE WIDGET TEXT"
_CHOICE = "CREATE WIDGET DROPDOWN | COMBOBOX | MULTISELECT"
_REMOVE = "REMOVE WIDGET"
_KINDS = ("TEXT", "DROPDOWN", "COMBOBOX", "MULTISELECT")

CONSTRUCTS = (
    handled(
        _TEXT,
        "its value is :name, ${name} and getArgument('name'); -p name=… gives another.",
        "CREATE WIDGET TEXT day DEFAULT '2024-12-31'",
    ),
    handled(
        _CHOICE,
        "as CREATE WIDGET TEXT; the choices are the rows of the query.",
        "CREATE WIDGET DROPDOWN region DEFAULT 'north' CHOICES SELECT DISTINCT region FROM stores",
    ),
    handled(_REMOVE, "its name has no value afterwards.", "REMOVE WIDGET day"),
)


def whole(reader: Reader) -> Step | None:
    """A statement that makes or removes a widget."""
    if reader.words("REMOVE", "WIDGET"):
        name = _name(reader)
        reader.need_end()
        return Action(_REMOVE, lambda engine: _removed(engine, name))
    if not reader.words("CREATE", "WIDGET"):
        return None
    kind = reader.one_of(*_KINDS)
    if not kind:
        raise reader.error(" or ".join(_KINDS))
    name = _name(reader)
    default = reader.need_string() if reader.words("DEFAULT") else ""
    query = ""
    if kind != "TEXT":
        reader.need_words("CHOICES")
        query = reader.rest()
        if not query:
            raise reader.error("a query")
    reader.need_end()
    return Action(
        _TEXT if kind == "TEXT" else _CHOICE,
        lambda engine: _made(engine, kind.lower(), name, default, query),
    )


def _name(reader: Reader) -> str:
    name = reader.string()
    return ".".join(reader.need_name("a widget's name")) if name is None else name


def _made(engine: Engine, kind: str, name: str, default: str, query: str) -> Answer:
    engine.widgets.declare(kind, name, default, _choices(engine, name, query) if query else ())
    return Answer()


def _choices(engine: Engine, name: str, query: str) -> list[str]:
    table = engine.execute(query)
    if table is None or table.num_columns != 1:
        raise UsageError(f"The choices of the widget {name!r} are no query of one column.")
    values = table.column(0).to_pylist()
    return list(dict.fromkeys(str(value) for value in values if value is not None))


def _removed(engine: Engine, name: str) -> Answer:
    engine.widgets.remove(name)
    return Answer()
