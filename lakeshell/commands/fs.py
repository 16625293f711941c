"""%fs: files and folders of the lakehouse, by the paths that SQL and Python use."""

from __future__ import annotations

from datetime import datetime, timezone

import click

from lakeshell.commands.asking import agreed
from lakeshell.commands.context import CommandContext
from lakeshell.errors import UsageError
from lakeshell.lake_files import LakeFiles
from lakeshell.notebooks import lake_operations as lake


@click.group("fs")
def fs_command() -> None:
    """List, read, write, copy and delete files by lakehouse paths: /mnt/…, /Volumes/…, dbfs:/….

    \b
    Examples:
      %fs ls /mnt/raw
      %fs head /mnt/raw/orders.csv
      %fs cp /tmp/orders.csv /mnt/raw/orders.csv
      %fs rm /mnt/raw/old --recursive
    """


def _files(context: CommandContext) -> LakeFiles:
    return LakeFiles(context.home, context.config)


@fs_command.command("ls")
@click.argument("path", default="/mnt")
@click.pass_obj
def ls_command(context: CommandContext, path: str) -> None:
    """List a folder: path, name, size in bytes, time of the last change.

    \b
    Example:
      %fs ls /mnt/raw
    """
    import pyarrow as pa

    entries = lake.listing(_files(context), path)
    changed = [datetime.fromtimestamp(entry.modified, timezone.utc) for entry in entries]
    context.emit_table(
        pa.table(
            {
                "path": pa.array([entry.path for entry in entries], pa.string()),
                "name": pa.array([entry.name for entry in entries], pa.string()),
                "size": pa.array([entry.size for entry in entries], pa.int64()),
                "modified": pa.array(changed, pa.timestamp("us", "UTC")),
            }
        )
    )


@fs_command.command("head")
@click.argument("path")
@click.option(
    "--bytes", "count", type=click.IntRange(min=1), default=lake.HEAD, metavar="N",
    show_default=True, help="How much.",
)  # fmt: skip
@click.pass_obj
def head_command(context: CommandContext, path: str, count: int) -> None:
    """Print the beginning of a file.

    \b
    Example:
      %fs head /mnt/raw/orders.csv --bytes 500
    """
    text, more = lake.head(_files(context), path, count)
    context.print(text)
    if more:
        context.notice(f"Only the first {count:,} bytes of {path} were shown.")


@fs_command.command("put")
@click.argument("path")
@click.argument("contents")
@click.argument("overwrite", type=bool, default=False)
@click.pass_obj
def put_command(context: CommandContext, path: str, contents: str, overwrite: bool) -> None:
    """Write a file of text; with a `true` behind it, in place of one that is there.

    \b
    Example:
      %fs put /mnt/raw/note.txt "checked" true
    """
    count = lake.put(_files(context), path, contents, overwrite=overwrite)
    context.notice(f"Wrote {count:,} bytes.")


@fs_command.command("mkdirs")
@click.argument("path")
@click.pass_obj
def mkdirs_command(context: CommandContext, path: str) -> None:
    """Make a folder, and those above it that are missing.

    \b
    Example:
      %fs mkdirs /mnt/raw/2024
    """
    lake.make_folders(_files(context), path)


@fs_command.command("cp")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("-r", "--recursive", is_flag=True, help="Copy a folder and all in it.")
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
@click.pass_obj
def cp_command(
    context: CommandContext, source: str, target: str, recursive: bool, overwrite: bool
) -> None:
    """Copy a file or a folder; into TO if that is a folder.

    \b
    Examples:
      %fs cp /tmp/orders.csv /mnt/raw/
      %fs cp /mnt/raw /mnt/backup --recursive
    """
    lake.copy(_files(context), source, target, recursive=recursive, overwrite=overwrite)


@fs_command.command("mv")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("-r", "--recursive", is_flag=True, help="Move a folder and all in it.")
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
@click.pass_obj
def mv_command(
    context: CommandContext, source: str, target: str, recursive: bool, overwrite: bool
) -> None:
    """Move a file or a folder; into TO if that is a folder.

    \b
    Example:
      %fs mv /mnt/landing/orders.csv /mnt/archive/
    """
    lake.move(_files(context), source, target, recursive=recursive, overwrite=overwrite)


@fs_command.command("rm")
@click.argument("path")
@click.option("-r", "--recursive", is_flag=True, help="Delete a folder and all in it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def rm_command(context: CommandContext, path: str, recursive: bool, yes: bool) -> None:
    """Delete a file or a folder of the lakehouse, for good.

    A person is asked first; in a file that runs nobody is, as on Databricks.
    Nothing outside /mnt, /Volumes, dbfs:/ and the mounts, and never one of these as a whole.

    \b
    Examples:
      %fs rm /mnt/raw/orders.csv
      %fs rm /mnt/raw/2023 --recursive --yes
    """
    found = _files(context).find(path)
    if found.root is None:
        raise UsageError(f"{path} is not in the lakehouse.", hint=f"%sh rm {path}")
    lake.refuse_to_delete(_files(context), path)
    count = lake.count_files(found, path, recursive=recursive)
    what = f"{path} and the {count:,} files in it" if found.local.is_dir() else path
    if agreed(context, f"Delete {what} for good?", yes=yes or context.in_file):
        lake.delete(found, path)
