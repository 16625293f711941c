"""Tables whose properties hold the query they are made from: materialized views, streaming ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lakeshell.dialect.objects.securables import exists
from lakeshell.dialect.steps import Engine
from lakeshell.errors import StatementError
from lakeshell.sql.names import display_name, quote_name


@dataclass(frozen=True)
class KeptQuery:
    """One kind of such tables: what people call it, and the property that makes a table one."""

    kind: str
    property: str

    def properties(self, engine: Engine, name: tuple[str, ...]) -> Mapping[str, str] | None:
        """Those of a table of this kind, by its whole name; None when there is nothing of this
        name. Raises StatementError when it is something else."""
        if not exists(engine, name):
            return None
        rows = engine.rows(f"SHOW TBLPROPERTIES {quote_name(name)}")
        properties = {str(row["key"]): str(row["value"]) for row in rows}
        if self.property not in properties:
            raise StatementError(
                f"{display_name(name)} is no {self.kind}.",
                error_class=f"EXPECT_{self.kind.upper().replace(' ', '_')}",
            )
        return properties

    def missing(self, name: tuple[str, ...]) -> StatementError:
        """There is none of this name."""
        return StatementError(
            f"There is no {self.kind} {display_name(name)}.",
            error_class="TABLE_OR_VIEW_NOT_FOUND",
        )
