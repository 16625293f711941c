"""%fs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from command_shell import Shell

from lakeshell.errors import CommandError, UsageError


@pytest.fixture
def files(shell: Shell) -> Shell:
    raw = shell.home.mnt / "raw"
    raw.mkdir()
    (raw / "a.csv").write_text("x,y\n1,2\n")
    (raw / "sub").mkdir()
    (raw / "sub" / "b").write_bytes(b"\xff\x00b")
    return shell


def test_ls_lists_folders_and_files(files: Shell) -> None:
    files.run("%fs ls /mnt/raw")
    assert [(r["path"], r["name"], r["size"]) for r in files.rows] == [
        ("/mnt/raw/a.csv", "a.csv", 8),
        ("/mnt/raw/sub", "sub/", 0),
    ]
    files.run("%fs ls dbfs:/mnt/raw/a.csv")
    assert [r["path"] for r in files.rows] == ["dbfs:/mnt/raw/a.csv"]


def test_ls_of_an_empty_folder_has_no_rows(shell: Shell) -> None:
    shell.run("%fs ls")
    assert shell.rows == []


def test_head_prints_the_beginning(files: Shell) -> None:
    files.run("%fs head /mnt/raw/a.csv --bytes 4")
    assert files.text == "x,y\n"
    assert "4 bytes" in files.notices
    files.run("%fs head /mnt/raw/sub/b")
    assert files.text.endswith("�\x00b\n")


def test_cp_and_mkdirs(files: Shell) -> None:
    files.run("%fs mkdirs /mnt/new/deep\n%fs cp /mnt/raw/a.csv /mnt/new/deep/")
    assert (files.home.mnt / "new/deep/a.csv").read_text() == "x,y\n1,2\n"
    files.run("%fs cp /mnt/raw /mnt/copy --recursive")
    assert (files.home.mnt / "copy/sub/b").exists()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("%fs cp /mnt/raw /mnt/copy", "folder"),
        ("%fs cp /mnt/raw /mnt/raw/sub/c --recursive", "itself"),
        ("%fs cp /mnt/raw/a.csv /mnt/raw/a.csv --overwrite", "itself"),
        ("%fs cp /mnt/nope /mnt/x", "no file"),
        ("%fs ls /mnt/nope", "no file"),
        ("%fs head /mnt/nope", "no file"),
        ("%fs head /mnt/raw", "folder|directory"),
        ("%fs rm /mnt/nope --yes", "no file"),
        ("%fs rm /mnt/raw --yes", "folder"),
        ("%fs rm /mnt --recursive --yes", "whole mount"),
        ("%fs rm dbfs:/ --recursive --yes", "whole mount"),
        ("%fs rm /tmp/whatever --yes", "not in the lakehouse"),
        ("%fs rm /mnt/raw/../../state.db --yes", "out of the lakehouse"),
        ("%fs dance", "No such command"),
    ],
)
def test_refusals(files: Shell, line: str, reason: str) -> None:
    with pytest.raises((CommandError, UsageError), match=f"(?i){reason}"):
        files.run(line)
    assert (files.home.mnt / "raw/sub/b").exists()


def test_cp_does_not_replace_unasked(files: Shell) -> None:
    files.run("%fs cp /mnt/raw/a.csv /mnt/b.csv")
    with pytest.raises(CommandError, match="exists"):
        files.run("%fs cp /mnt/raw/a.csv /mnt/b.csv")
    files.run("%fs cp /mnt/raw/a.csv /mnt/b.csv --overwrite")


def test_rm_asks_a_person(files: Shell) -> None:
    files.interactive = True
    files.run("%fs rm /mnt/raw -r")
    assert (files.home.mnt / "raw").exists()
    assert "2 files" in files.questions[0]
    files.answer = True
    files.run("%fs rm /mnt/raw -r")
    assert not (files.home.mnt / "raw").exists()


def test_rm_in_a_file_asks_nobody(files: Shell, tmp_path: Path) -> None:
    files.run("%fs rm /mnt/raw/a.csv")
    assert not (files.home.mnt / "raw/a.csv").exists()
    (tmp_path / "clean.sql").write_text("%fs rm -r /mnt/raw", encoding="utf-8")
    person = replace(files, interactive=True)
    person.run(f"%run {tmp_path / 'clean.sql'}")
    assert not (files.home.mnt / "raw").exists()
    assert person.questions == []


def test_rm_on_the_command_line_wants_yes(files: Shell) -> None:
    with pytest.raises(UsageError) as refused:
        files.words("fs", "rm", "/mnt/raw/a.csv")
    assert "--yes" in (refused.value.hint or "")
    assert (files.home.mnt / "raw/a.csv").exists()
