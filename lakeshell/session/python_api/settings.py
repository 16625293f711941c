"""Settings of Databricks' runtime that code reads, with what they are on this machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_TAGS = "spark.databricks.clusterUsageTags."
ANSWERS = {
    f"{_TAGS}clusterName": "lakeshell",
    f"{_TAGS}clusterId": "lakeshell",
    f"{_TAGS}clusterAllTags": "[]",
    f"{_TAGS}clusterNodeType": "local",
    f"{_TAGS}driverNodeType": "local",
    f"{_TAGS}clusterWorkers": "0",
    f"{_TAGS}clusterMinWorkers": "0",
    f"{_TAGS}clusterMaxWorkers": "0",
    f"{_TAGS}cloudProvider": "local",
    f"{_TAGS}region": "local",
    f"{_TAGS}clusterOwnerOrgId": "0",
    "spark.databricks.workspaceUrl": "localhost",
    "spark.databricks.cloudProvider": "local",
    "spark.databricks.io.cache.enabled": "false",
    "spark.databricks.photon.enabled": "false",
    "spark.databricks.passthrough.enabled": "false",
    "spark.databricks.unityCatalog.enabled": "true",
}
_SPARK_VERSION = f"{_TAGS}sparkVersion"  # 15.4.x-scala2.12 there; the engine's own version here


def answer_databricks_settings() -> None:
    """Let `spark.conf.get` know them when nobody has set them; twice does no harm."""
    from pyspark.sql.connect.conf import RuntimeConf

    plain: Callable[..., Any] = RuntimeConf.get
    if getattr(plain, "answers", False):
        return

    def get(self: Any, key: str, *default: Any, **named: Any) -> Any:
        if key not in ANSWERS and key != _SPARK_VERSION:
            return plain(self, key, *default, **named)
        value = plain(self, key, None)
        if value is not None:
            return value
        return ANSWERS.get(key) or _version()

    get.__doc__ = plain.__doc__
    get.answers = True  # type: ignore[attr-defined]
    RuntimeConf.get = get


def _version() -> str:
    import pyspark

    major, minor = pyspark.__version__.split(".")[:2]
    return f"{major}.{minor}.x-scala2.13"
