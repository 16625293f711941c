"""`sc` of Python cells: what of a SparkContext means something over Spark Connect."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lakeshell.errors import CommandError
from lakeshell.notebooks.current import current

_REASON = "RDDs and the JVM are not reachable over Spark Connect"


class SparkContext:
    """Stands for the context of the session that the running notebook has."""

    appName = "lakeshell"  # noqa: N815, Spark's names, here and below
    uiWebUrl = None  # noqa: N815

    @property
    def version(self) -> str:
        """Spark's version."""
        return str(self._spark.version)

    @property
    def defaultParallelism(self) -> int:  # noqa: N802
        """How many tasks a stage has if nothing else is said."""
        return int(self._spark.conf.get("spark.default.parallelism"))

    @property
    def applicationId(self) -> str:  # noqa: N802
        """Spark's name for the server's application."""
        return str(self._spark.conf.get("spark.app.id"))

    def parallelize(self, c: Iterable[Any], numSlices: int | None = None) -> Rows:  # noqa: N803
        """Rows for `toDF` and `spark.createDataFrame`."""
        return Rows(c)

    def broadcast(self, value: Any) -> Broadcast:
        """A value that travels with the functions that use it."""
        return Broadcast(value)

    def addPyFile(self, path: str) -> None:  # noqa: N802
        """Give Python functions on the server a module."""
        self._spark.addArtifacts(path, pyfile=True)

    def addFile(self, path: str, recursive: bool = False) -> None:  # noqa: N802
        """Give Python functions on the server a file."""
        self._spark.addArtifacts(path, file=True)

    def cancelAllJobs(self) -> None:  # noqa: N802
        """Stop what this session runs."""
        self._spark.interruptAll()

    def setLogLevel(self, logLevel: str) -> None:  # noqa: N802, N803
        """Nothing: the server's log is one for all shells."""

    def setJobGroup(self, *_: Any, **__: Any) -> None:  # noqa: N802
        """Nothing: jobs have no groups over Connect."""

    def setJobDescription(self, value: str) -> None:  # noqa: N802
        """Nothing."""

    def setLocalProperty(self, key: str, value: str) -> None:  # noqa: N802
        """Nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise CommandError(
            f"sc.{name} does not work here: {_REASON}.", hint="Use DataFrames, by spark.…."
        )

    @property
    def _spark(self) -> Any:
        return current().spark


class Rows(list[Any]):
    """What `sc.parallelize` gives: rows on their way to a DataFrame."""

    def toDF(self, schema: Any = None, sampleRatio: float | None = None) -> Any:  # noqa: N802, N803
        """A DataFrame of them."""
        return current().spark.createDataFrame(list(self), schema)

    def collect(self) -> list[Any]:
        """The rows themselves."""
        return list(self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise CommandError(
            f"RDD.{name} does not work here: {_REASON}.", hint="toDF() makes a DataFrame of it."
        )


class Broadcast:
    """`value`, for functions."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def unpersist(self, blocking: bool = False) -> None:
        """Nothing: it is not kept anywhere."""

    def destroy(self, blocking: bool = False) -> None:
        """Nothing."""
