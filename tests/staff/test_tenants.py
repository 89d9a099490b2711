"""Customer service sees a tenant's data only under a grant that runs (promise P33)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from accounts.errors import InputRefused
from accounts.granting import SupportGrant
from accounts.models import AccountEvent, Organisation, User
from accounts.services import grant_ask, grant_give, grant_revoke
from accounts.tenants import GrantMissing, tenant_open, tenants_find
from privacy import clock
from privacy.errors import NotAllowed, NotFound
from privacy.ids import uuid7
from privacy.models import AccessEntry, OutboxMessage
from reservations.selectors.tenants import tenant_reservations
from reservations.services import reservation_book
from reservations.services.booking import BookingWish
from tests.cast import Cast, at
from tests.frontend.pages import Outline

pytestmark = [pytest.mark.promise("P33"), pytest.mark.django_db(transaction=True)]
Enter = Callable[..., Client]


@pytest.fixture
def gita(cast: Cast) -> User:
    """Customer service at work."""
    return cast.gita


def page(cast: Cast) -> str:
    return f"/staff/tenants/{cast.lontar.id}"


def test_without_a_grant_the_page_is_shut_and_the_try_is_recorded(cast: Cast, enter: Enter) -> None:
    answer = enter(cast.gita).get(page(cast))
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "Not open to customer service" in text
    assert cast.bob.email not in text
    assert "PT Lontar Digital" not in text
    event = AccountEvent.objects.get(verb="support_refused")
    assert (event.subject_id, event.organisation_id) == (cast.gita.subject_id, cast.lontar.id)
    assert not AccessEntry.objects.exists()


def test_a_grant_opens_members_and_bookings_and_each_look_is_logged(
    cast: Cast, enter: Enter
) -> None:
    wish = BookingWish(
        space_id=cast.room.id, starts_at=at(10), ends_at=at(11), organisation_id=cast.lontar.id
    )
    reservation_book(actor=cast.bob, wish=wish)
    grant_give(actor=cast.alice, organisation_id=cast.lontar.id, hours=8)
    answer = enter(cast.gita).get(page(cast))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert cast.bob.email in text
    assert cast.room.name in text
    assert cast.charlie.email not in text
    looked = AccessEntry.objects.filter(model="accounts.User").values_list("subject_id", flat=True)
    assert set(looked) == {cast.alice.subject_id, cast.bob.subject_id}
    booked = AccessEntry.objects.filter(model="reservations.Reservation")
    assert [entry.subject_id for entry in booked] == [cast.bob.subject_id]


def test_an_expired_grant_gives_403(
    cast: Cast, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = enter(cast.gita)
    grant_give(actor=cast.alice, organisation_id=cast.lontar.id, hours=1)
    assert client.get(page(cast)).status_code == 200
    later = clock.now() + timedelta(hours=1, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.get(page(cast)).status_code == 403
    with pytest.raises(GrantMissing):
        tenant_reservations(cast.gita, cast.lontar.id)


def test_ending_a_grant_shuts_at_once(cast: Cast, enter: Enter) -> None:
    owner, staff = enter(cast.alice), enter(cast.gita)
    address = f"/organisations/{cast.lontar.id}"
    assert owner.post(f"{address}/allow", {"hours": "24"}).status_code == 302
    grant = SupportGrant.objects.get()
    assert staff.get(page(cast)).status_code == 200
    assert "End now" in owner.get(address).content.decode()
    assert owner.post(f"{address}/end-access", {"grant": str(grant.id)}).status_code == 302
    assert staff.get(page(cast)).status_code == 403
    grant.refresh_from_db()
    assert grant.revoked_by_id == cast.alice.subject_id
    ended = grant.revoked_at
    grant_revoke(actor=cast.alice, organisation_id=cast.lontar.id, grant_id=grant.id)
    grant.refresh_from_db()
    assert grant.revoked_at == ended


def test_only_owners_open_and_only_their_own(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        grant_give(actor=cast.bob, organisation_id=cast.lontar.id, hours=8)
    with pytest.raises(NotFound):
        grant_give(actor=cast.charlie, organisation_id=cast.lontar.id, hours=8)
    with pytest.raises(InputRefused):
        grant_give(actor=cast.alice, organisation_id=cast.lontar.id, hours=1000)
    with pytest.raises(NotFound):
        grant_revoke(actor=cast.alice, organisation_id=cast.lontar.id, grant_id=uuid7())
    assert not SupportGrant.objects.exists()


@pytest.mark.parametrize("hours", ["", "0", "999999999999", "-1", "١٢", "x"])
def test_another_length_is_refused_in_words(cast: Cast, enter: Enter, hours: str) -> None:
    answer = enter(cast.alice).post(f"/organisations/{cast.lontar.id}/allow", {"hours": hours})
    assert answer.status_code == 422
    assert "Choose one of the lengths offered." in answer.content.decode()
    assert not SupportGrant.objects.exists()


def test_a_grant_serves_its_role_and_organisation_alone(cast: Cast, enter: Enter) -> None:
    grant_give(actor=cast.alice, organisation_id=cast.lontar.id, hours=8)
    for who in ("dewi", "eka", "farid", "hadi"):
        assert enter(getattr(cast, who)).get(page(cast)).status_code == 403, who
        with pytest.raises(NotAllowed):
            tenant_open(getattr(cast, who), cast.lontar.id)
    assert enter(cast.charlie).get(page(cast)).status_code == 404
    with pytest.raises(GrantMissing):
        tenant_open(cast.gita, cast.merapi.id)
    with pytest.raises(NotFound):
        tenant_open(cast.gita, uuid7())


def test_asking_reaches_each_owner_once_a_day(cast: Cast, enter: Enter) -> None:
    client = enter(cast.gita)
    for _again in range(2):
        answer = client.post(f"{page(cast)}/ask", follow=True)
        assert "1 owner was asked" in answer.content.decode()
    asked = OutboxMessage.objects.filter(template="support_access")
    assert [row.recipient_id for row in asked] == [cast.alice.subject_id]
    with pytest.raises(NotAllowed):
        grant_ask(actor=cast.dewi, organisation_id=cast.lontar.id)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_pages_are_well_made(cast: Cast, enter: Enter, language: str) -> None:
    grant_give(actor=cast.alice, organisation_id=cast.lontar.id, hours=8)
    staff, owner = enter(cast.gita), enter(cast.alice)
    User.objects.update(language=language)
    for client, address in (
        (staff, "/staff/tenants"),
        (staff, "/staff/tenants?q=nobody"),
        (staff, page(cast)),
        (staff, f"/staff/tenants/{cast.merapi.id}"),
        (owner, f"/organisations/{cast.lontar.id}"),
    ):
        text = client.get(address).content.decode()
        assert Outline(text).wrong(language) == [], address


def test_the_list_pages_by_name_in_one_statement(
    cast: Cast, enter: Enter, django_assert_num_queries: Callable[..., object]
) -> None:
    Organisation.objects.bulk_create(
        [Organisation(name=f"Organisasi {number:03}") for number in range(60)]
    )
    with django_assert_num_queries(1):
        first = tenants_find(cast.gita)
    assert len(first) == 51
    last = first[49][0]
    second = tenants_find(cast.gita, after=f"{last.name}\n{last.id}")
    assert [row.name for row, _open in second][0] == first[50][0].name
    assert len(second) == 12
    for wrong in ("x\nnot-a-uuid", "\n", "x"):
        assert enter(cast.gita).get("/staff/tenants", {"after": wrong}).status_code == 200
