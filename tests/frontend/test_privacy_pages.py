"""The privacy hub and the promise page: what exists is linked, what is not proved says so."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from frontend.hub import ENTRIES, links
from privacy import promises
from tests.cast import Cast
from tests.frontend.conftest import browser
from tests.frontend.pages import Outline
from tests.promises import written


@pytest.fixture
def report(settings: Any, tmp_path: Path) -> Path:
    """A report in which P27 is proved and P13 broken."""
    path = tmp_path / "report.json"
    results = {
        "P27": {"tests/test_a.py::test_sale": "passed"},
        "P13": {"tests/test_b.py::test_use": "failed"},
    }
    kept = {code: {"kept_in": ["privacy/purposes.py"]} for code in results}
    path.write_text(json.dumps(written(kept, results, "0123456789abcdef")))
    settings.PROMISE_REPORT = str(path)
    return path


def test_the_hub_links_pages_that_exist(cast: Cast, visitor: Client) -> None:
    for client, own in ((visitor, False), (browser(cast.alice), True)):
        text = client.get("/privacy").content.decode()
        for link in links(own=False):
            assert f'href="{link.url}"' in text
            assert client.get(link.url).status_code == 200
        for link in links(own=True):
            assert (f'href="{link.url}"' in text) is own
    assert {"/privacy/promises"} <= {link.url for link in links(own=False)}
    assert len({entry.route for entry in ENTRIES}) == len(ENTRIES)


def test_the_promise_page_says_what_the_report_says(report: Path, visitor: Client) -> None:
    text = visitor.get("/privacy/promises").content.decode()
    assert Outline(text).wrong("en") == []
    rows = {part.split('"')[0]: part for part in text.split('<tr id="')[1:]}
    assert list(rows) == list(promises.words())
    assert "Proved" in rows["P27"]
    assert "tests/test_a.py::test_sale" in rows["P27"]
    assert "privacy/purposes.py" in rows["P27"]
    assert "Broken" in rows["P13"]
    others = [row for code, row in rows.items() if code not in {"P27", "P13"}]
    assert all("Not proved yet" in row for row in others)
    assert "of version 0123456789" in text


def test_without_a_report_the_page_is_honest(
    settings: Any, tmp_path: Path, visitor: Client
) -> None:
    settings.PROMISE_REPORT = str(tmp_path / "none.json")
    text = visitor.get("/privacy/promises").content.decode()
    assert "carries no test report" in text
    assert text.count("Not proved yet") == 74
    assert "Proved<" not in text


def test_promises_are_shown_by_group(report: Path, visitor: Client) -> None:
    text = visitor.get("/privacy/promises?group=law").content.decode()
    assert [part.split('"')[0] for part in text.split('<tr id="')[1:]] == [
        f"L{n}" for n in range(1, 9)
    ]
    every = visitor.get("/privacy/promises?group=nonsense").content.decode()
    assert every.count('<tr id="') == 74


def test_a_live_figure_stands_beside_its_promise(
    report: Path, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(promises, "_figures", {})
    with pytest.raises(KeyError):
        promises.register_figure("P99", "Figures", lambda: "3")
    promises.register_figure("P27", "Purposes", lambda: "12")
    row = visitor.get("/privacy/promises").content.decode().split('<tr id="P27"')[1]
    assert "Purposes: 12" in row.split("</tr>")[0]
