"""The editor: tabs, running, and what it remembers."""

from __future__ import annotations

from pathlib import Path

import pytest
from tui.editors import editor_app
from tui.fakes import fake_workbench
from tui.waiting import until

from lakeshell.errors import Position
from lakeshell.tui.state import TabState


@pytest.mark.asyncio
async def test_the_statement_at_the_cursor_runs(tmp_path: Path) -> None:
    app = editor_app(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.put("select 1;\n\n  select\n  2;\nselect 3", 3, 2)
        await pilot.press("f5")
        await until(pilot, lambda: app.main.requests)
        request = app.main.requests[0]
        assert request.source.text.strip().rstrip(";") == "select\n  2"
        assert (request.first_line, request.first_column) == (3, 3)
        assert request.source.language == "sql"
        open("/tmp/w/editor.txt", "w").write("\n".join(app.lines()))
        app.save_screenshot("/tmp/w/editor.svg")
