"""The pages say what the code says, link to what there is, and fetch nothing."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from lakeshell.tui.keys import KEYS

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "CONTRIBUTING.md", "docs/full_screen.md", "docs/keys.md", "docs/dialect.md")


def test_the_keys_page_is_up_to_date() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_keys.py"))["reference"]()
    assert (ROOT / "docs" / "keys.md").read_text(encoding="utf-8") == made


def test_the_page_on_the_dialect_is_up_to_date() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_dialect.py"))["reference"]()
    assert (ROOT / "docs" / "dialect.md").read_text(encoding="utf-8") == made, (
        "python docs/make_dialect.py"
    )


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            path = (ROOT / page).parent / target
            assert path.exists(), f"{page} links to {target}"


@pytest.mark.parametrize("page", PAGES)
def test_key_ids_that_are_named_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = re.findall(r'"([a-z.]+)" = "', text)
    assert {name for name in named if "." in name} <= {key.id for key in KEYS}


@pytest.mark.parametrize("picture", sorted((ROOT / "docs").glob("*.svg")), ids=lambda p: p.name)
def test_a_picture_fetches_nothing_and_runs_nothing(picture: Path) -> None:
    text = picture.read_text(encoding="utf-8")
    assert text.count("<text ") > 10
    addresses = set(re.findall(r"[a-z]+://[^\"' <)]*", text))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<(script|image|foreignObject)|href|@import|@font-face|url\(", text)
