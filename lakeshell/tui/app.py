"""The full-screen program: its screens, its look, its beginning and its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.app import App
from textual.message import Message

from lakeshell.config import Config
from lakeshell.home import Home
from lakeshell.tui.screens.main import MainScreen
from lakeshell.tui.workbench import Workbench

if TYPE_CHECKING:
    from lakeshell.commands.options import Options
    from lakeshell.session.remote import Remote
    from lakeshell.sql.variables import Parameter


class LakeshellApp(App[int]):
    """lakeshell, full screen, on one lakehouse."""

    CSS_PATH = ["lakeshell.tcss", "editor.tcss", "grid.tcss", "catalog.tcss", "dock.tcss"]
    TITLE = "lakeshell"

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self.bench = bench
        self.main = MainScreen(bench)

    def on_mount(self) -> None:
        """Draw first; the server starts behind it."""
        self.bench.post = self._deliver
        self.bench.notify = lambda text, level: self.notify(
            text, severity="warning" if level == "warning" else "information", markup=False
        )
        self.push_screen(self.main)
        self.call_after_refresh(self.bench.connection.start)

    def _deliver(self, message: Message) -> None:
        """To the main screen, from any thread, whatever stands above it."""
        self.main.post_message(message)


def run(
    home: Home,
    config: Config,
    *,
    remote: Remote | None = None,
    variables: Mapping[str, str] | None = None,
    parameters: Mapping[str, Parameter] | None = None,
    options: Options | None = None,
) -> int:
    """Open the workbench and stay in it until the person leaves; the exit code."""
    home.create()
    bench = Workbench(
        home, config, remote=remote, variables=variables, parameters=parameters, options=options
    )
    try:
        app = LakeshellApp(bench)
        app.run(mouse=config.tui.mouse)
        return app.return_code or 0
    finally:
        bench.close()
