"""%mounts: which folders stand for /mnt, /Volumes, dbfs:/ and the buckets of the clouds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from lakeshell.cloud import FAMILIES, Bucket
from lakeshell.commands.context import CommandContext
from lakeshell.home import Home
from lakeshell.lake_files import DATASETS, LakeFiles, mounted
from lakeshell.notebooks.file_utility import remembered_mounts


@click.command("mounts")
@click.pass_obj
def mounts_command(context: CommandContext) -> None:
    """List which folder each path of the lakehouse leads to.

    Every bucket has a folder of the home, made when it is first used; what dbutils.fs.mount was
    told is a folder, too. The section [mounts] of
    lakeshell.toml names others; it is read when the server starts (lakeshell server stop):

    \b
      [mounts]
      "/mnt/sales" = "/data/sales"
      "s3://my-bucket" = "~/buckets/mine"

    \b
    Examples:
      lakeshell mounts
      %mounts
    """
    import pyarrow as pa

    rows = [
        {"prefix": prefix, "folder": str(folder), "exists": folder.is_dir(), "from": origin}
        for prefix, folder, origin in sorted(_mounts(context), key=lambda row: row[0])
    ]
    columns = [("prefix", pa.string()), ("folder", pa.string())]
    columns += [("exists", pa.bool_()), ("from", pa.string())]
    context.emit_table(pa.Table.from_pylist(rows, pa.schema(columns)))


def _mounts(context: CommandContext) -> Iterator[tuple[str, Path, str]]:
    own = mounted(context.config.mounts)
    for point, folder in own.items():
        prefix = _address(point) if isinstance(point, Bucket) else point
        yield prefix, folder, "lakeshell.toml"
    for prefix, folder in _built_in(context.home):
        if prefix not in own:
            yield prefix, folder, "built in"
    files = LakeFiles(context.home, context.config)
    for point, source, _ in remembered_mounts(context.home):
        yield point, files.find(point).local, f"dbutils.fs.mount of {source}"
    for bucket in _used(context.home):
        if bucket not in own:
            yield _address(bucket), bucket.folder(context.home), "built in"


def _built_in(home: Home) -> Iterator[tuple[str, Path]]:
    yield "/mnt", home.mnt
    yield "/Volumes", home.volumes
    yield "dbfs:/", home.dbfs
    yield "/dbfs (Python)", home.dbfs
    yield DATASETS, home.dbfs / DATASETS[1:]
    for scheme, family in FAMILIES.items():
        yield f"{scheme}://", home.cloud / family


def _used(home: Home) -> Iterator[Bucket]:
    for family in sorted(set(FAMILIES.values())):
        folder = home.cloud / family
        if folder.is_dir():
            for inner in folder.iterdir():
                if inner.is_dir():
                    yield Bucket(family, inner.name)


def _address(bucket: Bucket) -> str:
    """By the family's usual scheme."""
    if bucket.family == "azure":
        at = ".dfs.core.windows.net" if "@" in bucket.name else ""
        return f"abfss://{bucket.name}{at}"
    return f"{bucket.family}://{bucket.name}"
