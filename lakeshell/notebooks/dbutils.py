"""`dbutils`, as Python cells find it."""

from __future__ import annotations

from typing import Any

from lakeshell.errors import CommandError
from lakeshell.notebooks.file_utility import FileUtility
from lakeshell.notebooks.job_utilities import JobUtility, LibraryUtility
from lakeshell.notebooks.notebook_utility import NotebookUtility
from lakeshell.notebooks.secret_utility import SecretUtility
from lakeshell.notebooks.widget_utility import WidgetUtility


class NoSuchPart(CommandError, AttributeError):
    """Of `dbutils`; an AttributeError for those who ask with hasattr."""


class DBUtils:
    """All parts; every object of this class speaks of the notebook whose cell runs.

    `from pyspark.dbutils import DBUtils; DBUtils(spark)` makes one more.
    """

    def __init__(self, spark: Any = None) -> None:
        self.fs = FileUtility()
        self.widgets = WidgetUtility()
        self.notebook = NotebookUtility()
        self.secrets = SecretUtility()
        self.jobs = JobUtility()
        self.library = LibraryUtility()

    def help(self) -> None:
        """Tell what there is."""
        for part in vars(self).values():
            print(part._summary)
        print("dbutils.fs.help() and so on tell the methods, dbutils.fs.help('cp') tells one.")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise NoSuchPart(
            f"There is no dbutils.{name} here.", hint=f"There are {', '.join(vars(self))}."
        )

    def __repr__(self) -> str:
        return "dbutils: help() tells what there is."
