"""Statements that tune or administer what one machine does not have: accepted, with no effect."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import partial

from lakeshell.dialect.ledger import Construct, ignored
from lakeshell.dialect.objects.securables import Securable, full_name, maybe_name, need_exists
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Action, Answer, Engine, Step
from lakeshell.errors import StatementError

_OWNER = "ALTER … OWNER TO"
_PREDICTIVE = "ALTER … PREDICTIVE OPTIMIZATION"
_MANAGED = "ALTER TABLE … SET MANAGED"
_BLOOM = "CREATE BLOOMFILTER INDEX"
_NO_BLOOM = "DROP BLOOMFILTER INDEX"
_CACHE = "CACHE SELECT"
_STATISTICS = "ANALYZE TABLE … COMPUTE DELTA STATISTICS"
_ROWS = "ANALYZE TABLE … COMPUTE STATISTICS (of a Delta table)"

CONSTRUCTS: tuple[Construct, ...] = (
    ignored(_OWNER, "everything here belongs to whoever opens the lakehouse.",
            "ALTER TABLE sales.orders SET OWNER TO `data_engineers`"),
    ignored(_PREDICTIVE, "nothing is optimized in the background; OPTIMIZE and VACUUM do it.",
            "ALTER SCHEMA sales ENABLE PREDICTIVE OPTIMIZATION"),
    ignored(_MANAGED, "the table stays where it is.", "ALTER TABLE sales.orders SET MANAGED"),
    ignored(_BLOOM, "files are skipped by their statistics instead; OPTIMIZE … ZORDER BY makes "
            "these narrow.", "CREATE BLOOMFILTER INDEX ON TABLE orders FOR COLUMNS (id)"),
    ignored(_NO_BLOOM, "there are no such indexes.", "DROP BLOOMFILTER INDEX ON TABLE orders"),
    ignored(_CACHE, "the data lies on this machine's disk already.", "CACHE SELECT * FROM orders"),
    ignored(_STATISTICS, "Delta keeps these statistics up to date at every write.",
            "ANALYZE TABLE orders COMPUTE DELTA STATISTICS"),
    ignored(_ROWS, "Delta keeps statistics of every file up to date at every write; of other "
            "tables Spark computes them.", "ANALYZE TABLE orders COMPUTE STATISTICS"),
)  # fmt: skip
_WHAT = {construct.name: construct.what for construct in CONSTRUCTS}
_KINDS = {"TABLE": "TABLE", "VIEW": "TABLE", "FUNCTION": "FUNCTION"}
_WIDER = {**_KINDS, "SCHEMA": "SCHEMA", "DATABASE": "SCHEMA"}


_DELTA_HAS_NONE = "ANALYZE TABLE is not supported for v2 tables"
# True while a statement is not to be taken for one of this family once more.
_by_spark: ContextVar[bool] = ContextVar("by_spark", default=False)


def whole(reader: Reader) -> Step | None:
    """One of these statements."""
    if reader.words("CACHE", "SELECT"):
        return Action(_CACHE, partial(_nothing, _CACHE, None))
    if reader.words("ANALYZE", "TABLE"):
        return _statistics(reader)
    verb = reader.one_of("CREATE", "DROP", "ALTER")
    if verb == "ALTER":
        return _alter(reader)
    if reader.words("BLOOMFILTER", "INDEX"):
        reader.need_words("ON")
        reader.words("TABLE")
        construct = _BLOOM if verb == "CREATE" else _NO_BLOOM
        return _on_table(construct, reader.need_name("the name of the table"))
    return None


def _statistics(reader: Reader) -> Step | None:
    name = maybe_name(reader)
    if not name or _by_spark.get():
        return None
    if reader.words("COMPUTE", "DELTA", "STATISTICS"):
        return _on_table(_STATISTICS, name)
    if reader.words("PARTITION"):
        reader.group()
    if not reader.words("COMPUTE", "STATISTICS"):
        return None
    return Action(_ROWS, partial(_analyze, reader.text))


def _analyze(text: str, engine: Engine) -> Answer:
    """By Spark, which says when it is a Delta table."""
    before = _by_spark.set(True)
    try:
        engine.execute(text)
    except StatementError as error:
        if _DELTA_HAS_NONE not in error.message:
            raise
        engine.notice(f"{_ROWS} is ignored: {_WHAT[_ROWS]}")
    finally:
        _by_spark.reset(before)
    return Answer()


def _alter(reader: Reader) -> Step | None:
    reader.words("MATERIALIZED")
    word = reader.one_of(*_WIDER)
    if not word:
        return None  # catalogs know their own
    name = maybe_name(reader)
    for matches, construct, kinds in _ALTERATIONS:
        before = reader.at
        if word in kinds and matches(reader):
            return Action(construct, partial(_nothing, construct, Securable(_WIDER[word], name)))
        reader.at = before
    return None


def _is_owner(reader: Reader) -> bool:
    reader.words("SET")
    if not reader.words("OWNER", "TO"):
        return False
    reader.need_name("the name of a user or group")
    reader.need_end()
    return True


def _is_predictive(reader: Reader) -> bool:
    chosen = reader.one_of("ENABLE", "DISABLE", "INHERIT")
    return bool(chosen) and reader.words("PREDICTIVE", "OPTIMIZATION") and reader.is_over


def _is_managed(reader: Reader) -> bool:
    return (reader.words("SET", "MANAGED") or reader.words("UNSET", "MANAGED")) and (
        reader.is_over or reader.words("TRUNCATE", "HISTORY") or reader.words("MOVE")
    )


_ALTERATIONS: tuple[tuple[Callable[[Reader], bool], str, frozenset[str]], ...] = (
    (_is_owner, _OWNER, frozenset(_KINDS)),
    (_is_predictive, _PREDICTIVE, frozenset({"TABLE", "SCHEMA", "DATABASE"})),
    (_is_managed, _MANAGED, frozenset({"TABLE"})),
)


def _on_table(construct: str, name: tuple[str, ...]) -> Action:
    return Action(construct, partial(_nothing, construct, Securable("TABLE", name)))


def _nothing(construct: str, on: Securable | None, engine: Engine) -> Answer:
    """Only whether the object exists is looked at."""
    if on is not None and not (on.kind == "TABLE" and len(on.name) == 2 and on.name[0] == "delta"):
        need_exists(engine, on.kind, full_name(engine, on))
    engine.notice(f"{construct} is ignored: {_WHAT[construct]}")
    return Answer()
