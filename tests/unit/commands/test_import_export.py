"""What %import and %export decide before Spark is asked, and files that appear whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from command_shell import Shell

from lakeshell.commands.imports import clean_columns, import_source, table_name
from lakeshell.errors import CommandError, UsageError


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("customers.csv", "customers"),
        ("Sales 2024.csv.gz", "sales_2024"),
        ("2024.csv", "t_2024"),
        ("déjà-vu.json", "d_j_vu"),
        ("---.csv", "t_"),
        ("folder", "folder"),
        (".hidden.csv", "hidden_csv"),
    ],
)
def test_table_names(file: str, name: str) -> None:
    assert table_name(Path(file)) == name


@pytest.mark.parametrize(
    ("names", "cleaned"),
    [
        (["id", "_c0"], ["id", "_c0"]),
        (["a b", "a,b", "A_B"], ["a_b", "a_b_2", "A_B_3"]),
        (["amount (EUR)", " x\t=y\n"], ["amount_EUR", "x_y"]),
        (["", "{}"], ["column_1", "column_2"]),
        (["größe", "a.b", "a`b"], ["größe", "a.b", "a`b"]),
    ],
)
def test_column_names(names: list[str], cleaned: list[str]) -> None:
    assert clean_columns(names) == cleaned
    assert not any(set(name) & set(" ,;{}()\n\t=") for name in cleaned)


def make(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


@pytest.mark.parametrize(
    ("name", "text", "kind", "several_lines"),
    [
        ("a.json", '[{"a": 1},\n {"a": 2}]', "json", True),
        ("a.json", '{"a": 1}\n{"a": 2}\n', "json", False),
        ("a.json", '\n{\n  "a": 1\n}\n', "json", True),
        ("a.json", "\ufeff[1]", "json", True),
        ("a.jsonl", '{"a": 1}\n', "jsonl", False),
        ("a.json", "", "json", False),
    ],
)
def test_json_by_its_shape(
    tmp_path: Path, name: str, text: str, kind: str, several_lines: bool
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = import_source(tmp_path / name, "p")
    assert found.kind == kind
    assert (("multiLine", "true") in found.options) is several_lines


def test_csv_and_tsv(tmp_path: Path) -> None:
    make(tmp_path, a__csv="a\n", b__tsv="b\n")
    csv = dict(import_source(tmp_path / "a.csv", "/x/a[1].csv", header=False).options)
    assert csv["header"] == "false"
    assert csv["escape"] == '"'
    assert import_source(tmp_path / "a.csv", "/x/a[1].csv").path == "/x/a\\[1\\].csv"
    assert dict(import_source(tmp_path / "b.tsv", "p").options)["sep"] == "\t"


@pytest.mark.parametrize(
    ("text", "several_lines"), [('a,"b ""c"" d"\n', False), ('a,"b\nc"\n', True), ("", False)]
)
def test_csv_is_read_in_parts_unless_a_value_spans_lines(
    tmp_path: Path, text: str, several_lines: bool
) -> None:
    (tmp_path / "a.csv").write_text(text)
    options = import_source(tmp_path / "a.csv", "p").options
    assert (("multiLine", "true") in options) is several_lines


def test_what_spark_cannot_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "a[1].csv").write_text('"a\nb"\n')
    with pytest.raises(UsageError, match="several lines"):
        import_source(tmp_path / "a[1].csv", "p")


def test_folders(tmp_path: Path) -> None:
    make(tmp_path, a__csv="a\n", _SUCCESS="")
    (tmp_path / "deep").mkdir()
    make(tmp_path / "deep", b__csv="a\n")
    found = import_source(tmp_path, str(tmp_path))
    assert found.kind == "csv"
    assert ("recursiveFileLookup", "true") in found.options
    make(tmp_path, c__json="{}")
    with pytest.raises(UsageError, match="one kind"):
        import_source(tmp_path, "p")
    (tmp_path / "none").mkdir()
    with pytest.raises(UsageError, match="no files"):
        import_source(tmp_path / "none", "p")


@pytest.fixture
def rows(shell: Shell) -> Shell:
    shell.session.on("SELECT", pa.table({"a": [1, 2], "b": ["x", None]}))
    return shell


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("o.csv", b"a,b\n1,x\n2,\n"),
        ("o.tsv", b"a\tb\n1\tx\n2\t\n"),
        ("o.jsonl", b'{"a": 1, "b": "x"}\n{"a": 2, "b": null}\n'),
    ],
)
def test_export_by_suffix(rows: Shell, name: str, content: bytes) -> None:
    rows.run(f"%export {name} SELECT * FROM t WHERE s = 'it''s'")
    assert rows.session.sent == ["SELECT * FROM t WHERE s = 'it''s'"]
    assert (rows.folder / name).read_bytes() == content
    assert "2 rows" in rows.notices


def test_export_of_a_table_by_its_name_and_format(rows: Shell) -> None:
    rows.run("%export out `odd t` --format csv")
    assert rows.session.sent == ["SELECT * FROM `odd t`"]
    assert (rows.folder / "out").read_bytes().startswith(b"a,b")


def test_export_of_the_last_query(rows: Shell) -> None:
    rows.options.limit = 1
    rows.run("SELECT 1;\n%export o.csv")
    assert rows.session.sent == ["SELECT 1", "SELECT 1"]


@pytest.mark.parametrize(
    ("line", "kind", "reason"),
    [
        ("%export o.csv", UsageError, "no query"),
        ("%export o.what t", UsageError, "format"),
        ("%export o.csv t --format what", UsageError, "what"),
        ("%export . t --format csv", UsageError, "folder"),
        ("%export nope/o.csv t", CommandError, "cannot be written"),
        ("%export o.csv DROP TABLE t", UsageError, "neither"),
        ("%export o.csv SELECT 1; SELECT 2", UsageError, "neither"),
    ],
)
def test_export_refuses(rows: Shell, line: str, kind: type[Exception], reason: str) -> None:
    with pytest.raises(kind, match=reason):
        rows.run(line)
    assert not [f for f in rows.folder.iterdir() if f.is_file()]


def test_export_replaces_only_when_told(rows: Shell) -> None:
    (rows.folder / "o.csv").write_text("mine")
    with pytest.raises(CommandError, match="exists"):
        rows.run("%export o.csv t")
    assert (rows.folder / "o.csv").read_text() == "mine"
    rows.run("%export o.csv t --overwrite")
    assert (rows.folder / "o.csv").read_text() != "mine"


def test_a_failed_export_leaves_what_was_there(
    rows: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lakeshell.render import csv

    def fail(result: Any, stream: Any, options: Any) -> None:
        stream.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(csv, "write_csv", fail)
    (rows.folder / "o.csv").write_text("mine")
    with pytest.raises(CommandError, match="No space left"):
        rows.run("%export o.csv t --overwrite")
    assert [(f.name, f.read_text()) for f in rows.folder.iterdir() if f.is_file()] == [
        ("o.csv", "mine")
    ]
