"""The session of the shell, opened in the background while the person types already."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from lakeshell.config import Config
from lakeshell.errors import LakeshellError, ServerError
from lakeshell.home import Home

if TYPE_CHECKING:
    from lakeshell.session.remote import Remote
    from lakeshell.session.session import Session

_POLL = 0.1  # seconds; waiting in steps lets Ctrl-C through


class Connection:
    """Opens one session. `on_change` is called, in another thread, when its state has changed.

    `on_announce` is told what is waited for; `on_reconnect` gets a sentence when the session
    later had to be opened anew.
    """

    def __init__(
        self,
        home: Home,
        config: Config,
        remote: Remote | None,
        *,
        on_change: Callable[[], None],
        on_announce: Callable[[str], None],
        on_reconnect: Callable[[str], None],
    ) -> None:
        self._home = home
        self._config = config
        self._remote = remote
        self._on_change = on_change
        self._on_announce = on_announce
        self._on_reconnect = on_reconnect
        self._doing = "Connecting"
        self._since = time.monotonic()
        self._done = threading.Event()
        self.session: Session | None = None
        self.error: LakeshellError | None = None

    @property
    def is_opening(self) -> bool:
        """Whether the session is being opened now."""
        return not self._done.is_set()

    @property
    def doing(self) -> str:
        """What is waited for, in a few words."""
        return f"{self._doing} …"

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._since

    def start(self) -> None:
        """Begin to open the session."""
        self.error = None
        self._done.clear()
        self._since = time.monotonic()
        threading.Thread(target=self._open, name="lakeshell-connection", daemon=True).start()

    def wait(self) -> Session:
        """The session, when it is open. Raises what kept it from opening; the next call tries
        again."""
        if self._done.is_set() and self.session is None:
            self.start()
        while not self._done.wait(_POLL):
            pass
        if self.session is None:
            raise self.error or ServerError("There is no server.")
        return self.session

    def _open(self) -> None:
        try:
            from lakeshell.session.session import Session

            self.session = Session(
                self._home,
                self._config,
                remote=self._remote,
                announce=self._announce,
                fetch_progress=self._fetching,
                on_reconnect=self._on_reconnect,
            )
        except LakeshellError as error:
            self.error = error
        # A fault of ours must not leave the first statement waiting for ever.
        except Exception as error:
            self.error = ServerError(f"No session: {type(error).__name__}: {error}")
        finally:
            self._done.set()
            self._on_change()

    def _announce(self, text: str) -> None:
        self._doing = text
        self._on_announce(self.doing)
        self._on_change()

    def _fetching(self, done: int, total: int) -> None:
        from lakeshell.render.metrics import format_bytes

        self._doing = f"Fetching Delta's jars, {format_bytes(done)} of {format_bytes(total)}"
        self._on_change()
