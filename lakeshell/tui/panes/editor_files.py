"""The editor's files: open, save, save as, and what happens when another program writes them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lakeshell.errors import LakeshellError
from lakeshell.tui.editor import files
from lakeshell.tui.editor.tabs import EditorTab
from lakeshell.tui.panes.editor_part import EditorPart
from lakeshell.tui.state import TabState


class EditorFiles(EditorPart):
    """Part of EditorPane."""

    _looked: tuple[str, object] = ("", None)  # the tab, and how its file looked
    _asked_of = ("", "")  # the tab, and the stamp of its file that was asked about

    # Opening
    def action_open_file(self) -> None:
        """Ask for a file and open it."""
        from lakeshell.tui.screens.path import PathScreen

        def chosen(path: Path | None) -> None:
            if path is not None:
                self.open_file(path)

        folder = self.tab.folder or Path.cwd()
        self.app.push_screen(PathScreen("Open a file", f"{folder}/"), chosen)

    def open_file(self, path: Path) -> None:
        """Open a file in a tab of its own, or show the tab that has it."""
        self.run_worker(self._open_file(path))

    async def _open_file(self, path: Path) -> None:
        for tab in self.tabs:
            if tab.path == path:
                self.choose_tab(tab.id)
                return
        try:
            opened = await asyncio.to_thread(files.read_file, path)
        except LakeshellError as error:
            self.tell(error.message, "warning")
            return
        self.add_tab(
            TabState(
                path.name,
                opened.text,
                opened.language,
                str(path),
                newline=opened.newline,
                bom=opened.bom,
                stamp=opened.stamp,
            )
        )

    # Saving
    def action_save_file(self) -> None:
        """Write the tab's file; ask for a name when it has none."""
        if self.tab.path is None:
            self.action_save_file_as()
        else:
            self.run_worker(self.save(self.tab))

    def action_save_file_as(self) -> None:
        """Ask for a name and write the tab there."""
        from lakeshell.tui.screens.path import PathScreen

        tab = self.tab
        suffix = ".py" if tab.language == "python" else ".sql"
        folder = tab.folder or Path.cwd()
        name = tab.path.name if tab.path is not None else tab.title.replace("/", "-") + suffix

        def chosen(path: Path | None) -> None:
            if path is not None:
                self.run_worker(self.save_as(tab, path))

        self.app.push_screen(PathScreen("Save as", f"{folder}/{name}", saving=True), chosen)

    async def save_as(self, tab: EditorTab, path: Path) -> bool:
        """Write a tab into another file, which becomes its own; asks before replacing one."""
        if any(other.path == path for other in self.tabs if other is not tab):
            self.tell(f"{path.name} is open in another tab.", "warning")
            return False
        if path != tab.path and await asyncio.to_thread(path.exists):
            if not await self._asked(f"{path} exists. Replace it?", "Replace"):
                return False
            stamp = await asyncio.to_thread(files.stamp_of, path)
        else:
            stamp = tab.stamp if path == tab.path else None
        async with tab.saving:
            before = tab.path, tab.stamp, tab.title
            tab.path, tab.stamp, tab.title = path, stamp, path.name
            if not await self._save(tab):
                tab.path, tab.stamp, tab.title = before
                self.draw_tabs()
                return False
        return True

    async def save(self, tab: EditorTab) -> bool:
        """Write a tab's file; asks when another program has changed it. False when it was not."""
        async with tab.saving:
            return await self._save(tab)

    async def _save(self, tab: EditorTab) -> bool:
        path = tab.path
        if path is None:
            return False
        now = await asyncio.to_thread(files.stamp_of, path)
        if now is not None and now != tab.stamp:
            question = f"{path.name} was changed by another program. Overwrite it with this text?"
            if not await self._asked(question, "Overwrite"):
                return False
        text, revision = tab.area.text, tab.area.revision
        try:
            tab.stamp = await asyncio.to_thread(
                files.write_file, path, text, tab.language, newline=tab.newline, bom=tab.bom
            )
        except LakeshellError as error:
            self.tell(error.message, "warning")
            return False
        tab.saved_revision = revision
        tab.saved = tab.area.revision == revision
        self.draw_tabs()
        self.tell(f"{path.name} is saved.")
        return True

    async def _asked(self, question: str, yes: str) -> bool:
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        from lakeshell.tui.screens.dialogs import Confirm

        self.app.push_screen(
            Confirm(question, yes=yes, danger=True),
            lambda agreed: None if answer.done() else answer.set_result(bool(agreed)),
        )
        return await answer

    def ask_before_closing(self, tab: EditorTab) -> None:
        """Its file lacks what was typed: save it, drop it, or keep the tab."""
        from lakeshell.tui.screens.dialogs import Choose

        async def save_and_close() -> None:
            if await self.save(tab):
                self.really_close(tab)

        def chosen(choice: str | None) -> None:
            if choice == "save":
                self.run_worker(save_and_close())
            elif choice == "drop":
                self.really_close(tab)

        self.app.push_screen(
            Choose(
                f"{tab.title} has changes that are not saved.",
                [
                    ("save", "Save and close"),
                    ("drop", "Close without saving"),
                    ("keep", "Keep it open"),
                ],
            ),
            chosen,
        )

    # Other programs
    def check_files(self) -> None:
        """Look whether another program has changed the file in front."""
        if self.is_ready and self.tab.path is not None:
            self.run_worker(self._check_file(self.tab), group="check", exclusive=True)

    async def _check_file(self, tab: EditorTab) -> None:
        path, stamp = tab.path, tab.stamp
        if path is None or stamp is None or self.screen is not self.app.screen:
            return
        if tab.saving.locked():
            return
        looks = await asyncio.to_thread(files.looks_of, path)
        if (tab.id, looks) == self._looked:
            return  # nobody has written it since it was looked at
        now = await asyncio.to_thread(files.stamp_of, path)
        if tab.path != path or tab.stamp != stamp or self.screen is not self.app.screen:
            return
        if tab.saving.locked():
            return
        self._looked = (tab.id, looks)
        if now == stamp:
            return
        if now is None:
            if tab.saved:
                tab.saved, tab.saved_revision = False, -1
                self.draw_tabs()
                self.tell(f"{path.name} is gone; the tab keeps its text.", "warning")
        elif tab.saved:
            await self._read_again(tab)
        elif self._asked_of != (tab.id, now):
            self._asked_of = (tab.id, now)
            self._ask_which(tab)

    def _ask_which(self, tab: EditorTab) -> None:
        """Both the file and the tab have changed."""
        from lakeshell.tui.screens.dialogs import Choose

        def chosen(choice: str | None) -> None:
            if choice == "read":
                self.run_worker(self._read_again(tab))

        self.app.push_screen(
            Choose(
                f"{tab.title} was changed by another program, and here.",
                [
                    ("keep", "Keep the text here; saving asks again"),
                    ("read", "Read the file again; ctrl+z brings this text back"),
                ],
            ),
            chosen,
        )

    async def _read_again(self, tab: EditorTab) -> None:
        path, revision = tab.path, tab.area.revision
        assert path is not None
        try:
            opened = await asyncio.to_thread(files.read_file, path)
        except LakeshellError as error:
            self.tell(error.message, "warning")
            return
        if tab.area.revision != revision or tab.path != path:
            return
        tab.newline, tab.bom, tab.stamp = opened.newline, opened.bom, opened.stamp
        tab.area.history.checkpoint()
        tab.area.replace_all(opened.text)
        tab.area.history.checkpoint()
        tab.saved_revision, tab.saved = tab.area.revision, True
        self.draw_tabs()
        self.tell(f"{path.name} was changed by another program and has been read again.")
