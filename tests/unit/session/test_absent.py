"""What Spark Connect has not is named in a sentence, and `hasattr` still answers."""

from __future__ import annotations

import pytest
from pyspark.sql.connect.dataframe import DataFrame
from pyspark.sql.connect.session import SparkSession

from lakeshell.session.python_api.absent import Context, explain_absences


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        (DataFrame, "rdd", "has no rdd here"),
        (DataFrame, "_jdf", "no JVM"),
        (SparkSession, "_jvm", "no JVM"),
        (SparkSession, "newSession", "cloneSession"),
    ],
)
def test_classes_name_what_they_lack(kind: type, name: str, words: str) -> None:
    explain_absences()
    explain_absences()
    thing = object.__new__(kind)
    with pytest.raises(AttributeError, match=words):
        getattr(thing, name)
    assert not hasattr(thing, name)


def test_the_context_names_what_to_use_instead() -> None:
    context = Context(None)
    with pytest.raises(AttributeError, match=r"Use spark\.createDataFrame"):
        context.parallelize([1])
    with pytest.raises(AttributeError, match=r"sc\.somethingElse is not there"):
        _ = context.somethingElse
    assert context.broadcast({"a": 1}).value == {"a": 1}
