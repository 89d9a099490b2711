"""Sealing what a plain column holds: in batches, again after an interruption, and readable."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import isolate_apps

from privacy.ids import uuid7
from privacy.models import Contact, Subject
from privacy.vault.moving import seal_rows

ADDRESSES = ["Ani@Contoh.test", "", "budi@contoh.test", "citra@contoh.test", "dewi@contoh.test"]


@pytest.fixture
def former(db: None) -> Iterator[Any]:
    """Contacts as they were, with room for the sealed address."""
    with isolate_apps("privacy"):

        class Former(models.Model):
            """A row of before."""

            id = models.UUIDField(primary_key=True, default=uuid7)
            subject_id = models.UUIDField()
            email = models.EmailField(blank=True)
            email_sealed = models.BinaryField(default=b"")

            class Meta:
                app_label = "privacy"
                db_table = "former_contact"

            def __str__(self) -> str:
                return str(self.pk)

        with connection.schema_editor(atomic=False) as editor:
            editor.create_model(Former)
        yield Former


def move(model: Any, **more: Any) -> int:
    """As the migration does it."""
    return seal_rows(
        model, "email", "email_sealed", field_id="privacy.contact.email", indexed=True,
        database="default", batch=2, **more,
    )  # fmt: skip


def test_every_address_is_sealed_once_and_reads_as_before(former: Any) -> None:
    people = [Subject.objects.create() for _address in ADDRESSES]
    rows = former.objects.bulk_create(
        former(subject_id=person.id, email=address)
        for person, address in zip(people, ADDRESSES, strict=True)
    )

    assert move(former) == 4
    first = dict(former.objects.values_list("id", "email_sealed"))
    assert move(former) == 0
    assert dict(former.objects.values_list("id", "email_sealed")) == first

    # What was written is what the field of today reads in a row of this identifier.
    for row, person, address in zip(rows, people, ADDRESSES, strict=True):
        Contact.objects.create(id=row.id, subject=person)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE privacy_contact SET email = %s WHERE id = %s", [first[row.id], row.id]
            )
        assert Contact.objects.get(id=row.id).email == address
    assert Contact.objects.get(email="ANI@contoh.test").id == rows[0].id
    assert b"contoh" not in b"".join(bytes(content) for content in first.values()).lower()


def test_an_interrupted_move_goes_on_where_it_was(
    former: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for address in ADDRESSES:
        former.objects.create(subject_id=Subject.objects.create().id, email=address)
    calls = []
    write = type(former.objects.all()).bulk_update

    def killed(self: Any, rows: Any, fields: Any, **more: Any) -> Any:
        calls.append(len(rows))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return write(self, rows, fields, **more)

    monkeypatch.setattr("django.db.models.query.QuerySet.bulk_update", killed)
    with pytest.raises(KeyboardInterrupt):
        move(former)
    assert former.objects.exclude(email_sealed=b"").count() == 2
    assert move(former) == 2
    assert former.objects.exclude(email_sealed=b"").count() == 4
