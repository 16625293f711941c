"""The plan of a statement in lines: a tree that folds, with rows, time and bytes of every node."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lakeshell.render.metrics import format_bytes, format_count, format_seconds
from lakeshell.render.safe_text import fit, safe_text
from lakeshell.session.plan import Plan, PlanNode
from lakeshell.tui.panes.results_lines import Item, line

__all__ = ["Plan", "plan_items"]

# What a person sees as steps; these only glue them together.
_GLUE = {"InputAdapter", "WholeStageCodegen"}

Key = tuple[str, int, int]  # what, number of the plan, id of the node


def plan_items(
    plans: Sequence[Plan], closed: Collection[Key], opened: Collection[Key]
) -> list[Item]:
    """The lines of plans. `closed` are nodes whose inputs are hidden, `opened` those whose details
    are shown; keys are ("node", plan, node)."""
    items: list[Item] = []
    for number, plan in enumerate(plans):
        if items:
            items.append(Item(line("")))
        if len(plans) > 1 or plan.was_run:
            items.append(_heading(number, plan, len(plans)))
        slowest = plan.slowest
        for index, root in enumerate(plan.roots):
            if index and root.note:
                items.append(Item(line((root.note, "muted"))))
            _tree(items, root, number, "", "", slowest, closed, opened)
    return items


def _heading(number: int, plan: Plan, count: int) -> Item:
    took = "running" if plan.seconds is None else format_seconds(plan.seconds)
    which = f"Execution {number + 1} of {count}" if count > 1 else "Execution"
    return Item(line((which, "strong"), (f" · {plan.status.lower()} · {took}", "muted")))


def _tree(
    items: list[Item],
    node: PlanNode,
    number: int,
    stem: str,
    branch: str,
    slowest: PlanNode | None,
    closed: Collection[Key],
    opened: Collection[Key],
) -> None:
    # A loop of its own: plans can be deeper than Python's stack likes.
    todo: list[tuple[PlanNode, str, str]] = [(node, stem, branch)]
    while todo:
        node, stem, branch = todo.pop()
        while node.name in _GLUE and len(node.inputs) == 1:
            node = node.inputs[0]
        key: Key = ("node", number, node.id)
        is_closed = key in closed
        fold = ("▸ " if is_closed else "▾ ") if node.inputs else "· "
        role = "error" if node is slowest else ""
        pieces: list[str | tuple[str, str]] = [
            (f"{stem}{branch}", "muted"),
            (fold, "accent"),
            (fit(safe_text(node.name), 60), role or "strong"),
        ]
        figures = []
        if node.rows is not None:
            figures.append(f"{format_count(node.rows)} row{'' if node.rows == 1 else 's'}")
        if node.seconds is not None:
            figures.append(format_seconds(node.seconds))
        if node.bytes is not None:
            figures.append(format_bytes(node.bytes))
        if figures:
            pieces.append((f"  {' · '.join(figures)}", role or "muted"))
        if node is slowest:
            pieces.append((" ◀ slowest", "error"))
        items.append(Item(line(*pieces), key, indent=len(stem) + 4))
        below = stem + {"": "", "├╴": "│ ", "└╴": "  "}[branch]
        if key in opened:
            rail = f"{below}{'│' if node.inputs and not is_closed else ' '}   "
            for name, value in node.metrics.items():
                told = value.split("\n", 1)[-1]
                items.append(
                    Item(line((rail, "muted"), (f"{name}: ", "accent"), told), indent=len(rail))
                )
            for detail in node.detail.split("\n"):
                if detail.strip():
                    items.append(
                        Item(line((rail, "muted"), (detail.strip(), "muted")), indent=len(rail))
                    )
        if not is_closed:
            last = len(node.inputs) - 1
            for place in range(last, -1, -1):
                todo.append((node.inputs[place], below, "└╴" if place == last else "├╴"))
