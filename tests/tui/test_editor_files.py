"""Files of the editor: open, save, overwrite, other programs, notebooks, $EDITOR."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tui.editors import EditorApp, editor_app
from tui.waiting import until

from lakeshell.errors import LakeshellError
from lakeshell.notebooks import jupyter
from lakeshell.tui.editor import external, files


async def opened(app: EditorApp, pilot: object, path: Path) -> None:
    app.editor.open_file(path)
    await until(pilot, lambda: app.editor.tab.path == path)  # type: ignore[arg-type]


@pytest.mark.asyncio
async def test_a_file_is_opened_by_its_name_edited_and_saved(tmp_path: Path) -> None:
    path = tmp_path / "a b [x].sql"
    path.write_bytes(b"\xef\xbb\xbfselect 1\r\nfrom t\r\n")
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("ctrl+o")
        await until(pilot, lambda: app.screen is not app.main)
        app.screen.query_one("Input").value = f"{tmp_path}/a b"
        await until(pilot, lambda: "a b [x].sql" in "\n".join(app.lines()))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: app.editor.tab.path == path)
        assert app.text == "select 1\nfrom t\n"
        await pilot.press("ctrl+end", *"x")
        await until(pilot, lambda: "●" in app.lines()[1])
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "●" not in app.lines()[1])
        assert path.read_bytes() == b"\xef\xbb\xbfselect 1\r\nfrom t\r\nx"


@pytest.mark.asyncio
async def test_a_tab_gets_a_name_and_overwriting_asks(tmp_path: Path) -> None:
    other = tmp_path / "there.sql"
    other.write_text("old")
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"new", "ctrl+s")
        await until(pilot, lambda: app.screen is not app.main)
        app.screen.query_one("Input").value = str(other)
        await pilot.press("enter")
        await until(pilot, lambda: "exists. Replace it?" in "\n".join(app.lines()))
        await pilot.press("n")
        await until(pilot, lambda: app.screen is app.main)
        assert other.read_text() == "old"
        assert app.editor.tab.path is None
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is not app.main)
        app.screen.query_one("Input").value = str(other)
        await pilot.press("enter")
        await until(pilot, lambda: "exists. Replace it?" in "\n".join(app.lines()))
        await pilot.press("y")
        await until(pilot, lambda: other.read_text() == "new")
        await until(pilot, lambda: app.editor.tab.title == "there.sql")


@pytest.mark.asyncio
async def test_what_cannot_be_read_or_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    binary = tmp_path / "b.sql"
    binary.write_bytes(b"select\n\xff")
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.editor.open_file(binary)
        await until(pilot, lambda: app.said == ["b.sql is not UTF-8 text: byte 8, in line 2."])
        app.editor.open_file(tmp_path / "missing.sql")
        await until(pilot, lambda: "No such file" in app.said[-1])
        app.put("x")
        app.editor.run_worker(app.editor.save_as(app.editor.tab, tmp_path / "no" / "x.sql"))
        await until(pilot, lambda: "cannot be written" in app.said[-1])
        assert app.editor.tab.path is None
        assert app.text == "x"


@pytest.mark.asyncio
async def test_saving_over_another_programs_change_asks(tmp_path: Path) -> None:
    path = tmp_path / "q.sql"
    path.write_text("one")
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(app, pilot, path)
        await pilot.press(*"x")
        path.write_text("theirs")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Overwrite it" in "\n".join(app.lines()))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        assert path.read_text() == "theirs"


@pytest.mark.asyncio
async def test_saving_twice_at_once_is_nobody_elses_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "q.sql"
    path.write_text("one")
    app = editor_app(tmp_path)
    written, go_on = threading.Event(), threading.Event()
    real = files.write_file

    def slowly(*arguments: Any, **options: Any) -> str:
        stamp = real(*arguments, **options)
        written.set()
        assert go_on.wait(20)
        return stamp

    async with app.run_test(size=(100, 30)) as pilot:
        await opened(app, pilot, path)
        monkeypatch.setattr(files, "write_file", slowly)
        await pilot.press(*"x", "ctrl+s")
        await until(pilot, written.is_set)
        await pilot.press("ctrl+s")
        app.editor.check_files()
        await pilot.pause(0.2)
        assert app.screen is app.main
        go_on.set()
        await until(pilot, lambda: app.said.count("q.sql is saved.") == 2)
        assert app.screen is app.main
        assert path.read_text() == "xone"


def test_only_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.sql")
    with pytest.raises(LakeshellError, match="is no file"):
        files.read_file(tmp_path / "pipe.sql")
    with pytest.raises(LakeshellError, match="directory"):
        files.read_file(tmp_path)


@pytest.mark.asyncio
async def test_a_file_that_others_change_is_read_again_or_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "q.sql"
    path.write_text("one")
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(app, pilot, path)
        path.write_text("two two")
        await until(pilot, lambda: app.text == "two two")
        await pilot.press(*"mine ")
        path.write_text("three")
        await until(pilot, lambda: "changed by another program, and here" in "\n".join(app.lines()))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main)
        assert app.text == "mine two two"
        path.write_text("four!")
        await until(pilot, lambda: app.screen is not app.main)
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.text == "four!")
        await pilot.press("ctrl+z")
        assert app.text == "mine two two"
        path.unlink()
        await until(pilot, lambda: app.screen is app.main)


@pytest.mark.asyncio
async def test_a_deleted_file_leaves_its_text(tmp_path: Path) -> None:
    path = tmp_path / "q.sql"
    path.write_text("one")
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(app, pilot, path)
        await pilot.pause(0.1)
        path.unlink()
        await until(pilot, lambda: "●" in app.lines()[1])
        assert app.text == "one"
        await pilot.press("ctrl+s")
        await until(pilot, path.exists)


@pytest.mark.asyncio
async def test_closing_an_unsaved_file_asks(tmp_path: Path) -> None:
    path = tmp_path / "q.sql"
    path.write_text("one")
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(app, pilot, path)
        await pilot.press(*"x", "ctrl+w")
        await until(pilot, lambda: app.screen is not app.main)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        assert app.editor.tab.path == path
        await pilot.press("ctrl+w")
        await until(pilot, lambda: app.screen is not app.main)
        await pilot.press("enter")
        await until(pilot, lambda: app.editor.tab.path is None)
        assert path.read_text() == "xone"


@pytest.mark.asyncio
async def test_unsaved_changes_of_a_file_come_back(tmp_path: Path) -> None:
    path = tmp_path / "q.sql"
    path.write_text("one")
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(app, pilot, path)
        await pilot.press(*"x")
    app.bench.close()
    again = editor_app(tmp_path)
    async with again.run_test(size=(100, 30)) as pilot:
        assert again.text == "xone"
        await until(pilot, lambda: "●" in again.lines()[1])
        assert path.read_text() == "one"
    again.bench.close()


NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "metadata": {"a": 1}, "source": ["# Title"]},
        {
            "cell_type": "code",
            "execution_count": 3,
            "metadata": {},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["1"]}],
            "source": ["x = 1\n", "print(x)"],
        },
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": "%sql\nselect 1"},
    ],
    "metadata": {"language_info": {"name": "python"}, "kept": True},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.mark.asyncio
async def test_a_notebook_is_edited_as_text_and_keeps_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(NOTEBOOK))
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(app, pilot, path)
        assert app.editor.tab.language == "python"
        assert "# MAGIC %sql\n# MAGIC select 1" in app.text
        app.put(app.text.replace("select 1", "select 2"))
        await until(pilot, lambda: app.editor.tab.has_changes)
        row = app.text.split("\n").index("# MAGIC select 2")
        app.editor.area.move_cursor((row, 10))
        await pilot.press("f5")
        await until(pilot, lambda: app.main.requests)
        assert app.main.requests[0].source.text.strip() == "select 2"
        assert app.main.requests[0].source.language == "sql"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not app.editor.tab.has_changes)
    saved = json.loads(path.read_text())
    assert saved["cells"][0]["metadata"] == {"a": 1}
    assert saved["cells"][1]["outputs"] == NOTEBOOK["cells"][1]["outputs"]  # type: ignore[index]
    assert "".join(saved["cells"][2]["source"]) == "%sql\nselect 2"
    assert saved["metadata"]["kept"] is True


@pytest.mark.parametrize("content", ["", "[]", "{", '{"cells": 3}', "null", "[" * 100_000])
def test_what_is_no_notebook_is_said(content: str) -> None:
    with pytest.raises(LakeshellError):
        jupyter.to_text(content, "n.ipynb")


def test_a_link_is_written_through_and_a_mode_kept(tmp_path: Path) -> None:
    real, link = tmp_path / "real.sql", tmp_path / "link.sql"
    real.write_text("a")
    real.chmod(0o640)
    link.symlink_to(real)
    files.write_file(link, "b", "sql")
    assert link.is_symlink()
    assert real.read_text() == "b"
    assert real.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


# $EDITOR
@pytest.fixture
def editor_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    script = tmp_path / "my editor"
    script.write_text("#!/bin/sh\nprintf 'select 7\\n' > \"$1\"\n")
    script.chmod(0o755)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"'{script}'")
    return script


@pytest.mark.asyncio
async def test_the_persons_own_editor(
    tmp_path: Path, editor_script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = editor_app(tmp_path)
    suspended = []

    @contextlib.contextmanager
    def suspend() -> Iterator[None]:
        suspended.append(True)
        yield

    async with app.run_test(size=(100, 30)) as pilot:
        monkeypatch.setattr(app, "suspend", suspend)
        app.put("select 1")
        await pilot.press("alt+e")
        await until(pilot, lambda: app.text == "select 7")
        assert suspended == [True]
        await pilot.press("ctrl+z")
        assert app.text == "select 1"
        editor_script.write_text("#!/bin/sh\nexit 3\n")
        await pilot.press("alt+e")
        await until(pilot, lambda: "ended with code 3" in app.said[-1])
        os.environ["EDITOR"] = "/nowhere/vi"
        await pilot.press("alt+e")
        await until(pilot, lambda: "cannot be started" in app.said[-1])
        assert app.text == "select 1"


def test_an_editor_that_leaves_no_text_changes_nothing(tmp_path: Path, editor_script: Path) -> None:
    editor_script.write_text("#!/bin/sh\nprintf '\\377' > \"$1\"\n")
    with pytest.raises(LakeshellError, match="left no text"):
        external.edit_outside("select 1", ".sql")
    editor_script.write_text('#!/bin/sh\nrm "$1"\n')
    with pytest.raises(LakeshellError, match="left no text"):
        external.edit_outside("select 1", ".sql")
