import pytest, time
from pathlib import Path
from tui.test_streams import Control, stream, text_of, opened
from tui.waiting import until
from textual.widgets import DataTable
class Counting(Control):
    asked: list = []
    def stream(self, wanted):
        self.asked.append(wanted); return super().stream(wanted)
@pytest.mark.asyncio
async def test_probe(tmp_path):
    c = Counting(stream("a"), stream("b", error="bb"))
    async with opened(tmp_path, c) as (app, pilot, screen):
        await until(pilot, lambda: screen.query_one(DataTable).row_count == 2)
        await pilot.press("down")
        await pilot.pause(1.0); c.asked.clear()
        await pilot.pause(3.2)
        print(c.asked, text_of(screen)[:50], screen._chosen)
        assert 0
