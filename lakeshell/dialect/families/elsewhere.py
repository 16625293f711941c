"""Objects of an account, a cloud or another system, which one machine does not have."""

from __future__ import annotations

from lakeshell.dialect.ledger import unsupported
from lakeshell.dialect.reader import Reader
from lakeshell.dialect.steps import Refusal, Step
from lakeshell.sql.lexer import Kind

_CONNECTION = "CONNECTION"
_FOREIGN = "REFRESH FOREIGN …"
_FOREIGN_CATALOG = "CREATE FOREIGN CATALOG"
_LOCATION = "EXTERNAL LOCATION"
_CREDENTIAL = "STORAGE CREDENTIAL, SERVICE CREDENTIAL"
_SHARE = "SHARE"
_RECIPIENT = "RECIPIENT"
_PROVIDER = "PROVIDER"
_CLEAN_ROOM = "CLEAN ROOM"
_METADATA = "EXTERNAL METADATA"
_POLICY = "POLICY"
_SYNC = "SYNC"

CONSTRUCTS = (
    unsupported(
        _CONNECTION,
        "there is no query federation here; CREATE TABLE … USING jdbc OPTIONS (url …) reads a "
        "table of another database.",
        "CREATE CONNECTION pg TYPE postgresql OPTIONS (host 'db', user 'me', password 'x')",
    ),
    unsupported(
        _FOREIGN,
        "there is no query federation here; CREATE TABLE … USING jdbc OPTIONS (url …) reads a "
        "table of another database.",
        "REFRESH FOREIGN CATALOG pg",
    ),
    unsupported(
        _FOREIGN_CATALOG,
        "there is no query federation here; CREATE TABLE … USING jdbc OPTIONS (url …) reads a "
        "table of another database.",
        "CREATE FOREIGN CATALOG pg USING CONNECTION c OPTIONS (database 'd')",
    ),
    unsupported(
        _LOCATION,
        "cloud storage is not reached; [mounts] in lakeshell.toml says which folder a cloud path "
        "leads to.",
        "CREATE EXTERNAL LOCATION landing URL 's3://bucket/in' WITH (STORAGE CREDENTIAL c)",
    ),
    unsupported(
        _CREDENTIAL,
        "cloud storage is not reached, so there is nothing to log in to.",
        "SHOW STORAGE CREDENTIALS",
    ),
    unsupported(
        _SHARE,
        "nothing is shared over a network from here; the Delta tables can be copied as folders.",
        "CREATE SHARE sales COMMENT 'for partners'",
    ),
    unsupported(_RECIPIENT, "nothing is shared over a network from here.",
                "CREATE RECIPIENT partner"),
    unsupported(_PROVIDER, "no shares of others are read here.", "SHOW SHARES IN PROVIDER acme"),
    unsupported(_CLEAN_ROOM, "a clean room needs an account with several parties.",
                "SHOW CLEAN ROOMS"),
    unsupported(_METADATA, "there is no registry of other systems' objects here.",
                "CREATE EXTERNAL METADATA dash"),
    unsupported(
        _POLICY,
        "attribute-based policies need Unity Catalog's governed tags; SET ROW FILTER and SET MASK "
        "are kept.",
        "DROP POLICY hide_pii ON SCHEMA sales",
    ),
    unsupported(_SYNC, "there is one metastore here, and no other to take tables from.",
                "SYNC SCHEMA main.sales FROM hive_metastore.sales"),
)  # fmt: skip

_OBJECTS = (
    ("FOREIGN CATALOG", _FOREIGN),
    ("FOREIGN SCHEMA", _FOREIGN),
    ("FOREIGN TABLE", _FOREIGN),
    ("EXTERNAL LOCATION", _LOCATION),
    ("EXTERNAL LOCATIONS", _LOCATION),
    ("EXTERNAL METADATA", _METADATA),
    ("STORAGE CREDENTIAL", _CREDENTIAL),
    ("STORAGE CREDENTIALS", _CREDENTIAL),
    ("SERVICE CREDENTIAL", _CREDENTIAL),
    ("SERVICE CREDENTIALS", _CREDENTIAL),
    ("CREDENTIAL", _CREDENTIAL),
    ("CREDENTIALS", _CREDENTIAL),
    ("CLEAN ROOM", _CLEAN_ROOM),
    ("CLEAN ROOMS", _CLEAN_ROOM),
    ("CONNECTION", _CONNECTION),
    ("CONNECTIONS", _CONNECTION),
    ("SERVER", _CONNECTION),
    ("SHARES IN PROVIDER", _PROVIDER),
    ("SHARE", _SHARE),
    ("SHARES", _SHARE),
    ("RECIPIENT", _RECIPIENT),
    ("RECIPIENTS", _RECIPIENT),
    ("PROVIDER", _PROVIDER),
    ("PROVIDERS", _PROVIDER),
    ("POLICY", _POLICY),
    ("POLICIES", _POLICY),
)
_NAMED = (Kind.WORD, Kind.IDENTIFIER)


def whole(reader: Reader) -> Step | None:
    """A statement about one of these objects."""
    if reader.words("SYNC", "SCHEMA") or reader.words("SYNC", "TABLE"):
        return Refusal(_SYNC)
    verb = reader.one_of(
        "CREATE", "ALTER", "DROP", "DESCRIBE", "DESC", "SHOW", "COMMENT", "REFRESH"
    )
    if verb == "CREATE":
        reader.words("OR", "REPLACE")
    elif verb == "COMMENT" and not reader.words("ON"):
        return None
    elif verb == "SHOW":
        reader.words("ALL", "IN")
        reader.words("EFFECTIVE")
    elif not verb:
        return None
    for words, construct in _OBJECTS:
        before = reader.at
        if reader.words(*words.split()):
            # `DESCRIBE share` and `DESCRIBE share.t` are about a table of that name.
            if verb in ("DESCRIBE", "DESC") and reader.next.kind not in _NAMED:
                reader.at = before
                continue
            if construct == _FOREIGN and verb == "CREATE" and words == "FOREIGN CATALOG":
                return Refusal(_FOREIGN_CATALOG)
            return Refusal(construct) if (verb == "REFRESH") == (construct == _FOREIGN) else None
    return None
