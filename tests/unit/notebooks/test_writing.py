"""Executed notebooks as files: everything that data says is text in them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pytest

from lakeshell.errors import CellError, CommandError, UsageError
from lakeshell.notebooks.html_page import html_page
from lakeshell.notebooks.html_table import MOST_ROWS, html_table
from lakeshell.notebooks.notebook import read_notebook
from lakeshell.notebooks.recording import Recording
from lakeshell.notebooks.writing import check_target, write_executed
from lakeshell.session.result import Failed, Figure, Html, Notice, Result, Text
from lakeshell.sql.statements import split_source

HOSTILE = "</td></iframe><script>alert(1)</script><img src=x onerror=alert(2)> & \"'\x1b[31m"
SOURCE = f"""# Databricks notebook source
# MAGIC %md
# MAGIC # Title <script>alert(3)</script>
# MAGIC [click](javascript:alert(4))

# COMMAND ----------

# DBTITLE 1,<script>alert(5)</script>
print({HOSTILE!r})

# COMMAND ----------

never_ran()
"""


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    path = tmp_path / "<script>.py"
    path.write_text(SOURCE, encoding="utf-8")
    recording = Recording(read_notebook(path))
    markdown, code, _ = split_source(recording.notebook.text, "python")
    recording.on_unit(markdown)
    recording.take(Text("the terminal's form of it"))
    recording.on_unit(code)
    recording.take(Text(HOSTILE))
    recording.take(Text("\nmore\n"))
    table = pa.table({HOSTILE: [HOSTILE, None], "n": [1, 2]})
    recording.take(Result(table, title=HOSTILE))
    recording.take(Html("text", f'<p onclick="x">page</p>{HOSTILE}'))
    recording.take(Notice(HOSTILE, "warning"))
    recording.take(Failed(CellError(f"ValueError: {HOSTILE}", detail=HOSTILE)))
    return recording


class Tags(HTMLParser):
    """The tags and attributes that a browser would see."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_a_page_runs_nothing_and_fetches_nothing(recording: Recording) -> None:
    page = html_page(recording, "UTC")
    tags = Tags(page).tags
    names = {tag for tag, _ in tags}
    assert not names & {"script", "img", "link", "object", "embed"}
    for tag, attributes in tags:
        assert not [name for name in attributes if name.startswith("on")], tag
        assert not (attributes.get("href") or "").startswith("javascript"), tag
    (frame,) = [attributes for tag, attributes in tags if tag == "iframe"]
    assert frame["sandbox"] == ""
    assert frame["srcdoc"] == f'<p onclick="x">page</p>{HOSTILE}'
    policy = next(a["content"] for t, a in tags if t == "meta" and "http-equiv" in a)
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "\x1b" not in page.replace(HOSTILE.replace("<", "&lt;"), "").split("<iframe")[0]


def test_a_page_has_what_cells_gave(recording: Recording) -> None:
    page = html_page(recording, "UTC")
    assert "<h1>Title &lt;script&gt;" in page
    assert "the terminal's form of it" not in page
    assert "<i>NULL</i>" in page
    assert '<td class="n">2</td>' in page
    assert "never_ran()" in page
    assert "Error: ValueError" in page
    assert page.count("<table>") == 1


def test_a_table_of_many_rows_is_cut_and_that_said() -> None:
    many = Result(pa.table({"n": list(range(MOST_ROWS + 1))}))
    shown = html_table(many, "UTC")
    assert shown.count("<tr>") == MOST_ROWS + 1
    assert "The first 10,000 rows; there are more." in shown
    assert "there are more" not in html_table(Result(pa.table({"n": [1]})), "UTC")


def test_a_jupyter_notebook(recording: Recording, tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    target = tmp_path / "out.ipynb"
    write_executed(recording, target, "UTC")
    written = nbformat.read(target, as_version=4)
    nbformat.validate(written)
    markdown, code, last = written.cells
    assert markdown.cell_type == "markdown"
    assert (code.execution_count, last.execution_count) == (2, None)
    stream, table, page, note, error = code.outputs
    assert stream.text == f"{HOSTILE}\nmore\n"
    assert not {tag for tag, _ in Tags(table.data["text/html"]).tags} & {"script", "img"}
    assert "NULL" in table.data["text/plain"]
    assert [tag for tag, _ in Tags(page.data["text/html"]).tags] == ["iframe"]
    assert note.name == "stderr"
    assert (error.output_type, error.ename) == ("error", "ValueError")
    assert "\x1b" not in "".join(error.traceback)
    assert last.outputs == []
    # It can be run in its turn, and opened in the full screen.
    again = read_notebook(target)
    assert [cell.source for cell in again.cells][1:] == [code.source, "never_ran()"]


def test_figures_are_part_of_the_file(tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    path = tmp_path / "a.py"
    path.write_text("draw()", encoding="utf-8")
    (tmp_path / "figure-1.png").write_bytes(b"\x89PNG\r\n\x1a\n of 1")
    (tmp_path / "figure-2.png").write_bytes(b"<script>")
    recording = Recording(read_notebook(path))
    (unit,) = split_source(recording.notebook.text, "python")
    recording.on_unit(unit)
    for name in ("figure-1.png", "figure-2.png", "figure-3.png", "figure-4.html"):
        recording.take(Figure(f"figure saved: {name}", path=str(tmp_path / name)))
    page = html_page(recording, "UTC")
    (shown,) = [attributes for tag, attributes in Tags(page).tags if tag == "img"]
    assert shown["src"] == "data:image/png;base64,iVBORw0KGgogb2YgMQ=="
    # What is no image, is gone, or is a page of its own is named.
    named = re.findall(r'<p class="note">figure saved: (.*?)</p>', page)
    assert named == ["figure-2.png", "figure-3.png", "figure-4.html"]
    target = tmp_path / "out.ipynb"
    write_executed(recording, target, "UTC")
    outputs = nbformat.read(target, as_version=4).cells[0].outputs
    assert outputs[0].data["image/png"] == "iVBORw0KGgogb2YgMQ=="
    assert [output.output_type for output in outputs[1:]] == ["stream"] * (len(outputs) - 1)


def test_files_appear_whole(recording: Recording, tmp_path: Path) -> None:
    target = tmp_path / "out.html"
    write_executed(recording, target, "UTC")
    assert target.read_text(encoding="utf-8").endswith("</html>\n")
    assert not re.search(r"\.part$", "\n".join(p.name for p in tmp_path.iterdir()), re.MULTILINE)
    with pytest.raises(CommandError, match="cannot be written"):
        write_executed(recording, tmp_path / "absent" / "out.html", "UTC")


@pytest.mark.parametrize("name", ["out.pdf", "out", "absent/out.html", "folder.html"])
def test_targets_are_checked_before_anything_runs(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(UsageError):
        check_target(tmp_path / name)


def test_characters_that_no_file_can_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("print(1)", encoding="utf-8")
    recording = Recording(read_notebook(path))
    (unit,) = split_source(recording.notebook.text, "python")
    recording.on_unit(unit)
    recording.take(Text("\udcff"))
    write_executed(recording, tmp_path / "a.html", "UTC")
    assert "<pre>\\xff</pre>" in (tmp_path / "a.html").read_text(encoding="utf-8")
