"""Terms bind by an explicit act of a named version, for people and for organisations."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.errors import NoContract
from accounts.models import Organisation, User
from accounts.services import invitation_send, organisation_create, organisation_terms_accept
from privacy import policy
from privacy.agreements import TermsNotAccepted, shown_in, shown_now
from privacy.models import Acceptance, ConsentRecord, Subject
from privacy.policy import PolicyOutdated
from reservations.errors import RulesBroken
from reservations.services import reservation_book
from reservations.services.booking import BookingWish
from tests.cast import Cast, at
from tests.frontend.conftest import browser
from tests.frontend.pages import Outline
from tests.privacy.consenting import accepting

FORM = {"full_name": "Ayu", "email": "ayu@lontar.test", "password": "kopi tubruk di teras"}


@pytest.mark.promise("P64")
def test_browsing_creates_no_consent_and_no_acceptance(cast: Cast) -> None:
    for client in (browser(), browser(cast.bob)):
        for address in ("/", "/find", "/register", "/privacy", "/privacy/policy", "/privacy/terms"):
            assert client.get(address).status_code in {200, 302}, address
    assert not Acceptance.objects.exists()
    assert not ConsentRecord.objects.exists()


@pytest.mark.promise("P64")
def test_registration_asks_by_an_unticked_box_and_records_what_it_showed(cast: Cast) -> None:
    page = browser().get("/register").content.decode()
    assert 'name="accept"' in page
    assert "checked" not in page
    assert policy.current(policy.TERMS).hash in page
    assert browser().post("/register", FORM | accepting()).status_code == 302
    user = User.objects.get(email="ayu@lontar.test")
    rows = {row.document: row for row in Acceptance.objects.filter(subject=user.subject)}
    assert set(rows) == {"terms", "policy"}
    for document, row in rows.items():
        version = policy.current(document)
        assert (row.version, row.hash, row.answer) == (1, version.hash, "accepted")
        assert (row.form, row.language, row.organisation) == ("register", "en", None)
        assert "I accept the terms of use (version 1)" in row.words
    assert (user.terms_answered, user.policy_answered) == (1, 1)


@pytest.mark.promise("P64")
@pytest.mark.parametrize("sent", [{}, {"accept": ""}, {"terms_version": "1"}])
def test_without_the_tick_there_is_no_account_and_what_was_typed_stays(
    cast: Cast, sent: dict[str, str]
) -> None:
    before = Subject.objects.count()
    answer = browser().post("/register", FORM | sent)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Tick the box if you accept the terms" in text
    assert 'value="ayu@lontar.test"' in text
    assert Outline(text).wrong("en") == []
    assert (Subject.objects.count(), Acceptance.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    "stale",
    [
        {"terms_hash": "0" * 64},
        {"policy_hash": "x"},
        {"terms_version": "2"},
        {"policy_version": "²"},
        {"terms_version": ""},
        {"policy_version": "99999999999"},
    ],
)
def test_a_form_of_another_version_is_409_with_the_present_text(
    cast: Cast, stale: dict[str, str]
) -> None:
    answer = browser().post("/register", FORM | accepting(**stale))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "has changed since this form was opened" in text
    assert 'value="ayu@lontar.test"' in text
    assert "checked" not in text
    assert policy.current(policy.TERMS).hash in text
    assert not User.objects.filter(email="ayu@lontar.test").exists()


def test_the_box_counts_before_anybody_learns_whether_an_address_is_known(cast: Cast) -> None:
    known = browser().post("/register", FORM | {"email": "alice@ruang.test"})
    fresh = browser().post("/register", FORM)
    assert known.status_code == fresh.status_code == 422


@pytest.mark.promise("P66")
def test_an_organisation_without_its_version_can_do_nothing_in_its_name(cast: Cast) -> None:
    made = organisation_create(actor=cast.alice, name="CV Tanpa Kontrak")
    assert made.terms_version == 0
    with pytest.raises(NoContract):
        invitation_send(actor=cast.alice, organisation_id=made.id, email="ina@lontar.example")
    wish = BookingWish(
        space_id=cast.room.id, starts_at=at(10), ends_at=at(11), organisation_id=made.id
    )
    with pytest.raises(RulesBroken) as caught:
        reservation_book(actor=cast.alice, wish=wish)
    assert [rule.code for rule in caught.value.broken] == ["no_contract"]
    organisation_terms_accept(
        actor=cast.alice, organisation_id=made.id, shown=shown_now(organisation=True)
    )
    assert invitation_send(actor=cast.alice, organisation_id=made.id, email="ina@lontar.example")
    assert reservation_book(actor=cast.alice, wish=wish).organisation_id == made.id
    row = Acceptance.objects.get(organisation=made.id)
    assert (row.document, row.version, row.subject_id) == ("terms", 1, cast.alice.subject_id)
    assert row.hash == policy.current(policy.TERMS).hash


@pytest.mark.promise("P66")
def test_only_an_owner_binds_an_organisation_and_only_to_the_present_text(cast: Cast) -> None:
    Organisation.objects.filter(id=cast.lontar.id).update(terms_version=0)
    url = f"/organisations/{cast.lontar.id}/terms"
    assert browser(cast.bob).post(url, accepting()).status_code == 403
    assert browser(cast.charlie).post(url, accepting()).status_code == 404
    owner = browser(cast.alice)
    assert owner.post(url).status_code == 422
    assert owner.post(url, accepting(terms_hash="0")).status_code in {409, 422}
    assert not Acceptance.objects.exists()
    page = owner.get(f"/organisations/{cast.lontar.id}").content.decode()
    assert "No contract yet" in page
    assert owner.post(url, accepting()).status_code == 302
    cast.lontar.refresh_from_db()
    assert cast.lontar.terms_version == 1
    assert "accepted by an owner" in owner.get(f"/organisations/{cast.lontar.id}").content.decode()


@pytest.mark.promise("P66")
def test_a_new_organisation_is_made_with_its_contract(cast: Cast) -> None:
    client = browser(cast.bob)
    refused = client.post("/organisations", {"name": "CV Angin"})
    assert refused.status_code == 422
    assert "Tick the box" in refused.content.decode()
    assert not Organisation.objects.filter(name="CV Angin").exists()
    assert client.post("/organisations", {"name": "CV Angin"} | accepting()).status_code == 302
    made = Organisation.objects.get(name="CV Angin")
    assert made.terms_version == 1
    assert Acceptance.objects.get(organisation=made.id).subject_id == cast.bob.subject_id


def test_acceptances_only_grow(cast: Cast) -> None:
    client: Client = browser(cast.bob)
    client.post("/organisations", {"name": "CV Angin"} | accepting())
    for change in (
        lambda: Acceptance.objects.update(version=9),
        lambda: Acceptance.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
            change()


def test_a_form_without_tick_shows_nothing() -> None:
    assert shown_in({"terms_version": "1"}) is None
    odd = shown_in({"accept": "yes", "terms_version": "-1"})
    assert odd is not None
    with pytest.raises(PolicyOutdated):
        odd.check()
    assert TermsNotAccepted().broken[0].field == "accept"
