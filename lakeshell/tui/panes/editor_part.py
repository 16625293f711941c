"""What the parts of the editor pane know of the whole: its tabs, and how to tell the person."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.widget import Widget

if TYPE_CHECKING:
    from lakeshell.tui.editor.code_area import CodeArea
    from lakeshell.tui.editor.tabs import EditorTab
    from lakeshell.tui.state import TabState
    from lakeshell.tui.workbench import Workbench


class EditorPart(Widget):
    """Base of the parts; EditorPane is all of them together."""

    _bench: Workbench
    is_ready = False
    """Whether its widgets are there."""

    if TYPE_CHECKING:

        @property
        def tab(self) -> EditorTab:
            """The tab in front."""

        @property
        def tabs(self) -> list[EditorTab]:
            """All tabs."""

        @property
        def area(self) -> CodeArea:
            """The text in front."""

        def tell(self, text: str, level: str = "information") -> None:
            """A sentence in the corner."""

        def add_tab(self, state: TabState, at: int | None = None) -> EditorTab:
            """Open another tab."""

        def choose_tab(self, id: str) -> None:
            """Bring a tab to the front."""

        def really_close(self, tab: EditorTab) -> None:
            """Close a tab without asking."""

        def draw_tabs(self) -> None:
            """Draw the titles anew."""

        def focus_text(self) -> None:
            """Go on typing."""

        def clear_error(self, tab: str) -> None:
            """Take the mark of an error away."""

        def insert(self, text: str) -> None:
            """Put text at the cursor."""

        def insert_snippet(self, text: str) -> None:
            """Put a snippet at the cursor and choose its first place."""

    def confirm(self, question: str, yes: str, then: Callable[[], object]) -> None:
        """Ask before something that cannot be taken back."""
        from lakeshell.tui.screens.dialogs import Confirm

        def answered(agreed: bool | None) -> None:
            if agreed:
                then()

        self.app.push_screen(Confirm(question, yes=yes, danger=True), answered)
