"""Reading Spark's type strings: the fields of `struct<a:int,b:array<struct<c:string>>>`."""

from __future__ import annotations

from collections.abc import Sequence

from lakeshell.catalog.model import Column


def fields_of(type_text: str, path: Sequence[str] = ()) -> list[Column]:
    """The fields of a struct type, or of the struct reached by `path`; arrays are looked into."""
    inner = type_text
    while inner.startswith("array<") and inner.endswith(">"):
        inner = inner[len("array<") : -1]
    if not (inner.startswith("struct<") and inner.endswith(">")):
        return []
    fields = [_field(part) for part in _split(inner[len("struct<") : -1])]
    if not path:
        return fields
    for field in fields:
        if field.name.lower() == path[0].lower():
            return fields_of(field.type, path[1:])
    return []


def _field(text: str) -> Column:
    if text.startswith("`"):
        end = text.find("`", 1)
        return Column(text[1:end], text[end + 2 :])
    name, _, type_text = text.partition(":")
    return Column(name, type_text)


def _split(text: str) -> list[str]:
    """The parts between commas outside angle brackets and parentheses."""
    parts, depth, start = [], 0, 0
    for number, character in enumerate(text):
        if character in "<(":
            depth += 1
        elif character in ">)":
            depth -= 1
        elif character == "," and depth == 0:
            parts.append(text[start:number])
            start = number + 1
    return [*parts, text[start:]] if text else []
