"""Repeated POSTs make one thing."""

import threading

import pytest
from django.db import connection
from django.test import Client

from accounts.idempotency import repeat_of
from accounts.models import IdempotencyKey, Organisation
from accounts.services import organisation_create
from privacy.errors import DomainError
from tests.cast import cast_make

URL = "/api/v1/organisations"
JSON = "application/json"


def post(browser, name="CV Angin", key="k-1"):
    headers = {"idempotency-key": key} if key else {}
    return browser.post(URL, {"name": name}, content_type=JSON, headers=headers)


def test_same_key_and_body_answer_with_the_same_thing(enter, people):
    browser = enter(people.bob)
    first, second = post(browser), post(browser)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert Organisation.objects.filter(name="CV Angin").count() == 1


def test_without_a_key_two_posts_make_two(enter, people):
    browser = enter(people.bob)
    assert post(browser, key=None).json()["id"] != post(browser, key=None).json()["id"]


def test_same_key_with_another_body_is_refused(enter, people):
    browser = enter(people.bob)
    post(browser)
    answer = post(browser, name="CV Laut")
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_mismatch"
    assert not Organisation.objects.filter(name="CV Laut").exists()


def test_same_key_on_another_route_is_refused(enter, people):
    browser = enter(people.alice)
    post(browser, name="x@y.test")
    answer = browser.post(
        f"{URL}/{people.lontar.id}/members",
        {"email": "x@y.test"},
        content_type=JSON,
        headers={"idempotency-key": "k-1"},
    )
    assert answer.json()["code"] == "idempotency_mismatch"


def test_a_key_belongs_to_one_person(enter, people):
    first, second = post(enter(people.bob)), post(enter(people.charlie))
    assert first.json()["id"] != second.json()["id"]


def test_a_refused_request_leaves_its_key_free(enter, people):
    browser = enter(people.bob)
    assert post(browser, name=" ").status_code == 400
    assert post(browser).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "a\nb", "ключ"])
def test_unfit_keys_are_400(people, key):
    with pytest.raises(DomainError) as caught:
        repeat_of(key, "POST /x", {})
    assert caught.value.status == 400


def test_a_key_costs_one_statement_and_its_absence_none(people, django_assert_num_queries):
    with django_assert_num_queries(5) as without:
        organisation_create(actor=people.bob, name="A")
    repeat = repeat_of("k", "POST /x", {"name": "B"})
    with django_assert_num_queries(len(without) + 1):
        organisation_create(actor=people.bob, name="B", repeat=repeat)


def test_the_order_of_members_of_a_body_does_not_matter():
    one = repeat_of("k", "POST /x", {"a": 1, "b": 2})
    two = repeat_of("k", "POST /x", {"b": 2, "a": 1})
    assert one == two


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_make_one(transactional_db):
    people = cast_make()
    gate = threading.Barrier(8)
    answers = []

    def send():
        browser = Client()
        browser.force_login(people.bob, backend="accounts.backends.EmailBackend")
        gate.wait()
        try:
            answers.append(post(browser))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Organisation.objects.filter(name="CV Angin").count() == 1
    assert IdempotencyKey.objects.count() == 1
