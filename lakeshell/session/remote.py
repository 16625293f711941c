"""The address of a Spark Connect endpoint: `sc://host:port/;token=…;user_id=…`."""

from __future__ import annotations

import getpass
import uuid
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from lakeshell.endpoint import Endpoint
from lakeshell.errors import UsageError

_DEFAULT_PORT = 15002
_LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


def new_session_id() -> str:
    """A name for a session that no other has."""
    return str(uuid.uuid4())


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no such user in a container's passwd
        return "lakeshell"


@dataclass(frozen=True)
class Remote:
    """Where to connect and as whom; `session_id` is a UUID that several processes may share.

    The format of the address is Spark's (docs: Spark Connect, "Client connection string").
    """

    host: str
    port: int
    token: str | None = None
    use_ssl: bool = False
    user_id: str = field(default_factory=_user)
    session_id: str = field(default_factory=new_session_id)
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, endpoint: Endpoint) -> Remote:
        """The local server's address. By name: a token sent to 127.0.0.1 would imply TLS."""
        return cls("localhost", endpoint.connect_port, endpoint.token)

    @classmethod
    def parse(cls, address: str) -> Remote:
        """Read an address; UsageError says what is wrong with it."""
        parts = urlsplit(address)
        if parts.scheme != "sc" or not parts.hostname:
            raise UsageError(
                f"{address.split(';')[0]!r} is not a Spark Connect address.",
                hint="It looks like sc://host:15002/;token=…",
            )
        try:
            port = parts.port or _DEFAULT_PORT
        except ValueError as error:
            raise UsageError(f"The port in {address.split(';')[0]!r} is not a number.") from error
        options: dict[str, str] = {}
        for pair in parts.path.lstrip("/").split(";"):
            if pair:
                key, equals, value = pair.partition("=")
                if not equals:
                    raise UsageError(f"In the address, {key!r} has no value.")
                options[key] = unquote(value)
        token = options.pop("token", None)
        secure = options.pop("use_ssl", "").lower() == "true"
        remote = cls(
            host=parts.hostname,
            port=port,
            token=token,
            # As in pyspark: a token never crosses a network in the clear.
            use_ssl=secure or (token is not None and parts.hostname not in _LOCAL_HOSTS),
            user_id=options.pop("user_id", "") or _user(),
            session_id=options.pop("session_id", "") or new_session_id(),
            headers=tuple((k, v) for k, v in options.items() if k != "user_agent"),
        )
        try:
            uuid.UUID(remote.session_id)
        except ValueError as error:
            raise UsageError("In the address, session_id is not a UUID.") from error
        return remote

    def url(self) -> str:
        """The address as pyspark takes it, token and session included."""
        options = {"user_id": self.user_id, "session_id": self.session_id}
        if self.token:
            options["token"] = self.token
        if self.use_ssl:
            options["use_ssl"] = "true"
        options.update(self.headers)
        return f"sc://{self.host}:{self.port}/;" + ";".join(
            f"{key}={quote(value, safe='')}" for key, value in options.items()
        )
