"""Addresses of cloud storage, and what [mounts] may say."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_shell import FakeSession, Shell

from lakeshell.cloud import Bucket, split_address
from lakeshell.config import Config
from lakeshell.errors import ConfigError, UsageError
from lakeshell.home import Home
from lakeshell.lake_files import LakeFiles, mounted
from lakeshell.server.spark_conf import spark_conf, write_properties


@pytest.mark.parametrize(
    ("text", "family", "name", "path"),
    [
        ("s3://bucket/a/b", "s3", "bucket", "/a/b"),
        ("s3a://Bucket", "s3", "bucket", "/"),
        ("S3N://my.bucket_1-x/", "s3", "my.bucket_1-x", "/"),
        ("gs://b/a//b", "gs", "b", "/a//b"),
        ("abfss://c@acc.dfs.core.windows.net/x", "azure", "c@acc", "/x"),
        ("wasbs://c@acc.blob.core.windows.net/x", "azure", "c@acc", "/x"),
        ("adl://lake.azuredatalakestore.net/x", "adl", "lake.azuredatalakestore.net", "/x"),
    ],
)
def test_addresses(text: str, family: str, name: str, path: str) -> None:
    assert split_address(text) == (Bucket(family, name), path)


@pytest.mark.parametrize("text", ["/mnt/x", "dbfs:/x", "file:///x", "http://x/y", "s3:/x", ""])
def test_what_is_no_cloud_address(text: str) -> None:
    assert split_address(text) is None


@pytest.mark.parametrize(
    "text", ["s3:///x", "s3://../x", "s3://./x", "s3://a:b@c:d/x", "gs://a b/x", "abfss://@acc/x",
             "s3://-a/x", "abfss://../../@x/y", "s3://\x1b[31m/x"]
)  # fmt: skip
def test_no_bucket(text: str) -> None:
    with pytest.raises(UsageError, match="names no bucket"):
        split_address(text)


def test_files_of_buckets(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    files = LakeFiles(home, Config(mounts={"s3://mine": str(tmp_path / "mine")}))
    assert files.find("s3a://mine/x").local == tmp_path / "mine/x"
    assert files.find("s3://other/a/../x").local == home.cloud / "s3/other/x"
    assert files.find("s3://other").is_root
    for out in ("s3://other/../x", "s3://other/a/../../mine/x"):
        with pytest.raises(UsageError, match="out of the lakehouse"):
            files.find(out)


@pytest.mark.parametrize("point", ["mnt", "", "/", "s3://", "s3://b/folder", "ftp://x", "//"])
def test_points_that_nothing_is_mounted_at(point: str) -> None:
    with pytest.raises(ConfigError, match=r"\[mounts\]"):
        mounted({point: "/x"})


def test_the_servers_settings(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    mounts = {"/mnt/a b": "/data/a", "abfss://c@acc.dfs.core.windows.net": "/data/c"}
    conf = spark_conf(home, token="t", connect_port=0, scratch=tmp_path, mounts=mounts, extra={})
    assert conf["spark.hadoop.lakeshell.cloud.mount.azure.c@acc"] == "/data/c"
    assert conf["spark.delta.logStore.s3a.impl"] == "io.delta.storage.LocalLogStore"
    table = "spark.hadoop.fs.viewfs.mounttable"
    assert conf[f"{table}.default.link./mnt/a b"] == "file:///data/a"
    write_properties(tmp_path / "p", conf)
    # Java ends a key at a blank that is not escaped.
    assert f"{table}.lake.link./mnt/a\\ b file:///data/a\n" in (tmp_path / "p").read_text()


def test_mounts_are_listed(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    (home.cloud / "azure/c@acc").mkdir(parents=True)
    shell = Shell(home, tmp_path, FakeSession())
    shell.config = Config(mounts={"/mnt/sales": str(tmp_path), "s3://mine": "/nowhere"})
    shell.words("mounts")
    listed = {row["prefix"]: (row["folder"], row["exists"], row["from"]) for row in shell.rows}
    assert listed["/mnt"] == (str(home.mnt), True, "built in")
    assert listed["/mnt/sales"] == (str(tmp_path), True, "lakeshell.toml")
    assert listed["s3://mine"] == ("/nowhere", False, "lakeshell.toml")
    assert listed["s3://"] == (str(home.cloud / "s3"), False, "built in")
    assert listed["abfss://c@acc.dfs.core.windows.net"][1:] == (True, "built in")
