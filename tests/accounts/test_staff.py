"""Roles: granted by administrators, recorded, effective at once."""

import pytest
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import roles
from accounts.errors import InputRefused
from accounts.models import AccountEvent, User
from accounts.services import user_set_roles, user_sign_out
from accounts.services.second_factor import totp_next_code
from privacy.errors import NotAllowed


@pytest.fixture
def root(enter, people) -> Client:
    """The administrator's browser, past the second factor."""
    device = TOTPDevice.objects.create(user=people.root, name="app", confirmed=True)
    browser = enter(people.root)
    assert browser.post("/two-step", {"code": totp_next_code(device)}).status_code == 302
    return browser


def test_each_role_given_or_taken_leaves_an_event(people):
    user_set_roles(actor=people.root, user_id=people.dewi.id, roles=["billing_clerk"])
    found = AccountEvent.objects.order_by("id").values_list("verb", "data", "actor", "subject")
    assert list(found) == [
        ("role_granted", {"role": "billing_clerk"}, people.root.subject_id, people.dewi.subject_id),
        ("role_withdrawn", {"role": "front_desk"}, people.root.subject_id, people.dewi.subject_id),
    ]


@pytest.mark.parametrize("who", ["alice", "dewi", "eka", "farid", "gita", "hadi"])
def test_nobody_but_an_administrator_grants(people, who):
    with pytest.raises(NotAllowed):
        user_set_roles(actor=getattr(people, who), user_id=people.bob.id, roles=["administrator"])
    assert User.objects.get(id=people.bob.id).roles == []


def test_an_administrator_without_the_second_factor_grants_nothing(people):
    people.root.second_factor_missing = True
    with pytest.raises(NotAllowed):
        user_set_roles(actor=people.root, user_id=people.bob.id, roles=["front_desk"])


def test_unknown_roles_are_refused(people):
    with pytest.raises(InputRefused):
        user_set_roles(actor=people.root, user_id=people.bob.id, roles=["king"])


def test_administrators_cannot_lock_the_house_from_inside(people):
    with pytest.raises(NotAllowed):
        user_set_roles(actor=people.root, user_id=people.root.id, roles=[])


def test_new_rights_end_the_persons_sessions(enter, people):
    browser = enter(people.bob)
    browser.get("/account")
    user_set_roles(actor=people.root, user_id=people.bob.id, roles=["front_desk"])
    assert browser.get("/account").status_code == 302


def test_administrator_signs_a_person_out(enter, people):
    browser = enter(people.bob)
    browser.get("/account")
    with pytest.raises(NotAllowed):
        user_sign_out(actor=people.eka, user_id=people.bob.id)
    assert user_sign_out(actor=people.root, user_id=people.bob.id) == 1
    assert browser.get("/account").status_code == 302


@pytest.mark.parametrize("act", sorted(roles.ACTS))
def test_each_act_belongs_to_its_roles_alone(people, act):
    everybody = [user for user in vars(people).values() if isinstance(user, User)]
    may = {role for user in everybody if user.may(act) for role in user.roles}
    assert may == set(roles.ACTS[act]) | {"administrator"}
    assert not people.alice.may(act)


def test_back_office_grants_roles_through_the_service(root, people):
    url = f"/admin/accounts/user/{people.bob.id}/change/"
    assert root.get(url).status_code == 200
    answer = root.post(url, {"roles": ["front_desk"], "email": "evil@x.test"})
    assert answer.status_code == 302
    bob = User.objects.get(id=people.bob.id)
    assert (bob.roles, bob.email) == (["front_desk"], "bob@ruang.test")
    assert AccountEvent.objects.filter(verb="role_granted").count() == 1


def test_back_office_neither_adds_nor_deletes_people(root, people):
    assert root.get("/admin/accounts/user/").status_code == 200
    assert root.get("/admin/accounts/user/add/").status_code == 403
    assert root.get(f"/admin/accounts/user/{people.bob.id}/delete/").status_code == 403
    assert root.get(f"/admin/accounts/organisation/{people.lontar.id}/change/").status_code == 200
    post = root.post(f"/admin/accounts/organisation/{people.lontar.id}/change/", {"name": "X"})
    assert post.status_code == 403


def test_back_office_actions_call_the_services(root, enter, people):
    browser = enter(people.bob)
    browser.get("/account")
    chosen = {"action": "sign_out", "_selected_action": [str(people.bob.id)]}
    root.post("/admin/accounts/user/", chosen)
    assert browser.get("/account").status_code == 302
    TOTPDevice.objects.create(user=people.dewi, name="app", confirmed=True)
    root.post(
        "/admin/accounts/user/",
        {"action": "second_factor_reset", "_selected_action": [str(people.dewi.id)]},
    )
    assert not TOTPDevice.objects.filter(user=people.dewi).exists()
    root.post(
        "/admin/accounts/user/",
        {"action": "lockout_end", "_selected_action": [str(people.dewi.id)]},
    )
    assert AccountEvent.objects.filter(verb="lockout_cleared").count() == 1


def test_other_staff_see_no_people_in_the_back_office(enter, people):
    device = TOTPDevice.objects.create(user=people.eka, name="app", confirmed=True)
    browser = enter(people.eka)
    browser.post("/two-step", {"code": totp_next_code(device)})
    assert browser.get("/admin/").status_code == 200
    assert browser.get("/admin/accounts/user/").status_code == 403
