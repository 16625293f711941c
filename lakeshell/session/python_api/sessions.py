"""`SparkSession.builder.getOrCreate()` of Python cells: the session that is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def give_present_session() -> None:
    """Let pyspark's builder know it; stock, it wants an address even where there is a session.

    A builder that is given an address goes there. Twice does no harm.
    """
    from pyspark.sql import SparkSession
    from pyspark.sql.connect.session import SparkSession as ConnectSession

    plain: Callable[[Any], Any] = SparkSession.Builder.getOrCreate
    if getattr(plain, "gives", False):
        return

    def get_or_create(self: Any) -> Any:
        if "spark.remote" in self._options or ConnectSession.getActiveSession() is None:
            return plain(self)
        return ConnectSession.builder.config(map=self._options).getOrCreate()

    get_or_create.__doc__ = plain.__doc__
    get_or_create.gives = True  # type: ignore[attr-defined]
    SparkSession.Builder.getOrCreate = get_or_create
