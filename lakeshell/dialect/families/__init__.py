"""The families of constructs, and the words by which a statement is known to need one.

A family is a module of this package with

- `CONSTRUCTS`: its entries in the ledger;
- `whole(reader)`, if it has `heads` or `anywhere`: the `Step` for a statement of its constructs,
  None for any other, which another family may know, or Spark;
- `parts(text, tokens)`, if it has `marks`: a `Rewrite` for each construct inside a statement;
- `repair(text, tokens)`, if it has a `refusal`: the same once Spark has refused the statement.

Modules are loaded when a statement may need them: most never do.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lakeshell.dialect.ledger import Construct
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Rewrite, Step
from lakeshell.sql.lexer import Token

_HEAD = 8  # tokens at the beginning among which `among` is looked for


@dataclass(frozen=True)
class Family:
    """`heads`: first words of its statements; with `among`, one of these words must be among the
    first few as well. `anywhere`: instead, one of these words must be somewhere in it. `marks`:
    words and characters without which `parts` finds nothing. `refusal` is in the message by which
    Spark's analyzer refuses what `repair` can change."""

    name: str
    heads: frozenset[str] = frozenset()
    among: frozenset[str] = frozenset()
    anywhere: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    refusal: str = ""

    def may_begin(self, tokens: Sequence[Token]) -> bool:
        """Whether a statement of these tokens may be one of its constructs."""
        if self.anywhere:
            return any(token.word in self.anywhere for token in tokens)
        if not tokens or tokens[0].word not in self.heads:
            return False
        return not self.among or any(token.word in self.among for token in tokens[1:_HEAD])

    @property
    def constructs(self) -> Sequence[Construct]:
        """Its entries in the ledger."""
        return tuple(self._module().CONSTRUCTS)

    @property
    def whole(self) -> Callable[[Reader], Step | None]:
        """See above."""
        found: Callable[[Reader], Step | None] = self._module().whole
        return found

    @property
    def parts(self) -> Callable[[str, Sequence[Token]], Iterable[Rewrite]]:
        """See above."""
        found: Callable[[str, Sequence[Token]], Iterable[Rewrite]] = self._module().parts
        return found

    @property
    def repair(self) -> Callable[[str, Sequence[Token]], Iterable[Rewrite]]:
        """See above."""
        found: Callable[[str, Sequence[Token]], Iterable[Rewrite]] = self._module().repair
        return found

    def _module(self) -> Any:
        return importlib.import_module(f"{__name__}.{self.name}")


def _family(
    name: str, heads: str = "", among: str = "", marks: str = "", anywhere: str = "",
    refusal: str = "",
) -> Family:  # fmt: skip
    first, near, inside, parts = (
        frozenset(text.split()) for text in (heads, among, anywhere, marks)
    )
    return Family(name, first, near, inside, parts, refusal)


FAMILIES: tuple[Family, ...] = (
    _family("tables", marks="@ AUTO BUCKETS CREDENTIAL"),
    _family("json_paths", marks="[", refusal="COLUMN_IS_NOT_VARIANT_TYPE"),
    _family("catalogs", "CREATE DROP ALTER USE SET DESCRIBE DESC", "CATALOG"),
    _family("schemas", "CREATE ALTER", "SCHEMA DATABASE"),
    _family("volumes", "CREATE DROP ALTER DESCRIBE DESC SHOW", "VOLUME VOLUMES"),
    _family(
        "comments",
        "COMMENT",
        "CATALOG COLUMN VIEW VOLUME",
        refusal="'COMMENT ON TABLE' expects a table but",
    ),
    _family("dropped", "UNDROP SHOW", "TABLE VIEW DROPPED"),
    _family("copy_into", "COPY"),
    _family("widgets", "CREATE REMOVE", "WIDGET"),
    _family("clone", "CREATE REPLACE", "TABLE"),
    _family("files", "LIST PUT GET REMOVE"),
    _family("maintenance", "FSCK MSCK"),
    _family("python_functions", "CREATE DROP DESCRIBE DESC", "FUNCTION"),
    _family("keys", "ALTER", "TABLE", marks="PRIMARY FOREIGN REFERENCES"),
    _family("grants", "GRANT REVOKE DENY SHOW MSCK"),
    _family("principals", "CREATE ALTER DROP SHOW", "USER USERS GROUP GROUPS ROLE ROLES"),
    _family("streaming_tables", "CREATE REFRESH ALTER DROP", "STREAMING"),
    _family(
        "pipeline_statements",
        "CREATE APPLY AUTO",
        "STREAMING LIVE MATERIALIZED FLOW CHANGES CDC TABLE",
    ),
    _family("policies", "CREATE ALTER"),
    _family("tags", "SET UNSET ALTER"),
    _family("procedures", "CREATE CALL DROP DESCRIBE DESC SHOW"),
    _family("materialized_views", "CREATE REFRESH ALTER DROP", "MATERIALIZED"),
    _family("elsewhere", "CREATE ALTER DROP DESCRIBE DESC SHOW COMMENT REFRESH SYNC"),
    _family("without_effect", "CREATE DROP ALTER CACHE ANALYZE"),
    _family("read_files", anywhere="READ_FILES CLOUD_FILES STREAM"),
    _family(
        "functions",
        marks="IFF CHARINDEX GETDATE CURRENT_METASTORE",
        anywhere="IS_MEMBER IS_ACCOUNT_GROUP_MEMBER AI_QUERY AI_GEN AI_CLASSIFY AI_EXTRACT "
        "AI_SUMMARIZE AI_TRANSLATE AI_ANALYZE_SENTIMENT AI_FIX_GRAMMAR AI_MASK AI_SIMILARITY "
        "AI_FORECAST AI_PARSE_DOCUMENT VECTOR_SEARCH HTTP_REQUEST REMOTE_QUERY EVENT_LOG "
        "READ_KAFKA READ_KINESIS READ_PUBSUB READ_PULSAR READ_STATESTORE "
        "READ_STATE_METADATA CLOUD_FILES_STATE SCHEMA_OF_JSON_AGG ZSTD_COMPRESS ZSTD_DECOMPRESS "
        "TRY_ZSTD_DECOMPRESS CURRENT_VERSION CURRENT_RECIPIENT",
    ),
    _family("secrets", anywhere="SECRET TRY_SECRET LIST_SECRETS"),
)
"""In the order in which they are asked."""
