"""Asking once, noting pages of who said yes, and the pages that show and end it."""

import html
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from privacy import policy
from privacy.activity import activity_allowed, activity_of, activity_switch
from privacy.consent import consent_give, consent_withdraw
from privacy.models import ActivityEntry, ConsentRecord, PreferenceProfile, Subject
from privacy.preferences import Choice, choices_of
from reservations.models import Reservation
from tests.cast import Cast, at, location, space
from tests.frontend.conftest import browser

ASKED = "May we record which pages you open?"


def form(act: str, **more: str) -> dict[str, str]:
    """An answer as the page sends it."""
    version = policy.current()
    return {"act": act, "policy_version": str(version.number), "policy_hash": version.hash} | more


def text(client: Client, address: str, **more: Any) -> str:
    """A page's text."""
    return html.unescape(client.get(address, **more).content.decode())


def say_yes(user: User) -> Client:
    """A browser in which somebody allowed the record."""
    client = browser(user)
    client.post("/privacy/cookies/answer", form("accept"))
    return client


def acts(user: User) -> list[str]:
    """What the person said about insight, in order."""
    rows = ConsentRecord.objects.filter(subject=user.subject_id, purpose="insight")
    return list(rows.order_by("at", "id").values_list("act", flat=True))


# --- Asking ------------------------------------------------------------------------------


@pytest.mark.promise("P9")
@pytest.mark.promise("P64")
def test_visitors_are_asked_nothing_and_browsing_makes_neither_person_nor_consent(
    cast: Cast,
) -> None:
    before = Subject.objects.count()
    client = browser()
    room = cast.room.slug
    for address in ("/", "/find", f"/spaces/{room}", f"/locations/{cast.place.slug}", "/sign-in"):
        assert ASKED not in text(client, address)
    client.post("/privacy/cookies/answer", form("accept"))
    client.get("/find")

    assert (Subject.objects.count(), ConsentRecord.objects.count()) == (before, 0)
    assert not ActivityEntry.objects.exists()


@pytest.mark.promise("P64")
def test_a_signed_in_person_is_asked_and_silence_is_no(cast: Cast) -> None:
    client = browser(cast.alice)
    page = text(client, "/find")
    assert ASKED in page
    assert page.index("No, do not record") < page.index("Yes, record")
    for _n in range(3):
        client.get("/reservations")

    assert acts(cast.alice) == []
    assert not ActivityEntry.objects.exists()
    assert "ruang_visit" not in client.cookies


@pytest.mark.parametrize("header", ["sec-gpc", "dnt"])
def test_the_browsers_signal_answers_the_question(cast: Cast, header: str) -> None:
    client = browser(cast.alice)
    assert ASKED not in text(client, "/find", headers={header: "1"})
    refused = client.post("/privacy/cookies/answer", form("accept"), headers={header: "1"})
    assert refused.status_code == 422
    assert "asks us not to track you" in refused.content.decode()
    assert acts(cast.alice) == []


def test_no_is_remembered_in_this_browser_and_the_next(cast: Cast) -> None:
    client = browser(cast.alice)
    response = client.post("/privacy/cookies/answer", form("refuse", next="/find"))
    assert response["Location"] == "/find"
    assert client.cookies["ruang_choices"].value == "1.none"
    assert ASKED not in text(client, "/find")
    assert acts(cast.alice) == ["refused"]

    other = browser(cast.alice)
    assert ASKED not in text(other, "/find")
    assert other.cookies["ruang_choices"].value == "1.none"
    with CaptureQueriesContext(connection) as seen:
        other.get("/account")
    assert not any("consentrecord" in query["sql"] for query in seen)


def test_yes_counts_in_the_next_browser_without_asking(cast: Cast) -> None:
    say_yes(cast.alice)
    other = browser(cast.alice)
    assert ASKED not in text(other, "/find")
    assert other.cookies["ruang_choices"].value == "1.insight"
    assert ASKED in text(browser(cast.bob), "/find")


def test_a_preference_from_the_future_is_asked_again(cast: Cast) -> None:
    client = browser(cast.alice)
    client.cookies["ruang_choices"] = "2.insight"
    assert ASKED in text(client, "/find")
    assert "ruang_visit" not in client.cookies


def test_a_form_of_another_policy_changes_nothing(cast: Cast) -> None:
    client = browser(cast.alice)
    for wrong in ({"policy_version": "99"}, {"policy_version": "x"}, {"policy_hash": "0" * 64}):
        response = client.post("/privacy/cookies/answer", form("accept") | wrong)
        assert response.status_code == 409
        assert "ruang_choices" not in response.cookies
    assert acts(cast.alice) == []


# --- Noting ------------------------------------------------------------------------------


@pytest.mark.promise("P8")
def test_pages_are_noted_by_route_alone_after_a_yes(cast: Cast) -> None:
    client = say_yes(cast.alice)
    client.get("/find?people=4&where=all")
    client.get(f"/spaces/{cast.room.slug}")
    client.get("/privacy/activity")
    client.get("/find/timeline")
    client.get("/spaces/nothing")
    for more in ({"hx-request": "true"}, {"sec-purpose": "prefetch"}, {"sec-fetch-dest": "image"}):
        client.get("/find", headers=more)

    rows = activity_of(cast.alice.subject_id)
    assert list(rows.values_list("route", flat=True)) == ["space", "find"]
    assert rows.first().network == "127.0.0.0/24"  # type: ignore[union-attr]
    assert rows.last().seconds is not None  # type: ignore[union-attr]
    stored = " ".join(str(vars(row)) for row in rows)
    assert cast.room.slug not in stored
    assert "people" not in stored
    morsel = client.cookies["ruang_visit"]
    assert (morsel["max-age"], morsel["httponly"]) == ("", True)


@pytest.mark.promise("P8")
@pytest.mark.promise("P21")
def test_the_browsers_signal_stops_the_record_and_takes_the_cookie(cast: Cast) -> None:
    client = say_yes(cast.alice)
    client.get("/find")
    assert client.cookies["ruang_visit"].value

    client.get("/find", headers={"sec-gpc": "1"})
    assert client.cookies["ruang_visit"].value == ""
    assert activity_of(cast.alice.subject_id).count() == 1


def test_the_next_person_at_the_browser_is_not_recorded(cast: Cast) -> None:
    client = say_yes(cast.alice)
    client.get("/find")
    client.force_login(cast.bob, backend="accounts.backends.EmailBackend")
    client.get("/find")
    assert client.cookies["ruang_visit"].value == ""
    client.logout()
    client.get("/find")

    assert ActivityEntry.objects.count() == 1
    assert ActivityEntry.objects.get().subject_id == cast.alice.subject_id


def test_a_withdrawal_elsewhere_stops_the_record_at_once(cast: Cast) -> None:
    client = say_yes(cast.alice)
    client.get("/find")
    consent_withdraw(
        subject_id=cast.alice.subject_id, purpose="insight", language="en", form="consents"
    )
    client.get("/find")

    assert activity_of(cast.alice.subject_id).count() == 1
    assert client.cookies["ruang_visit"].value == ""
    assert 'name="insight" checked' not in text(client, "/privacy/cookies")


def test_trouble_with_the_record_never_spoils_a_page(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from django.db import OperationalError  # noqa: PLC0415 - beside its use

    def broken(**_more: Any) -> None:
        raise OperationalError("alice@ruang.test")

    client = say_yes(cast.alice)
    monkeypatch.setattr("frontend.tracking.activity_note", broken)
    assert client.get("/find").status_code == 200
    assert "A page was not recorded: OperationalError" in caplog.text
    assert "alice" not in caplog.text


def test_the_search_stops_saying_it_stores_nothing(cast: Cast) -> None:
    words = "This search stores nothing about you."
    assert words in text(browser(cast.alice), "/find")
    assert words not in text(say_yes(cast.alice), "/find")


# --- Seeing and ending -------------------------------------------------------------------


@pytest.mark.promise("P8")
def test_the_record_is_seen_by_its_person_alone_and_ends_with_a_button(cast: Cast) -> None:
    client = say_yes(cast.alice)
    client.get("/reservations")
    page = text(client, "/privacy/activity")
    assert "1 page is recorded" in page
    assert "127.0.0.0/24" in page
    assert "127.0.0.0/24" not in text(say_yes(cast.bob), "/privacy/activity")
    anonymous = browser().get("/privacy/activity")
    assert anonymous["Location"] == "/sign-in?next=/privacy/activity"

    client.post("/privacy/activity", form("off"))
    assert not activity_of(cast.alice.subject_id).exists()
    assert client.cookies["ruang_choices"].value == "1.none"
    assert "Nothing you open is recorded" in text(client, "/privacy/activity")
    client.get("/find")
    assert not activity_of(cast.alice.subject_id).exists()


def test_the_record_is_switched_on_and_deleted_there_too(cast: Cast) -> None:
    client = browser(cast.alice)
    assert client.post("/privacy/activity", form("on")).status_code == 302
    assert acts(cast.alice) == ["given"]
    client.get("/find")
    client.post("/privacy/activity", form("delete"))
    assert not activity_of(cast.alice.subject_id).exists()
    client.get("/find")
    assert activity_of(cast.alice.subject_id).count() == 1


@pytest.mark.parametrize("address", ["/privacy/activity", "/privacy/preferences"])
def test_a_form_that_says_nothing_changes_nothing(cast: Cast, address: str) -> None:
    client = browser(cast.alice)
    for act, status in (("", 422), ("everything", 422)):
        assert client.post(address, form(act)).status_code == status
    assert client.post(address, form("on") | {"policy_version": "9"}).status_code == 409
    assert not ConsentRecord.objects.exists()


def test_a_long_record_has_pages_at_the_same_cost(cast: Cast) -> None:
    client = say_yes(cast.alice)

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/privacy/activity")
        return len(seen)

    client.get("/find")
    client.get("/privacy/activity")
    one = cost()
    subject, visit = cast.alice.subject_id, activity_of(cast.alice.subject_id).get().visit
    made = [
        ActivityEntry(subject_id=subject, visit=visit, route="find", opened_at=at(1) - timedelta(n))
        for n in range(119)
    ]
    ActivityEntry.objects.bulk_create(made)
    assert cost() == one
    assert "120 pages are recorded" in text(client, "/privacy/activity")
    assert text(client, "/privacy/activity?page=3").count("<tr>") == 21
    assert client.get("/privacy/activity?page=x").status_code == 200


# --- Suggestions -------------------------------------------------------------------------


def book(client: Client, cast: Cast, hour: int, room: str = "", people: str = "6") -> None:
    """One booking, by the sheet."""
    day = at(hour, days=3).date().isoformat()
    sent = {"space": room or cast.room.slug, "day": day, "from": f"{hour:02d}:00"}
    sent |= {"to": f"{hour + 2:02d}:00", "people": people, "act": "book"}
    response = client.post("/book", sent)
    assert response.status_code == 302, response.content.decode()[:2000]


@pytest.mark.promise("P12")
def test_bookings_are_learnt_from_after_a_yes_and_fill_in_the_search(cast: Cast) -> None:
    far = location("Renon", zone="Asia/Makassar", city="Denpasar", position=9)
    jepun = space(far, "Jepun").slug
    client = browser(cast.alice)
    book(client, cast, 8)
    assert not PreferenceProfile.objects.exists()
    client.post("/privacy/preferences", form("on"))
    for hour in (9, 13):
        book(client, cast, hour, jepun)

    habit = Choice("renon", "meeting_room", 6, 120, "")
    assert [choice.where for choice in choices_of(cast.alice.subject_id)] == ["renon", "renon"]
    for address in ("/find", "/"):
        page = text(client, address)
        assert "Filled in from your earlier bookings." in page
        assert '<option value="renon" selected>' in page
        assert 'value="6"' in page
        assert '<option value="120" selected>' in page
    asked = text(client, "/find?where=kebon-sirih&people=")
    assert "Filled in" not in asked
    assert '<option value="kebon-sirih" selected>' in asked
    assert "Filled in" not in text(browser(cast.bob), "/find")
    page = text(client, "/privacy/preferences")
    assert "The search begins where you usually book" in page
    assert habit.where == "renon"


@pytest.mark.promise("P12")
def test_suggestions_are_reset_and_switched_off(cast: Cast) -> None:
    client = browser(cast.alice)
    client.post("/privacy/preferences", form("on"))
    book(client, cast, 9)
    assert "What was learnt" in text(client, "/privacy/preferences")
    client.post("/privacy/preferences", form("reset"))
    assert not PreferenceProfile.objects.exists()
    book(client, cast, 11)
    assert PreferenceProfile.objects.count() == 1

    client.post("/privacy/preferences", form("off"))
    assert not PreferenceProfile.objects.exists()
    book(client, cast, 13)
    assert not PreferenceProfile.objects.exists()
    assert Reservation.objects.count() == 3


def test_a_habit_of_a_place_that_is_gone_harms_nothing(cast: Cast) -> None:
    version = policy.current()
    consent_give(
        subject_id=cast.alice.subject_id,
        purpose="preferences",
        policy_version=version.number,
        policy_hash=version.hash,
        language="en",
        form="test",
    )
    stored = {"where": "gone", "kind": "cave", "people": 10**9, "minutes": 5, "start": "99:99"}
    PreferenceProfile.objects.create(subject=cast.alice.subject, choices=[stored, stored])
    client = browser(cast.alice)

    for address in ("/", "/find", "/privacy/preferences"):
        assert client.get(address).status_code == 200


def test_a_restricted_person_is_neither_recorded_nor_suggested_to(cast: Cast) -> None:
    version = policy.current()
    activity_switch(
        subject_id=cast.alice.subject_id,
        on=True,
        policy_version=version.number,
        policy_hash=version.hash,
        language="en",
        form="test",
    )
    Subject.objects.filter(id=cast.alice.subject_id).update(state=Subject.State.RESTRICTED)
    client = browser(cast.alice)
    client.cookies["ruang_choices"] = "1.insight"
    client.get("/find")

    assert not activity_allowed(cast.alice.subject_id)
    assert not ActivityEntry.objects.exists()
