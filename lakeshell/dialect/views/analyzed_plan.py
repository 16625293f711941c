"""What Spark's analyzed plan tells of a query: the tables it reads, through views, too, and whether
it gives the same rows as long as those stay the same.

Read from EXPLAIN EXTENDED. Whatever is not recognised makes the answer "not known".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lakeshell.dialect.steps import Engine

_HEADERS = tuple(f"== {kind} Plan ==" for kind in ("Analyzed Logical", "Optimized Logical"))
_FIELDS_SETTING = "spark.sql.debug.maxToStringFields"
_LINE = re.compile(r"(?P<indent>[ :|]*(?:[+:]- )?)(?P<node>\S.*)")
_TABLE = re.compile(r"Relation (?P<name>\w+\.\w+\.\w+)\[.*\] parquet\Z")
_CONSTANT = re.compile(r"(?:OneRowRelation|LocalRelation|Range|CTERelationRef)\b")
_TEMPORARY = re.compile(r"View \(`((?:[^`]|``)+)`,")
# By the names that Spark prints, for calls whose answer depends on more than their arguments.
_CHANGING = re.compile(
    r"\b(?:rand|randn|random|randstr|uniform|uuid|shuffle|now|current_\w+|localtimestamp|curdate"
    r"|user|session_user|input_file_\w+|monotonically_increasing_id|spark_partition_id"
    r"|java_method|reflect|try_reflect|udf|pythonudf|pyudf|variablereference)\s*\(",
    re.IGNORECASE,
)
# How a Python function's result is printed; a column may have been named so.
_PYTHON_CALL = re.compile(r"(?<!AS )\b\w+\((?:[^()]|\([^()]*\))*\)#\d+")


@dataclass(frozen=True)
class AnalyzedPlan:
    """`tables`: whole names, as often as each is read. `nodes`: the operators, without the tables.

    `is_known`: nothing else is read, and the rows depend on those tables only. `temporary` names a
    temporary view that is read, empty without one.
    """

    tables: tuple[str, ...]
    nodes: tuple[str, ...]
    is_known: bool
    temporary: str = ""


def analyze(engine: Engine, query: str) -> AnalyzedPlan:
    """Spark's analysis of a query. Raises what Spark says when it is wrong."""
    text = _explained(engine, query)
    if " more fields" in text:
        before = engine.rows(f"SET {_FIELDS_SETTING}")[0]["value"]
        engine.execute(f"SET {_FIELDS_SETTING} = 100000")
        try:
            text = _explained(engine, query)
        finally:
            engine.execute(f"SET {_FIELDS_SETTING} = {int(before)}")
    return read_plan(text)


def _explained(engine: Engine, query: str) -> str:
    row = engine.rows(f"EXPLAIN EXTENDED\n{query}")[0]
    return str(next(iter(row.values())))


def read_plan(text: str) -> AnalyzedPlan:
    """What the text of EXPLAIN EXTENDED says."""
    start, end = _HEADERS
    if text.count(start) != 1 or text.count(end) != 1:
        return AnalyzedPlan((), (), False)  # a literal in the query looks like a header
    if "RelationTimeTravel" in text:
        return AnalyzedPlan((), (), False)  # which version it reads is not told
    body = text.partition(start)[2].partition(end)[0].strip("\n")
    lines = [_LINE.match(line) for line in body.split("\n")[1:] if line.strip()]
    depths = [len(line["indent"]) if line else -1 for line in lines]
    found = [line["node"] if line else "?" for line in lines]
    tables: list[str] = []
    nodes: list[str] = []
    is_known = bool(found) and not _CHANGING.search(body) and not _PYTHON_CALL.search(body)
    for at, node in enumerate(found):
        is_leaf = at + 1 == len(found) or depths[at + 1] <= depths[at]
        table = _TABLE.match(node)
        if is_leaf and table:
            tables.append(table["name"])
        else:
            nodes.append(node.split(" ", 1)[0])
            is_known = is_known and not (is_leaf and not _CONSTANT.match(node))
    return AnalyzedPlan(tuple(tables), tuple(nodes), is_known, _temporary(found))


def _temporary(nodes: Sequence[str]) -> str:
    """A stored view's name has three parts, a temporary one's has one."""
    for node in nodes:
        if match := _TEMPORARY.match(node):
            return match[1].replace("``", "`")
    return ""
