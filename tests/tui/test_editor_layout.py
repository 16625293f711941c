"""F4: text laid out anew, what is refused in words, and who does it for Python."""

from __future__ import annotations

from pathlib import Path

import pytest
from tui.editors import editor_app
from tui.waiting import until

from lakeshell.errors import LakeshellError
from lakeshell.tui.editor.layout import format_sql
from lakeshell.tui.editor.python_layout import format_python


@pytest.mark.parametrize(
    ("text", "laid_out"),
    [
        (
            "select a,b from t where x=1 and y between 2 and 3 -- all\norder by a",
            "SELECT a, b\nFROM t\nWHERE x = 1 AND y BETWEEN 2 AND 3 -- all\nORDER BY a",
        ),
        (
            "merge into t using s on t.id=s.id when matched then update set * "
            "when not matched then insert *",
            "MERGE INTO t\nUSING s ON t.id = s.id\nWHEN MATCHED THEN UPDATE SET *\n"
            "WHEN NOT MATCHED THEN INSERT *",
        ),
        (
            f"select 1 from t where {'a' * 50} = 'x' and {'b' * 50} = 'y'",
            f"SELECT 1\nFROM t\nWHERE {'a' * 50} = 'x'\n  AND {'b' * 50} = 'y'",
        ),
        # Names, variables and texts are nobody's keywords.
        ("select t.from, ${select} as end, 'and' from t", None),
    ],
)
def test_a_clause_begins_a_line_and_no_word_changes(text: str, laid_out: str | None) -> None:
    written = format_sql(text)
    assert laid_out is None or written == laid_out
    assert written.lower().split() == text.lower().replace("=", " = ").replace(",", ", ").split()
    assert format_sql(written) == written


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("select " + "(" * 2_000 + "1" + ")" * 2_000, "nested too deeply"),
        ("select (1", "not closed"),
        ("select 1)", "closed that was not opened"),
        ("select 'a", "not closed"),
        ("set a = b  c", "takes its text as it stands"),
    ],
)
def test_what_cannot_be_laid_out_is_refused_in_words(text: str, refusal: str) -> None:
    with pytest.raises(LakeshellError, match=refusal):
        format_sql(text)


@pytest.mark.asyncio
async def test_the_statement_at_the_cursor_is_laid_out_in_one_step(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    before = "select 1;\nselect a,b from t;\n"
    async with app.run_test(size=(100, 30)) as pilot:
        app.put(before, 1, 3)
        await pilot.press("f4")
        await until(pilot, lambda: app.text == "select 1;\nSELECT a, b\nFROM t;\n")
        await pilot.press("ctrl+z")
        await until(pilot, lambda: app.text == before)
        app.put("select " + "(" * 2_000 + "1" + ")" * 2_000)
        await pilot.press("f4")
        await until(pilot, lambda: any("too deeply" in said for said in app.said))


def test_no_program_of_the_working_folder_lays_python_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("black", "ruff"):
        (tmp_path / f"{name}.py").write_text("print('a stranger')")
    monkeypatch.chdir(tmp_path)
    assert format_python("x=1") == "x = 1"
