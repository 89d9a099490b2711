"""Invitations: by mail, for one person, once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.errors import (
    AddressUnverified,
    AlreadyInvited,
    AlreadyMember,
    InvitationForAnother,
    LinkExpired,
    LinkUsed,
    TooManyInvitations,
)
from accounts.links import digest_of, invitation_token
from accounts.models import Invitation, Membership
from accounts.services import (
    invitation_accept,
    invitation_resend,
    invitation_revoke,
    invitation_send,
    invitations,
)
from privacy.errors import NotAllowed, NotFound
from privacy.models import Contact, OutboxMessage, Subject
from tests.cast import cast_make, person


def invite(people, email="charlie@ruang.test", **more):
    wish = {"actor": people.alice, "organisation_id": people.lontar.id, "email": email}
    return invitation_send(**{**wish, **more})


def test_letter_goes_to_the_address_and_the_page_says_who_and_where(enter, people, letter):
    invite(people)
    found = letter("invitation", people.charlie)
    assert found.to == "charlie@ruang.test"
    assert found.mail.subject == "Alice invites you to PT Lontar Digital"
    page = enter().get(found.link).content.decode()
    assert "Join PT Lontar Digital" in page
    assert "Alice invites you." in page
    assert "charlie@ruang.test" not in page.split("/sign-in")[0]


def test_secret_is_stored_nowhere(people):
    made = invite(people)
    secret = invitation_token(made)
    assert bytes(made.digest) == digest_of(secret)
    assert OutboxMessage.objects.get().data == {"invitation": str(made.id)}


def test_secret_outlives_a_change_of_the_server_key(people, settings):
    made = invite(people)
    secret = invitation_token(made)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-" + "y" * 50
    assert invitation_token(made) == secret


def test_opening_the_link_joins_nobody_and_the_button_does_once(enter, people, letter):
    invite(people)
    link = letter("invitation").link
    browser = enter(people.charlie)
    assert b"Join" in browser.get(link).content
    assert not Membership.objects.filter(user=people.charlie, organisation=people.lontar).exists()
    assert browser.post(link).url == f"/organisations/{people.lontar.id}"
    joined = Membership.objects.get(user=people.charlie, organisation=people.lontar)
    assert joined.role == "member"
    assert browser.post(link).status_code == 410


def test_person_without_an_account_comes_back_after_registering(enter, people, letter):
    invite(people, "putri@lontar.test")
    found = letter("invitation")
    assert found.to == "putri@lontar.test"
    page = enter().get(found.link).content.decode()
    register = page.split('href="/register?')[1].split('"')[0]
    assert "putri%40lontar.test" in register
    putri = person("putri@lontar.test", verified=False)
    invitation_accept(actor=putri, token=found.link.rpartition("/")[2])
    putri.refresh_from_db()
    assert putri.is_verified_address


def test_link_forwarded_to_another_person_opens_nothing(enter, people, letter):
    made = invite(people, "putri@lontar.test")
    with pytest.raises(InvitationForAnother):
        invitation_accept(actor=people.charlie, token=invitation_token(made))
    page = enter(people.charlie).post(letter("invitation").link).content.decode()
    assert "p…@lontar.test" in page
    assert not Membership.objects.filter(user=people.charlie, organisation=people.lontar).exists()


def test_withdrawn_and_expired_links_say_so(enter, people, letter):
    made = invite(people)
    token = invitation_token(made)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(LinkExpired):
        invitation_accept(actor=people.charlie, token=token)
    assert letter("invitation") is None
    assert b"This link has expired" in enter().get(f"/invitations/{token}").content
    on = {"organisation_id": people.lontar.id, "invitation_id": made.id}
    invitation_resend(actor=people.alice, **on)
    assert letter("invitation") is not None
    invitation_revoke(actor=people.alice, **on)
    with pytest.raises(LinkUsed):
        invitation_accept(actor=people.charlie, token=token)
    assert letter("invitation") is None


def test_an_expired_invitation_makes_room_for_a_new_one(people):
    invite(people)
    with pytest.raises(AlreadyInvited):
        invite(people, "Charlie@RUANG.test")
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    invite(people)
    assert Invitation.objects.count() == 2


def test_members_are_not_invited_again(people):
    with pytest.raises(AlreadyMember):
        invite(people, "BOB@ruang.test")


def test_there_is_an_end_to_inviting(people, monkeypatch):
    monkeypatch.setattr(invitations, "MOST_OPEN", 2)
    invite(people, "one@x.test")
    invite(people, "two@x.test")
    with pytest.raises(TooManyInvitations):
        invite(people, "three@x.test")


def test_only_owners_with_a_proved_address_invite(people):
    with pytest.raises(NotAllowed):
        invite(people, "new@x.test", actor=people.bob)
    with pytest.raises(NotFound):
        invite(people, "new@x.test", actor=people.charlie)
    people.alice.email_verified_at = None
    with pytest.raises(AddressUnverified):
        invite(people, "new@x.test")
    assert Invitation.objects.count() == 0


def test_invited_address_belongs_to_one_subject_whoever_invites(people):
    before = Subject.objects.count()
    first = invite(people, "putri@lontar.test")
    second = invite(
        people, "Putri@lontar.test", actor=people.charlie, organisation_id=people.merapi.id
    )
    assert first.subject_id == second.subject_id
    assert Subject.objects.count() == before + 1
    assert Contact.objects.filter(subject=first.subject_id).count() == 2


@pytest.mark.django_db(transaction=True)
def test_pressing_the_button_twice_at_once_joins_once(transactional_db):
    people = cast_make()
    token = invitation_token(invite(people))
    gate = threading.Barrier(4)
    results = []

    def accept():
        gate.wait()
        try:
            invitation_accept(actor=people.charlie, token=token)
            results.append("joined")
        except LinkUsed:
            results.append("used")
        finally:
            connection.close()

    threads = [threading.Thread(target=accept) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["joined", "used", "used", "used"]
    assert Membership.objects.filter(user=people.charlie, organisation=people.lontar).count() == 1
