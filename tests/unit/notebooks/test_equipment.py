"""What cells find besides dbutils: Databricks' modules while they run, the text of HTML."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import pytest

from lakeshell.notebooks.html_text import text_of_html
from lakeshell.notebooks.runtime_imports import runtime_modules

MODULES = ("databricks.sdk.runtime", "pyspark.dbutils")


def test_databricks_modules_exist_in_cells_only() -> None:
    finders = list(sys.meta_path)
    namespace: dict[str, Any] = {"spark": "session", "dbutils": "tools", "mine": 1}
    for _ in range(2):
        for name in MODULES:
            with pytest.raises(ModuleNotFoundError):
                importlib.import_module(name)
        with runtime_modules(namespace):
            taken: dict[str, Any] = {}
            exec("from databricks.sdk.runtime import *", taken)
            assert taken["spark"] == "session"
            assert "mine" not in taken
            assert importlib.import_module("pyspark.dbutils").DBUtils(None).widgets
        assert not set(MODULES) & set(sys.modules)
        assert sys.meta_path == finders


def test_a_cell_inside_a_cell_has_modules_of_its_own() -> None:
    with runtime_modules({"spark": "outer"}):
        with runtime_modules({"spark": "inner"}):
            assert importlib.import_module("databricks.sdk.runtime").spark == "inner"
        assert importlib.import_module("databricks.sdk.runtime").spark == "outer"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<h1>Title</h1><p>one &amp; <b>two</b></p>", "Title\none & two\n"),
        ("<style>p {}</style><script>alert(1)</script>shown", "shown\n"),
        ("<ul><li>a<li>b</ul>", "• a\n• b\n"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1  2\n"),
        ("</script></style>still there", "still there\n"),
    ],
)
def test_the_text_of_html(html: str, text: str) -> None:
    assert text_of_html(html) == text
