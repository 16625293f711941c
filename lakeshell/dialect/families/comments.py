"""COMMENT ON what Spark cannot comment on: catalogs, columns, views, volumes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from lakeshell.dialect.families.catalogs import change_catalog
from lakeshell.dialect.families.volumes import change_volume
from lakeshell.dialect.ledger import handled
from lakeshell.dialect.objects.objects import literal_or_null
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Answer, Edit, Engine, Rewrite, Step
from lakeshell.sql.lexer import Token
from lakeshell.sql.names import display_name, quote_identifier, quote_name, quote_string

_COLUMN = "COMMENT ON COLUMN"
_VIEW = "COMMENT ON VIEW"

CONSTRUCTS = (
    handled("COMMENT ON CATALOG", "it is kept.", "COMMENT ON CATALOG retail IS 'all shops'"),
    handled("COMMENT ON VOLUME", "it is kept.", "COMMENT ON VOLUME landing IS 'files of shops'"),
    handled(_COLUMN, "done as ALTER TABLE … ALTER COLUMN … COMMENT.",
            "COMMENT ON COLUMN sales.orders.amount IS 'in euros'"),
    handled(_VIEW, "done as ALTER VIEW … SET TBLPROPERTIES ('comment' = …).",
            "COMMENT ON VIEW daily IS 'a row a day'"),
)  # fmt: skip


def whole(reader: Reader) -> Step | None:
    """Those comments; Spark knows the ones on schemas and tables."""
    if not reader.words("COMMENT", "ON"):
        return None
    kind = reader.one_of("CATALOG", "VOLUME", "COLUMN", "VIEW")
    if not kind:
        return None
    name = reader.need_name(f"the name of a {kind.lower()}")
    reader.need_words("IS")
    comment = literal_or_null(reader)
    reader.need_end()
    if kind == "COLUMN":
        return _column(reader, name, comment)
    if kind == "VIEW":
        return _view(reader, name, comment)
    return Action(f"COMMENT ON {kind}", partial(_kept, kind, name, comment))


def repair(text: str, tokens: Sequence[Token]) -> Iterable[Rewrite]:
    """COMMENT ON TABLE of what turned out to be a view; Databricks has one statement for both."""
    reader = Reader(text, tokens)
    if reader.words("COMMENT", "ON", "TABLE"):
        name = reader.need_name("the name of a table")
        reader.need_words("IS")
        yield _view(reader, name, literal_or_null(reader))


def _column(reader: Reader, name: tuple[str, ...], comment: str | None) -> Step:
    *table, column = name
    if not table:
        raise reader.error(f"the table of {display_name(name)}")
    return _instead(
        reader, _COLUMN,
        f"ALTER TABLE {quote_name(table)} ALTER COLUMN {quote_identifier(column)} "
        f"COMMENT {quote_string(comment or '')}",
    )  # fmt: skip


def _view(reader: Reader, name: tuple[str, ...], comment: str | None) -> Rewrite:
    change = (
        "UNSET TBLPROPERTIES IF EXISTS ('comment')"
        if comment is None
        else f"SET TBLPROPERTIES ('comment' = {quote_string(comment)})"
    )
    return _instead(reader, _VIEW, f"ALTER VIEW {quote_name(name)} {change}")


def _instead(reader: Reader, construct: str, text: str) -> Rewrite:
    tokens = reader.tokens
    return Rewrite(construct, [Edit(tokens[0].start, tokens[-1].end, text)])


def _kept(kind: str, name: tuple[str, ...], comment: str | None, engine: Engine) -> Answer:
    if kind == "CATALOG":
        change_catalog(engine, ".".join(name), lambda fields: {**fields, "comment": comment})
    else:
        change_volume(engine, name, lambda fields: {**fields, "comment": comment})
    return Answer()
