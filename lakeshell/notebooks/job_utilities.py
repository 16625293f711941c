"""`dbutils.jobs` and `dbutils.library`: values that tasks hand on, and packages of the cells."""

from __future__ import annotations

import json
from typing import Any

from lakeshell.errors import CommandError, UsageError
from lakeshell.notebooks.current import current
from lakeshell.notebooks.utility import Utility
from lakeshell.session.cells import PythonRestart

_MOST = 49_152  # bytes of a value as JSON: 48 KiB, as on Databricks


class TaskValuesUtility(Utility):
    """Small values that one task of a job gives to later ones."""

    _summary = "dbutils.jobs.taskValues: values that the tasks of a job hand on."

    def set(self, key: str, value: Any) -> None:
        """Hand on a value that JSON can hold."""
        try:
            text = json.dumps(value)
        except (TypeError, ValueError) as error:
            raise UsageError(f"The task value {key!r} is nothing that JSON can hold.") from error
        if len(text.encode()) > _MOST:
            raise UsageError(f"The task value {key!r} is larger than {_MOST // 1024} KiB.")
        notebook = current()
        notebook.task_values.setdefault(notebook.task, {})[key] = json.loads(text)

    def get(
        self,
        taskKey: str,  # noqa: N803, Databricks' name
        key: str,
        default: Any = None,
        debugValue: Any = None,  # noqa: N803
    ) -> Any:
        """What the task `taskKey` has set; `default` where it has set nothing, and outside a job
        `debugValue`."""
        notebook = current()
        values = notebook.task_values.get(taskKey, {})
        if key in values:
            return values[key]
        if not notebook.task and debugValue is not None:
            return debugValue
        if default is not None:
            return default
        if not notebook.task:
            raise CommandError(
                "dbutils.jobs.taskValues.get outside a job gives its debugValue, and there is none."
            )
        raise CommandError(f"The task {taskKey!r} has set no value {key!r}.")


class JobUtility(Utility):
    """What concerns jobs."""

    _summary = "dbutils.jobs: taskValues."

    def __init__(self) -> None:
        self.taskValues = TaskValuesUtility()


class LibraryUtility(Utility):
    """Packages of the Python cells."""

    _summary = "dbutils.library: a fresh Python."

    def restartPython(self) -> None:  # noqa: N802, Databricks' name
        """Forget all names of the cells; the Spark session and its views stay. What follows in the
        cell does not run."""
        raise PythonRestart(0)

    def installPyPI(self, pypiPackage: str, *_: Any, **__: Any) -> None:  # noqa: N802, N803
        """Gone from Databricks, too."""
        raise CommandError(
            "dbutils.library.installPyPI is gone from Databricks.",
            hint=f"%pip install {pypiPackage}",
        )
