"""Statements with a word too few, too many, or in another's place: a clear error each."""

from __future__ import annotations

import random
import re

from mutations import broken

from lakeshell.dialect.dialect import Dialect
from lakeshell.dialect.ledger import Fate
from lakeshell.errors import LakeshellError
from lakeshell.session.session import Session

NATIVE = (
    "SELECT a, count(*) AS n FROM shop.sales.orders o WHERE o.a > 1 GROUP BY a ORDER BY n LIMIT 5",
    "WITH x AS (SELECT 1 AS a) SELECT x.a, y.* FROM x JOIN shop.sales.orders y ON x.a = y.a",
    "INSERT INTO shop.sales.orders VALUES (1, 'one'), (2, 'two')",
    "MERGE INTO shop.sales.orders t USING shop.sales.orders s ON t.a = s.a "
    "WHEN MATCHED THEN UPDATE SET t.b = s.b WHEN NOT MATCHED THEN INSERT *",
    "UPDATE shop.sales.orders SET b = upper(b) WHERE a BETWEEN 1 AND 2",
    "DELETE FROM shop.sales.orders WHERE a IN (7, 8)",
    "ALTER TABLE shop.sales.orders ADD COLUMNS (c STRING COMMENT 'new')",
    "DESCRIBE HISTORY shop.sales.orders LIMIT 1",
)
# Nothing of these may run in earnest when a word of them is missing: they ask the network, wait, or
# work on everything.
_SLOW = re.compile(r"\b(?:VACUUM|OPTIMIZE|ANALYZE|PUT|GET)\b", re.IGNORECASE)
_OURS = re.compile(
    r"shop__|Traceback|py4j|java\.|scala\.|\bat org\.|lakeshell\.(?!toml)|[A-Za-z]+Error\("
)
_MANY = 500


def test_broken_statements_fail_clearly(session: Session) -> None:
    seeds = [c.example for c in Dialect().ledger() if c.fate is not Fate.UNSUPPORTED]
    seeds = [text for text in seeds if not _SLOW.search(text)] + list(NATIVE) * 3
    chance = random.Random(5)
    session.execute("CREATE CATALOG IF NOT EXISTS shop")
    session.execute("CREATE SCHEMA IF NOT EXISTS shop.sales")
    session.execute("CREATE TABLE IF NOT EXISTS shop.sales.orders (a INT, b STRING)")
    told: list[tuple[str, str]] = []
    try:
        for _ in range(_MANY):
            text = broken(chance.choice(seeds), chance)
            try:
                session.execute(text, limit=1, timeout=20)
            except LakeshellError as error:
                told.append((text, f"{error.message.strip()} {error.hint or ''}"))
    finally:
        session.execute("USE CATALOG spark_catalog")
        session.execute("USE default")
        session.execute("DROP CATALOG IF EXISTS shop CASCADE")
    assert len(told) > _MANY // 2
    assert [pair for pair in told if pair[1].startswith(" ") or _OURS.search(pair[1])] == []
