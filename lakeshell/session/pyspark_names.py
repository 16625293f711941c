"""Names of three levels in a pyspark session: `spark.table("retail.sales.orders")`, and so on.

Every call of pyspark becomes a message to the server, so the names are replaced there, in this
session's own client: pyspark's classes stay as they are, and nothing it can do is forgotten. What
comes back and holds names passes through `spark.catalog` and `spark.sql`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from lakeshell.dialect.names.names import Names
from lakeshell.session.pyspark_catalog import named_catalog
from lakeshell.session.python_api.frames import frame_of
from lakeshell.sql.classify import classify

if TYPE_CHECKING:
    from lakeshell.home import Home

_TABLES = frozenset({
    ("NamedTable", "unparsed_identifier"), ("RelationChanges", "unparsed_identifier"),
    ("SaveTable", "table_name"), ("WriteOperationV2", "table_name"),
    ("WriteStreamOperationStart", "table_name"), ("MergeIntoTableCommand", "target_table_name"),
    ("CallFunction", "function_name"), ("UnresolvedTableValuedFunction", "function_name"),
    ("GetFunction", "function_name"), ("FunctionExists", "function_name"),
    ("DropView", "view_name"),
    *((message, "table_name") for message in (
        "ListColumns", "GetTable", "TableExists", "CreateExternalTable", "CreateTable",
        "RecoverPartitions", "IsCached", "CacheTable", "UncacheTable", "RefreshTable", "DropTable",
        "ListPartitions", "GetTableProperties", "GetCreateTableString", "TruncateTable",
        "AnalyzeTable",
    )),
})  # fmt: skip
_SCHEMAS = frozenset({"db_name"})
_STATEMENTS = frozenset({("SQL", "query"), ("SqlCommand", "sql")})
_COLUMN = ("UnresolvedAttribute", "unparsed_identifier")
_EXPRESSION = ("ExpressionString", "expression")
_SELECT = "SELECT "
_CURRENT = frozenset({"current_catalog", "current_database", "current_schema"})


def teach_names(spark: Any, home: Home) -> None:
    """Let this session, and no other one of this process, know the catalogs of `home`."""
    from pyspark.sql.connect.catalog import Catalog

    names = Names(home, Catalog(spark).currentDatabase)
    _replace_in_messages(spark.client, names)
    _reword_errors(spark.client, names)
    spark.catalog = named_catalog(spark, names)
    _show_names(spark, names)


def _replace_in_messages(client: Any, names: Names) -> None:
    for method in ("_set_relation_in_plan", "_set_command_in_plan"):
        setattr(client, method, _replacing(getattr(client, method), names))


def _replacing(send: Callable[[Any, Any], None], names: Names) -> Callable[[Any, Any], None]:
    def replacing(plan: Any, message: Any) -> None:
        replace_names(message, names)
        send(plan, message)

    return replacing


def replace_names(message: Any, names: Names) -> None:
    """Give Spark's own names for those in a message of Connect, wherever it holds some."""
    waiting = [message]  # not recursive: a plan may be a thousand steps deep
    while waiting:
        one = waiting.pop()
        kind = one.DESCRIPTOR.name
        if kind == "Expression" and one.WhichOneof("expr_type") == "unresolved_function":
            _replace_current(one, names)
        for field, value in one.ListFields():
            if field.message_type is not None:
                waiting += _messages(field, value)
            elif isinstance(value, str):
                new = _replaced(kind, field.name, value, names)
                if new != value:
                    setattr(one, field.name, new)


def _replace_current(expression: Any, names: Names) -> None:
    """`F.current_catalog()` and the like tell what the user knows."""
    function = expression.unresolved_function.function_name.lower()
    if function in _CURRENT and not expression.unresolved_function.arguments:
        named = names.named(f"{_SELECT}{function}()")
        if named is not None:
            expression.expression_string.expression = named.text.removeprefix(_SELECT)


def _messages(field: Any, value: Any) -> Iterator[Any]:
    if field.message_type.GetOptions().map_entry:
        value = value.values()
    elif hasattr(value, "DESCRIPTOR"):
        value = (value,)
    return (one for one in value if hasattr(one, "ListFields"))


def _replaced(message: str, field: str, value: str, names: Names) -> str:
    place = (message, field)
    if place in _TABLES:
        return names.table(value)
    if field in _SCHEMAS:
        return names.schema(value)
    if place in _STATEMENTS:
        named = names.named(value)
        return value if named is None else named.text
    if place == _COLUMN:
        return names.column(value)
    if place == _EXPRESSION and "." in value:
        named = names.named(_SELECT + value)
        return value if named is None else named.text.removeprefix(_SELECT)
    return value


def _reword_errors(client: Any, names: Names) -> None:
    """Let the exceptions of this session show the user's names."""
    handle = client._handle_error

    def rewording(error: Exception) -> None:
        try:
            handle(error)
        except Exception as raised:
            message = getattr(raised, "_message", None)
            if isinstance(message, str):
                raised._message = names.shown.text(message)  # type: ignore[attr-defined]
            raise

    client._handle_error = rewording


def _show_names(spark: Any, names: Names) -> None:
    """`spark.sql`: rows that describe objects show the user's names."""
    plain = spark.sql

    def sql(sqlQuery: str, *arguments: Any, **values: Any) -> Any:  # noqa: N803, pyspark's name
        named = names.named(sqlQuery) if isinstance(sqlQuery, str) else None
        frame = plain(sqlQuery, *arguments, **values)
        if named is not None and named.done is not None:
            named.done()
        lists = named is not None and named.lists
        if not lists and not (names.stored and classify(str(sqlQuery)).metadata):
            return frame
        table = frame.toArrow()
        table = table if named is None else named.listed(table)
        return frame_of(spark, names.shown.table(table))

    sql.__doc__ = plain.__doc__
    spark.sql = sql
