"""What sealing costs: a list of 100 people's addresses and numbers, sealed and plain.

Both lists are read in one run, in turns, through the same ORM, from tables with the same
columns; each sealed one begins without a key in hand, as a request does.
"""

import time
from collections.abc import Callable
from typing import ClassVar

from django.db import connection, connections, models
from django.test.utils import CaptureQueriesContext

from config.bench.figures import Figure, spread
from privacy.fields import seal_people
from privacy.ids import uuid7
from privacy.models import Contact, Subject
from privacy.vault.ring import unit_of_work

ROWS, ROUNDS, WARM = 100, 300, 20


class PlainContact(models.Model):
    """The columns of a contact, plain."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    subject_id = models.UUIDField()
    given_by_id = models.UUIDField(null=True)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    language = models.CharField(max_length=5, default="id")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar["models.Manager[PlainContact]"] = models.Manager()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "bench_plain_contact"

    def __str__(self) -> str:
        return str(self.id)


def run() -> list[Figure]:
    """Write both lists, then read them in turns."""
    _fill()
    sealed, plain = [], []
    for number in range(ROUNDS + WARM):
        taken = _timed(_sealed_list), _timed(_plain_list)
        if number >= WARM:
            sealed.append(taken[0])
            plain.append(taken[1])
    with (
        CaptureQueriesContext(connection) as main,
        CaptureQueriesContext(connections["vault"]) as vault,
    ):
        _sealed_list()
    (ours, ours95), (theirs, theirs95) = spread(sealed), spread(plain)
    asked = f"{len(main)} statement, {len(vault)} of the vault"
    return [
        Figure(f"{ROWS} sealed rows, two values each", f"{ours:.1f} ms", f"p95 {ours95:.1f} ms"),
        Figure(f"{ROWS} plain rows", f"{theirs:.1f} ms", f"p95 {theirs95:.1f} ms"),
        Figure("times as long", f"{ours / theirs:.2f}", asked),
        Figure("a sealed value", f"{(ours - theirs) / ROWS / 2 * 1000:.0f} µs", "keys included"),
    ]


def _fill() -> None:
    people = Subject.objects.bulk_create(Subject() for _number in range(ROWS))
    seal_people(person.id for person in people)
    values = [
        {"name": "Bench", "email": f"guest{n}@ruang.test", "phone": f"+62812000{n:04}"}
        for n in range(ROWS)
    ]
    pairs = list(zip(people, values, strict=True))
    Contact.objects.bulk_create(Contact(subject=person, **more) for person, more in pairs)
    with connection.schema_editor() as editor:
        editor.create_model(PlainContact)
    PlainContact.objects.bulk_create(
        PlainContact(subject_id=person.id, **more) for person, more in pairs
    )


def _timed(act: Callable[[], int]) -> float:
    begun = time.perf_counter()
    if act() != ROWS:
        raise RuntimeError(f"A list of {ROWS} was expected.")
    return (time.perf_counter() - begun) * 1000


def _sealed_list() -> int:
    with unit_of_work():
        return len([(row.email, row.phone) for row in Contact.objects.order_by("id")])


def _plain_list() -> int:
    return len([(row.email, row.phone) for row in PlainContact.objects.order_by("id")])
