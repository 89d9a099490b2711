"""The staff's pages of what leaves: who gets in, what is refused, what is kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from frontend.urls_outgoing import urlpatterns
from privacy.models import Processor
from privacy.outbox import outbox_put
from privacy.processors import today
from tests.cast import Cast, processor
from tests.frontend.pages import Outline

Enter = Callable[..., Client]
OFFICERS = {"hadi", "root"}
#: Route -> who may open it; `ACTS` answer POST alone.
PAGES: dict[str, set[str]] = {
    "processors": OFFICERS,
    "processor": OFFICERS,
    "processor-end": OFFICERS,
}
ACTS = {"processor-end"}
STAFF = ("dewi", "eka", "farid", "gita", "hadi", "root")
LIST = "/staff/processors"


def address(name: str) -> str:
    """The page of the mail provider, where a page is about one entry."""
    row = Processor.objects.get(service="email")
    return reverse(f"frontend:{name}", args=[] if name == "processors" else [row.id])


def typed(**more: Any) -> dict[str, Any]:
    """A whole form."""
    wanted = {
        "name": "PT Pos Surel",
        "service": "email",
        "contract_from": str(today()),
        "contract_until": str(today() + timedelta(days=365)),
        "region": "sg",
        "mechanism": "safeguards",
        "contact": "privasi@pos.example",
        "categories": ["contact", "message"],
    }
    return {**wanted, **more}


def test_every_route_is_listed() -> None:
    assert {route.name for route in urlpatterns} == set(PAGES)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_pages_open_to_their_roles_alone(cast: Cast, enter: Enter, name: str) -> None:
    url = address(name)
    for who in STAFF:
        client = enter(getattr(cast, who))
        if name in ACTS:
            assert client.get(url).status_code == 405
        else:
            assert client.get(url).status_code == (200 if who in PAGES[name] else 403), who
        allowed = client.post(url, {}).status_code
        assert allowed in ({302, 422} if who in PAGES[name] else {403}), who
    for who in ("alice", "bob"):
        assert enter(getattr(cast, who)).post(url, {}).status_code == 404
    assert Client().post(url, {}).status_code == 302
    assert enter(cast.hadi, strict=True).post(url, {}).status_code == 403
    asked = enter(cast.hadi, second_factor=False).post(url, {})
    assert asked["Location"].startswith(reverse("frontend:two-step"))
    assert Processor.objects.filter(service="email", state="active").count() == 1


def test_pages_are_well_made_in_both_states(cast: Cast, enter: Enter) -> None:
    row = Processor.objects.get(service="email")
    Processor.objects.filter(id=row.id).update(contract_until=today() - timedelta(days=2))
    processor("hosting", name="PT Ended", state="ended")
    processor("backup", name="PT Soon", contract_until=today() + timedelta(days=3))
    with transaction.atomic():
        outbox_put(template="password_changed", recipient=cast.alice.subject_id, data={})
    client = enter(cast.hadi)

    text = client.get(LIST).content.decode()

    assert Outline(text).wrong("en") == []
    for words in (
        "Nothing leaves by E-mail.", "The contract has run out.", "1 message waits",
        "Ends soon", "In force", "Ended",
    ):  # fmt: skip
        assert words in text, words
    for each in Processor.objects.all():
        page = client.get(f"{LIST}/{each.id}").content.decode()
        assert Outline(page).wrong("en") == []
        assert ("Renew or correct" in page) == (each.state == "active")
    Processor.objects.all().delete()
    assert "Begin with your mail provider" in client.get(LIST).content.decode()


def test_an_entry_is_added_renewed_and_ended(cast: Cast, enter: Enter) -> None:
    client = enter(cast.hadi)
    assert client.post(LIST, typed()).status_code == 302
    made = Processor.objects.get(name="PT Pos Surel")
    assert (made.region, made.mechanism, made.categories) == (
        "SG", "safeguards", ["contact", "message"],
    )  # fmt: skip
    longer = str(today() + timedelta(days=900))
    answer = client.post(f"{LIST}/{made.id}", typed(contract_until=longer, version="1"))
    assert answer.status_code == 302
    made.refresh_from_db()
    assert (str(made.contract_until), made.version) == (longer, 2)
    assert "leave within a minute" in client.get(LIST).content.decode()
    other = processor("backup", name="PT Lama")
    past = {"contract_from": "2020-01-01", "contract_until": "2020-02-01", "version": "1"}
    client.post(f"{LIST}/{other.id}", typed(service="backup", **past))
    assert (
        "Nothing goes to them yet: The contract has run out." in client.get(LIST).content.decode()
    )
    page = client.get(f"{LIST}/{made.id}").content.decode()
    assert "Added" in page
    assert "Changed" in page
    assert client.post(f"{LIST}/{made.id}/end", {"version": "1"}).status_code == 302
    made.refresh_from_db()
    assert made.state == "active"
    client.post(f"{LIST}/{made.id}/end", {"version": "2"})
    made.refresh_from_db()
    assert made.state == "ended"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "required"),
        ({"service": "sale"}, "valid choice"),
        ({"contract_from": "31-31-2026"}, "valid date"),
        ({"contract_until": "2020-01-01"}, "must end after it begins"),
        ({"region": "XX"}, "two letters"),
        ({"region": "sg", "mechanism": "domestic"}, "right for ID"),
        ({"contact": "nobody"}, "valid email"),
        ({"categories": ["soul"]}, "valid choice"),
        ({"name": "4111 1111 1111 1111"}, "card"),
    ],
)
def test_bad_entries_are_refused_and_what_was_typed_stays(
    cast: Cast, enter: Enter, changes: dict[str, Any], words: str
) -> None:
    count = Processor.objects.count()
    answer = enter(cast.hadi).post(LIST, typed(**changes))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text.lower() or words in text
    assert Outline(text).wrong("en") == []
    assert f'value="{changes.get("contact", "privasi@pos.example")}"' in text
    assert Processor.objects.count() == count


def test_a_stale_form_answers_412_and_saving_again_replaces(cast: Cast, enter: Enter) -> None:
    client = enter(cast.hadi)
    row = processor("backup", name="PT Mereka", version=4)
    url = f"{LIST}/{row.id}"
    answer = client.post(url, typed(name="PT Kami", service="backup", version="3"))
    text = answer.content.decode()
    assert answer.status_code == 412
    assert "Stored now: PT Mereka" in text
    assert 'value="PT Kami"' in text
    assert 'name="version" value="4"' in text
    again = client.post(url, typed(name="PT Kami", service="backup", version="4"))
    assert again.status_code == 302
    bad = client.post(url, typed(name="", version="4"))
    assert 'name="version" value="4"' in bad.content.decode()
    for odd in ("", "x", "9" * 30, "-1"):
        assert client.post(url, typed(version=odd)).status_code == 412


def test_the_list_costs_the_same_at_one_and_thirty(cast: Cast, enter: Enter) -> None:
    client = enter(cast.hadi)
    counts = []
    for _total in (1, 30):
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
        for number in range(30):
            processor("other", name=f"PT {number}")
    assert counts[0] == counts[1]
