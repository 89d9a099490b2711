"""Every letter in both languages; every page well made in both."""

import pytest

from accounts.messages import BUILDERS
from accounts.models import User
from accounts.services import email_change_ask, grant_ask, invitation_send, token_create
from accounts.services.passwords import password_reset_ask
from accounts.services.sessions import session_start
from privacy.models import OutboxMessage
from privacy.outbox import outbox_put, templates
from tests.accounts.conftest import PASSWORD
from tests.frontend.pages import Outline


def everything(people):
    """One message of every kind to Alice, each by the act it tells of where that is short."""
    User.objects.filter(id=people.alice.id).update(email_verified_at=None)
    for kind in ("verify_address", "account_exists", "password_changed"):
        outbox_put(template=kind, recipient=people.alice.subject_id, data={})
    password_reset_ask(email="alice@ruang.test")
    email_change_ask(actor=people.alice, email="alice@new.test", password=PASSWORD)
    contact = User.objects.get(id=people.alice.id).pending_contact
    User.objects.filter(id=people.alice.id).update(previous_contact=contact)
    outbox_put(
        template="address_changed",
        recipient=people.alice.subject_id,
        contact=contact.id,
        data={},
    )
    record = session_start(
        actor=people.alice, session_key="k", user_agent="Firefox Linux", known_device=True
    )
    outbox_put(
        template="new_device", recipient=people.alice.subject_id, data={"session": record.id}
    )
    invitation_send(
        actor=people.charlie, organisation_id=people.merapi.id, email="alice@ruang.test"
    )
    grant_ask(actor=people.gita, organisation_id=people.lontar.id)


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_letter_is_written_in_the_persons_language(people, letter, language):
    people.charlie.full_name = "Charlie <b>Hartono</b>"
    people.charlie.save()
    everything(people)
    User.objects.update(language=language)
    people.alice.pending_contact = None
    for contact in OutboxMessage.objects.exclude(contact=None).select_related("contact"):
        contact.contact.language = language
        contact.contact.save()
    for name in BUILDERS:
        found = letter(name)
        assert found is not None, name
        assert f'<html lang="{language}"' in found.mail.html
        assert found.mail.subject
        assert found.mail.text.count("http://") >= 1
        assert "<b>Hartono" not in found.mail.html
        assert ("Anda" in found.mail.text) is (language == "id"), name


def test_letters_are_of_kinds_nobody_can_refuse(people):
    found = {name: templates()[name].category for name in BUILDERS}
    assert found.pop("invitation") == "service"
    assert found.pop("support_access") == "support"
    assert set(found.values()) == {"security"}


def test_outbox_rows_hold_identifiers_only(people):
    everything(people)
    for data in OutboxMessage.objects.values_list("data", flat=True):
        assert set(data) <= {"contact", "session", "invitation", "organisation"}


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_is_well_made(enter, people, language):
    User.objects.update(language=language)
    token_create(actor=people.alice, name="Script", scopes=["read"])
    visitor, alice, dewi = enter(), enter(people.alice), enter(people.dewi)
    visitor.cookies["ruang_language"] = language
    organisation = f"/organisations/{people.lontar.id}"
    answers = [
        *(visitor.get(path) for path in ("/sign-in", "/register", "/register/sent", "/password")),
        visitor.post("/sign-in", {"email": "x@y.test", "password": "wrong wrong"}),
        visitor.post("/register", {}),
        visitor.post("/password", {"email": "x@y.test"}),
        visitor.get("/verify/rubbish"),
        visitor.get("/invitations/rubbish"),
        *(alice.get(path) for path in ("/account", "/account/security", "/organisations")),
        alice.post("/account", {}),
        alice.post("/account/address", {}),
        alice.post("/account/security/keys", {"name": "x", "scopes": ["read"], "days": "30"}),
        alice.get(organisation),
        alice.post(f"{organisation}/invite", {"email": "bob@ruang.test", "role": "member"}),
        alice.post(f"{organisation}/leave"),
        dewi.get("/two-step"),
        dewi.get("/account/security"),
    ]
    for answer in answers:
        path = answer.request["PATH_INFO"]
        assert Outline(answer.content.decode()).wrong(language) == [], path


def test_pages_of_people_are_never_kept_by_a_cache(enter, people):
    for path in ("/account", "/account/security", "/organisations"):
        assert "no-store" in enter(people.alice).get(path)["Cache-Control"]
