"""Trips of New York's yellow taxis: `samples.nyctaxi.trips` and a month as a file."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakeshell.samples.columns import Dice

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Numbers = np.ndarray[Any, Any]

TRIPS = 21_932  # as many as the real table has
FILE_TRIPS = 5_000
_JANUARY_2016 = 1_451_606_400  # 2016-01-01 00:00, in seconds since 1970
_DECEMBER_2019 = 1_575_158_400
_ZIPS = (
    10001, 10002, 10003, 10009, 10010, 10011, 10012, 10013, 10014, 10016, 10017, 10018, 10019,
    10020, 10021, 10022, 10023, 10024, 10025, 10028, 10036, 10065, 10075, 10103, 10110, 10119,
    10128, 10153, 10167, 10171, 10199, 10282, 11101, 11105, 11201, 11211, 11217, 11238, 11371,
    11422, 11430,
)  # fmt: skip


def trips() -> pa.Table:
    """`samples.nyctaxi.trips`: January and February 2016."""
    import pyarrow as pa

    dice = Dice("nyctaxi", "trips")
    pickup, dropoff, miles = _rides(dice, TRIPS, _JANUARY_2016, 60)
    return pa.table(
        {
            "tpep_pickup_datetime": _moments(pickup),
            "tpep_dropoff_datetime": _moments(dropoff),
            "trip_distance": pa.array(miles, pa.float64()),
            "fare_amount": pa.array(_fare(miles, dropoff - pickup), pa.float64()),
            "pickup_zip": _zips(dice, TRIPS),
            "dropoff_zip": _zips(dice, TRIPS),
        }
    )


def write_yellow_month(path: Path) -> None:
    """`yellow_tripdata_2019-12.csv.gz`, with the columns that the city publishes."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.csv as csv

    dice = Dice("nyctaxi", "2019-12")
    pickup, dropoff, miles = _rides(dice, FILE_TRIPS, _DECEMBER_2019, 31)
    fare = _fare(miles, dropoff - pickup)
    pays_by_card = dice.whole(1, 10, FILE_TRIPS) <= 7
    percent = dice.whole(0, 30, FILE_TRIPS)
    tip = np.where(pays_by_card, np.round(fare * percent / 100, 2), 0.0)
    tolls = np.where(miles > 15, 6.12, 0.0)
    extra = dice.whole(0, 2, FILE_TRIPS) * 0.5
    total = np.round(fare + tip + tolls + extra + 0.5 + 0.3 + 2.5, 2)
    table = pa.table(
        {
            "VendorID": dice.whole(1, 2, FILE_TRIPS),
            "tpep_pickup_datetime": _moments(pickup),
            "tpep_dropoff_datetime": _moments(dropoff),
            "passenger_count": np.minimum(dice.whole(1, 12, FILE_TRIPS) // 3 + 1, 6),
            "trip_distance": miles,
            "RatecodeID": np.where(miles > 15, 2, 1),
            "store_and_fwd_flag": dice.words(("N",) * 99 + ("Y",), FILE_TRIPS),
            "PULocationID": dice.whole(1, 263, FILE_TRIPS),
            "DOLocationID": dice.whole(1, 263, FILE_TRIPS),
            "payment_type": np.where(pays_by_card, 1, 2),
            "fare_amount": fare,
            "extra": extra,
            "mta_tax": np.full(FILE_TRIPS, 0.5),
            "tip_amount": tip,
            "tolls_amount": tolls,
            "improvement_surcharge": np.full(FILE_TRIPS, 0.3),
            "total_amount": total,
            "congestion_surcharge": np.full(FILE_TRIPS, 2.5),
        }
    )
    moments = {"tpep_pickup_datetime", "tpep_dropoff_datetime"}
    for index, name in enumerate(table.column_names):
        if name in moments:
            # As the city writes them: no zone, no parts of a second.
            plain = table[name].cast(pa.timestamp("s")).cast(pa.string())
            table = table.set_column(index, name, plain)
    text = io.BytesIO()
    csv.write_csv(table, text, csv.WriteOptions(quoting_style="none"))
    with path.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
        packed.write(text.getvalue())


def _rides(dice: Dice, count: int, first: int, days: int) -> tuple[Numbers, Numbers, Numbers]:
    """Begin and end in seconds since 1970, in order, and miles: short ones far more often."""
    import numpy as np

    pickup = np.sort(dice.whole(first, first + days * 86_400 - 3_601, count))
    miles = np.round(0.4 + 20 * (dice.whole(0, 9_999, count) / 10_000) ** 4 * 1.2, 2)
    speed = dice.whole(6, 22, count)  # miles an hour
    seconds = (miles / speed * 3600).astype(np.int64) + dice.whole(60, 300, count)
    return pickup, pickup + seconds, miles


def _fare(miles: Numbers, seconds: Numbers) -> Numbers:
    """By the mile and by the minute, in steps of 50 cents."""
    import numpy as np

    fare: Numbers = np.round((2.5 + 2.5 * miles * 0.8 + seconds / 60 * 0.2) * 2) / 2
    return fare


def _moments(seconds: Numbers) -> pa.Array:
    import pyarrow as pa

    return pa.array(seconds * 1_000_000, pa.timestamp("us", "UTC"))


def _zips(dice: Dice, count: int) -> pa.Array:
    import numpy as np
    import pyarrow as pa

    return pa.array(np.array(_ZIPS)[dice.whole(0, len(_ZIPS) - 1, count)], pa.int32())
