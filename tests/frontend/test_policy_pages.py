"""Policy and terms as pages: every version public, tags linked, changes readable, output safe."""

from pathlib import Path

import pytest
from django.test import Client

from privacy import policy
from privacy.policy import FOLDER, load
from tests.cast import Cast
from tests.frontend.conftest import browser
from tests.frontend.pages import Outline
from tests.privacy.policies import copied, edit, second


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the policies to break."""
    return copied(tmp_path)


@pytest.mark.promise("P65")
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_pages_show_the_text_with_its_tags_and_the_table(cast: Cast, language: str) -> None:
    client = browser(language=language)
    text = client.get("/privacy/policy").content.decode()
    assert Outline(text).wrong(language) == []
    assert 'href="/privacy/promises#P27"' in text
    assert "{held}" not in text
    assert "{contact}" not in text
    assert "mailto:privasi@ruang.test" in text
    for anchor in policy.SECTIONS:
        assert f'id="{anchor}"' in text
    assert policy.current().hash[:8] in text
    table = text.split("<tbody>")[1].split("</tbody>")[0]
    assert table.count("<tr>") > 5
    for address in ("/privacy/terms", "/privacy/terms/1", "/privacy/policy/1"):
        assert Outline(client.get(address).content.decode()).wrong(language) == []


def test_history_and_files_are_public_and_strange_numbers_are_404(visitor: Client) -> None:
    file = visitor.get("/privacy/policy/1.id.md")
    assert file.content.decode() == (FOLDER / "policy-1.id.md").read_text()
    for address in (
        "/privacy/policy/2",
        "/privacy/policy/0",
        "/privacy/terms/99",
        "/privacy/policy/1.fr.md",
        "/privacy/nothing/1.id.md",
        "/privacy/policy/compare?from=7",
    ):
        assert visitor.get(address).status_code == 404, address


def test_comparing_shows_each_change(
    folder: Path, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    second(folder, lambda t: t.replace("after 30 days the record", "after 7 days the record"))
    found = load(folder)
    monkeypatch.setattr(policy, "versions", lambda: found)
    text = visitor.get("/privacy/policy/compare?from=1&to=2").content.decode()
    assert Outline(text).wrong("en") == []
    assert "1 sentence differs in version 2" in text
    assert "<del>30</del>" in text
    assert "<ins>7</ins>" in text
    same = visitor.get("/privacy/policy/compare?from=1&to=1").content.decode()
    assert "say the same" in same
    assert "<ins>" not in same


@pytest.mark.parametrize(
    "evil",
    ["<script>alert(1)</script>", "[x](javascript:alert(1))", '<img src=x onerror="a()">'],
)
def test_markdown_is_safe(
    folder: Path, visitor: Client, monkeypatch: pytest.MonkeyPatch, evil: str
) -> None:
    for language in policy.LANGUAGES:
        edit(
            folder,
            f"terms-1.{language}.md",
            lambda t: t.replace("{#account}\n\n", f"{{#account}}\n\n{evil}\n\n"),
        )
    found = load(folder)
    monkeypatch.setattr(policy, "versions", lambda: found)
    text = visitor.get("/privacy/terms").content.decode()
    assert evil not in text or "<" not in evil
    assert "alert(1)" in text or "onerror=" in text
    assert "<script>" not in text
    assert "<img src=x" not in text
    assert 'href="javascript' not in text
    assert Outline(text).wrong("en") == []
