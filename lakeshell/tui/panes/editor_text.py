"""What the editor does with text at once: comments, lines, format, $EDITOR, history, snippets."""

from __future__ import annotations

import asyncio
from pathlib import Path

from textual.app import SuspendNotSupported

from lakeshell.errors import LakeshellError
from lakeshell.interpreter import Source
from lakeshell.tui.messages import RunRequested
from lakeshell.tui.panes.editor_part import EditorPart


class EditorText(EditorPart):
    """Part of EditorPane."""

    def action_toggle_comment(self) -> None:
        """Make the selected lines comments, or take the comment signs away."""
        self.area.toggle_comment()

    def action_duplicate_lines(self) -> None:
        """The selected lines once more, below."""
        self.area.duplicate_lines()

    def action_move_lines(self, by: int) -> None:
        """The selected lines up or down."""
        self.area.move_lines(by)

    # Formatting
    def action_format(self) -> None:
        """Lay the selection out anew, or the statement or cell at the cursor."""
        self.run_worker(self._format(), group="format", exclusive=True)

    async def _format(self) -> None:
        from lakeshell.sql.statements import unit_at
        from lakeshell.tui.editor.layout import format_sql
        from lakeshell.tui.editor.python_layout import format_python

        tab, area = self.tab, self.area
        text, revision = area.text, area.revision
        start, end = sorted(map(area.code.offset, area.selection))
        language = area.colours.state(min(area.selection)[0]).language
        try:
            if start != end:
                new = await asyncio.to_thread(_format_selected, text[start:end], language)
            else:
                unit = await asyncio.to_thread(unit_at, text, start, tab.language)
                if unit is None or unit.language == "command":
                    self.tell("There is no statement here to format.")
                    return
                start = unit.start
                end = start + len(unit.text)
                if text[start:end] != unit.text:
                    self.tell("Not formatted: it stands in MAGIC lines.", "warning")
                    return
                work = format_python if unit.language == "python" else format_sql
                new = await asyncio.to_thread(work, unit.text)
        except LakeshellError as error:
            self.tell(error.message, "warning")
            return
        if area.revision != revision:
            return  # more was typed meanwhile
        if new == text[start:end]:
            self.tell("It is formatted already.")
            return
        cursor = area.cursor_location
        area.history.checkpoint()
        code = area.code
        area.replace(new, code.location(start), code.location(end), maintain_selection_offset=False)
        area.move_cursor(area.clamp_visitable(cursor))
        area.history.checkpoint()

    # In the person's own editor
    def action_edit_outside(self) -> None:
        """Edit the whole tab in $VISUAL or $EDITOR; ctrl+z takes back what it did."""
        from lakeshell.tui.editor.external import edit_outside

        area, tab = self.area, self.tab
        suffix = tab.path.suffix if tab.path is not None and tab.path.suffix else ""
        suffix = suffix or (".py" if tab.language == "python" else ".sql")
        if suffix == ".ipynb":
            suffix = ".py"
        edited = None
        try:
            with self.app.suspend():
                edited = edit_outside(area.text, suffix, area.cursor_location[0])
        except SuspendNotSupported:
            self.tell("This terminal cannot be lent to another program.", "warning")
        except LakeshellError as error:
            self.tell(error.message, "warning")
        if edited is not None:
            area.history.checkpoint()
            area.replace_all(edited)
            area.history.checkpoint()
        self.app.refresh(layout=True)
        self.focus_text()

    # Palettes
    def action_history(self) -> None:
        """Choose one of the statements that were run."""
        from lakeshell.tui.screens.history import HistoryScreen, Recalled

        def chosen(recalled: Recalled | None) -> None:
            if recalled is None:
                return
            if recalled.run:
                entry = recalled.entry
                folder = self.tab.folder or Path.cwd()
                source = Source(entry.text, "<history>", entry.language, folder)
                self.post_message(RunRequested(self.tab.id, source))
            else:
                self.insert(recalled.entry.text)

        self.app.push_screen(HistoryScreen(self._bench.history), chosen)

    def action_snippets(self) -> None:
        """Choose a snippet."""
        self.run_worker(self._snippets(), group="snippets", exclusive=True)

    async def _snippets(self) -> None:
        from lakeshell.tui.editor.snippets import Snippet, load_snippets
        from lakeshell.tui.screens.snippets import SnippetsScreen

        snippets, problem = await asyncio.to_thread(load_snippets, self._bench.home.root)
        if problem:
            self.tell(problem, "warning")
        row = self.area.cursor_location[0]
        language = self.area.colours.state(row).language

        def chosen(snippet: Snippet | None) -> None:
            if snippet is not None:
                self.insert_snippet(snippet.text)

        self.app.push_screen(SnippetsScreen(snippets, language), chosen)


def _format_selected(text: str, language: str) -> str:
    """A selection: each of its statements, the text between them as it is."""
    from lakeshell.sql.statements import gaps, split_source
    from lakeshell.tui.editor.layout import format_sql
    from lakeshell.tui.editor.python_layout import format_python

    if language == "python":
        return format_python(text)
    units = split_source(text)
    between = gaps(text, units)
    pieces = [between[0]]
    for unit, gap in zip(units, between[1:], strict=False):
        whole = text[unit.start : unit.end]
        if unit.language == "sql" and whole.startswith(unit.text):
            whole = format_sql(unit.text) + whole[len(unit.text) :]
        pieces += [whole, gap]
    return "".join(pieces)
