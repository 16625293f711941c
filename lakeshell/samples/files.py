"""A few of the files under /databricks-datasets, as dbfs:/databricks-datasets of the home."""

from __future__ import annotations

import csv
import json
import os
import shutil
import tempfile
from pathlib import Path

from lakeshell.samples.columns import Dice
from lakeshell.samples.nyctaxi import write_yellow_month

_README = """\
Databricks Datasets
===================

A few of the files that every Databricks workspace has under /databricks-datasets, made by
lakeshell: paths, formats and columns are the real ones, the rows are generated.

nyctaxi/tripdata/yellow/        a month of taxi trips, CSV
retail-org/customers/           customers of a retailer, CSV
retail-org/sales_orders/        their orders, JSON
structured-streaming/events/    a log of things opened and closed, fifty JSON files
"""
_EVENT_FILES, _EVENTS = 50, 2_000  # files, and events in each
_CUSTOMERS, _ORDERS = 500, 400
_CITIES = (
    ("WA", "Seattle", "98101", -122.33, 47.61), ("CA", "Oakland", "94607", -122.27, 37.80),
    ("IL", "Chicago", "60601", -87.63, 41.88), ("TX", "Austin", "78701", -97.74, 30.27),
    ("OR", "Portland", "97201", -122.68, 45.52), ("IN", "Gary", "46402", -87.34, 41.59),
)  # fmt: skip
_NAMES = ("Alder", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Juniper", "Larch", "Maple", "Rowan")
_KINDS = ("Trading", "Electronics", "Holdings", "Imports", "Stores")
_PRODUCTS = (
    ("AVp01", "Alto mini system", 993), ("AVp02", "Basso speaker bar", 349),
    ("AVp03", "Tenor sound tower", 279), ("AVp04", "Solo earphones", 149),
    ("AVp05", "Quartet mixer", 459),
)  # fmt: skip


def make_datasets(folder: Path) -> bool:
    """Write them to `folder` unless they are there; whether anything was written.

    All of them or none: they are made beside it and renamed. Raises OSError.
    """
    if (folder / "README.md").exists():
        return False
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".datasets-") as scratch:
        made = Path(scratch)
        _write_taxi(made / "nyctaxi/tripdata/yellow")
        _write_customers(made / "retail-org/customers")
        _write_orders(made / "retail-org/sales_orders")
        _write_events(made / "structured-streaming/events")
        for part in sorted(path for path in made.iterdir()):
            if not (folder / part.name).exists():
                part.rename(folder / part.name)
            else:
                shutil.copytree(part, folder / part.name, dirs_exist_ok=True)
    # Last, because it tells that all is there.
    part = folder / f".README.{os.getpid()}"
    part.write_text(_README, encoding="utf-8")
    part.replace(folder / "README.md")
    return True


def _write_taxi(folder: Path) -> None:
    folder.mkdir(parents=True)
    write_yellow_month(folder / "yellow_tripdata_2019-12.csv.gz")


def _write_customers(folder: Path) -> None:
    folder.mkdir(parents=True)
    columns = (
        "customer_id", "tax_id", "tax_code", "customer_name", "state", "city", "postcode", "street",
        "number", "unit", "region", "district", "lon", "lat", "ship_to_address", "valid_from",
        "valid_to", "units_purchased", "loyalty_segment",
    )  # fmt: skip
    dice = Dice("retail-org", "customers")
    city = dice.whole(0, len(_CITIES) - 1, _CUSTOMERS)
    number, units = dice.whole(1, 9_999, _CUSTOMERS), dice.whole(0, 60, _CUSTOMERS)
    since = dice.whole(1_500_000_000, 1_560_000_000, _CUSTOMERS)
    segment = dice.whole(0, 4, _CUSTOMERS)
    with (folder / "customers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for at in range(_CUSTOMERS):
            state, town, postcode, lon, lat = _CITIES[city[at]]
            street = f"{_NAMES[at % len(_NAMES)].upper()} ST"
            address = f"{state}, {postcode}, {street}, {number[at]}"
            ended = "" if at % 9 else since[at] + 20_000_000
            writer.writerow(
                (_customer(at), "", "", _name(at), state, town, postcode, street, number[at], "",
                 "", "", lon, lat, address, since[at], ended, units[at], segment[at])
            )  # fmt: skip


def _write_orders(folder: Path) -> None:
    folder.mkdir(parents=True)
    dice = Dice("retail-org", "sales_orders")
    who = dice.whole(0, _CUSTOMERS - 1, _ORDERS)
    moment = dice.whole(1_564_600_000, 1_572_500_000, _ORDERS)
    lines = dice.whole(1, 3, _ORDERS)
    first, quantity = dice.whole(0, len(_PRODUCTS) - 1, _ORDERS), dice.whole(1, 4, _ORDERS)
    with (folder / "part-00000-sales_orders.json").open("w", encoding="utf-8") as file:
        for at in range(_ORDERS):
            products = [_PRODUCTS[(first[at] + line) % len(_PRODUCTS)] for line in range(lines[at])]
            order = {
                "clicked_items": [[id, str(50 + line)] for line, (id, _, _) in enumerate(products)],
                "customer_id": _customer(int(who[at])),
                "customer_name": _name(int(who[at])),
                "number_of_line_items": str(lines[at]),
                # The real file has no moment for some of them.
                "order_datetime": "" if at % 40 == 7 else str(moment[at]),
                "order_number": 316_000_000 + at,
                "ordered_products": [
                    {"curr": "USD", "id": id, "name": name, "price": price,
                     "promotion_info": None, "qty": int(quantity[at]), "unit": "pcs"}
                    for id, name, price in products
                ],
                "promo_info": [],
            }  # fmt: skip
            file.write(json.dumps(order) + "\n")


def _write_events(folder: Path) -> None:
    folder.mkdir(parents=True)
    moment = 1_469_501_107  # 2016-07-26 02:45, in seconds since 1970
    for number in range(_EVENT_FILES):
        dice = Dice("structured-streaming", number)
        gaps, opens = dice.whole(0, 3, _EVENTS), dice.whole(0, 1, _EVENTS)
        with (folder / f"file-{number}.json").open("w", encoding="utf-8") as file:
            for gap, opened in zip(gaps, opens, strict=True):
                moment += int(gap)
                action = "Open" if opened else "Close"
                file.write(f'{{"time":{moment},"action":"{action}"}}\n')


def _customer(number: int) -> int:
    return 10_000_001 + 37 * number


def _name(number: int) -> str:
    kind = _KINDS[number // len(_NAMES) % len(_KINDS)]
    return f"{_NAMES[number % len(_NAMES)]} {kind} {number + 1}"
