"""`dbutils.notebook`: run another notebook, and end this one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lakeshell.errors import CommandError, Interrupted, LakeshellError
from lakeshell.notebooks.current import current
from lakeshell.notebooks.utility import Utility
from lakeshell.session.cells import NotebookExit

_DEEPEST = 50  # notebooks that run one another, as on Databricks


class WorkflowException(Exception):
    """The notebook that was run has failed."""


class NotebookUtility(Utility):
    """As on Databricks, a notebook that is run has names, widgets and a session of its own."""

    _summary = "dbutils.notebook: run a notebook, and end this one."

    def run(
        self,
        path: str,
        timeout_seconds: float = 0,
        arguments: Mapping[str, Any] | None = None,
    ) -> str:
        """Run a notebook and return what it gave to exit(); relative to this one. After so many
        seconds it is stopped; 0: never. `arguments` are the values of its widgets."""
        notebook = current()
        if notebook.depth >= _DEEPEST:
            raise CommandError(f"More than {_DEEPEST} notebooks run one another.")
        given = {str(name): str(value) for name, value in (arguments or {}).items()}
        try:
            return notebook.runner(notebook, str(path), float(timeout_seconds), given)
        except Interrupted:
            raise KeyboardInterrupt from None
        except SystemExit as ended:
            raise WorkflowException(f"The notebook {path} ended with {ended.code!r}.") from None
        except LakeshellError as error:
            raise WorkflowException(f"The notebook {path} failed: {error.message}") from None

    def exit(self, value: Any = "") -> None:
        """End this notebook, well, and give `value` to who runs it."""
        raise NotebookExit(str(value))

    def getContext(self) -> Any:  # noqa: N802, Databricks' name
        """There is no workspace here that could be told about."""
        raise CommandError(
            "dbutils.notebook.getContext tells of a workspace, a cluster and a user's token; there "
            "are none here."
        )
