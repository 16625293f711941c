"""Two versions of a Delta table compared: rows added, removed and changed, and the schema.

Without a key rows are counted as a multiset (EXCEPT ALL), so duplicates come out right. With a key,
a row that is in both versions under the same key with other values counts as changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakeshell.delta.history import check_version
from lakeshell.delta.tables import DeltaTable, rows, table_errors
from lakeshell.errors import CommandError, UsageError
from lakeshell.sql.names import quote_identifier

if TYPE_CHECKING:
    import pyarrow as pa

    from lakeshell.session.result import Sink
    from lakeshell.session.session import Session

_NO_KEY = ("array", "map", "struct", "variant", "binary", "float", "double", "boolean")


@dataclass(frozen=True)
class Comparison:
    """How `after` differs from `before` (version numbers).

    `table` has a column `change` (added, removed, and for a changed row one `before` and one
    `after`) in front of the columns that both versions have; at most as many rows of a kind as were
    asked for, while `added`, `removed` and `changed` count all. `key` are the columns by which rows
    were matched, empty when they were not. `schema_changes` are sentences.
    """

    before: int
    after: int
    added: int
    removed: int
    changed: int
    key: tuple[str, ...]
    schema_changes: tuple[str, ...]
    table: pa.Table

    @property
    def is_same(self) -> bool:
        """Whether neither rows nor the schema differ."""
        return not (self.added or self.removed or self.changed or self.schema_changes)


def compare_versions(
    session: Session,
    table: DeltaTable,
    before: int,
    after: int,
    *,
    key: Sequence[str] = (),
    limit: int = 100,
    sink: Sink | None = None,
) -> Comparison:
    """Compare two versions; `limit` rows of each kind of change are fetched.

    Without a `key` one is looked for: a column that is unique and never NULL in both versions.
    Raises UsageError when a key column does not exist or is not unique, CommandError for a version
    that does not exist.
    """
    for version in (before, after):
        check_version(session, table, version)
    with table_errors(session, table.parts):
        return _compare(session, table, (before, after), key, limit, sink)


def _compare(
    session: Session,
    table: DeltaTable,
    versions: tuple[int, int],
    key: Sequence[str],
    limit: int,
    sink: Sink | None,
) -> Comparison:
    before, after = versions
    sides = (f"{table.sql} VERSION AS OF {before:d}", f"{table.sql} VERSION AS OF {after:d}")
    old, new = (_columns(session, side) for side in sides)
    common = [name for name in new if name in old]
    if not common:
        raise CommandError(f"Versions {before} and {after} have no column in common.")
    found = _resolve_key(key, common) if key else _find_key(session, sides, old, new, common)
    if key:
        _require_unique(session, sides, found, versions)
    query = _keyed if found else _unkeyed
    sql = query(sides, common, {**old, **new}, found, max(limit, 0))
    answer = session.execute(sql, sink=sink).table
    assert answer is not None
    counts = {"added": 0, "removed": 0, "changed": 0}
    for kind, total in {
        (r["c"], r["n"]) for r in answer.select([0, 1]).rename_columns(["c", "n"]).to_pylist()
    }:
        counts[kind] = total
    return Comparison(
        before=before,
        after=after,
        added=counts["added"],
        removed=counts["removed"],
        changed=counts["changed"],
        key=tuple(found),
        schema_changes=tuple(_schema_changes(old, new)),
        table=_change_rows(answer, common, bool(found)),
    )


def _columns(session: Session, side: str) -> dict[str, str]:
    """Name → type of a version's columns."""
    described = rows(session, f"DESCRIBE QUERY SELECT * FROM {side}")
    return {row["col_name"]: row["data_type"] for row in described}


def _schema_changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    told = [f"column {name} ({kind}) was added" for name, kind in new.items() if name not in old]
    told += [f"column {name} ({kind}) was dropped" for name, kind in old.items() if name not in new]
    told += [
        f"column {name} became {new[name]}, it was {kind}"
        for name, kind in old.items()
        if name in new and new[name] != kind
    ]
    return told


def _resolve_key(key: Sequence[str], common: Sequence[str]) -> list[str]:
    by_name = {name.lower(): name for name in common}
    for name in key:
        if name.lower() not in by_name:
            raise UsageError(
                f"There is no column {name} in both versions.",
                hint=f"Columns: {', '.join(common)}.",
            )
    return [by_name[name.lower()] for name in key]


def _require_unique(
    session: Session, sides: Sequence[str], key: Sequence[str], versions: Sequence[int]
) -> None:
    for side, version in zip(sides, versions, strict=True):
        if not _is_unique(session, side, key):
            raise UsageError(
                f"{', '.join(key)} is no key in version {version}: a value is NULL or repeats.",
                hint="Name more columns, --key a,b; without --key rows are counted, not matched.",
            )


def _is_unique(session: Session, side: str, key: Sequence[str]) -> bool:
    names = ", ".join(quote_identifier(name) for name in key)
    # count(DISTINCT a, b) leaves out every row with a NULL in it.
    sql = f"SELECT count(*) = count(DISTINCT {names}) AS is_key FROM {side}"
    return bool(rows(session, sql)[0]["is_key"])


def _find_key(
    session: Session,
    sides: Sequence[str],
    old: Mapping[str, str],
    new: Mapping[str, str],
    common: Sequence[str],
) -> list[str]:
    """The likeliest column that is proven to be a key, or nothing: the name, then the place."""
    fit = [n for n in common if not new[n].startswith(_NO_KEY) and old[n] == new[n]]
    likely = [n for n in fit if n.lower() in ("id", "key", "uuid")]
    likely += [n for n in fit if n.lower().endswith(("_id", "_key", "_no", "_uuid")) and n in fit]
    likely = list(dict.fromkeys([*likely, *fit[:1]]))[:3]
    for name in likely:
        if all(_is_unique(session, side, [name]) for side in sides):
            return [name]
    return []


def _comparable(name: str, kind: str) -> str:
    """The column as something that Spark can compare: it cannot compare maps and variants."""
    quoted = quote_identifier(name)
    if kind.startswith("map<"):
        return f"to_json(array_sort(map_entries({quoted}))) AS {quoted}"
    if "map<" in kind or "variant" in kind:
        return f"to_json(struct({quoted})) AS {quoted}"
    return quoted


def _unkeyed(
    sides: Sequence[str],
    common: Sequence[str],
    kinds: Mapping[str, str],
    key: Sequence[str],
    limit: int,
) -> str:
    columns = ", ".join(_comparable(name, kinds[name]) for name in common)
    before, after = (f"SELECT {columns} FROM {side}" for side in sides)
    names = ", ".join(f"c{index}" for index in range(len(common)))
    return f"""\
WITH changes(change, {names}) AS (
  SELECT 'removed', * FROM (({before}) EXCEPT ALL ({after}))
  UNION ALL
  SELECT 'added', * FROM (({after}) EXCEPT ALL ({before}))
)
{_counted(f"change, {names}", "c0", limit)}"""


def _keyed(
    sides: Sequence[str],
    common: Sequence[str],
    kinds: Mapping[str, str],
    key: Sequence[str],
    limit: int,
) -> str:
    columns = ", ".join(_comparable(name, kinds[name]) for name in common)
    olds = [f"o.{quote_identifier(name)} AS o{index}" for index, name in enumerate(common)]
    news = [f"n.{quote_identifier(name)} AS n{index}" for index, name in enumerate(common)]
    match = " AND ".join(f"o.{quote_identifier(k)} = n.{quote_identifier(k)}" for k in key)
    same = " AND ".join(f"o.{quote_identifier(c)} <=> n.{quote_identifier(c)}" for c in common)
    order = [f"coalesce(o{common.index(k)}, n{common.index(k)})" for k in key]
    names = [f"o{i}" for i in range(len(common))] + [f"n{i}" for i in range(len(common))]
    return f"""\
WITH o AS (SELECT true AS `$here`, {columns} FROM {sides[0]}),
n AS (SELECT true AS `$here`, {columns} FROM {sides[1]}),
changes AS (
  SELECT CASE WHEN o.`$here` IS NULL THEN 'added' WHEN n.`$here` IS NULL THEN 'removed'
    ELSE 'changed' END AS change, {", ".join([*olds, *news])}
  FROM o FULL OUTER JOIN n ON {match}
  WHERE NOT (o.`$here` <=> n.`$here` AND {same})
)
{_counted(f"change, {', '.join(names)}", ", ".join(order), limit)}"""


def _counted(columns: str, order: str, limit: int) -> str:
    """The first `limit` rows of each kind of change, each with the count of its kind."""
    kind, rest = columns.split(", ", 1)
    return f"""\
SELECT {kind}, total, {rest} FROM (
  SELECT *, count(*) OVER (PARTITION BY change) AS total,
    row_number() OVER (PARTITION BY change ORDER BY {order}) AS place FROM changes
) WHERE place <= {max(limit, 1):d} ORDER BY change, place"""


def _change_rows(answer: pa.Table, common: Sequence[str], keyed: bool) -> pa.Table:
    """The rows for people: a changed one as two, what it was and what it is."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = ["change", *common]
    width = len(common)
    if not keyed:
        return answer.remove_column(1).rename_columns(names)
    kinds = answer.column(0)
    new = answer.select(range(2 + width, 2 + 2 * width)).rename_columns(common)
    old = answer.select(range(2, 2 + width)).rename_columns(common).cast(new.schema)
    place = pa.array(range(answer.num_rows))
    parts = []
    for source, mask, word, second in (
        (new, pc.equal(kinds, "added"), "added", 0),
        (old, pc.equal(kinds, "removed"), "removed", 0),
        (old, pc.equal(kinds, "changed"), "before", 0),
        (new, pc.equal(kinds, "changed"), "after", 1),
    ):
        part = source.filter(mask)
        count = part.num_rows
        part = part.add_column(0, "change", pa.array([word] * count, pa.string()))
        part = part.append_column("$place", place.filter(mask))
        parts.append(part.append_column("$second", pa.array([second] * count, pa.int8())))
    merged = pa.concat_tables(parts)
    order = pc.sort_indices(merged, sort_keys=[("$place", "ascending"), ("$second", "ascending")])
    return merged.take(order).select(range(width + 1)).rename_columns(names)
