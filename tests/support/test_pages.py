"""Every page of conversations against every person, and each well made in both languages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from frontend.urls_support import urlpatterns
from privacy.delivery import outbox_drain
from privacy.ids import uuid7
from support import services
from support.links import conversation_token
from support.models import CannedAnswer, Conversation
from support.people import speaker_of
from tests.cast import Cast
from tests.frontend.conftest import browser
from tests.frontend.pages import Outline
from tests.support.conftest import SECRET, start, start_visitor, take
from tests.support.test_openings import ask

STAFF = ("dewi", "eka", "farid", "gita", "hadi", "made", "root")
ANSWERING = {"gita", "made", "root"}
DECIDING = {"hadi", "root"}
#: Staff pages: who may open them, and whether they are for POST alone.
PAGES: dict[str, tuple[set[str], bool]] = {
    "staff-support": (ANSWERING, False),
    "staff-call": (ANSWERING, False),
    "staff-openings": (DECIDING, False),
    "staff-opening": (ANSWERING | DECIDING, True),
    "staff-conversation": (ANSWERING | DECIDING, False),
    "staff-contents": ({"gita"}, False),
}
OWN = {"support", "support-new", "support-sent", "support-conversation", "support-link"}


def address(name: str, conversation: Conversation) -> str:
    """The address of a staff page."""
    words: dict[str, list[Any]] = {
        "staff-opening": [uuid7(), "withdraw"],
        "staff-conversation": [conversation.id],
        "staff-contents": [conversation.id],
    }
    return reverse(f"frontend:{name}", args=words.get(name, []))


def test_every_route_is_listed() -> None:
    assert {route.name for route in urlpatterns} == set(PAGES) | OWN


@pytest.mark.parametrize("name", sorted(PAGES))
def test_staff_pages_open_to_their_roles_alone(
    made: Cast, asked: Conversation, enter: Callable[..., Client], name: str
) -> None:
    take(made.gita, asked)
    allowed, is_act = PAGES[name]
    url = address(name, asked)
    for who in STAFF:
        answer = enter(getattr(made, who)).get(url)
        expected = 405 if is_act else 200 if who in allowed else 403
        assert answer.status_code == expected, who
        if who != "gita":
            assert SECRET not in answer.content.decode()
    for who in ("alice", "bob", "charlie"):
        assert enter(getattr(made, who)).get(url).status_code == (405 if is_act else 404), who
    assert Client().get(url).status_code == (405 if is_act else 302)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_staff_posts_are_guarded_like_pages(
    made: Cast, asked: Conversation, enter: Callable[..., Client], name: str
) -> None:
    url = address(name, asked)
    allowed, _is_act = PAGES[name]
    for who in STAFF:
        answer = enter(getattr(made, who)).post(url, {"act": "nothing"})
        expected = {404, 405, 422} if who in allowed else {403, 405}
        assert answer.status_code in expected, who
    for who in ("alice", "bob"):
        assert enter(getattr(made, who)).post(url).status_code in {404, 405}
    assert enter(made.root, strict=True).post(url).status_code == 403, "no form token"


@pytest.mark.parametrize("act", ["take", "assign", "answer", "note", "resolve", "release"])
def test_those_who_decide_do_not_answer(
    made: Cast, asked: Conversation, enter: Callable[..., Client], act: str
) -> None:
    form = {"act": act, "words": "x", "channel": "email", "to": str(made.hadi.subject_id)}
    answer = enter(made.hadi).post(f"/staff/support/{asked.id}", form)
    assert answer.status_code in {403, 409}
    asked.refresh_from_db()
    assert asked.assignee_id is None


def test_what_is_refused_is_said_and_what_was_typed_is_kept(
    made: Cast, asked: Conversation, enter: Callable[..., Client]
) -> None:
    take(made.gita, asked)
    path = f"/staff/support/{asked.id}"
    client = enter(made.gita)
    form = {"act": "answer", "words": "Kartu 4111 1111 1111 1111", "channel": "email"}
    answer = client.post(path, form)
    assert answer.status_code == 400
    assert "4111 1111 1111 1111" in answer.content.decode()
    assert "payment card number" in answer.content.decode()
    answer = client.post(path, {"act": "answer", "words": "Lewat telepon", "channel": "phone"})
    text = answer.content.decode()
    assert (answer.status_code, "Lewat telepon" in text) == (422, True)
    assert "The person asked to be answered another way: By e-mail. Nothing was sent." in text
    assert client.post(path, {"act": "assign", "to": "x"}).status_code == 404
    answer = client.post(path, {"act": "note", "words": "", "caller": "Bu Ratna"})
    assert (answer.status_code, "Bu Ratna" in answer.content.decode()) == (400, True)
    answer = enter(made.made).post(path, {"act": "open", "ground": "", "reason": "Sebab"})
    assert (answer.status_code, "Sebab" in answer.content.decode()) == (400, True)
    answer = client.post("/staff/support/call", {"name": "Pak Tono", "words": "x"})
    assert (answer.status_code, "Pak Tono" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_is_well_made(made: Cast, enter: Callable[..., Client], language: str) -> None:
    CannedAnswer.objects.create(title_id="A", title_en="B", text_id="C", text_en="D")
    own = start(made.alice)
    called = start(made.alice, "phone")
    shut = start(made.alice)
    services.conversation_close(speaker=speaker_of(made.alice), conversation_id=shut.id)
    guest = start_visitor()
    take(made.gita, own)
    take(made.gita, called)
    services.conversation_answer(
        actor=made.gita, conversation_id=own.id, text="Satu\n\nDua", channel="email"
    )
    services.call_note(actor=made.gita, conversation_id=own.id, caller="Bu Ratna", text="Kunci")
    opened = services.opening_approve(actor=made.hadi, opening_id=ask(made.made, own).id)
    pending = ask(made.made, called)
    visits = [
        (browser(language=language), ["/support/new", "/support/sent?number=1001"]),
        (browser(language=language), [f"/support/link/{conversation_token(guest.id)}"]),
        (browser(made.alice, language), ["/support", "/support/new"]),
        (browser(made.alice, language), [f"/support/{c.id}" for c in (own, called, shut)]),
        (browser(made.bob, language), ["/support"]),
    ]
    staff = "/staff/support"
    for who, paths in (
        (made.gita, [staff, f"{staff}?q=77", f"{staff}?show=ended", f"{staff}/call"]),
        (made.gita, [f"{staff}/{c.id}" for c in (own, called, guest)]),
        (made.made, [f"{staff}/{own.id}", f"{staff}/{called.id}", f"{staff}/{own.id}/contents"]),
        (made.hadi, [f"{staff}/openings", f"{staff}/{own.id}"]),
    ):
        client = enter(who)
        User.objects.filter(id=who.id).update(language=language)
        visits.append((client, paths))
    for client, paths in visits:
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert Outline(answer.content.decode()).wrong(language) == [], path
            assert "no-store" in answer["Cache-Control"], path
    assert (opened.state, pending.state) == ("approved", "asked")


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_letter_is_in_the_persons_language(made: Cast, inbox: Any, language: str) -> None:
    User.objects.update(language=language)
    conversation = start(made.alice)
    start_visitor(language=language)
    take(made.gita, conversation)
    services.conversation_answer(
        actor=made.gita, conversation_id=conversation.id, text="<b>Satu</b>", channel="email"
    )
    opening = ask(made.made, conversation)
    services.conversation_ask_for(actor=made.made, conversation_id=conversation.id)
    outbox_drain()
    services.opening_approve(actor=made.hadi, opening_id=opening.id)
    outbox_drain()
    assert len(inbox.letters) == 5
    for letter in inbox.letters:
        html = letter.get_body(("html",)).get_content()
        text = letter.get_body(("plain",)).get_content()
        assert f'<html lang="{language}"' in html
        assert ("Anda" in text) is (language == "id"), letter["Subject"]
        assert "<b>Satu" not in html


def test_the_navigation_leads_each_to_their_page(made: Cast, enter: Callable[..., Client]) -> None:
    for who, url in (("alice", "/support"), ("gita", "/staff/support")):
        text = enter(getattr(made, who)).get("/find").content.decode()
        nav = text[text.index('<nav class="nav"') : text.index("</nav>")]
        assert f'href="{url}"' in nav, who
    for who, url in (("dewi", "/support"), ("hadi", "/staff/support/openings")):
        text = enter(getattr(made, who)).get("/staff").content.decode()
        assert f'href="{url}"' in text[text.index("<main") :], who
