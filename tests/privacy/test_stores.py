"""Places outside the tables: all of them declared, and what is declared is true."""

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test.utils import isolate_apps

from privacy.check_stores import store_faults
from privacy.stores import Store, needed, store, stores

NOTHING = Store("x", "X", (), "What", "How long", None, ())


def configuration(**more: Any) -> Any:
    """Settings that configure nothing but what is named."""
    plain: Mapping[str, Any] = {"CACHES": {}, "STORAGES": {}, "DATABASES": {}}
    return SimpleNamespace(**{**plain, **more})


def faults(declared: Store, configured: Any, classes: Any = ()) -> list[tuple[str, str, str]]:
    log = replace(NOTHING, code="log", covers=("settings:LOGGING",))
    found = store_faults(classes, {"log": log, "x": declared}, configured)
    return [(str(fault.id), str(fault.msg), str(fault.hint)) for fault in found]


def test_every_place_of_this_product_is_declared() -> None:
    wanted = dict(needed(apps.get_models(), settings))

    assert {
        "file:accounts.User.picture",
        "settings:CACHES.default",
        "settings:STORAGES.default",
        "settings:DATABASES.default",
        "settings:LOGGING",
        "settings:CELERY_BROKER_URL",
        "settings:EMAIL_HOST",
    } <= set(wanted)
    assert list(store_faults(apps.get_models(), stores(), settings)) == []


@pytest.mark.parametrize(
    ("configured", "words"),
    [
        ({"CACHES": {"pages": {}}}, "The cache 'pages' of CACHES is not in the data map."),
        ({"STORAGES": {"scans": {}}}, "The storage 'scans' of STORAGES is not in the data map."),
        ({"DATABASES": {"copy": {}}}, "The database 'copy' of DATABASES is not in the data map."),
        ({"CELERY_BROKER_URL": "redis://x"}, "The broker of CELERY_BROKER_URL is not"),
        ({"CELERY_RESULT_BACKEND": "redis://x"}, "The store of task results of CELERY_RESULT"),
        ({"EMAIL_HOST": "mail"}, "The mail server of EMAIL_HOST is not in the data map."),
    ],
)
def test_a_place_that_is_configured_and_not_declared_is_refused(
    configured: dict[str, Any], words: str
) -> None:
    [(code, said, hint)] = faults(NOTHING, configuration(**configured))

    assert code == "privacy.E018"
    assert said.startswith(words)
    assert "privacy/personal_data/stores.py: what it may hold, and for how long." in hint


def test_the_log_needs_a_declaration_too() -> None:
    [fault] = store_faults([], {}, configuration())

    assert fault.msg == "The log is not in the data map."


def test_a_file_field_needs_a_store() -> None:
    with isolate_apps("reservations"):

        class Scan(models.Model):
            """A letter."""

            image = models.FileField()

            class Meta:
                app_label = "reservations"

            def __str__(self) -> str:
                return str(self.pk)

        [(code, said, hint)] = faults(NOTHING, configuration(), [Scan])
        covered = replace(NOTHING, covers=("file:reservations.Scan.image",))
        assert faults(covered, configuration(), [Scan]) == []

    assert code == "privacy.E018"
    assert said == "The files of reservations.Scan.image is not in the data map."
    assert 'covers=("file:reservations.Scan.image",)' in hint
    assert "reservations/personal_data.py" in hint


def test_a_store_of_a_field_that_is_gone_or_of_no_category_is_refused() -> None:
    gone = replace(NOTHING, covers=("file:reservations.Gone.image",))
    odd = replace(NOTHING, holds=("gossip",))

    assert [fault[0] for fault in faults(gone, configuration())] == ["privacy.E019"]
    assert [fault[0] for fault in faults(odd, configuration())] == ["privacy.E014"]


def test_a_store_cannot_be_declared_twice() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        store("cache", title="", what="", keeps="")


@pytest.mark.parametrize("code", ["backups", "exports", "browser", "task-results", "vault"])
def test_what_no_setting_shows_is_declared_as_well(code: str) -> None:
    assert code in stores()


def test_the_files_of_the_picture_of_a_person_are_personal_and_those_of_rooms_are_not() -> None:
    assert stores()["pictures-of-people"].holds == ("contact",)
    assert stores()["pictures-of-rooms"].holds == ()
