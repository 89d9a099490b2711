"""Consents on pages: one button each way, receipts, forgeries, other people's rows."""

import json
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.services import terms_answer
from privacy import policy
from privacy.agreements import shown_now
from privacy.consent import consent_withdraw, purpose_allowed, words_digest
from privacy.models import Acceptance, ConsentRecord
from privacy.purposes import PURPOSES
from privacy.receipts import number_of, receipt_of
from tests.cast import Cast
from tests.frontend.conftest import browser
from tests.frontend.pages import Outline
from tests.privacy.consenting import accepting, agree


def giving(purpose: str = "marketing", **changes: str) -> dict[str, str]:
    """What the page's form sends."""
    version = policy.current()
    return {
        "act": "give",
        "policy_version": str(version.number),
        "policy_hash": version.hash,
        "words": words_digest(PURPOSES[purpose], "en"),
        "language": "en",
        **changes,
    }


def test_every_purpose_is_on_the_page_under_what_it_rests_on(cast: Cast) -> None:
    text = browser(cast.alice).get("/privacy/consents").content.decode()
    assert Outline(text).wrong("en") == []
    for code, purpose in PURPOSES.items():
        with translation.override("en"):
            assert (str(purpose.title) in text) is not purpose.by_channel
        buttons = text.count(f'action="/privacy/consents/{code}"')
        assert buttons == (1 if purpose.can_object and not purpose.by_channel else 0), code


def test_a_channel_that_is_off_asks_nothing_but_can_be_withdrawn_from(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    button = 'action="/privacy/consents/whatsapp"'
    client = browser(cast.alice)
    assert button not in client.get("/privacy/consents").content.decode()
    way = SimpleNamespace(purpose="whatsapp")
    monkeypatch.setattr("frontend.views.consents.channels", lambda: [way])
    assert button in client.get("/privacy/consents").content.decode()
    monkeypatch.setattr("frontend.views.consents.channels", list)
    agree(cast.alice, "whatsapp")
    assert button in client.get("/privacy/consents").content.decode()


def test_giving_and_withdrawing_take_one_button_each(cast: Cast) -> None:
    client, who = browser(cast.alice), cast.alice.subject_id
    assert client.post("/privacy/consents/marketing", giving()).status_code == 302
    assert purpose_allowed(who, "marketing")
    record = ConsentRecord.objects.get()
    assert (record.act, record.method, record.form) == ("given", "page", "consents")
    page = client.get("/privacy/consents").content.decode()
    assert "Allowed" in page
    assert number_of(record) in page
    assert client.post("/privacy/consents/marketing", {"act": "withdraw"}).status_code == 302
    assert not purpose_allowed(who, "marketing")
    assert "Withdrawn" in client.get("/privacy/consents").content.decode()


@pytest.mark.parametrize(
    "stale",
    [{"policy_hash": "0" * 64}, {"policy_version": "9"}, {"policy_version": "²"}, {"words": ""}],
)
def test_a_form_of_another_version_or_other_words_is_409(cast: Cast, stale: dict[str, str]) -> None:
    answer = browser(cast.alice).post("/privacy/consents/marketing", giving(**stale))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "has changed since this form was opened" in text
    assert policy.current().hash in text
    assert not ConsentRecord.objects.exists()


def test_objecting_is_one_button_and_can_be_taken_back(cast: Cast) -> None:
    client, who = browser(cast.alice), cast.alice.subject_id
    assert client.post("/privacy/consents/succession", {"act": "object"}).status_code == 302
    assert not purpose_allowed(who, "succession")
    assert "You objected" in client.get("/privacy/consents").content.decode()
    client.post("/privacy/consents/succession", {"act": "unobject"})
    assert purpose_allowed(who, "succession")


@pytest.mark.parametrize(
    ("purpose", "act", "status"),
    [
        ("marketting", "give", 404),
        ("marketing", "", 404),
        ("marketing", "sell", 404),
        ("billing", "object", 422),
        ("booking", "give", 422),
    ],
)
def test_what_makes_no_sense_changes_nothing(
    cast: Cast, purpose: str, act: str, status: int
) -> None:
    sent = giving() | {"act": act}
    assert browser(cast.alice).post(f"/privacy/consents/{purpose}", sent).status_code == status
    assert not ConsentRecord.objects.exists()


def test_a_receipt_shows_the_exact_words_and_is_its_owners_alone(cast: Cast) -> None:
    record = agree(cast.alice)
    client, url = browser(cast.alice), f"/privacy/consents/{record.id}"
    text = client.get(url).content.decode()
    assert Outline(text).wrong("en") == []
    assert record.words in text
    assert record.policy_hash in text
    assert 'value="withdraw"' in text
    for stranger in (browser(cast.bob), browser(cast.hadi)):
        assert stranger.get(url).status_code == 404
        assert stranger.get(f"{url}.jsonld").status_code == 404
    assert browser().get(url).status_code == 302
    consent_withdraw(subject_id=cast.alice.subject_id, purpose="marketing", form="consents")
    later = client.get(url).content.decode()
    assert 'value="withdraw"' not in later
    assert "You have answered differently since." in later


def test_the_receipt_is_json_ld_with_the_terms_of_the_standard(cast: Cast) -> None:
    record = agree(cast.alice)
    answer = browser(cast.alice).get(f"/privacy/consents/{record.id}.jsonld")
    assert answer["Content-Type"] == "application/ld+json"
    found = json.loads(answer.content)
    assert found["@type"] == "dpv:ConsentReceipt"
    kept = found["dpv:hasRecordOfActivity"]
    assert kept["dpv:hasConsentStatus"]["@type"] == "dpv:ConsentGiven"
    assert kept["dpv:hasProcess"]["dpv:hasPurpose"]["dct:identifier"] == "marketing"
    assert kept["dpv:hasNotice"]["dct:description"] == record.words
    assert kept["dpv:hasNotice"]["dpv:hasHash"] == f"sha256:{record.policy_hash}"
    assert "alice" not in answer.content.decode().lower()


def checked(visitor: Client, receipt: Any) -> tuple[int, str]:
    """What the check page answers to a receipt."""
    text = receipt if isinstance(receipt, str) else json.dumps(receipt)
    answer = visitor.post("/privacy/receipts", {"receipt": text})
    return answer.status_code, answer.content.decode()


def test_a_genuine_receipt_is_recognised_also_after_a_change_of_keys(
    cast: Cast, visitor: Client, settings: Any
) -> None:
    receipt = receipt_of(agree(cast.alice))
    status, text = checked(visitor, receipt)
    assert (status, "Genuine." in text) == (200, True)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" + "x" * 50
    assert "Genuine." in checked(visitor, receipt)[1]
    settings.SECRET_KEY_FALLBACKS = []
    assert checked(visitor, receipt)[0] == 422


def test_a_forged_or_altered_receipt_is_refused(cast: Cast, visitor: Client) -> None:
    receipt = receipt_of(agree(cast.alice))
    other = receipt_of(agree(cast.bob))
    altered = json.loads(json.dumps(receipt))
    altered["proof"]["content"]["purpose"] = "whatsapp"
    outside = json.loads(json.dumps(receipt))
    outside["dpv:hasRecordOfActivity"]["dpv:hasNotice"]["dct:description"] = "Anything goes."
    swapped = receipt | {"proof": other["proof"]}
    unknown = json.loads(json.dumps(receipt))
    unknown["proof"]["content"]["id"] = str(uuid4())
    for forged in (altered, outside, swapped, unknown, "", "{", "[]", "null", "[" * 5000):
        status, text = checked(visitor, forged)
        assert status == 422
        assert "not a receipt of ours, or it was altered" in text
        assert "Genuine." not in text
    assert Outline(text).wrong("en") == []
    assert ConsentRecord.objects.count() == 2


def test_the_page_asks_as_much_for_thirty_answers_as_for_one(cast: Cast) -> None:
    client = browser(cast.alice)
    agree(cast.alice)
    client.get("/privacy/consents")
    with CaptureQueriesContext(connection) as few:
        client.get("/privacy/consents")
    for _time in range(20):
        consent_withdraw(subject_id=cast.alice.subject_id, purpose="marketing", form="consents")
        agree(cast.alice)
    with CaptureQueriesContext(connection) as many:
        page = client.get("/privacy/consents").content.decode()
    assert len(few) == len(many)
    assert "?page=2" in page
    assert client.get("/privacy/consents?page=nonsense").status_code == 200


def test_other_peoples_answers_are_not_listed(cast: Cast) -> None:
    record = agree(cast.bob, "whatsapp")
    assert number_of(record) in browser(cast.bob).get("/privacy/consents").content.decode()
    assert number_of(record) not in browser(cast.alice).get("/privacy/consents").content.decode()


def test_what_was_accepted_stands_there_with_the_words_seen(cast: Cast) -> None:
    assert "for an organisation" not in browser(cast.bob).get("/privacy/consents").content.decode()
    browser(cast.bob).post("/organisations", {"name": "CV Angin"} | accepting())
    terms_answer(actor=cast.bob, shown=shown_now(), accepts=True)
    text = browser(cast.bob).get("/privacy/consents").content.decode()
    assert Outline(text).wrong("en") == []
    assert "for an organisation" in text
    assert "Privacy policy, version 1: Accepted" in text
    for row in Acceptance.objects.filter(subject=cast.bob.subject_id):
        assert row.words in text
    assert (
        "version 1: Accepted" not in browser(cast.alice).get("/privacy/consents").content.decode()
    )
