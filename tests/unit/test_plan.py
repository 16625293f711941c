"""Plans as trees, from EXPLAIN's text and from what the server tells."""

from __future__ import annotations

import pytest

from lakeshell.session.plan import measure, parse_explain, plans_of

EXPLAINED = """== Physical Plan ==
AdaptiveSparkPlan (5)
+- BroadcastHashJoin Inner BuildLeft (4)
   :- BroadcastExchange (2)
   :  +- Scan OneRowRelation (1)
   +- Range (3)


(1) Scan OneRowRelation
Output: []

(2) BroadcastExchange
Input: []
Arguments: IdentityBroadcastMode

(3) Range
Arguments: Range (0, 3, step=1)

===== Subqueries =====

Subquery:1 Hosting operator id = 4 Hosting Expression = scalar
* HashAggregate (7)
+- Range (6)


(6) Range
Arguments: Range (0, 9, step=1)
"""


def test_explain_becomes_a_tree_with_details() -> None:
    plan = parse_explain(EXPLAINED)
    assert plan is not None
    root, subquery = plan.roots
    assert root.name == "AdaptiveSparkPlan"
    join = root.inputs[0]
    assert [node.name for node in join.inputs] == ["BroadcastExchange", "Range"]
    assert join.inputs[0].inputs[0].name == "Scan OneRowRelation"
    assert "IdentityBroadcastMode" in join.inputs[0].detail
    assert (subquery.name, subquery.note) == ("HashAggregate", "subquery")
    assert "step=1" in subquery.inputs[0].detail
    assert not plan.was_run


@pytest.mark.parametrize("text", ["", "Error", "== Physical Plan ==\n", "== Physical Plan ==\n\n"])
def test_a_text_without_a_plan_is_none(text: str) -> None:
    assert parse_explain(text) is None


def test_a_deep_plan_is_no_trouble() -> None:
    lines = ["== Physical Plan ==", "A (1)"]
    lines += [f"{'   ' * depth}+- A ({depth + 2})" for depth in range(1_500)]
    plan = parse_explain("\n".join(lines))
    assert plan is not None
    assert len([node for root in plan.roots for node in root.walk()]) == 1_501


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234", 1234),
        ("12 ms", 0.012),
        ("1.6 s", 1.6),
        ("2.0 m", 120),
        ("1.5 KiB", 1536),
        ("917.0 B", 917),
        (
            "total (min, med, max (stageId: taskId))\n10 ms (1 ms, 9 ms, 9 ms (stage 2.0: task 4))",
            0.01,
        ),
        ("(min, med, max (stageId: taskId)):\n(1, 1, 1 (stage 2.0: task 4))", None),
        ("", None),
    ],
)
def test_metrics_are_numbers(text: str, number: float | None) -> None:
    assert measure(text) == (None if number is None else pytest.approx(number))


def test_the_server_s_nodes_become_a_tree_and_the_slowest_is_known() -> None:
    def node(id: int, name: str, inputs: list[int], **more: object) -> dict[str, object]:
        return {"id": id, "name": name, "inputs": inputs, "metrics": {}, "group": None, **more}

    execution = {
        "id": 4,
        "status": "COMPLETED",
        "seconds": 2.5,
        "nodes": [
            node(0, "Sort", [2], metrics={"sort time": "20 ms"}),
            node(1, "WholeStageCodegen (1)", [], is_group=True, metrics={"duration": "1.5 s"}),
            node(2, "Filter", [3], group=1, metrics={"number of output rows": "7"}),
            node(3, "Range", [], group=1, metrics={"number of output rows": "1,000"}),
        ],
    }
    (plan,) = plans_of([execution])
    (root,) = plan.roots
    assert [one.name for one in root.walk()] == ["Sort", "Filter", "Range"]
    assert root.inputs[0].rows == 7
    assert plan.slowest is root.inputs[0]
    assert plan.slowest.seconds == pytest.approx(1.5)


def test_odd_answers_do_no_harm() -> None:
    (plan,) = plans_of([{"nodes": [{"id": 1, "name": "A", "inputs": [1, 99]}]}])
    assert [node.name for node in plan.roots] == ["A"]
    assert plans_of([{}])[0].roots == []
