"""JDBC against a real PostgreSQL: the driver by %jars, tables by OPTIONS, no password anywhere.

A home and a server of its own, because the driver stands on the server's class path.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from command import run_command
from command_shell import Shell
from postgres import DATABASE, ROLE, Postgres, postgres

from lakeshell.config import load_config
from lakeshell.endpoint import read_endpoint
from lakeshell.errors import StatementError, UsageError
from lakeshell.home import Home
from lakeshell.session.session import Session

DRIVER = "org.postgresql:postgresql:42.7.4"
PASSWORD = "canary-7Gq'x\\1"

# As people write it, with the server's address replaced.
RAW_ORDERS = """\
CREATE TABLE raw_orders
USING org.apache.spark.sql.jdbc
OPTIONS (
  url = 'jdbc:postgresql://server:5432/database',
  dbtable = 'orders',
  user = '${user}',
  password = '${password}'
)
"""
STATS = """\
CREATE TABLE customer_purchase_stats AS
SELECT
  customer_id,
  order_date,
  order_amount,
  SUM(order_amount) OVER (PARTITION BY customer_id ORDER BY order_date) AS running_total,
  AVG(order_amount) OVER (PARTITION BY customer_id ORDER BY order_date ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS moving_avg_3_orders
FROM raw_orders
"""  # noqa: E501


@dataclass
class Shop:
    """A lakehouse whose server has the driver, and the database beside it."""

    home: Home
    database: Postgres

    def sql(self, text: str) -> str:
        """The text with the address of the database."""
        return text.replace("server:5432/database", f"{self.database.host}/{DATABASE}")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    home = Home(tmp_path_factory.mktemp("jdbc") / "home").create()
    with postgres(PASSWORD) as database:
        database.run(
            "CREATE TABLE orders (order_id int PRIMARY KEY, customer_id text, order_date date, "
            "order_amount numeric(10,2));"
            "INSERT INTO orders VALUES (1, 'a', '2024-01-01', 10.00), (2, 'a', '2024-01-02', 5.50),"
            "(3, 'b', '2024-01-03', 7.25)"
        )
        try:
            yield Shop(home, database)
        finally:
            endpoint = read_endpoint(home)
            if endpoint is not None:
                # Ending in good order would first write an archive of classes for later starts.
                os.kill(endpoint.pid, signal.SIGKILL)


def test_the_driver_is_added_and_a_table_is_read_without_showing_the_password(
    shop: Shop, tmp_path: Path
) -> None:
    added = run_command("jars", "add", DRIVER, home=shop.home.root)
    assert added.code == 0, added.stderr
    assert f"Added {DRIVER}" in added.stderr

    script = tmp_path / "orders.sql"
    script.write_text(
        shop.sql(f"{RAW_ORDERS};\n{STATS};\n")
        + "SELECT * FROM customer_purchase_stats ORDER BY order_date;\n"
        + "SHOW CREATE TABLE raw_orders;\nDESCRIBE EXTENDED raw_orders;\n%ddl raw_orders\n%set\n"
        + "EXPLAIN EXTENDED SELECT * FROM raw_orders;\n"
    )
    done = run_command(
        "-f", str(script), "--format", "csv", "-v", f"user={ROLE}", "-v", f"password={PASSWORD}",
        home=shop.home.root,
    )  # fmt: skip
    assert done.code == 0, done.stderr
    assert "a,2024-01-02,5.50,15.50,7.750000" in done.stdout
    assert "b,2024-01-03,7.25,7.25,7.250000" in done.stdout
    _assert_secret(done.stdout + done.stderr)

    # A statement that fails is told without what stood in it.
    broken = shop.sql(RAW_ORDERS).replace("raw_orders", "r2").replace("OPTIONS (", "OPTIONS ((")
    wrong = shop.sql(RAW_ORDERS).replace("raw_orders", "r3").replace("'${user}'", "'nobody_here'")
    failed = run_command(
        "--debug", "--keep-going", "-e", f"{broken};\n{wrong}", "-v", f"user={ROLE}",
        "-v", f"password={PASSWORD}", home=shop.home.root,
    )  # fmt: skip
    assert failed.code == 1
    assert "Syntax error" in failed.stderr
    assert "nobody_here" in failed.stderr
    _assert_secret(failed.stdout + failed.stderr)


def test_cells_read_and_write_and_jars_says_what_a_restart_ends(shop: Shop) -> None:
    session = Session(shop.home, load_config(shop.home))
    shell = Shell(shop.home, shop.home.root, session, config=load_config(shop.home))
    shell.variables = {"user": ROLE, "password": PASSWORD}
    shell.run(
        shop.sql(
            f"""%python
options = dict(url="jdbc:postgresql://server:5432/database", user={ROLE!r}, password={PASSWORD!r})
orders = spark.read.format("jdbc").options(dbtable="orders", **options).load()
print(orders.count(), dict(orders.dtypes)["order_amount"])
orders.filter("customer_id = 'b'").write.format("jdbc").options(dbtable="few", **options).save()
ticks = spark.readStream.format("rate").load().writeStream.format("memory").queryName("ticks")
ticks = ticks.start()
"""
        )
    )
    assert "3 decimal(10,2)" in shell.text
    assert shop.database.run("SELECT order_id, order_amount FROM few") == "3|7.25"

    # Rows go into the database by SQL, too.
    shell.run(shop.sql(RAW_ORDERS).replace("CREATE TABLE raw_orders", "CREATE TABLE target"))
    shell.run("INSERT INTO target VALUES (4, 'c', DATE '2024-02-01', 1.25)")
    assert shop.database.run("SELECT max(order_id) FROM orders") == "4"

    with pytest.raises(UsageError, match="1 streams"):
        shell.words("jars", "remove", "org.postgresql:postgresql")
    shell.run("%python\nticks.stop()")

    with pytest.raises(StatementError) as other:
        session.execute(
            "CREATE TABLE m USING jdbc OPTIONS (url 'jdbc:mysql://127.0.0.1:1/d', dbtable 't')"
        )
    assert other.value.hint == "lakeshell jars add com.mysql:mysql-connector-j:9.1.0"
    session.close()

    for path in shop.home.root.rglob("*"):
        # The metastore keeps what CREATE TABLE said, as it must to read the table later.
        if path.is_file() and "metastore" not in path.parts:
            _assert_secret(path.read_bytes().decode("utf-8", "replace"), str(path))


def _assert_secret(text: str, where: str = "") -> None:
    found = re.search(r".{0,80}canary-7Gq.{0,20}", text)
    assert found is None, f"{where}: {found and found[0]}"
