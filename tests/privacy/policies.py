"""Policy folders to break and to grow, for tests."""

from collections.abc import Callable
from pathlib import Path

from privacy import policy
from privacy.policy import FOLDER

Edit = Callable[[str], str]


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
