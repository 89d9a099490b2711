"""Profile and organisations over HTTP."""

import pytest
from django.test import Client

from accounts.models import Invitation, Membership, Organisation, User

JSON = "application/json"


@pytest.fixture
def alice(enter, people):
    return enter(people.alice)


def test_me_says_who_i_am_with_my_organisations(alice, people):
    answer = alice.get("/api/v1/me")
    assert answer["ETag"] == '"1"'
    assert answer.json() == {
        "id": str(people.alice.id),
        "email": "alice@ruang.test",
        "email_verified": True,
        "full_name": "Alice",
        "phone": "",
        "institution": "",
        "language": "en",
        "time_zone": "Asia/Jakarta",
        "version": 1,
        "organisations": [
            {"id": str(people.lontar.id), "name": "PT Lontar Digital", "role": "owner"}
        ],
    }


def test_me_changes_and_counts(alice, people):
    body = {"phone": "0812-3456-7890", "time_zone": "Asia/Makassar"}
    answer = alice.patch("/api/v1/me", body, content_type=JSON, headers={"if-match": '"1"'})
    assert answer.status_code == 200
    assert answer["ETag"] == '"2"'
    assert answer.json()["phone"] == "+6281234567890"


def test_outdated_edit_is_412_with_the_difference(alice, people):
    alice.patch("/api/v1/me", {"institution": "A"}, content_type=JSON)
    answer = alice.patch(
        "/api/v1/me", {"institution": "B"}, content_type=JSON, headers={"if-match": '"1"'}
    )
    assert answer.status_code == 412
    problem = answer.json()
    assert problem["difference"] == {"institution": {"sent": "B", "current": "A"}}
    assert problem["version"] == 2
    assert User.objects.get(id=people.alice.id).institution == "A"


@pytest.mark.parametrize("tag", ['"99"', "rubbish", '"-1"', '"1.0"'])
def test_tags_that_are_not_ours_never_match(alice, tag):
    answer = alice.patch(
        "/api/v1/me", {"institution": "B"}, content_type=JSON, headers={"if-match": tag}
    )
    assert answer.status_code == 412


def test_a_star_matches_whatever_there_is(alice):
    answer = alice.patch(
        "/api/v1/me", {"institution": "B"}, content_type=JSON, headers={"if-match": "*"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"full_nmae": "x"}, "full_nmae", "unknown"),
        ({"email": "x@y.test"}, "email", "unknown"),
        ({"roles": ["administrator"]}, "roles", "unknown"),
        ({"full_name": "x" * 300}, "full_name", "max_length"),
        ({"full_name": "a\x00b"}, "full_name", "null_characters_not_allowed"),
        ({"time_zone": "Mars"}, "time_zone", "time_zone"),
        ({"phone": "12"}, "phone", "phone"),
        ({"full_name": {"a": 1}}, "full_name", "invalid"),
    ],
)
def test_malformed_bodies_name_the_field(alice, people, body, field, code):
    answer = alice.patch("/api/v1/me", body, content_type=JSON)
    assert answer.status_code == 400
    assert answer.json()["errors"][field][0]["code"] == code
    assert User.objects.get(id=people.alice.id).version == 1


@pytest.mark.parametrize("body", ["[]", '"x"', "null", "{", "\x00"])
def test_what_is_no_object_is_400(alice, body):
    answer = alice.patch("/api/v1/me", body, content_type=JSON)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_page_sessions_need_the_forms_token(enter, people):
    browser = enter(people.alice, enforce_csrf_checks=True)
    answer = browser.patch("/api/v1/me", {"institution": "B"}, content_type=JSON)
    assert answer.status_code == 403
    assert User.objects.get(id=people.alice.id).institution == ""


#: person: what each request on Alice's organisation answers
MATRIX = {
    "alice": (200, 200, 200, 200, 200, 201),
    "bob": (200, 200, 403, 403, 403, 403),
    "charlie": (404, 404, 404, 404, 404, 404),
    "dewi": (404, 404, 404, 404, 404, 404),
    "root": (404, 404, 404, 404, 404, 404),
    None: (401, 401, 401, 401, 401, 401),
}


@pytest.mark.parametrize("who", MATRIX)
def test_who_may_do_what(enter, people, who):
    browser = enter(getattr(people, who)) if who else Client()
    base = f"/api/v1/organisations/{people.lontar.id}"
    found = (
        browser.get(base).status_code,
        browser.get(f"{base}/members").status_code,
        browser.get(f"{base}/invitations").status_code,
        browser.patch(base, {"name": "New"}, content_type=JSON).status_code,
        browser.patch(
            f"{base}/members/{people.bob.id}", {"role": "member"}, content_type=JSON
        ).status_code,
        browser.post(f"{base}/members", {"email": "x@y.test"}, content_type=JSON).status_code,
    )
    assert found == MATRIX[who]
    name = Organisation.objects.get(id=people.lontar.id).name
    assert name == ("New" if who == "alice" else "PT Lontar Digital")


def test_members_see_names_and_owners_addresses(enter, people):
    url = f"/api/v1/organisations/{people.lontar.id}/members"
    emails = {
        who: [row["email"] for row in enter(getattr(people, who)).get(url).json()["results"]]
        for who in ("alice", "bob")
    }
    assert emails == {
        "alice": ["alice@ruang.test", "bob@ruang.test"],
        "bob": [None, "bob@ruang.test"],
    }


def test_member_list_costs_the_same_however_long(enter, people, django_assert_num_queries):
    from tests.cast import person  # noqa: PLC0415

    browser = enter(people.alice)
    url = f"/api/v1/organisations/{people.lontar.id}/members"
    browser.get(url)
    with django_assert_num_queries(3):
        assert len(browser.get(url).json()["results"]) == 2
    for number in range(28):
        user = person(f"m{number}@lontar.test")
        Membership.objects.create(user=user, organisation=people.lontar)
    with django_assert_num_queries(3):
        assert len(browser.get(url).json()["results"]) == 30


def test_organisation_edit_checks_its_version(alice, people):
    url = f"/api/v1/organisations/{people.lontar.id}"
    first = alice.patch(url, {"name": "A"}, content_type=JSON, headers={"if-match": '"1"'})
    assert (first.status_code, first["ETag"]) == (200, '"2"')
    second = alice.patch(url, {"name": "B"}, content_type=JSON, headers={"if-match": '"1"'})
    assert second.status_code == 412
    assert second.json()["difference"] == {"name": {"sent": "B", "current": "A"}}


def test_last_owner_rules_answer_422(alice, people):
    url = f"/api/v1/organisations/{people.lontar.id}/members/{people.alice.id}"
    assert alice.delete(url).status_code == 422
    answer = alice.patch(url, {"role": "member"}, content_type=JSON)
    assert answer.json()["code"] == "last_owner"


def test_members_leave_and_are_removed(alice, enter, people):
    url = f"/api/v1/organisations/{people.lontar.id}/members/{people.bob.id}"
    assert enter(people.charlie).delete(url).status_code == 404
    assert alice.delete(url).status_code == 204
    assert alice.delete(url).status_code == 404


def test_invitation_is_made_listed_and_withdrawn(alice, people):
    base = f"/api/v1/organisations/{people.lontar.id}"
    made = alice.post(f"{base}/members", {"email": "x@y.test", "role": "owner"}, content_type=JSON)
    assert made.status_code == 201
    assert set(made.json()) == {"id", "email", "role", "created_at", "expires_at"}
    listed = alice.get(f"{base}/invitations").json()
    assert [row["id"] for row in listed["results"]] == [made.json()["id"]]
    assert alice.delete(f"{base}/invitations/{made.json()['id']}").status_code == 204
    assert alice.get(f"{base}/invitations").json()["results"] == []
    assert Invitation.objects.get().revoked_at is not None


def test_unproved_people_make_no_organisation(enter, people):
    User.objects.filter(id=people.bob.id).update(email_verified_at=None)
    answer = enter(people.bob).post("/api/v1/organisations", {"name": "X"}, content_type=JSON)
    assert answer.status_code == 422
    assert answer.json()["code"] == "address_unverified"
