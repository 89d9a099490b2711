"""The guard of every use: undeclared raises, without ground refused, withdrawn at once."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from privacy import append_only, policy
from privacy.consent import (
    NoObjection,
    NotByConsent,
    PurposeRefused,
    UnknownPurpose,
    consent_give,
    consent_refuse,
    consent_withdraw,
    objection_end,
    objection_raise,
    purpose_allowed,
    purpose_refusal,
    purpose_require,
    purposes_allowed,
)
from privacy.datamap import RETENTIONS, Personal, entries
from privacy.models import ConsentRecord, Subject
from privacy.purposes import PURPOSES, ForbiddenPurpose, Purpose, registry_of
from privacy.words import EVENTS, retention_words
from tests.cast import Cast
from tests.privacy.consenting import agree

BY_CONSENT = sorted(code for code, purpose in PURPOSES.items() if purpose.by_consent)
OTHERS = sorted(set(PURPOSES) - set(BY_CONSENT))


def reason_of(subject_id, purpose):
    """The stable code with which the guard refuses; "" when it does not."""
    reason = purpose_refusal(subject_id, purpose)
    if reason:
        with pytest.raises(PurposeRefused) as caught:
            purpose_require(subject_id, purpose)
        assert (caught.value.status, caught.value.extra) == (403, {"reason": reason})
    else:
        purpose_require(subject_id, purpose)
    return reason


@pytest.mark.promise("P13")
@pytest.mark.parametrize("purpose", ["marketting", "", "sale", "MARKETING", "account "])
def test_an_undeclared_purpose_raises(cast: Cast, purpose: str) -> None:
    for guard in (purpose_require, purpose_allowed):
        with pytest.raises(UnknownPurpose) as caught:
            guard(cast.alice.subject_id, purpose)
        assert caught.value.extra["purposes"] == sorted(PURPOSES)
    with pytest.raises(UnknownPurpose):
        objection_raise(subject_id=cast.alice.subject_id, purpose=purpose, form="consents")


@pytest.mark.promise("P13")
def test_the_map_serves_registered_purposes_alone() -> None:
    used = {
        purpose
        for entry in entries().values()
        for field in entry.fields.values()
        if isinstance(field, Personal)
        for purpose in field.purposes
    }
    assert len(used) > 5
    assert used <= set(PURPOSES)


@pytest.mark.promise("P27")
@pytest.mark.parametrize("code", ["sale", "data_sale", "resale", "Penjualan", "sell-data"])
def test_selling_and_competing_cannot_be_registered(code: str) -> None:
    for forbidden in (code, "competition"):
        with pytest.raises(ForbiddenPurpose):
            registry_of([*PURPOSES.values(), Purpose(forbidden, "consent", "Sale", "Sale")])
    kept = registry_of([Purpose("wholesale_room", "contract", "Room", "Room")])
    assert list(kept) == ["wholesale_room"]


@pytest.mark.promise("P27")
def test_the_registry_is_closed_at_run_time() -> None:
    with pytest.raises(TypeError):
        PURPOSES["sale"] = PURPOSES["marketing"]  # type: ignore[index]
    with pytest.raises(ValueError, match="twice"):
        registry_of([PURPOSES["account"], PURPOSES["account"]])


def test_every_purpose_has_words_in_both_languages() -> None:
    for purpose in PURPOSES.values():
        for words in (purpose.title, purpose.words):
            with translation.override("en"):
                english = str(words)
            with translation.override("id"):
                indonesian = str(words)
            assert english
            assert english != indonesian or english == "WhatsApp", purpose.code


@pytest.mark.promise("P10")
@pytest.mark.parametrize("purpose", BY_CONSENT)
def test_without_consent_nothing_is_allowed_and_withdrawal_counts_at_once(
    cast: Cast, purpose: str
) -> None:
    who = cast.alice.subject_id
    assert reason_of(who, purpose) == "no_consent"
    agree(cast.alice, purpose)
    assert reason_of(who, purpose) == ""
    assert reason_of(cast.bob.subject_id, purpose) == "no_consent"
    consent_withdraw(subject_id=who, purpose=purpose, form="consents")
    assert reason_of(who, purpose) == "withdrawn"
    agree(cast.alice, purpose)
    assert purpose_allowed(who, purpose)


def test_a_refusal_and_silence_mean_no(cast: Cast) -> None:
    who = cast.alice.subject_id
    consent_refuse(subject_id=who, purpose="insight", language="id", form="banner")
    assert reason_of(who, "insight") == "no_consent"
    assert reason_of(who, "whatsapp") == "no_consent"


@pytest.mark.promise("P50")
@pytest.mark.parametrize("purpose", ["succession", "marketing"])
def test_an_objection_makes_that_purpose_raise_and_no_other(cast: Cast, purpose: str) -> None:
    who = cast.alice.subject_id
    if purpose == "marketing":
        agree(cast.alice)
    before = {code: purpose_allowed(who, code) for code in PURPOSES}
    assert before[purpose]
    objection_raise(subject_id=who, purpose=purpose, form="consents")
    with pytest.raises(PurposeRefused):
        purpose_require(who, purpose)
    after = {code: purpose_allowed(who, code) for code in PURPOSES}
    assert after == before | {purpose: False}
    assert purpose_allowed(cast.bob.subject_id, "succession")
    objection_end(subject_id=who, purpose=purpose, form="consents")
    assert purpose_allowed(who, "succession")
    assert not purpose_allowed(who, "marketing")


def test_what_cannot_be_objected_to_or_consented_to_is_said(cast: Cast) -> None:
    who = cast.alice.subject_id
    with pytest.raises(NoObjection):
        objection_raise(subject_id=who, purpose="billing", form="consents")
    with pytest.raises(NotByConsent):
        agree(cast.alice, "booking")
    assert not ConsentRecord.objects.exists()


@pytest.mark.parametrize(
    ("state", "going_on"),
    [
        ("deactivated", {"billing", "privacy", "security"}),
        (
            "restricted",
            {"account", "billing", "booking", "communication"} | {"privacy", "security", "support"},
        ),
        ("erasing", {"privacy"}),
        ("erased", set()),
    ],
)
def test_a_closed_or_restricted_account_serves_what_the_law_asks(
    cast: Cast, state: str, going_on: set[str]
) -> None:
    for purpose in BY_CONSENT:
        agree(cast.alice, purpose)
    who = cast.alice.subject_id
    assert {code for code in PURPOSES if purpose_allowed(who, code)} == set(PURPOSES)
    Subject.objects.filter(id=who).update(state=state)
    assert {code for code in PURPOSES if purpose_allowed(who, code)} == going_on
    assert purpose_refusal(who, "marketing") == f"subject_{state}"
    with pytest.raises((PurposeRefused, policy.NotFound)):
        agree(cast.alice)


def test_nobody_is_allowed_nothing(db: None) -> None:
    for purpose in PURPOSES:
        assert purpose_refusal(uuid4(), purpose) == "no_subject"


@pytest.mark.parametrize("purpose", ["marketing", "succession"])
def test_the_guard_is_one_statement_for_any_number(cast: Cast, purpose: str) -> None:
    agree(cast.alice)
    people = [cast.alice, cast.bob, cast.charlie, cast.dewi]
    with CaptureQueriesContext(connection) as one:
        purpose_require(cast.alice.subject_id, purpose)
    with CaptureQueriesContext(connection) as many:
        allowed = purposes_allowed([each.subject_id for each in people], purpose)
    assert len(one) == len(many) == 1
    expected = {"marketing": {cast.alice.subject_id}}
    assert allowed == expected.get(purpose, {each.subject_id for each in people})


def test_a_form_of_another_version_is_refused_with_the_present_one(cast: Cast) -> None:
    version = policy.current()
    for number, digest in ((version.number, "0" * 64), (version.number + 1, version.hash)):
        with pytest.raises(policy.PolicyOutdated) as caught:
            consent_give(
                subject_id=cast.alice.subject_id,
                purpose="marketing",
                policy_version=number,
                policy_hash=digest,
                language="en",
                form="consents",
            )
        assert caught.value.status == 409
        assert caught.value.extra["policy_hash"] == version.hash
    assert not ConsentRecord.objects.exists()


def test_the_ledger_holds_who_what_when_how_and_the_exact_words(cast: Cast) -> None:
    record = agree(cast.alice)
    consent_withdraw(
        subject_id=cast.alice.subject_id, purpose="marketing", language="id", form="consents"
    )
    record.refresh_from_db()
    version = policy.current()
    assert (record.policy_version, record.policy_hash) == (version.number, version.hash)
    assert (record.act, record.method, record.form) == ("given", "page", "consents")
    with translation.override("en"):
        assert record.words == str(PURPOSES["marketing"].words)
    withdrawn = ConsentRecord.objects.get(act="withdrawn")
    with translation.override("id"):
        assert withdrawn.words == str(PURPOSES["marketing"].words)
    assert withdrawn.at > record.at


def test_saying_no_twice_is_one_row(cast: Cast) -> None:
    agree(cast.alice)
    for _again in range(2):
        consent_withdraw(subject_id=cast.alice.subject_id, purpose="marketing", form="link")
    assert ConsentRecord.objects.filter(act="withdrawn").count() == 1


def test_the_ledger_only_grows_but_for_erasure(cast: Cast) -> None:
    record = agree(cast.alice)
    mine = ConsentRecord.objects.filter(id=record.id)
    for change in (
        lambda: mine.update(act="refused"),
        lambda: mine.delete(),
        lambda: record.save(),
    ):
        with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
            change()
    assert mine.get().act == "given"
    with transaction.atomic(), append_only.erasing():
        assert mine.delete()[0] == 1
    kept = agree(cast.bob)
    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
        kept.delete()


@pytest.mark.django_db(transaction=True)
def test_the_permission_to_erase_ends_with_its_transaction() -> None:
    with pytest.raises(RuntimeError), append_only.erasing():
        pass


def test_every_retention_is_told_in_both_languages() -> None:
    for code in RETENTIONS:
        said = set()
        for language in ("en", "id"):
            with translation.override(language):
                said.add(retention_words(code))
        assert len(said) == 2, code
        assert code in EVENTS
