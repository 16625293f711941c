"""What Spark Connect has not, named in a sentence: RDDs, the JVM, most of SparkContext."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_WHY = "cells reach Spark by Spark Connect, as on Databricks' shared clusters"
_JVM = f"There is no JVM in this process: {_WHY}."
_OF_SESSION = {
    "_jvm": _JVM,
    "_jsc": f"{_JVM} Set spark.hadoop.* with spark.conf.set or in lakeshell.toml.",
    "_jsparkSession": _JVM,
    "_jconf": f"{_JVM} Read settings with spark.conf.get.",
    "_sc": _JVM,
    "newSession": f"spark.newSession is not there: {_WHY}. spark.cloneSession() is.",
}
_RDD = (
    f"A DataFrame has no rdd here: {_WHY}. Use its own methods: df.select, df.mapInPandas, "
    "df.collect, df.foreach."
)
_OF_FRAME = {"rdd": _RDD, "_jdf": _JVM}
_OF_CONTEXT = {
    "parallelize": "Use spark.createDataFrame(rows, schema).",
    "range": "Use spark.range(n).",
    "emptyRDD": "Use spark.createDataFrame([], schema).",
    "textFile": "Use spark.read.text(path).",
    "wholeTextFiles": "Use spark.read.text(path, wholetext=True).",
    "binaryFiles": "Use spark.read.format('binaryFile').load(path).",
    "union": "Use df.union.",
    "accumulator": "Use an aggregate of a DataFrame, or df.observe.",
    "_jvm": "", "_jsc": "Set spark.hadoop.* with spark.conf.set or in lakeshell.toml.",
}  # fmt: skip


def explain_absences() -> None:
    """Let pyspark's classes name what is missing; once is enough, and twice does no harm."""
    from pyspark.sql.connect.dataframe import DataFrame
    from pyspark.sql.connect.session import SparkSession

    _explain(SparkSession, _OF_SESSION)
    _explain(DataFrame, _OF_FRAME)


def _explain(kind: Any, sentences: dict[str, str]) -> None:
    plain: Callable[[Any, str], Any] = kind.__getattr__
    if getattr(plain, "explains", False):
        return

    def look_up(self: Any, name: str) -> Any:
        if name in sentences:
            raise _missing(sentences[name])
        return plain(self, name)

    look_up.explains = True  # type: ignore[attr-defined]
    kind.__getattr__ = look_up
    # What pyspark has under that name would be found before; an AttributeError leads to `look_up`.
    for name in sentences:
        if any(name in base.__dict__ for base in kind.__mro__):
            setattr(kind, name, property(_look_further))


def _look_further(self: Any) -> Any:
    raise AttributeError


def _missing(sentence: str) -> Exception:
    from pyspark.errors import PySparkAttributeError

    error: Exception = PySparkAttributeError(message=sentence)
    return error


class Context:
    """The `sc` of Python cells: what of SparkContext makes sense without a JVM."""

    def __init__(self, spark: Any) -> None:
        self._spark = spark

    @property
    def version(self) -> str:
        """Spark's."""
        return str(self._spark.version)

    @property
    def appName(self) -> str:  # noqa: N802
        """The application's name."""
        return str(self._spark.conf.get("spark.app.name", "lakeshell"))

    @property
    def applicationId(self) -> str:  # noqa: N802
        """The application's id."""
        return str(self._spark.conf.get("spark.app.id", "local"))

    @property
    def defaultParallelism(self) -> int:  # noqa: N802
        """Tasks of a shuffle unless told otherwise."""
        return int(self._spark.conf.get("spark.sql.shuffle.partitions"))

    def getConf(self) -> Any:  # noqa: N802
        """The session's settings."""
        return self._spark.conf

    def addPyFile(self, path: str) -> None:  # noqa: N802
        """Make a module known to Python functions in Spark."""
        self._spark.addArtifacts(path, pyfile=True)

    def addFile(self, path: str) -> None:  # noqa: N802
        """Put a file where Python functions in Spark find it."""
        self._spark.addArtifacts(path, file=True)

    def broadcast(self, value: Any) -> Broadcast:
        """The value, which goes along with the functions that use it."""
        return Broadcast(value)

    def cancelAllJobs(self) -> None:  # noqa: N802
        """Stop what this session runs."""
        self._spark.interruptAll()

    def setLogLevel(self, logLevel: str) -> None:  # noqa: N802, N803
        """Nothing: Spark's log is a file of the server, not on this screen."""

    def setJobGroup(self, *_: Any, **__: Any) -> None:  # noqa: N802
        """Nothing: jobs are found by the statement that runs them."""

    def setJobDescription(self, value: str) -> None:  # noqa: N802
        """Nothing, see setJobGroup."""

    def setLocalProperty(self, key: str, value: str) -> None:  # noqa: N802
        """Nothing: properties of threads are the JVM's."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        what = f"sc.{name} is not there: {_WHY}, which has neither RDDs nor a JVM."
        raise _missing(f"{what} {_OF_CONTEXT.get(name, '')}".rstrip())


class Broadcast:
    """A value for functions that run in Spark."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def unpersist(self, blocking: bool = False) -> None:
        """Nothing: it lies nowhere but here."""

    def destroy(self, blocking: bool = False) -> None:
        """Nothing, see unpersist."""
