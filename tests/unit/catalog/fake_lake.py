"""A lakehouse that completion tests know all of."""

from __future__ import annotations

from pathlib import Path

import click

from lakeshell.catalog.command_words import command_words
from lakeshell.catalog.completion import Surroundings
from lakeshell.catalog.model import Column, Setting, Table

_COLUMNS = {
    ("retail", "orders"): ("order_id bigint", "customer_id bigint", "amount decimal(10,2)",
                           "placed_at timestamp"),
    ("retail", "customers"): ("customer_id bigint", "name string", "address "
                              "struct<city:string,geo:struct<lat:double,lon:double>>"),
    ("retail", "odd name"): ("unit price double", "from string"),
    ("staging", "events"): ("event_id bigint", "payload string"),
    ("", "recent"): ("day date",),
}  # fmt: skip


class FakeMetadata:
    """Everything known at once."""

    current_schema = "retail"

    def schemas(self) -> list[str]:
        return ["default", "retail", "staging"]

    def schemas_of(self, catalog: str) -> list[str]:
        return ["sales", "stock"] if catalog.lower() == "shops" else []

    def tables(self, schema: str | None = None) -> list[Table]:
        wanted = (schema or self.current_schema).lower().removeprefix("spark_catalog.")
        found = [Table(s, t) for s, t in _COLUMNS if s == wanted]
        return found if schema else [*found, Table("", "recent", "temp view")]

    def columns(self, table: tuple[str, ...]) -> list[Column]:
        parts = tuple(part.lower() for part in table)
        found = _COLUMNS.get(parts[-2:]) or _COLUMNS.get(("retail", *parts))
        found = found or (_COLUMNS.get(("", *parts)) if len(parts) == 1 else None)
        return [self._column(text) for text in found or ()]

    def functions(self) -> list[str]:
        return ["abs", "avg", "count", "date_add", "date_trunc", "sum"]

    def settings(self) -> list[Setting]:
        return [
            Setting("spark.sql.ansi.enabled", "true", "ANSI mode"),
            Setting("spark.sql.shuffle.partitions", "4", "Partitions of a shuffle"),
        ]

    @staticmethod
    def _column(text: str) -> Column:
        name, _, kind = text.rpartition(" ")
        return Column(name, kind)


@click.command("history")
@click.argument("table")
@click.option("--limit", type=int, help="versions to show")
@click.option("--format", "format_", type=click.Choice(["short", "long"]), help="how")
def _history(table: str, limit: int, format_: str) -> None:
    """Versions of a table."""


@click.command("chart")
@click.argument("kind", type=click.Choice(["bar", "line"]))
@click.argument("query")
@click.option("--x", help="a column")
def _chart(kind: str, query: str, x: str) -> None:
    """Draw a chart."""


@click.group("server")
def _server() -> None:
    """The server."""


@_server.command("status")
def _status() -> None:
    """How it is."""


_COMMANDS = {c.name: command_words(c) for c in (_history, _chart, _server)}


def surroundings(folder: Path) -> Surroundings:
    """What the tests complete with; paths begin in `folder`."""
    return Surroundings(
        FakeMetadata(),
        folder,
        roots={"/mnt": folder / "lake-mnt"},
        commands=lambda: {str(name): words.summary for name, words in _COMMANDS.items()},
        command=_COMMANDS.get,
        variables={"env": "prod", "day": "2024-01-01"},
        namespace=lambda: {"orders_frame": [1], "label": "x"},
    )
