"""What is known of each editor tab, apart from the widget that shows its text."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from lakeshell.tui.editor.code_area import CodeArea
from lakeshell.tui.state import TabState


@dataclass
class EditorTab:
    """`stamp` is that of the file when it was read or written last; `newline` and `bom` are the
    file's. `saved`: the file holds the text. `indent` and `first_row` are those of the last
    run; `is_expected`: the next one is that of a passage of the text. `saving` is held while its
    file is written, so that nobody takes the new one for another program's."""

    id: str
    title: str
    area: CodeArea
    path: Path | None = None
    saved: bool = True
    newline: str = "\n"
    bom: bool = False
    stamp: str | None = None
    is_running: bool = False
    is_expected: bool = False
    error: str = ""
    indent: int = 0
    first_row: int = 0
    saved_revision: int = 0
    saving: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False, compare=False)

    @property
    def language(self) -> str:
        """ "sql" or "python"."""
        return self.area.code_language

    @property
    def folder(self) -> Path | None:
        """Where its relative paths begin; None: in the working directory."""
        return self.path.parent if self.path is not None else None

    @property
    def has_changes(self) -> bool:
        """Whether its file lacks something that was typed."""
        return self.path is not None and not self.saved

    def state(self, *, active: bool) -> TabState:
        """What is remembered of it."""
        row, column = self.area.cursor_location
        return TabState(
            title=self.title,
            text=self.area.text,
            language=self.language,
            path=str(self.path) if self.path is not None else None,
            saved=self.saved,
            row=row,
            column=column,
            active=active,
            newline=self.newline,
            bom=self.bom,
            stamp=self.stamp,
        )
