from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakeshell.render.arrow_values import plain_values
from lakeshell.render.temporal import date_text, timestamp_formatter
from lakeshell.render.values import (
    TextStyle,
    double_text,
    json_encoder,
    json_string,
    text_formatter,
    unique_names,
)
from lakeshell.render.variant import variant_json

# {"a": 1, "b": [1.5, "x\u001b", null, true, 12345678901, -3], "c": {"d": 1.25e10, "long": "yy…"},
#  "é": "日本"}
VARIANT_VALUE = bytes.fromhex(
    "0204000102050002217c830c0103060006090a0b141620010f00000009781b000418351cdcdf020000000cfd02"
    "0203040009541c000000e876480742404600000079797979797979797979797979797979797979797979797979"
    "797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979"
    "19e697a5e69cac"
)
VARIANT_METADATA = bytes.fromhex("01060001020304080a616263646c6f6e67c3a9")


def shown(array: Any, style: TextStyle | None = None) -> list[str | None]:
    write = text_formatter(array.type, style or TextStyle())
    return [None if value is None else write(value) for value in plain_values(array)]


def as_json(array: Any, timezone: str = "UTC") -> list[str]:
    return list(map(json_encoder(array.type, timezone), plain_values(array)))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1.0"),
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (123456.789, "123456.789"),
        (1e7, "1.0E7"),
        (12345678.9, "1.23456789E7"),
        (1e10, "1.0E10"),
        (1e16, "1.0E16"),
        (-1.5e300, "-1.5E300"),
        (0.001, "0.001"),
        (0.00012, "1.2E-4"),
        (1e-5, "1.0E-5"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
    ],
)
def test_doubles_read_as_java_writes_them(value: float, text: str) -> None:
    assert double_text(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_digit_of_a_double_is_lost(value: float) -> None:
    assert float(double_text(value)) == value
    assert json.loads(as_json(pa.array([value]))[0]) == value


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_float_is_the_same_float_when_read_back(value: float) -> None:
    array = pa.array([value], pa.float32())
    back = pa.array([float(str(shown(array)[0]))]).cast(pa.float32(), safe=False)
    assert back[0].as_py() == value


def test_a_float_is_not_made_a_double_with_noise() -> None:
    assert shown(pa.array([0.1], pa.float32())) == ["0.1"]
    assert as_json(pa.array([[0.1]], pa.list_(pa.float32()))) == ["[0.1]"]


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=18, min_value=-(10**19), max_value=10**19
    )
)
def test_decimals_are_exact(value: Decimal) -> None:
    array = pa.array([value], pa.decimal128(38, 18))
    assert Decimal(str(shown(array)[0])) == value
    assert json.loads(as_json(array)[0], parse_float=Decimal) == value
    assert "E" not in as_json(array)[0]


@pytest.mark.parametrize(
    ("zone", "text", "iso"),
    [
        ("UTC", "2024-07-01 10:00:00.5", "2024-07-01T10:00:00.5Z"),
        ("Europe/Berlin", "2024-07-01 12:00:00.5", "2024-07-01T12:00:00.5+02:00"),
        ("+05:30", "2024-07-01 15:30:00.5", "2024-07-01T15:30:00.5+05:30"),
        ("UTC-3", "2024-07-01 07:00:00.5", "2024-07-01T07:00:00.5-03:00"),
        ("No/Where", "2024-07-01 10:00:00.5 UTC", "2024-07-01T10:00:00.5Z"),
        ("../../etc/passwd", "2024-07-01 10:00:00.5 UTC", "2024-07-01T10:00:00.5Z"),
    ],
)
def test_timestamps_are_shown_in_the_zone_of_the_session(zone: str, text: str, iso: str) -> None:
    array = pa.array([1_719_828_000_500_000], pa.timestamp("us", "America/New_York"))
    assert shown(array, TextStyle(zone)) == [text]
    assert as_json(array, zone) == [f'"{iso}"']


def test_a_timestamp_without_a_zone_is_not_moved() -> None:
    array = pa.array([0], pa.timestamp("us"))
    assert shown(array, TextStyle("Asia/Tokyo")) == ["1970-01-01 00:00:00"]
    assert as_json(array, "Asia/Tokyo") == ['"1970-01-01T00:00:00"']


def test_years_that_python_does_not_know() -> None:
    far = pa.array([2**62, 253_402_300_800 * 10**6, -(2**62)], pa.timestamp("us", "UTC"))
    assert shown(far) == [
        "+148108-07-06 14:00:27.387904",
        "+10000-01-01 00:00:00",
        "-144169-06-28 09:59:32.612096",
    ]
    assert date_text(-719_529) == "-0001-12-31"
    assert date_text(-719_528) == "0000-01-01"
    assert date_text(2_932_897) == "+10000-01-01"
    assert as_json(pa.ListArray.from_arrays([0, 3], far))[0].startswith('["+148108-07-06T')


@given(st.integers(-(2**63), 2**63 - 1), st.sampled_from(["s", "ms", "us", "ns"]))
def test_no_timestamp_raises(value: int, unit: str) -> None:
    for zone in ("UTC", "Europe/Berlin", None):
        assert timestamp_formatter(unit, zone)(value)


@given(st.integers(-(2**31), 2**31 - 1))
def test_far_dates_agree_with_those_400_years_nearer(days: int) -> None:
    near = date_text(days % 146_097)
    far = date_text(days)
    assert far[-6:] == near[-6:]
    assert int(far[:-6]) - int(near[:-6]) == 400 * (days // 146_097)


def test_nested_values_quote_strings_and_name_nulls() -> None:
    kind = pa.struct([("a", pa.int64()), ("b c", pa.list_(pa.string()))])
    array = pa.array([{"a": 1, "b c": ['say "x"', None, ""]}, None], kind)
    assert shown(array) == ['{a: 1, `b c`: ["say \\"x\\"", NULL, ""]}', None]
    assert as_json(array) == ['{"a": 1, "b c": ["say \\"x\\"", null, ""]}', "null"]


def test_maps() -> None:
    array = pa.array([[("k", 1), ("l", None)], []], pa.map_(pa.string(), pa.int64()))
    assert shown(array) == ['{"k" → 1, "l" → NULL}', "{}"]
    assert shown(array, TextStyle(unicode=False))[0] == '{"k" -> 1, "l" -> NULL}'
    assert as_json(array) == ['{"k": 1, "l": null}', "{}"]


def test_slices_of_nested_columns_show_their_own_rows() -> None:
    lists = pa.array([[1], None, [2, 3], []], pa.list_(pa.int64()))
    maps = pa.array([[("a", 1)], [("b", 2)], None, [("d", 4)]], pa.map_(pa.string(), pa.int64()))
    structs = pa.array([{"x": 1}, None, {"x": 3}, {"x": None}])
    for array in (lists, maps, structs):
        for start in range(4):
            for length in range(5 - start):
                assert shown(array.slice(start, length)) == shown(array)[start : start + length]


def test_a_repeated_field_of_a_struct_keeps_both_values() -> None:
    array = pa.StructArray.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    assert shown(array) == ["{a: 1, a: 2}"]
    assert json.loads(as_json(array)[0]) == {"a": 1, "a_2": 2}


def test_binary() -> None:
    array = pa.array([b"\xca\xfe", b"", b"x" * 100])
    assert shown(array, TextStyle(binary_bytes=2)) == ["X'CAFE'", "X''", "X'7878…' (100 bytes)"]
    assert as_json(array)[0] == '"yv4="'


def test_bytes_that_are_no_utf8() -> None:
    array = pa.array([b"a\xffb", b"ok"]).view(pa.string())
    assert plain_values(array) == ["a\udcffb", "ok"]
    assert json.loads(as_json(array)[0]) == "a\ufffdb"


def test_intervals() -> None:
    day = 86_400 * 10**6
    array = pa.array([day + 7_384_500_000, -1, 0], pa.duration("us"))
    assert shown(array) == [
        "INTERVAL '1 02:03:04.5' DAY TO SECOND",
        "INTERVAL '-0 00:00:00.000001' DAY TO SECOND",
        "INTERVAL '0 00:00:00' DAY TO SECOND",
    ]
    calendar = pa.array([(14, 3, 14_706_500_000_000), (0, 0, 0)], pa.month_day_nano_interval())
    assert shown(calendar) == [
        "1 years 2 months 3 days 4 hours 5 minutes 6.5 seconds",
        "0 seconds",
    ]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_strings_read_back_the_same_and_cannot_act(text: str) -> None:
    written = json_string(text)
    assert json.loads(written) == text
    assert written.encode("utf-8")
    assert not any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 or c == "\u202e" for c in written)


def test_a_string_is_never_taken_for_a_number() -> None:
    for text in ("\ue000decimal:5", "5", "NaN", "null"):
        assert json.loads(as_json(pa.array([text]))[0]) == text


def test_numbers_that_json_lacks_are_strings() -> None:
    assert as_json(pa.array([float("nan"), float("inf")])) == ['"NaN"', '"Infinity"']


def test_repeated_names_are_told_apart() -> None:
    assert unique_names(["a", "a", "a_2", "a"]) == ["a", "a_3", "a_2", "a_4"]


def test_a_variant_is_its_json() -> None:
    text = variant_json(VARIANT_VALUE, VARIANT_METADATA, "UTC")
    assert json.loads(text) == {
        "a": 1,
        "b": [1.5, "x\x1b", None, True, 12345678901, -3],
        "c": {"d": 1.25e10, "long": "y" * 70},
        "é": "日本",
    }
    kind = pa.struct(
        [
            pa.field("value", pa.binary()),
            pa.field("metadata", pa.binary(), metadata={"variant": "true"}),
        ]
    )
    array = pa.array([{"value": VARIANT_VALUE, "metadata": VARIANT_METADATA}], kind)
    assert shown(array) == [text]
    assert as_json(array) == [text]


def test_a_struct_of_two_binaries_is_no_variant_unless_it_says_so() -> None:
    array = pa.array([{"value": b"\x01", "metadata": b"\x02"}])
    assert shown(array) == ["{value: X'01', metadata: X'02'}"]


@given(st.binary(max_size=60), st.binary(max_size=30))
def test_a_broken_variant_does_not_raise(value: bytes, metadata: bytes) -> None:
    json.loads(variant_json(value, metadata, "UTC"))


@given(st.data())
def test_a_damaged_variant_does_not_raise(data: st.DataObject) -> None:
    damaged = bytearray(VARIANT_VALUE)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    json.loads(variant_json(bytes(damaged), VARIANT_METADATA, "UTC"))
