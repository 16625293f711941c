"""Completion of Python names by jedi, on the live namespace of the cells."""

from __future__ import annotations

from typing import Any

from lakeshell.catalog.candidates import MOST, Candidate

_KINDS = {"function": "function", "keyword": "keyword", "param": "option"}


def complete_names(
    text: str, offset: int, moved_by: int, namespace: dict[str, Any]
) -> list[Candidate]:
    """Names at `offset` of a cell that begins at `moved_by` of the whole text.

    Objects are looked at, not run: properties of live values are not evaluated.
    """
    # Cells of another process: their values are there, and the kernel has a copy of this function.
    call = getattr(namespace, "call", None)
    if call is not None:
        return list(call(complete_names, text, offset, moved_by) or ())
    import jedi

    before = text[:offset]
    line = before.count("\n") + 1
    column = offset - (before.rfind("\n") + 1)
    # A copy: cells go on changing the namespace in another thread.
    interpreter = jedi.Interpreter(text, [dict(namespace)])
    # Otherwise a property such as a DataFrame's `isStreaming` would call Spark.
    interpreter._inference_state.allow_unsafe_executions = False
    try:
        completions = interpreter.complete(line, column)
    # jedi fails in many ways on code that is not finished; no completion then.
    except Exception:
        return []
    found = []
    for completion in completions:
        name = completion.name
        typed = len(name) - len(completion.complete or "")
        if completion.complete is None or (name.startswith("_") and not typed):
            continue
        kind = _KINDS.get(completion.type, "name")
        found.append(
            Candidate(name, kind, moved_by + offset - typed, meta="" if kind == "name" else kind)
        )
        if len(found) == MOST:
            break
    return found
