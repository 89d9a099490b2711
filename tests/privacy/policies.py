"""Policy folders to break and to grow, for tests."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from privacy import clock, policy
from privacy.policy import FOLDER, load
from privacy.policy_checks import faults

Edit = Callable[[str], str]
Write = Callable[..., None]
DAY = timedelta(days=1)


def copied(folder: Path) -> Path:
    """A copy of the policies of the house."""
    for path in FOLDER.iterdir():
        (folder / path.name).write_text(path.read_text())
    return folder


def edit(folder: Path, name: str, change: Edit) -> None:
    """Change one file."""
    path = folder / name
    text = change(path.read_text())
    assert text != path.read_text()
    path.write_text(text)


def second(folder: Path, change: Edit, *, language: str = "en") -> None:
    """A second version of the policy whose halves say `change` of the first."""
    for tongue in policy.LANGUAGES:
        text = (folder / f"policy-1.{tongue}.md").read_text()
        text = change(text) if tongue == language else text
        (folder / f"policy-2.{tongue}.md").write_text(text)


def writer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """A function that gives this installation a second version of a document."""
    copied(folder)

    def write(
        document: str = "policy",
        *,
        again: tuple[str, ...] = (),
        material: bool = True,
        on: datetime | None = None,
        words: str = "",
    ) -> None:
        day = (on or clock.now() + 20 * DAY).isoformat(timespec="seconds")
        for language in policy.LANGUAGES:
            text = (folder / f"{document}-1.{language}.md").read_text()
            text = text.replace("2026-11-01T00:00:00+07:00", day)
            text = text.replace("material = true", f"material = {str(material).lower()}")
            quoted = ", ".join(f'"{code}"' for code in again)
            text = text.replace("asks_again = []", f"asks_again = [{quoted}]") + words
            (folder / f"{document}-2.{language}.md").write_text(text)
        assert faults(folder) == []
        found = load(folder)
        monkeypatch.setattr(policy, "versions", lambda: found)

    return write
