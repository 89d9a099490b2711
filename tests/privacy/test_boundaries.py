"""Tasks are given identifiers alone (trap 3)."""

import ast
import inspect
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
#: The parameters a task of ours may have; each is an identifier.
IDENTIFIERS = {"message_id"}


def imports_of(path: Path) -> set[str]:
    """Modules a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def tasks() -> list[str]:
    """The names of our own tasks."""
    current_app.loader.import_default_modules()
    return sorted(
        name
        for name in current_app.tasks
        if name.split(".")[0] in {"privacy", "accounts", "billing", "reservations", "support"}
    )


def test_every_sweep_of_the_schedule_exists() -> None:
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert len(scheduled) > 5
    assert scheduled - set(tasks()) == set()


def test_tasks_take_identifiers_only() -> None:
    assert "privacy.tasks.outbox_deliver" in tasks()
    for name in tasks():
        parameters = inspect.signature(current_app.tasks[name].run).parameters.values()
        named = {each.name for each in parameters if each.kind is not each.VAR_KEYWORD}
        assert named <= IDENTIFIERS, name


@pytest.mark.parametrize("name", ["privacy.tasks.outbox_sweep", "privacy.tasks.outbox_deliver"])
def test_tasks_tolerate_arguments_of_older_jobs(name: str) -> None:
    assert name in tasks()
    signature = inspect.signature(current_app.tasks[name].run)

    assert any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values())
