"""The palette: every action that has a key, and every % command, plugins' too."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.fuzzy import Matcher
from textual.markup import escape

from lakeshell.render.safe_text import safe_text
from lakeshell.tui.keys import KEYS, shown_keys

if TYPE_CHECKING:
    from lakeshell.tui.app import LakeshellApp
    from lakeshell.tui.screens.main import MainScreen

# In which part of the screen an action happens, as the palette tells it.
_PARTS = {
    "everywhere": "",
    "editor": "Editor: ",
    "results": "Results: ",
    "grid": "Grid: ",
    "chart": "Chart: ",
    "catalog": "Catalog: ",
    "dock": "Table: ",
    "versions": "Version: ",
}
_LEFT_OUT = frozenset(("palette", "help.question", "run.cancel"))
# Only moves the cursor: nobody looks for it in a list.
_MOVES = re.compile(r"(cursor|page|row_edge|edge|move|scroll|found|(first|last|open|close)\Z)")


class LakeshellCommands(Provider):
    """The actions of KEYS, of the parts of the screen that are there."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for title, key, act in self._acts():
            yield DiscoveryHit(Content(title), act, text=title, help=key)

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for title, key, act in self._acts():
            if (score := matcher.match(title)) > 0:
                yield Hit(score, _marked(matcher, title), act, text=title, help=key)

    def _acts(self) -> Iterator[tuple[str, str, Callable[[], object]]]:
        main = _main(self)
        for key in KEYS:
            if key.where not in _PARTS or key.id in _LEFT_OUT or _MOVES.match(key.action):
                continue
            if main.part_of(key) is not None:
                title = f"{_PARTS[key.where]}{key.description}"
                yield (
                    title,
                    shown_keys(key, main.bench.config.tui.keys.get(key.id)),
                    partial(main.act, key),
                )


class PercentCommands(Provider):
    """The % commands: choosing one asks for its arguments and runs it in the active tab."""

    async def startup(self) -> None:
        """Plugins are loaded here, in a thread, not at the start of the program."""
        bench = _main(self).bench

        def read() -> list[tuple[str, str]]:
            registry = bench.registry
            return [(name, registry.summary(name)) for name in registry.commands]

        self._known = await asyncio.to_thread(read)

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for name, summary in self._known:
            yield DiscoveryHit(
                Content(f"%{safe_text(name)}"),
                partial(_main(self).ask_command, name, summary),
                text=f"%{safe_text(name)}",
                help=_plain(summary),
            )

    async def search(self, query: str) -> Hits:
        """Those whose name or purpose match."""
        matcher = self.matcher(query)
        for name, summary in self._known:
            title = f"%{safe_text(name)}"
            score = max(matcher.match(title), 0.8 * matcher.match(summary))
            if score > 0:
                yield Hit(
                    score,
                    _marked(matcher, title),
                    partial(_main(self).ask_command, name, summary),
                    text=title,
                    help=_plain(summary),
                )


def _marked(matcher: Matcher, title: str) -> Content:
    """A title with what matches standing out, unless Textual would read markup in it."""
    return Content(title) if "[" in title else matcher.highlight(title)


def _plain(text: str) -> str:
    """A text that Textual reads as markup, so that it comes out as it is."""
    return escape(safe_text(text))


def _main(provider: Provider) -> MainScreen:
    return cast("LakeshellApp", provider.app).main
