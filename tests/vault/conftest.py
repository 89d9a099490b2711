"""A table with every kind of sealed field, which no installed app has."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import isolate_apps

from privacy import datamap
from privacy.datamap import NEUTRAL, Entry, personal
from privacy.fields import BlindOf, SealedEmailField, SealedJSONField, SealedTextField
from privacy.ids import uuid7
from privacy.models import Subject

SEALED = personal(
    "contact", ("booking",), "contract", retention="booking", erasure="blank", sealed=True
)


@pytest.fixture
def card(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The model, with its table and its entry in the data map."""
    with isolate_apps("reservations", "privacy"):

        class Card(models.Model):
            """A visiting card."""

            id = models.UUIDField(primary_key=True, default=uuid7)
            subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
            email = SealedEmailField(blank=True)
            phone = SealedTextField(max_length=32, blank=True)
            answers = SealedJSONField(default=dict)
            note = SealedTextField(null=True)
            shade = models.CharField(max_length=20, blank=True)

            class Meta:
                app_label = "reservations"
                constraints = [
                    models.UniqueConstraint(
                        BlindOf("email"), name="card_email", condition=~models.Q(email="")
                    )
                ]

            def __str__(self) -> str:
                return str(self.pk)

        fields = {"id": NEUTRAL, "subject": NEUTRAL, "shade": NEUTRAL}
        fields |= dict.fromkeys(("email", "phone", "note"), SEALED)
        fields["answers"] = replace(SEALED, keys=("diet", "n", "a", "b"))
        entry = Entry("reservations.Card", fields, subject="subject")
        monkeypatch.setitem(datamap._entries, "reservations.card", entry)
        with connection.schema_editor(atomic=False) as editor:
            editor.create_model(Card)
        yield Card


@pytest.fixture
def ani(db: None) -> Subject:
    """A person."""
    return Subject.objects.create()


@pytest.fixture
def budi(db: None) -> Subject:
    """Another one."""
    return Subject.objects.create()
