"""Make the demo data: a small homeware chain, the same bytes each time, at any size.

    python demo_data/make.py                          rewrite the committed files
    python demo_data/make.py --scale 100 --out DIR    a hundred times the rows, elsewhere

Rows are written as they are made, so memory does not grow with the scale.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import random
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from vocabulary import CATALOGUE, COLOURS, COUNTRIES, STORES, TAGS, Country

T = TypeVar("T")
Row = tuple[Any, ...]

HERE = Path(__file__).resolve().parent
SEED = "linden-and-oak"
YEAR = 2024

# At scale 1.
CUSTOMERS = 1000
CHANGED, JOINED = 40, 20  # customers in customer_updates.csv
TRANSACTIONS = 8000  # at the tills, a year
ORDERS = 500  # in the web shop, a year
EVENTS = 120  # a day

# Of a year's sales, in thousandths.
MONTHS = (74, 66, 76, 79, 84, 77, 70, 68, 80, 88, 108, 130)
EVENT_DAYS = tuple(dt.date(YEAR, 12, day) for day in range(1, 7))

BATCH = 50_000  # rows held at once
FILE_ROWS = 1_000_000  # rows in one Parquet file

SALES = pa.schema(
    [
        ("transaction_id", pa.string()),
        ("product_id", pa.string()),
        ("customer_id", pa.int32()),
        ("store_id", pa.string()),
        ("quantity", pa.int32()),
        ("price", pa.float64()),
        ("transaction_date", pa.date32()),
    ]
)


class Dice:
    """Repeatable chance. Only `random()` is used: Python keeps that sequence for a seed, while
    `choice`, `sample` and the like have changed between versions."""

    def __init__(self, *name: object) -> None:
        self._roll = random.Random("/".join(map(str, (SEED, *name)))).random

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit` - 1."""
        return int(self._roll() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def chance(self, probability: float) -> bool:
        """True that often."""
        return self._roll() < probability

    def pick(self, options: Sequence[T]) -> T:
        """One of `options`."""
        return options[self.below(len(options))]

    def few(self, limit: int) -> int:
        """From 0 to `limit` - 1, small numbers far more often than large ones."""
        roll = self._roll()
        return int(roll * roll * limit)


# Customers


def customers(scale: int) -> Iterator[Row]:
    """Rows of customers.csv, dirt included."""
    for number in range(1, CUSTOMERS * scale + 1):
        yield _soiled(_customer(number), number)
        if number == 512:
            # The same customer once more, as two tills registered her at the same time.
            yield _customer(number)


def _customer(number: int) -> Row:
    dice = Dice("customer", number)
    country = _country(dice)
    first, first_latin = _spellings(dice.pick(country.first_names))
    last, last_latin = _spellings(dice.pick(country.last_names))
    joined = dt.date(2019, 1, 1) + dt.timedelta(days=dice.below(5 * 365))
    return (
        number,
        first,
        last,
        f"{first_latin}.{last_latin}{number}@example.{dice.pick(('com', 'com', 'org', 'net'))}",
        18 + dice.few(62) if dice.chance(0.5) else dice.between(18, 70),
        _address(dice, country),
        dice.pick(country.cities),
        country.code,
        joined.isoformat(),
        dice.chance(0.4),
    )


def _soiled(row: Row, number: int) -> Row:
    """The row as the tills would have exported it."""
    dice = Dice("dirt", number)
    id_, first, last, email, age, address, city, country, joined, newsletter = row
    if number == 9:
        first = f'{first} "Joschi"'
    if number in (23, 404):
        address = f"{address}\nc/o {last} & Co., 2nd floor"
    if number == 99:
        age = -1
    elif number == 100:
        age = 200
    elif dice.chance(0.02):
        age = None
    if dice.chance(0.03):
        email = None
    elif dice.chance(0.03):
        email = email.upper()
    elif dice.chance(0.01):
        email = email.replace("@", " at ")
    if dice.chance(0.04):
        first = f"  {first} "
    elif dice.chance(0.04):
        last = last.upper()
    if dice.chance(0.04):
        joined = dt.date.fromisoformat(joined).strftime("%d.%m.%Y")
    return (id_, first, last, email, age, address, city, country, joined, newsletter)


def updates(scale: int) -> Iterator[Row]:
    """Rows of customer_updates.csv: moves, new e-mails, new customers; two ids come twice."""
    total = CUSTOMERS * scale
    step = total // (CHANGED * scale)
    for position in range(CHANGED * scale):
        number = 5 + position * step
        yield _moved(number, dt.datetime(YEAR + 1, 1, 8, 9) + dt.timedelta(minutes=position))
        if position < 2:
            yield _moved(number, dt.datetime(YEAR + 1, 1, 9, 17, 30 + position))
    for number in range(total + 1, total + JOINED * scale + 1):
        id_, first, last, email, age, address, city, country, _, _ = _customer(number)
        when = dt.datetime(YEAR + 1, 1, 9, 8) + dt.timedelta(minutes=number - total)
        yield (id_, first, last, email, age, address, city, country, _stamp(when))


def _moved(number: int, when: dt.datetime) -> Row:
    id_, first, last, email, age, address, city, country, _, _ = _customer(number)
    dice = Dice("move", number, when)
    home = next(c for c in COUNTRIES if c.code == country)
    if dice.chance(0.7):
        address, city = _address(dice, home), dice.pick(home.cities)
    else:
        email = email.replace("@example.", "@mail.example.")
    return (id_, first, last, email, age, address, city, country, _stamp(when))


def _country(dice: Dice) -> Country:
    point = dice.below(100)
    for country in COUNTRIES:
        point -= country.share
        if point < 0:
            return country
    raise AssertionError("the shares of COUNTRIES must add up to 100")


def _spellings(name: str) -> tuple[str, str]:
    """The name as written, and in the letters of an e-mail."""
    native, _, latin = name.partition("|")
    plain = (latin or native).lower().replace("ß", "ss").replace("ı", "i")
    letters = unicodedata.normalize("NFKD", plain)
    return native, "".join(c for c in letters if c.isascii() and c.isalpha())


def _address(dice: Dice, country: Country) -> str:
    street, house = dice.pick(country.streets), dice.between(1, 140)
    if country.code in ("FR", "IE"):
        return f"{house} {street}"
    if country.code == "ES":
        return f"{street}, {house}"
    return f"{street} {house}"


# Products and stores


def products() -> list[dict[str, Any]]:
    """The catalogue: sixty products, nested as a product service would answer."""
    found: list[dict[str, Any]] = []
    for department, group, listing in CATALOGUE:
        for entry in listing.split(", "):
            name, _, price = entry.rpartition(": ")
            product_id = f"P{len(found) + 1:03}"
            dice = Dice("product", product_id)
            found.append(
                {
                    "product_id": product_id,
                    "name": name,
                    "category": {"department": department, "group": group},
                    "price": float(price),
                    "cost": round(float(price) * dice.between(35, 65) / 100, 2),
                    "tags": [tag for tag in TAGS if dice.chance(0.25)],
                    "box": {
                        "width_cm": dice.between(8, 60),
                        "height_cm": dice.between(4, 40),
                        "weight_kg": dice.between(1, 90) / 10 if dice.chance(0.8) else None,
                    },
                    "variants": [
                        {"sku": f"{product_id}-{colour[:2].upper()}", "colour": colour, "stock": n}
                        for colour, n in ((c, dice.few(120)) for c in COLOURS)
                        if n > 25
                    ],
                }
            )
    return found


PRODUCTS = products()
PRICES = {product["product_id"]: product["price"] for product in PRODUCTS}
PRODUCT_IDS = tuple(PRICES)


# Sales at the tills


def sales(month: int, scale: int) -> Iterator[Row]:
    """Lines of the receipts of one month, in the order of their days."""
    dice = Dice("sales", month)
    days = _days(month)
    receipts = TRANSACTIONS * scale * MONTHS[month - 1] // sum(MONTHS)
    customers_known = CUSTOMERS * scale
    for number in range(receipts):
        day = days[number * len(days) // receipts]
        receipt = f"T{YEAR}{month:02}-{number + 1:06}"
        customer = dice.few(customers_known) + 1 if dice.chance(0.9) else None
        store = STORES[1 + dice.few(len(STORES) - 1)][0]
        for _ in range(1 + dice.few(5)):
            product = PRODUCT_IDS[dice.few(len(PRODUCT_IDS))]
            quantity = -1 if dice.chance(0.01) else 1 + dice.few(4)
            off = dice.pick((10, 20, 30)) if dice.chance(0.12) else 0
            price = round(PRICES[product] * (100 - off) / 100, 2)
            if month == 6 and number in (100, 200, 300):
                product = "P999"
            yield (receipt, product, customer, store, quantity, price, day)


def _days(month: int) -> list[dt.date]:
    """The days of a month; Saturdays twice, Sundays (closed) never."""
    day, days = dt.date(YEAR, month, 1), []
    while day.month == month:
        days += [day] * (1, 1, 1, 1, 1, 2, 0)[day.weekday()]
        day += dt.timedelta(days=1)
    return days


# Orders of the web shop, and what its visitors do


def orders(scale: int) -> Iterator[dict[str, Any]]:
    """Orders, nested, in the order of their times."""
    dice = Dice("orders")
    count = ORDERS * scale
    year = 366 * 86_400
    for number in range(count):
        seconds = (number * year + dice.below(year)) // count
        placed = dt.datetime(YEAR, 1, 1) + dt.timedelta(seconds=seconds)
        customer = _customer(dice.few(CUSTOMERS * scale) + 1)
        items = []
        for _ in range(1 + dice.few(5)):
            product = dice.pick(PRODUCTS)
            item = {
                "product_id": product["product_id"],
                "quantity": 1 + dice.few(4),
                "price": product["price"],
            }
            if dice.chance(0.1):
                item["gift_wrap"] = True
            items.append(item)
        goods = sum(round(item["quantity"] * item["price"] * 100) for item in items)
        shipping = 0 if goods > 7500 else 490
        order = {
            "order_id": f"W{YEAR}-{number + 1:06}",
            "placed_at": f"{placed.isoformat()}Z",
            "status": dice.pick(("delivered",) * 8 + ("returned", "cancelled")),
            "customer": {"id": customer[0], "email": customer[3], "country": customer[7]},
            "items": items,
            "shipping": {
                "method": dice.pick(("parcel", "parcel", "pickup")),
                "cost": shipping / 100,
            },
            "payment": dice.pick(("card", "card", "paypal", "invoice")),
            "total": (goods + shipping) / 100,
        }
        if dice.chance(0.15):
            order["coupon"] = dice.pick(("WELCOME10", "SPRING", "FRIENDS"))
        yield order


def events(day: dt.date, scale: int) -> Iterator[str]:
    """Lines of one day's file of clicks, as a web server would leave them."""
    dice = Dice("events", day)
    count = EVENTS * scale
    for number in range(count):
        seconds = (number * 86_400 + dice.below(86_400)) // count
        moment = dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=seconds)
        kind = dice.pick(("view", "view", "view", "search", "add_to_cart", "purchase"))
        event: dict[str, Any] = {
            "event_id": f"E{day:%m%d}-{number + 1:05}",
            "event_time": f"{moment.isoformat()}Z",
            "event_type": kind,
            "customer_id": dice.few(CUSTOMERS * scale) + 1,
            "product_id": dice.pick(PRODUCT_IDS),
            "quantity": 1 + dice.few(3) if kind in ("add_to_cart", "purchase") else 0,
            "device": {"os": dice.pick(("ios", "android", "windows")), "app": "4.2"},
        }
        # What goes wrong, and where: README.md tells it to the reader.
        if dice.chance(0.03):
            del event["customer_id"]
        if day.day == 2 and number in (10, 20, 30):
            event["quantity"] = "two"
        if day.day >= 4:
            event["channel"] = dice.pick(("newsletter", "search", "social", "direct"))
        if day.day >= 6:
            event["device"]["locale"] = dice.pick(("de-DE", "fr-FR", "en-IE"))
        line = json.dumps(event, separators=(",", ":"))
        yield line[: len(line) // 2] if day.day == 3 and number == 40 else line


def _stamp(moment: dt.datetime) -> str:
    return moment.isoformat(sep=" ")


# Files


def make(out: Path, scale: int = 1) -> None:
    """Write every file below `out`; the folders sales/ and events/ are emptied first."""
    out.mkdir(parents=True, exist_ok=True)
    for folder in ("sales", "events"):
        (out / folder).mkdir(exist_ok=True)
        for old in (out / folder).iterdir():
            old.unlink()
    person = ["id", "first_name", "last_name", "email", "age", "address", "city", "country"]
    _csv(out / "customers.csv", [*person, "signup_date", "newsletter"], customers(scale))
    _csv(out / "customer_updates.csv", [*person, "updated_at"], updates(scale))
    columns = ["store_id", "name", "city", "country", "region", "opened", "square_metres"]
    _csv(out / "stores.csv", columns, STORES)
    # One array over many lines: what most services answer, and what JSON readers must be told.
    listing = json.dumps(PRODUCTS, ensure_ascii=False, indent=2)
    _lines(out / "products.json", [listing])
    _lines(
        out / "orders.jsonl",
        (json.dumps(order, ensure_ascii=False, separators=(",", ":")) for order in orders(scale)),
    )
    for day in EVENT_DAYS:
        _lines(out / "events" / f"events-{day}.jsonl", events(day, scale))
    for month in range(1, 13):
        _parquet(out / "sales", f"sales-{YEAR}-{month:02}", sales(month, scale))


def _csv(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_cell(value) for value in row])


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _lines(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for line in lines:
            file.write(line + "\n")


def _parquet(folder: Path, name: str, rows: Iterator[Row]) -> None:
    """One file, or numbered parts where there are more than FILE_ROWS rows."""
    part, written = 0, 0
    writer: pq.ParquetWriter | None = None
    for batch in _batches(rows):
        if writer is None or written >= FILE_ROWS:
            if writer is not None:
                writer.close()
            part, written = part + 1, 0
            suffix = "" if part == 1 else f"-part{part}"
            writer = pq.ParquetWriter(folder / f"{name}{suffix}.parquet", SALES, compression="zstd")
        columns = zip(*batch, strict=True)
        arrays = [pa.array(c, field.type) for c, field in zip(columns, SALES, strict=True)]
        writer.write_batch(pa.record_batch(arrays, schema=SALES))
        written += len(batch)
    if writer is not None:
        writer.close()


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--scale", type=int, default=1, help="how many times the rows (1)")
    parser.add_argument("--out", type=Path, help="the folder; default: this one, or large/ beside")
    options = parser.parse_args()
    if options.scale < 1:
        parser.error("--scale is 1 or more")
    default = HERE if options.scale == 1 else HERE / "large"
    make(options.out or default, options.scale)


if __name__ == "__main__":
    main()
