"""Organisations: who may do what to members."""

import threading

import pytest
from django.db import connection

from accounts.errors import AddressUnverified, LastOwner
from accounts.models import AccountEvent, Membership, Organisation
from accounts.services import (
    member_remove,
    member_set_role,
    organisation_create,
    organisation_hand_over,
    organisation_rename,
)
from privacy.errors import NotAllowed, NotFound
from tests.cast import cast_make


def role_of(user, organisation):
    found = Membership.objects.filter(user=user, organisation=organisation).first()
    return found.role if found else None


def test_whoever_makes_one_owns_it(people):
    made = organisation_create(actor=people.bob, name="  CV   Angin Laut ")
    assert made.name == "CV Angin Laut"
    assert role_of(people.bob, made) == "owner"
    assert AccountEvent.objects.filter(verb="organisation_created", organisation=made).count() == 1


def test_an_unproved_address_makes_none(people):
    people.bob.email_verified_at = None
    with pytest.raises(AddressUnverified) as caught:
        organisation_create(actor=people.bob, name="CV Angin Laut")
    assert (caught.value.code, caught.value.status) == ("address_unverified", 422)


def acts(actor, organisation, member):
    """Every change an owner may make, as a call by `actor`."""
    on = {"actor": actor, "organisation_id": organisation.id}
    return {
        "rename": lambda: organisation_rename(**on, name="Taken over"),
        "role": lambda: member_set_role(**on, user_id=member.id, role="owner"),
        "hand over": lambda: organisation_hand_over(**on, user_id=member.id),
        "remove": lambda: member_remove(**on, user_id=member.id),
    }


@pytest.mark.parametrize("act", ["rename", "role", "hand over", "remove"])
@pytest.mark.parametrize(
    ("who", "refusal"),
    [("bob", NotAllowed), ("charlie", NotFound), ("root", NotFound), ("eka", NotFound)],
)
def test_members_and_strangers_change_nothing(people, act, who, refusal):
    before = list(Membership.objects.order_by("id").values_list("user", "role"))
    target = people.alice if who == "bob" else people.bob
    with pytest.raises(refusal):
        acts(getattr(people, who), people.lontar, target)[act]()
    assert list(Membership.objects.order_by("id").values_list("user", "role")) == before
    assert Organisation.objects.get(id=people.lontar.id).name == "PT Lontar Digital"


def test_owner_changes_roles_hands_over_and_removes(people):
    acts(people.alice, people.lontar, people.bob)["role"]()
    assert role_of(people.bob, people.lontar) == "owner"
    acts(people.bob, people.lontar, people.alice)["remove"]()
    assert role_of(people.alice, people.lontar) is None


def test_handing_over_swaps_the_places(people):
    acts(people.alice, people.lontar, people.bob)["hand over"]()
    assert role_of(people.bob, people.lontar) == "owner"
    assert role_of(people.alice, people.lontar) == "member"


def test_the_last_owner_stays(people):
    on = {"actor": people.alice, "organisation_id": people.lontar.id, "user_id": people.alice.id}
    with pytest.raises(LastOwner):
        member_remove(**on)
    with pytest.raises(LastOwner):
        member_set_role(**on, role="member")
    assert role_of(people.alice, people.lontar) == "owner"


def test_members_leave_by_themselves(people):
    member_remove(actor=people.bob, organisation_id=people.lontar.id, user_id=people.bob.id)
    assert role_of(people.bob, people.lontar) is None
    assert AccountEvent.objects.filter(verb="member_left").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_owners_leaving_at_once_leave_one(transactional_db):
    people = cast_make()
    Membership.objects.filter(user=people.bob).update(role="owner")
    gate = threading.Barrier(2)
    refused = []

    def leave(user):
        gate.wait()
        try:
            member_remove(actor=user, organisation_id=people.lontar.id, user_id=user.id)
        except LastOwner:
            refused.append(user)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[user]) for user in (people.alice, people.bob)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert Membership.objects.filter(organisation=people.lontar, role="owner").count() == 1


def test_pages_of_the_organisation_for_owner_member_and_stranger(enter, people):
    url = f"/organisations/{people.lontar.id}"
    owner = enter(people.alice).get(url).content.decode()
    assert "bob@ruang.test" in owner
    assert "Send invitation" in owner
    member = enter(people.bob).get(url).content.decode()
    assert "Alice" in member
    assert "alice@ruang.test" not in member
    assert "Send invitation" not in member
    assert enter(people.charlie).get(url).status_code == 404
    assert enter().get(url).status_code == 302


def test_forms_of_the_page_do_what_they_say(enter, people):
    url = f"/organisations/{people.lontar.id}"
    browser = enter(people.alice)
    assert browser.post(f"{url}/rename", {"name": "PT Lontar Baru"}).status_code == 302
    assert b"PT Lontar Baru" in browser.get(url).content
    assert browser.post(f"{url}/leave").status_code == 422
    member = {"member": str(people.bob.id)}
    assert browser.post(f"{url}/role", {**member, "role": "king"}).status_code == 404
    assert browser.post(f"{url}/role", {**member, "role": "owner"}).status_code == 302
    assert browser.post(f"{url}/leave").url == "/organisations"
    assert role_of(people.alice, people.lontar) is None
    assert role_of(people.bob, people.lontar) == "owner"
    assert enter(people.charlie).post(f"{url}/remove", member).status_code == 404


def test_names_are_shown_escaped(enter, people):
    made = organisation_create(actor=people.bob, name="<script>alert(1)</script>")
    page = enter(people.bob).get(f"/organisations/{made.id}").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
