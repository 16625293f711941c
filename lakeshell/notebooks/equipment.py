"""The names that Databricks gives every Python cell, besides `spark`, `sc` and `display`."""

from __future__ import annotations

from typing import Any

from lakeshell.notebooks.current import current
from lakeshell.notebooks.dbutils import DBUtils
from lakeshell.notebooks.html_text import text_of_html
from lakeshell.session.result import Html

_dbutils = DBUtils()


def equip(namespace: dict[str, Any]) -> None:
    """Add what is missing; a name that the user has taken stays the user's."""
    names = {
        "dbutils": _dbutils,
        "displayHTML": display_html,
        "getArgument": _dbutils.widgets.getArgument,
        "table": _table,
    }
    for name, value in names.items():
        namespace.setdefault(name, value)
    namespace.setdefault("sqlContext", namespace.get("spark"))
    _teach_display()


def display_html(html: Any = "") -> None:
    """Databricks' `displayHTML`: here its text, in a written notebook the page itself."""
    text = str(html)
    current().tell(Html(text_of_html(text), text))


def _table(name: str) -> Any:
    return current().spark.table(name)


def _teach_display() -> None:
    """`df.display()`, a method on Databricks."""
    from pyspark.sql.connect.dataframe import DataFrame

    if not hasattr(DataFrame, "display"):
        DataFrame.display = _display


def _display(frame: Any, *_: Any, **__: Any) -> None:
    current().display(frame)
