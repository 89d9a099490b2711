"""Consents over HTTP: given under the present policy, taken back, refused when outdated."""

import pytest

from privacy import policy
from privacy.consent import purpose_allowed
from privacy.models import ConsentRecord
from privacy.receipts import receipt_check
from tests.api.conftest import Caller
from tests.cast import Cast

ADDRESS = "/api/v1/consents"


def wish(**changes: object) -> dict[str, object]:
    """The body of a consent."""
    version = policy.current()
    sent = {"purpose": "marketing", "policy_version": version.number, "policy_hash": version.hash}
    return sent | changes


def test_what_get_says_can_be_sent_back_and_the_receipt_is_genuine(
    cast: Cast, caller: Caller
) -> None:
    client = caller(cast.alice)
    listed = {row["purpose"]: row for row in client.get(ADDRESS).json()["results"]}
    assert sorted(listed) == ["insight", "marketing", "preferences", "whatsapp"]
    row = listed["marketing"]
    assert (row["state"], row["allowed"], row["receipt"]) == ("none", False, None)
    sent = {name: row[name] for name in ("purpose", "policy_version", "policy_hash")}
    answer = client.post(ADDRESS, sent)
    assert answer.status_code == 201
    record = ConsentRecord.objects.get()
    assert receipt_check(answer.content.decode()).id == record.id
    assert (record.method, record.form, record.subject_id) == ("api", "api", cast.alice.subject_id)
    after = {row["purpose"]: row for row in client.get(ADDRESS).json()["results"]}["marketing"]
    assert (after["state"], after["allowed"]) == ("given", True)
    assert after["receipt"] == answer.json()


def test_delete_withdraws_at_once_and_twice_is_the_same(cast: Cast, caller: Caller) -> None:
    client = caller(cast.alice)
    client.post(ADDRESS, wish())
    assert purpose_allowed(cast.alice.subject_id, "marketing")
    first, second = (client.delete(f"{ADDRESS}/marketing") for _time in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    status = first.json()["dpv:hasRecordOfActivity"]["dpv:hasConsentStatus"]["@type"]
    assert status == "dpv:ConsentWithdrawn"
    assert not purpose_allowed(cast.alice.subject_id, "marketing")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"policy_hash": "0" * 64}, 409, "policy_outdated"),
        ({"policy_version": 7}, 409, "policy_outdated"),
        ({"purpose": "marketting"}, 422, "unknown_purpose"),
        ({"purpose": "sale"}, 422, "unknown_purpose"),
        ({"purpose": "booking"}, 422, "not_by_consent"),
        ({"policy_version": "x"}, 400, "malformed"),
        ({"purpose": None}, 400, "malformed"),
        ({"purpos": "marketing"}, 400, "malformed"),
    ],
)
def test_a_wrong_consent_is_refused_and_changes_nothing(
    cast: Cast, caller: Caller, changes: dict[str, object], status: int, code: str
) -> None:
    answer = caller(cast.alice).post(ADDRESS, wish(**changes))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    if status == 409:
        assert answer.json()["policy_hash"] == policy.current().hash
    assert not ConsentRecord.objects.exists()


def test_a_misspelt_purpose_cannot_be_withdrawn(cast: Cast, caller: Caller) -> None:
    answer = caller(cast.alice).delete(f"{ADDRESS}/marketting")
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_purpose")


def test_a_repeated_request_is_one_consent(cast: Cast, caller: Caller) -> None:
    client = caller(cast.alice)
    sent = [client.post(ADDRESS, wish(), HTTP_IDEMPOTENCY_KEY="k1") for _time in range(2)]
    assert [answer.status_code for answer in sent] == [201, 201]
    assert sent[0].json() == sent[1].json()
    assert ConsentRecord.objects.count() == 1


def test_a_key_that_may_only_read_gives_no_consent(cast: Cast, caller: Caller) -> None:
    client = caller(cast.alice, "read")
    assert client.get(ADDRESS).status_code == 200
    assert client.post(ADDRESS, wish()).status_code == 403
    assert client.delete(f"{ADDRESS}/marketing").status_code == 403
