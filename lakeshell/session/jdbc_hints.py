"""What to do about a JDBC driver that the server does not have."""

from __future__ import annotations

import re

# By what follows `jdbc:` in an address, or begins the driver's class.
_DRIVERS = {
    "postgresql": "org.postgresql:postgresql:42.7.4",
    "mysql": "com.mysql:mysql-connector-j:9.1.0",
    "mariadb": "org.mariadb.jdbc:mariadb-java-client:3.5.1",
    "sqlserver": "com.microsoft.sqlserver:mssql-jdbc:12.8.1.jre11",
    "oracle": "com.oracle.database.jdbc:ojdbc11:23.6.0.24.10",
    "sqlite": "org.xerial:sqlite-jdbc:3.47.1.0",
    "snowflake": "net.snowflake:snowflake-jdbc:3.20.0",
    "redshift": "com.amazon.redshift:redshift-jdbc42:2.1.0.31",
}
_ADDRESS = re.compile(r"jdbc:(\w+)", re.IGNORECASE)
_NO_DRIVER = re.compile(
    r"No suitable driver|ClassNotFoundException: ([\w.]*[dD]river\w*)"
    r"|(?:Cannot|could not) (?:find|load).{0,40}\b([\w.]+Driver)\b"
)


def driver_hint(message: str, statement: str) -> str | None:
    """How to get the driver that `message` misses; `statement` holds the address. None if none is
    missing."""
    missing = _NO_DRIVER.search(message)
    if missing is None:
        return None
    driver = (missing[1] or missing[2] or "").lower()
    address = _ADDRESS.search(statement)
    for name, package in _DRIVERS.items():
        if (address and address[1].lower() == name) or name in driver:
            return f"lakeshell jars add {package}"
    return "lakeshell jars add GROUP:ARTIFACT:VERSION of the JDBC driver."
