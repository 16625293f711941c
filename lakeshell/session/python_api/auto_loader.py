"""What a person is told of Auto Loader's options that mean nothing on one machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

# As in engine/java/lakeshell/autoloader/OptionNames.java, which accepts them.
WITHOUT_MEANING_HERE = (
    "useNotifications",
    "useIncrementalListing",
    "useManagedFileEvents",
    "backfillInterval",
    "listOnStart",
    "maxFileAge",
    "cleanSource",
    "cleanSource.retentionDuration",
    "cleanSource.moveDestination",
    "useStrictGlobber",
    "fetchParallelism",
    "pathRewrites",
    "resourceTag",
    "region",
    "queueUrl",
    "queueName",
    "awsAccessKey",
    "awsSecretKey",
    "roleArn",
    "roleExternalId",
    "roleSessionName",
    "stsEndpoint",
    "clientId",
    "clientSecret",
    "connectionString",
    "resourceGroup",
    "subscriptionId",
    "tenantId",
    "client",
    "clientEmail",
    "privateKey",
    "privateKeyId",
    "projectId",
    "subscription",
    "databricks.serviceCredential",
    "serviceCredential",
)
_PREFIX = "cloudfiles."
_NOTIFY = "_lakeshell_auto_loader_notify"


def ignored_options(options: Iterable[str]) -> list[str]:
    """Those of the options' names that Auto Loader accepts and ignores here, as people write them.

    >>> ignored_options(["CLOUDFILES.useNotifications", "cloudFiles.format"])
    ['cloudFiles.useNotifications']
    """
    known = {name.lower(): name for name in WITHOUT_MEANING_HERE}
    found = []
    for option in options:
        name = option.lower()
        if name.startswith(_PREFIX):
            name = name[len(_PREFIX) :]
            if name.startswith("resourcetag."):
                name = "resourcetag"
            if name in known:
                found.append(f"cloudFiles.{known[name]}")
    return sorted(set(found))


def tell_ignored_options(spark: Any, notify: Callable[[str], None]) -> None:
    """Let `spark.readStream` say by `notify` which options it ignores, each once a session."""
    from pyspark.sql.connect.streaming.readwriter import DataStreamReader

    told: set[str] = set()

    def tell(options: Iterable[str]) -> None:
        news = [option for option in ignored_options(options) if option not in told]
        if news:
            told.update(news)
            notify(f"Auto Loader ignores here: {', '.join(news)}.")

    setattr(spark, _NOTIFY, tell)
    plain: Callable[..., Any] = DataStreamReader.load
    if getattr(plain, "tells", False):
        return

    def load(self: Any, *args: Any, **kwargs: Any) -> Any:
        frame = plain(self, *args, **kwargs)
        tell = getattr(self._client, _NOTIFY, None)
        if tell is not None:
            tell(self._options)
        return frame

    load.__doc__ = plain.__doc__
    load.tells = True  # type: ignore[attr-defined]
    DataStreamReader.load = load
