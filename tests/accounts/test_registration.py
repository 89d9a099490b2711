"""Opening an account: proved by mail, silent about other people's."""

import pytest

from accounts.errors import InputRefused
from accounts.models import User
from accounts.services import user_register
from privacy.agreements import shown_now
from privacy.models import OutboxMessage, Subject
from tests.accounts.conftest import PASSWORD
from tests.privacy.consenting import accepting

FORM = {
    **accepting(),
    "full_name": "Ayu Lestari",
    "email": "ayu@lontar.test",
    "phone": "0812 3456 7890",
    "password": PASSWORD,
}


def test_registration_makes_subject_and_user_and_sends_the_link(enter, people, letter):
    answer = enter().post("/register", FORM)
    assert answer.status_code == 302
    user = User.objects.get(email="ayu@lontar.test")
    assert (user.full_name, user.phone) == ("Ayu Lestari", "+6281234567890")
    assert (user.email_verified_at, user.subject.state, user.roles) == (None, "active", [])
    assert letter("verify_address").to == "ayu@lontar.test"


def test_password_is_stored_as_argon2(enter, people):
    enter().post("/register", FORM)
    assert User.objects.get(email="ayu@lontar.test").password.startswith("argon2$argon2id$")


def test_link_opened_by_a_scanner_verifies_nothing_and_the_button_does(enter, people, letter):
    enter().post("/register", FORM)
    link = letter("verify_address").link
    browser = enter()
    assert b"Confirm address" in browser.get(link).content
    assert User.objects.get(email="ayu@lontar.test").email_verified_at is None
    assert b"Your address is confirmed" in browser.post(link).content
    assert User.objects.get(email="ayu@lontar.test").email_verified_at is not None


def test_link_used_twice_says_so_and_offers_the_next_step(enter, people, letter):
    enter().post("/register", FORM)
    link = letter("verify_address").link
    enter().post(link)
    again = enter().post(link)
    assert again.status_code == 410
    assert b"This link was used already" in again.content
    assert b'href="/account"' in again.content


def test_a_known_address_gets_the_same_answer_and_only_its_owner_learns_it(enter, people, letter):
    before = Subject.objects.count()
    fresh = enter().post("/register", FORM)
    known = enter().post("/register", {**FORM, "email": "ALICE@ruang.test"})
    assert (known.status_code, known.url) == (fresh.status_code, fresh.url)
    assert Subject.objects.count() == before + 1
    assert letter("account_exists").to == "alice@ruang.test"
    people.alice.refresh_from_db()
    assert people.alice.check_password(PASSWORD)
    assert people.alice.full_name == "Alice"


def test_asking_again_and_again_does_not_pester_the_owner(enter, people):
    for _time in range(3):
        enter().post("/register", {**FORM, "email": "alice@ruang.test"})
    assert OutboxMessage.objects.filter(template="account_exists").count() == 1


def test_every_unfit_value_is_named_at_once(people):
    with pytest.raises(InputRefused) as caught:
        user_register(
            email="not an address", password="short", full_name="", phone="12", shown=None
        )
    assert {rule.field for rule in caught.value.broken} == {
        "accept",
        "email",
        "password",
        "full_name",
        "phone",
    }


@pytest.mark.parametrize(
    "password",
    ["short", "1234567890", "password123", "ayu@lontar.test", "a\x00b" * 5],
    ids=["short", "digits", "common", "own address", "NUL"],
)
def test_weak_passwords_are_refused_on_the_page(enter, people, password):
    answer = enter().post("/register", {**FORM, "password": password})
    assert answer.status_code == 422
    assert not User.objects.filter(email="ayu@lontar.test").exists()


@pytest.mark.parametrize(
    "name",
    ["王小明", "ᬓᬢᬸᬢ᭄", "María José O’Brien-Núñez", "عبد الرحمن", "<b>Robert</b>'); --", "A" * 200],
)
def test_names_in_any_script_are_kept_and_shown_escaped(enter, people, name):
    enter().post("/register", {**FORM, "full_name": name})
    user = User.objects.get(email="ayu@lontar.test")
    assert user.full_name == name
    page = enter(user).get("/account").content.decode()
    assert "<b>Robert" not in page


@pytest.mark.parametrize("name", ["", "   ", "A" * 300, "Ayu\x00", "Ayu\x07"])
def test_names_that_cannot_be_used_are_refused(enter, people, name):
    answer = enter().post("/register", {**FORM, "full_name": name})
    assert answer.status_code == 422
    assert not User.objects.filter(email="ayu@lontar.test").exists()


def test_where_the_person_was_going_survives_registration(enter, people):
    wish = "/book?space=meranti&start=2026-12-01T10:00"
    answer = enter().post("/register", {**FORM, "next": wish})
    page = enter().get(answer.url).content.decode()
    assert "/sign-in?next=%2Fbook%3Fspace%3Dmeranti%26start%3D2026-12-01T10%3A00" in page


def test_the_link_can_be_sent_again_but_not_in_a_storm(enter, people):
    user_register(email="ayu@lontar.test", password=PASSWORD, full_name="Ayu", shown=shown_now())
    browser = enter(User.objects.get(email="ayu@lontar.test"))
    for _time in range(3):
        assert browser.post("/verify").status_code == 302
    assert OutboxMessage.objects.filter(template="verify_address").count() == 2
