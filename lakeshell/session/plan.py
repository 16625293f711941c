"""A statement's physical plan as a tree, with what its nodes did: from Spark's status, or EXPLAIN.

Spark tells metrics as text (`1,234`, `12 ms`, `12.3 MiB`, or `total (min, med, max …)` with the
numbers on the next line); here they are numbers again, of the whole statement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_MOST_DEPTH = 200
_MOST_NODES = 2_000

_UNITS = {
    "ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0,
    "B": 1.0, "KiB": 1024.0, "MiB": 1024.0**2, "GiB": 1024.0**3, "TiB": 1024.0**4,
    "PiB": 1024.0**5, "EiB": 1024.0**6,
}  # fmt: skip
_VALUE = re.compile(
    r"\s*(-?[\d,]+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(ms|s|min|m|h|[KMGTPE]iB|B)?(?![\w])"
)
_ROWS = (
    "number of output rows",
    "records read",
    "shuffle records written",
    "data sent to Python workers rows",
)
_TIMES = ("duration", "scan time", "sort time", "time in aggregation build",
          "time to build hash map",
          "time to collect", "time to build", "time to broadcast", "shuffle write time",
          "time to run", "fetch wait time")  # fmt: skip
_BYTES = ("size of files read", "data size", "shuffle bytes written", "written output",
          "local bytes read", "spill size")  # fmt: skip

# `+- == Final Plan ==`, `* HashAggregate (4)`, `:  +- Exchange (3)`
_TREE_LINE = re.compile(
    r"(?P<stem>(?:[ :|]*[+:]- )?)(?P<star>\* ?(?:\(\d+\) )?)?(?P<name>\S.*?)(?: \((?P<id>\d+)\))?$"
)
_DETAIL_HEAD = re.compile(r"\((?P<id>\d+)\) (?P<name>.+?)(?: \[codegen id : \d+\])?$")


@dataclass
class PlanNode:
    """An operator. `rows`, `seconds` and `bytes` are None where Spark does not count them;
    `metrics` are all that it counts, in its words; `detail` may have several lines."""

    id: int
    name: str
    detail: str = ""
    inputs: list[PlanNode] = field(default_factory=list)
    rows: int | None = None
    seconds: float | None = None
    bytes: int | None = None
    metrics: dict[str, str] = field(default_factory=dict)
    note: str = ""  # "subquery", "initial plan"
    group: int | None = None

    def walk(self) -> list[PlanNode]:
        """This node and all below it."""
        found: list[PlanNode] = []
        todo = [self]
        while todo and len(found) < _MOST_NODES:
            node = todo.pop()
            found.append(node)
            todo.extend(reversed(node.inputs))
        return found


@dataclass
class Plan:
    """The plans of one SQL execution: the main one first, then those of subqueries.

    `seconds` is None while it runs, or when it has not run; `was_run` is False for EXPLAIN's.
    """

    roots: list[PlanNode]
    id: int = 0
    description: str = ""
    status: str = ""
    seconds: float | None = None
    was_run: bool = True

    @property
    def slowest(self) -> PlanNode | None:
        """The node in which the most time went, if any took 10 ms."""
        nodes = [node for root in self.roots for node in root.walk() if node.seconds]
        best = max(nodes, key=lambda node: node.seconds or 0.0, default=None)
        return best if best is not None and (best.seconds or 0) >= 0.01 else None


def measure(text: str) -> float | None:
    """The number that one of Spark's metric texts begins with: counts as they are, seconds, bytes.

    >>> measure("1,234"), measure("12 ms"), measure("1.5 KiB")
    (1234.0, 0.012, 1536.0)
    >>> measure("total (min, med, max (stageId: taskId))\\n4 ms (1 ms, 1 ms, 2 ms)")
    0.004
    """
    if "\n" in text:
        text = text.split("\n", 1)[1]
    found = _VALUE.match(text)
    if found is None:
        return None
    try:
        number = float(found[1].replace(",", ""))
    except ValueError:
        return None
    return number * _UNITS.get(found[2] or "", 1.0)


def plans_of(executions: Sequence[Mapping[str, Any]]) -> list[Plan]:
    """The plans of a statement, from what the control API tells of it."""
    return [_plan(execution) for execution in executions]


def _plan(execution: Mapping[str, Any]) -> Plan:
    facts: list[Mapping[str, Any]] = list(execution.get("nodes") or ())
    groups = {fact["id"]: fact for fact in facts if fact.get("is_group")}
    nodes = {fact["id"]: _node(fact) for fact in facts if not fact.get("is_group")}
    below: set[int] = set()
    for fact in facts:
        if fact["id"] not in nodes:
            continue
        for input in fact.get("inputs") or ():
            if input in nodes and input != fact["id"]:
                nodes[fact["id"]].inputs.append(nodes[input])
                below.add(input)
    told: set[int] = set()
    for fact in facts:
        group = fact.get("group")
        if group is not None and group in groups and group not in told and fact["id"] in nodes:
            # Code of several operators is one: their time is told at the uppermost.
            told.add(group)
            node = nodes[fact["id"]]
            node.seconds = _first(groups[group].get("metrics") or {}, _TIMES) or node.seconds
    roots = [node for id, node in nodes.items() if id not in below]
    seconds = execution.get("seconds")
    return Plan(
        roots,
        int(execution.get("id") or 0),
        str(execution.get("description") or ""),
        str(execution.get("status") or ""),
        None if seconds is None else float(seconds),
    )


def _node(fact: Mapping[str, Any]) -> PlanNode:
    metrics = {str(k): str(v) for k, v in (fact.get("metrics") or {}).items()}
    rows, size = _first(metrics, _ROWS), _first(metrics, _BYTES)
    return PlanNode(
        int(fact["id"]),
        str(fact.get("name") or "?"),
        str(fact.get("detail") or ""),
        rows=None if rows is None else int(rows),
        seconds=_first(metrics, _TIMES),
        bytes=None if size is None else int(size),
        metrics=metrics,
        group=fact.get("group"),
    )


def _first(metrics: Mapping[str, str], names: Sequence[str]) -> float | None:
    for name in names:
        if name in metrics and (value := measure(metrics[name])) is not None:
            return value
    return None


def parse_explain(text: str) -> Plan | None:
    """The tree of `EXPLAIN FORMATTED`; None when the text holds none."""
    lines = text.split("\n")
    start = next((n for n, one in enumerate(lines) if one.strip() == "== Physical Plan =="), None)
    if start is None:
        return None
    roots: list[PlanNode] = []
    known: dict[int, PlanNode] = {}
    at = _read_tree(lines, start + 1, roots, known, "")
    current: PlanNode | None = None
    details: list[str] = []
    note = ""

    def keep() -> None:
        if current is not None and not current.detail:
            current.detail = "\n".join(details).strip()

    while at < len(lines):
        one = lines[at]
        if one.startswith("===== ") and one.rstrip().endswith("====="):
            keep()
            current, note = None, one.strip("= ").strip()
        elif note and one.strip().startswith("Subquery:"):
            at = _read_tree(lines, at + 1, roots, known, "subquery") - 1
        elif (head := _DETAIL_HEAD.match(one)) and int(head["id"]) in known:
            keep()
            current, details = known[int(head["id"])], []
        elif current is not None:
            details.append(one)
        at += 1
    keep()
    return Plan(roots, was_run=False) if roots else None


def _read_tree(
    lines: Sequence[str], at: int, roots: list[PlanNode], known: dict[int, PlanNode], note: str
) -> int:
    """Read one tree; returns the line behind it. A node's depth is where its name begins."""
    stack: list[tuple[int, PlanNode]] = []
    while at < len(lines) and lines[at].strip() and len(known) < _MOST_NODES:
        found = _TREE_LINE.match(lines[at].rstrip())
        if found is None or lines[at].startswith("("):
            break
        depth, name = len(found["stem"]), found["name"]
        number = int(found["id"]) if found["id"] else 0
        node = PlanNode(number or -(len(known) + 1), name, note=note if not stack else "")
        known.setdefault(node.id, node)
        while stack and stack[-1][0] >= depth:
            stack.pop()
        if stack and len(stack) < _MOST_DEPTH:
            stack[-1][1].inputs.append(node)
        else:
            roots.append(node)
        stack.append((depth, node))
        at += 1
    return at
