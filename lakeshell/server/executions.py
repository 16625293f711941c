"""What Spark's status stores know of one statement: its plans with their counts, its stages.

A statement is known by its tag, which its jobs carry; SQL executions carry none, but they name
their jobs. The listener that fills the stores runs behind: with adaptive execution, counts can
be two seconds late.
"""

from __future__ import annotations

import contextlib
from typing import Any

from lakeshell.server.jvm import TAG, Spark

_MOST_JOBS = 300  # the newest; a statement that is looked at is among the last ones
_MOST_EXECUTIONS = 100
_MOST_NODES = 400
_LEAST_TASKS_OF_SKEW = 4
_SECOND = 1000.0  # milliseconds


def executions(spark: Spark, tag: str) -> list[dict[str, Any]]:
    """The SQL executions of a statement, in their order.

    Each has `id`, `description`, `status`, `seconds` (None while it runs) and `nodes`: `id`,
    `name`, `detail`, `inputs` (ids of the nodes below), `group` (id of the code generation
    stage that it is part of, None elsewhere), `is_group`, and `metrics`, Spark's own names and
    texts.
    """
    wanted = {job for job, _ in _jobs(spark, tag)}
    if not wanted:
        return []
    store = spark.session.sharedState().statusStore()
    count = int(store.executionsCount())
    first = max(count - _MOST_EXECUTIONS, 0)
    recent = store.executionsList(first, _MOST_EXECUTIONS)
    found = []
    for index in range(int(recent.size())):
        one = recent.apply(index)
        if wanted & _numbers(one.jobs().keySet().mkString(",")):
            found.append(_execution(store, one))
    return found


def stages(spark: Spark, tag: str) -> list[dict[str, Any]]:
    """The stages of a statement that have begun, in their order.

    Tasks by outcome, bytes read and shuffled, `status` by Spark's name, `skew`: how many times the
    median the slowest finished task took, None when too few have.
    """
    store = spark.session.sparkContext().statusStore()
    ids: set[int] = set()
    for _, job in _jobs(spark, tag):
        ids |= _numbers(job.stageIds().mkString(","))
    found = []
    for id in sorted(ids):
        # A stage whose output was there already is skipped, and then not in the store.
        with contextlib.suppress(Exception):
            found.append(_stage(spark, store, store.lastStageAttempt(id)))
    return found


def _jobs(spark: Spark, tag: str) -> list[tuple[int, Any]]:
    jobs = spark.session.sparkContext().statusStore().jobsList(None)
    size = int(jobs.size())
    found = []
    # The store gives the newest first.
    for index in range(min(size, _MOST_JOBS)):
        job = jobs.apply(index)
        tags = str(job.jobTags().mkString("\n")).split("\n")
        # Connect puts its own ids in front of a client's tag.
        if any(TAG in one and one[one.find(TAG) :] == tag for one in tags):
            found.append((int(job.jobId()), job))
    return found


def _numbers(text: str) -> set[int]:
    return {int(number) for number in text.split(",") if number}


def _execution(store: Any, one: Any) -> dict[str, Any]:
    id = int(one.executionId())
    ended = one.completionTime()
    seconds = None
    if ended.isDefined():
        seconds = max(ended.get().getTime() - one.submissionTime(), 0) / _SECOND
    return {
        "id": id,
        "description": str(one.description() or ""),
        "status": str(one.executionStatus()),
        "seconds": seconds,
        "nodes": _nodes(store, id),
    }


def _nodes(store: Any, id: int) -> list[dict[str, Any]]:
    try:
        graph = store.planGraph(id)
    except Exception:  # Spark keeps the plans of the newest thousand only
        return []
    values = store.executionMetrics(id)
    inputs: dict[int, list[int]] = {}
    edges = graph.edges()
    for index in range(int(edges.size())):
        edge = edges.apply(index)
        inputs.setdefault(int(edge.toId()), []).append(int(edge.fromId()))
    groups: dict[int, int] = {}
    nodes: list[dict[str, Any]] = []
    graphs = graph.allNodes()
    for index in range(min(int(graphs.size()), _MOST_NODES)):
        node = graphs.apply(index)
        number = int(node.id())
        is_group = str(node.getClass().getSimpleName()) == "SparkPlanGraphCluster"
        if is_group:
            inner = node.nodes()
            for place in range(int(inner.size())):
                groups[int(inner.apply(place).id())] = number
        nodes.append(
            {
                "id": number,
                "name": str(node.name()).strip(),
                "detail": str(node.desc() or "")[:4_000],
                "inputs": inputs.get(number, []),
                "is_group": is_group,
                "metrics": _metrics(node, values),
            }
        )
    for one in nodes:
        one["group"] = groups.get(int(one["id"]))
    return nodes


def _metrics(node: Any, values: Any) -> dict[str, str]:
    metrics = node.metrics()
    found = {}
    for index in range(int(metrics.size())):
        metric = metrics.apply(index)
        value = values.get(metric.accumulatorId())
        if value.isDefined():
            found[str(metric.name())] = str(value.get())
    return found


def _stage(spark: Spark, store: Any, stage: Any) -> dict[str, Any]:
    return {
        "id": int(stage.stageId()),
        "name": str(stage.name()),
        "status": str(stage.status().toString()),
        "tasks": int(stage.numTasks()),
        "running": int(stage.numActiveTasks()),
        "done": int(stage.numCompleteTasks()),
        "failed": int(stage.numFailedTasks()),
        "bytes_read": int(stage.inputBytes()),
        "rows_read": int(stage.inputRecords()),
        "shuffle_read": int(stage.shuffleReadBytes()),
        "shuffle_written": int(stage.shuffleWriteBytes()),
        "spilled": int(stage.diskBytesSpilled()),
        "skew": _skew(spark, store, stage),
    }


def _skew(spark: Spark, store: Any, stage: Any) -> float | None:
    if int(stage.numCompleteTasks()) < _LEAST_TASKS_OF_SKEW:
        return None
    quantiles = spark.gateway.new_array(spark.gateway.jvm.double, 2)
    quantiles[0], quantiles[1] = 0.5, 1.0
    with contextlib.suppress(Exception):  # no task has told its figures yet
        summary = store.taskSummary(int(stage.stageId()), int(stage.attemptId()), quantiles)
        if summary.isDefined():
            times = summary.get().executorRunTime()
            median, most = float(times.apply(0)), float(times.apply(1))
            return most / median if median > 0 else None
    return None
