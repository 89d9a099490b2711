"""The data map: nothing personal without a declaration, and every declaration true."""

import csv
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.test.utils import isolate_apps

from accounts.roles import Role
from privacy import checks, datamap, outbox
from privacy.checks import end_of, faults_of, require_complete
from privacy.datamap import NEUTRAL, SELF, Entry, Personal, neutral_json, neutral_text, personal
from privacy.json_fields import MappedJSONField
from privacy.models import Subject

ROOT = Path(__file__).resolve().parents[2]
NAME = personal("contact", ("booking",), "contract", retention="booking", erasure="blank")

FREE_TEXT = personal("free_text", ("booking",), "contract", retention="booking", erasure="blank")


@pytest.fixture
def diary() -> Iterator[type[models.Model]]:
    """A table that no installed app has."""
    with isolate_apps("reservations", "privacy"):

        class Diary(models.Model):
            """Who wrote what."""

            writer = models.ForeignKey(Subject, models.CASCADE, related_name="+")
            pages = MappedJSONField()
            mood = models.CharField(max_length=10)
            story = models.TextField()

            class Meta:
                app_label = "reservations"

            def __str__(self) -> str:
                return str(self.pk)

        yield Diary


def faults(model: type[models.Model], **more: Any) -> list[tuple[str, str, str]]:
    """(id, message, hint) of what is wrong with one declaration of the diary."""
    fields = {"id": NEUTRAL, "writer": NEUTRAL, "pages": neutral_json("n"), "mood": NAME}
    fields["story"] = FREE_TEXT
    fields |= more.pop("fields", {})
    fields = {name: field for name, field in fields.items() if field is not None}
    more.setdefault("subject", "writer")
    entry = Entry("reservations.Diary", fields, **more)
    found = faults_of([model], {"reservations.diary": entry})
    return [(str(fault.id), str(fault.msg), str(fault.hint)) for fault in found]


def test_the_map_of_this_product_is_complete_and_quick() -> None:
    start = time.perf_counter()
    assert checks.datamap_is_complete() == []
    assert time.perf_counter() - start < 0.05
    require_complete()


def test_a_sound_declaration_has_no_fault(diary: type[models.Model]) -> None:
    assert faults(diary) == []


def test_an_undeclared_table_says_where_and_what_to_write(diary: type[models.Model]) -> None:
    [fault] = faults_of([diary], {})

    assert fault.msg == "reservations.Diary is not in the data map."
    assert fault.hint == (
        'Add declare("reservations.Diary", fields={…}) to reservations/personal_data.py'
        " with: id, mood, pages, story, writer."
    )


def test_an_undeclared_field_says_where_and_what_to_write(diary: type[models.Model]) -> None:
    assert faults(diary, fields={"mood": None}) == [
        (
            "privacy.E002",
            "reservations.Diary.mood is not in the data map.",
            'Add "mood": NEUTRAL or personal(…) to reservations.Diary in'
            " reservations/personal_data.py.",
        )
    ]


@pytest.mark.parametrize(
    ("wrong", "code", "words"),
    [
        ({"fields": {"gone": NEUTRAL}}, "privacy.E003", "does not exist"),
        ({"subject": ""}, "privacy.E004", "of nobody"),
        ({"subject": "mood"}, "privacy.E007", "does not lead to"),
        ({"subject": "writer.nothing"}, "privacy.E007", "does not lead to"),
        ({"subject": SELF}, "privacy.E007", "does not lead to"),
        ({"others": ("nobody",)}, "privacy.E007", "does not lead to"),
        ({"finder": "privacy.nowhere.find", "max_age_days": 1}, "privacy.E008", "no function"),
        ({"fields": {"pages": NEUTRAL}}, "privacy.E009", "does not say what it may hold"),
        ({"fields": {"pages": NAME}}, "privacy.E009", "does not say what it may hold"),
        ({"fields": {"story": NEUTRAL}}, "privacy.E015", "is free text"),
        ({"fields": {"mood": replace(NAME, category="gossip")}}, "privacy.E014", "no category"),
        ({"fields": {"mood": replace(NAME, basis="consent")}}, "privacy.E016", "none of its"),
        ({"fields": {"mood": replace(NAME, retention="")}}, "privacy.E006", "a retention"),
        ({"fields": {"mood": replace(NAME, purposes=())}}, "privacy.E006", "needs a purpose"),
        (
            {"fields": {"mood": replace(NAME, purposes=("booking", "insight"), basis="consent")}},
            "privacy.E016",
            "not all of its purposes",
        ),
    ],
)
def test_each_mistake_is_named(
    diary: type[models.Model], wrong: dict[str, Any], code: str, words: str
) -> None:
    found = faults(diary, **wrong)

    assert [fault[0] for fault in found] == [code]
    assert words in found[0][1]
    assert "reservations/personal_data.py" in found[0][2]


@pytest.mark.promise("P13")
@pytest.mark.parametrize("purpose", ["sale", "marketting", "anything"])
def test_a_purpose_nobody_registered_is_refused(diary: type[models.Model], purpose: str) -> None:
    field = Personal("contact", (purpose,), "contract", (), "booking", "blank")

    assert [fault[0] for fault in faults(diary, fields={"mood": field})] == ["privacy.E005"]


def test_a_retention_and_a_role_must_exist(diary: type[models.Model]) -> None:
    endless = Personal("contact", ("booking",), "contract", (), "for_ever", "blank")
    for_whom = Personal("contact", ("booking",), "contract", ("janitor",), "booking", "blank")

    assert [fault[0] for fault in faults(diary, fields={"mood": endless})] == ["privacy.E006"]
    assert [fault[0] for fault in faults(diary, fields={"mood": for_whom})] == ["privacy.E010"]


def test_plain_json_is_refused_where_it_is_ours() -> None:
    with isolate_apps("reservations", "privacy"):

        class Loose(models.Model):
            """JSON that nobody checks."""

            data = models.JSONField()

            class Meta:
                app_label = "reservations"

            def __str__(self) -> str:
                return str(self.pk)

        entry = Entry("reservations.Loose", {"id": NEUTRAL, "data": neutral_json("n")})
        [fault] = faults_of([Loose], {"reservations.loose": entry})

    assert fault.id == "privacy.E017"
    assert "nothing checks the keys" in str(fault.msg)
    assert "MappedJSONField" in str(fault.hint)


def test_a_text_by_staff_may_be_neutral_when_the_map_says_why(diary: type[models.Model]) -> None:
    assert faults(diary, fields={"story": neutral_text("Staff write about rooms.")}) == []


def test_a_ground_of_guests_is_a_ground(diary: type[models.Model]) -> None:
    assert faults(diary, fields={"mood": replace(NAME, basis="legitimate_interest")}) == []


def test_a_table_cannot_be_declared_twice() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        datamap.declare("privacy.Subject", fields={})


def test_a_declaration_of_a_table_that_is_gone_is_a_fault() -> None:
    [fault] = faults_of([], {"x.y": Entry("x.Y", {})})

    assert "not installed" in str(fault.msg)


def test_every_personal_row_leads_to_its_subject() -> None:
    """Also asked of the database's own foreign keys, not only of the declarations."""
    checked = 0
    for entry in datamap.entries().values():
        if entry.subject:
            assert end_of(apps.get_model(entry.model), entry.subject) is Subject
            checked += 1
    assert checked > 10


def test_the_maps_roles_are_the_platforms_roles() -> None:
    assert {str(role) for role in Role} == datamap.ROLES


@pytest.mark.parametrize(
    "field",
    [
        "accounts.User.email",
        "accounts.User.full_name",
        "accounts.User.phone",
        "accounts.User.password",
        "accounts.Invitation.email",
        "privacy.Contact.name",
        "privacy.Contact.email",
        "privacy.Contact.phone",
        "reservations.Reservation.title",
        "reservations.Reservation.starts_at",
        "sessions.Session.session_data",
        "axes.AccessAttempt.ip_address",
        "axes.AccessAttempt.username",
        "otp_totp.TOTPDevice.key",
        "social_django.UserSocialAuth.extra_data",
        "admin.LogEntry.change_message",
    ],
)
def test_what_is_plainly_personal_is_declared_so(field: str) -> None:
    model, _dot, name = field.rpartition(".")

    assert isinstance(datamap.entries()[model.lower()].fields[name], Personal)


def test_no_text_about_a_person_hides_among_the_neutral_fields() -> None:
    """A neutral field whose name sounds personal has to be looked at: here are those that were."""
    words = ("name", "email", "phone", "address", "title", "agent", "ip_", "secret", "token")
    looked_at = {
        "accounts.Organisation.name",
        "auth.Group.name",
        "auth.Permission.codename",
        "auth.Permission.name",
        "billing.RatePlan.name",
        "billing.TaxRate.name",
        "contenttypes.ContentType.app_label",
        "privacy.Audit.title_en",
        "privacy.Audit.title_id",
        "privacy.OutboxMessage.lease_token",
        "privacy.Processor.name",
        "reservations.Amenity.name_en",
        "reservations.Amenity.name_id",
        "reservations.Floor.name",
        "reservations.Location.address",
        "reservations.Location.name",
        "reservations.Space.name",
        "social_django.Association.secret",
        "support.CannedAnswer.title_en",
        "support.CannedAnswer.title_id",
    }
    sounding = {
        f"{entry.model}.{name}"
        for entry in datamap.entries().values()
        for name, field in entry.fields.items()
        if not isinstance(field, Personal) and any(word in name for word in words)
    }

    assert sounding <= looked_at


@pytest.mark.django_db
def test_finders_find_rows_of_one_person_alone(cast: Any, client: Any) -> None:
    from accounts import finders  # noqa: PLC0415 - needs the apps to be loaded
    from accounts.models import SessionRecord  # noqa: PLC0415

    client.force_login(cast.alice, backend="accounts.backends.EmailBackend")
    key = client.session.session_key
    SessionRecord.objects.get_or_create(user=cast.alice, session_key=key)

    found = finders.sessions(cast.alice.subject_id)
    assert [session.session_key for session in found] == [key]
    assert list(finders.sessions(cast.bob.subject_id)) == []
    for name in ("attempts", "failures", "accesses", "social_codes", "social_partials"):
        assert list(getattr(finders, name)(cast.alice.subject_id)) == []


def test_outbox_data_holds_only_declared_keys() -> None:
    """What services put into a message is among the keys the map names."""
    declared = datamap.entries()["privacy.outboxmessage"].fields["data"]

    assert isinstance(declared, datamap.Neutral)
    assert set(declared.keys) >= {"reservation", "version", "guest"}
    assert outbox.templates()


@pytest.mark.parametrize("name", ["json", "csv"])
def test_the_command_prints_every_field(name: str) -> None:
    out = io.StringIO()
    call_command("datamap", "--format", name, stdout=out)

    text = out.getvalue()
    rows = json.loads(text)["fields"] if name == "json" else list(csv.DictReader(io.StringIO(text)))
    count = sum(len(entry.fields) for entry in datamap.entries().values())
    assert len(rows) == count
    email = next(r for r in rows if (r["table"], r["field"]) == ("accounts.User", "email"))
    assert email["basis"] == "contract"
    assert email["subject"] == "subject"


BREAK = """
import django
django.setup()
from privacy import datamap
datamap._entries.pop("reservations.guest")
"""
#: What a programmer does who adds a field and forgets the map.
ADD_FIELD = """
import django
django.setup()
from django.db import models
from reservations.models import Guest
models.CharField(max_length=20, default="").contribute_to_class(Guest, "shoe_size")
from django.core.management import execute_from_command_line
"""
FORGOTTEN = (
    "reservations.Guest.shoe_size is not in the data map.",
    'Add "shoe_size": NEUTRAL or personal(…) to reservations.Guest in'
    " reservations/personal_data.py.",
)


def run(code: str) -> tuple[int, str]:
    """Exit status and standard error of a program of its own."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stderr


@pytest.mark.parametrize(
    "entry",
    [
        "import config.wsgi",
        "import config.celery; config.celery._check_datamap()",
    ],
)
def test_neither_server_nor_worker_starts_on_a_gap(entry: str) -> None:
    status, said = run(BREAK + entry)

    assert status == 1
    assert "reservations.Guest is not in the data map." in said
    assert "reservations/personal_data.py" in said


@pytest.mark.parametrize("command", ["check", "migrate"])
def test_a_field_added_without_a_declaration_stops_check_and_migration(command: str) -> None:
    status, said = run(f'{ADD_FIELD}execute_from_command_line(["manage.py", "{command}"])')

    assert status == 1
    for sentence in FORGOTTEN:
        assert sentence in said


def test_check_without_the_field_passes() -> None:
    code = ADD_FIELD.replace("models.CharField", "#")
    assert run(f'{code}execute_from_command_line(["manage.py", "check"])') == (
        0,
        "",
    )
