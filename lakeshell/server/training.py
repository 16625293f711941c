"""What a JVM does before it writes its class archive: one of everything that shells will ask for.

An archive holds the classes that were loaded until then. A server that was only asked `select 1`
would leave the next ones to load all of Delta from its jars again, which takes most of a cold
statement's time.
"""

from __future__ import annotations

from pathlib import Path

from lakeshell.endpoint import Endpoint
from lakeshell.errors import LakeshellError
from lakeshell.session.connect import ConnectClient
from lakeshell.session.execute import Executor
from lakeshell.session.remote import Remote
from lakeshell.sql.names import quote_identifier, quote_string


def train(endpoint: Endpoint, scratch: Path) -> None:
    """Run the statements through the server's own Connect endpoint, on tables below `scratch`.

    A statement that fails is passed over: it only trains less.
    """
    client = ConnectClient(Remote.of(endpoint))
    executor = Executor(client)
    for statement in _statements(scratch):
        try:
            executor.execute(statement, limit=10, timeout=60)
        except LakeshellError as error:
            print(f"training: {error.message}", flush=True)
    client.release()
    client.close()


def _statements(scratch: Path) -> list[str]:
    table = f"delta.{quote_identifier(str(scratch / 'training'))}"
    copy = f"delta.{quote_identifier(str(scratch / 'training-copy'))}"
    csv = quote_string(str(scratch / "training-csv"))
    return [
        "SHOW SCHEMAS",
        "SHOW TABLES",
        "SELECT 1 AS one",
        f"CREATE TABLE {table} (id BIGINT, name STRING, day DATE, amount DOUBLE)",
        f"INSERT INTO {table} VALUES (1, 'a', DATE'2024-01-01', 1.5), (2, 'b', NULL, NULL)",
        f"INSERT INTO {table} SELECT id, concat('n', id), current_date(), id * 1.5 FROM range(100)",
        f"MERGE INTO {table} t USING (SELECT 1 AS id, 'z' AS name) s ON t.id = s.id "
        "WHEN MATCHED THEN UPDATE SET name = s.name "
        "WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.name)",
        f"UPDATE {table} SET name = 'y' WHERE id = 2",
        f"DELETE FROM {table} WHERE id = 3",
        f"SELECT * FROM {table}",
        f"SELECT count(*) FROM {table} VERSION AS OF 1",
        f"DESCRIBE HISTORY {table}",
        f"DESCRIBE DETAIL {table}",
        f"DESCRIBE {table}",
        f"OPTIMIZE {table} ZORDER BY (id)",
        f"VACUUM {table} DRY RUN",
        f"VACUUM {table}",
        f"CREATE TABLE {copy} AS SELECT id, sum(amount) AS total FROM {table} GROUP BY id",
        f"SELECT a.name, b.total, row_number() OVER (PARTITION BY a.day ORDER BY a.id) AS n "
        f"FROM {table} a JOIN {copy} b ON a.id = b.id ORDER BY n DESC LIMIT 5",
        f"INSERT OVERWRITE DIRECTORY {csv} USING csv OPTIONS (header 'true') SELECT * FROM {table}",
        f"SELECT * FROM csv.{quote_identifier(str(scratch / 'training-csv'))}",
        "SELECT explode(sequence(1, 3)) AS x, from_json('{\"a\": 1}', 'a INT').a AS y",
        f"EXPLAIN FORMATTED SELECT count(*) FROM {table}",
        "SHOW FUNCTIONS",
    ]
