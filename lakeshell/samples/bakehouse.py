"""A chain of bakeries: the tables of `samples.bakehouse`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lakeshell.samples.columns import Dice, longs, strings

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Numbers = np.ndarray[Any, Any]

# As many rows as the real tables have.
CUSTOMERS, FRANCHISES, SUPPLIERS, TRANSACTIONS, REVIEWS = 300, 48, 27, 3_333, 204
_FIRST_CUSTOMER, _FIRST_FRANCHISE = 2_000_001, 3_000_000
_FIRST_SUPPLIER, _FIRST_TRANSACTION = 4_000_000, 1_000_001
_MAY_2024 = 1_714_521_600  # 2024-05-01 00:00, in seconds since 1970

_FIRST_NAMES = (
    ("Anna", "female"), ("Bo", "male"), ("Carla", "female"), ("Davi", "male"), ("Elin", "female"),
    ("Farid", "male"), ("Grace", "female"), ("Hugo", "male"), ("Ines", "female"), ("Jonas", "male"),
    ("Keiko", "female"), ("Liam", "male"), ("Mina", "female"), ("Noel", "male"), ("Olga", "female"),
    ("Pablo", "male"), ("Rosa", "female"), ("Sven", "male"), ("Tara", "female"), ("Yusuf", "male"),
)  # fmt: skip
_LAST_NAMES = (
    "Adler", "Brandt", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Hughes", "Ito",
    "Jansen", "Kovacs", "Lopez", "Moreau", "Novak", "Okafor", "Park", "Rossi", "Silva", "Tanaka",
    "Weber",
)  # fmt: skip
# City, district, state, country, continent, longitude, latitude.
_PLACES = (
    ("Austin", "Downtown", "Texas", "US", "North America", -97.74, 30.27),
    ("Seattle", "Ballard", "Washington", "US", "North America", -122.33, 47.61),
    ("Chicago", "The Loop", "Illinois", "US", "North America", -87.63, 41.88),
    ("San Francisco", "Mission", "California", "US", "North America", -122.42, 37.77),
    ("Toronto", "Annex", "Ontario", "Canada", "North America", -79.38, 43.65),
    ("Paris", "Montmartre", "Ile-de-France", "France", "Europe", 2.35, 48.86),
    ("Berlin", "Kreuzberg", "Berlin", "Germany", "Europe", 13.40, 52.52),
    ("Stockholm", "Vasastan", "Stockholm", "Sweden", "Europe", 18.07, 59.33),
    ("Amsterdam", "Jordaan", "North Holland", "Netherlands", "Europe", 4.90, 52.37),
    ("Tokyo", "Shibuya", "Tokyo", "Japan", "Asia", 139.69, 35.69),
    ("Osaka", "Namba", "Osaka", "Japan", "Asia", 135.50, 34.69),
    ("Sydney", "Surry Hills", "New South Wales", "Australia", "Oceania", 151.21, -33.87),
)
_SIZES = ("S", "M", "L", "XL", "XXL")
_ADJECTIVES = ("Golden", "Crusty", "Sweet", "Rustic", "Velvet", "Little", "Sunny", "Honest")
_NOUNS = ("Crumb", "Whisk", "Oven", "Rolling Pin", "Sugar Jar", "Croissant")
_INGREDIENTS = (
    "flour", "butter", "sugar", "eggs", "vanilla", "chocolate", "almonds", "cinnamon", "yeast",
)  # fmt: skip
_PRODUCTS = (
    "Golden Gate Ginger", "Outback Oatmeal", "Austin Almond Biscotti", "Tokyo Tidbits",
    "Pearly Pies", "Orchard Oasis",
)  # fmt: skip
_PAYMENTS = ("amex", "visa", "mastercard")
_OPENINGS = (
    "The cookies were warm and fresh.", "I waited far too long.", "A lovely little shop.",
    "Not what it used to be.", "The staff knew every recipe by heart.", "My order was wrong twice.",
)  # fmt: skip
_ENDINGS = (
    "I will come again.", "The price is fair.", "I would rather bake at home.",
    "My children loved it.", "A napkin would have been nice.", "Worth the walk across town.",
)  # fmt: skip

TABLES = (
    "sales_customers",
    "sales_franchises",
    "sales_suppliers",
    "sales_transactions",
    "media_customer_reviews",
)


def tables() -> dict[str, pa.Table]:
    """All of them, by name."""
    makers = (_customers, _franchises, _suppliers, _transactions, _reviews)
    return {name: make() for name, make in zip(TABLES, makers, strict=True)}


def _customers() -> pa.Table:
    import pyarrow as pa

    dice = Dice("bakehouse", "customers")
    names = _picked(dice, _FIRST_NAMES, CUSTOMERS)
    last = _picked(dice, _LAST_NAMES, CUSTOMERS)
    places = _picked(dice, _PLACES, CUSTOMERS)
    numbers = dice.whole(1, 999, CUSTOMERS)
    return pa.table(
        {
            "customerID": longs(range(_FIRST_CUSTOMER, _FIRST_CUSTOMER + CUSTOMERS)),
            "first_name": strings([name for name, _ in names]),
            "last_name": strings(last),
            "email_address": strings(
                [
                    f"{name}.{family}{number}@example.com".lower()
                    for (name, _), family, number in zip(names, last, numbers, strict=True)
                ]
            ),
            "phone_number": strings([f"+1-555-{n:04}" for n in dice.whole(0, 9999, CUSTOMERS)]),
            "address": strings([f"{n} {_NOUNS[n % len(_NOUNS)]} Street" for n in numbers]),
            "city": strings([place[0] for place in places]),
            "state": strings([place[2] for place in places]),
            "country": strings([place[3] for place in places]),
            "continent": strings([place[4] for place in places]),
            "postal_zip_code": longs(dice.whole(10_000, 99_999, CUSTOMERS)),
            "gender": strings([gender for _, gender in names]),
        }
    )


def _franchises() -> pa.Table:
    import pyarrow as pa

    dice = Dice("bakehouse", "franchises")
    places = _picked(dice, _PLACES, FRANCHISES)
    # Every name once.
    names = [f"{one} {other}" for one in _ADJECTIVES for other in _NOUNS][:FRANCHISES]
    suppliers = dice.whole(_FIRST_SUPPLIER, _FIRST_SUPPLIER + SUPPLIERS - 1, FRANCHISES)
    return pa.table(
        {
            "franchiseID": longs(range(_FIRST_FRANCHISE, _FIRST_FRANCHISE + FRANCHISES)),
            "name": strings(names),
            "city": strings([place[0] for place in places]),
            "district": strings([place[1] for place in places]),
            "zipcode": strings([str(n) for n in dice.whole(10_000, 99_999, FRANCHISES)]),
            "country": strings([place[3] for place in places]),
            "size": dice.words(_SIZES, FRANCHISES),
            **_where(dice, places),
            "supplierID": longs(suppliers),
        }
    )


def _suppliers() -> pa.Table:
    import pyarrow as pa

    dice = Dice("bakehouse", "suppliers")
    places = _picked(dice, _PLACES, SUPPLIERS)
    ingredients = [_INGREDIENTS[number % len(_INGREDIENTS)] for number in range(SUPPLIERS)]
    return pa.table(
        {
            "supplierID": longs(range(_FIRST_SUPPLIER, _FIRST_SUPPLIER + SUPPLIERS)),
            "name": strings(
                [
                    f"{place[0]} {ingredient.title()} {number + 1}"
                    for number, (place, ingredient) in enumerate(
                        zip(places, ingredients, strict=True)
                    )
                ]
            ),
            "ingredient": strings(ingredients),
            "continent": strings([place[4] for place in places]),
            "city": strings([place[0] for place in places]),
            "district": strings([place[1] for place in places]),
            "size": dice.words(_SIZES, SUPPLIERS),
            **_where(dice, places),
            "approved": dice.words(("Y", "Y", "Y", "N"), SUPPLIERS),
        }
    )


def _transactions() -> pa.Table:
    import numpy as np
    import pyarrow as pa

    dice = Dice("bakehouse", "transactions")
    count = TRANSACTIONS
    quantity = np.maximum(dice.whole(1, 12, count), dice.whole(1, 40, count) - 28)
    seconds = np.sort(dice.whole(_MAY_2024, _MAY_2024 + 17 * 86_400 - 1, count))
    return pa.table(
        {
            "transactionID": longs(range(_FIRST_TRANSACTION, _FIRST_TRANSACTION + count)),
            "customerID": longs(
                dice.whole(_FIRST_CUSTOMER, _FIRST_CUSTOMER + CUSTOMERS - 1, count)
            ),
            "franchiseID": longs(
                dice.whole(_FIRST_FRANCHISE, _FIRST_FRANCHISE + FRANCHISES - 1, count)
            ),
            "dateTime": _moments(seconds),
            "product": dice.words(_PRODUCTS, count),
            "quantity": longs(quantity),
            "unitPrice": longs(np.full(count, 3)),
            "totalPrice": longs(quantity * 3),
            "paymentMethod": dice.words(_PAYMENTS, count),
            # No card's number: those of cards end in a digit that is computed from the others.
            "cardNumber": longs(dice.whole(10**14, 10**15 - 1, count) * 10),
        }
    )


def _reviews() -> pa.Table:
    import numpy as np
    import pyarrow as pa

    dice = Dice("bakehouse", "reviews")
    opening, ending = (_picked(dice, words, REVIEWS) for words in (_OPENINGS, _ENDINGS))
    seconds = np.sort(dice.whole(_MAY_2024, _MAY_2024 + 30 * 86_400 - 1, REVIEWS))
    return pa.table(
        {
            "review": strings(
                [f"{one} {other}" for one, other in zip(opening, ending, strict=True)]
            ),
            "franchiseID": longs(
                dice.whole(_FIRST_FRANCHISE, _FIRST_FRANCHISE + FRANCHISES - 1, REVIEWS)
            ),
            "review_date": _moments(seconds),
            "new_id": pa.array(range(REVIEWS), pa.int32()),
        }
    )


def _picked(dice: Dice, options: tuple[Any, ...], count: int) -> list[Any]:
    return [options[place] for place in dice.whole(0, len(options) - 1, count)]


def _where(dice: Dice, places: list[Any]) -> dict[str, pa.Array]:
    """Coordinates within a few kilometres of the city's."""
    import numpy as np
    import pyarrow as pa

    found = {}
    for name, column in (("longitude", 5), ("latitude", 6)):
        off = dice.whole(-300, 300, len(places)) / 10_000
        centre = np.array([place[column] for place in places])
        found[name] = pa.array(np.round(centre + off, 4), pa.float64())
    return found


def _moments(seconds: Numbers) -> pa.Array:
    import pyarrow as pa

    return pa.array(seconds * 1_000_000, pa.timestamp("us", "UTC"))
