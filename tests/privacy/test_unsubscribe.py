"""Offers are opt-in; the way out works at once, from any mail program, and for good (P38)."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signing import Signer
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver

from privacy import outbox
from privacy.consent import purpose_allowed
from privacy.delivery import outbox_drain
from privacy.ids import uuid7
from privacy.mail import render
from privacy.models import ConsentRecord, OutboxMessage, Subject
from privacy.outbox import Mail, Message, Template, outbox_put
from privacy.unsubscribing import one_click_url, page_url, unsubscribe_token
from tests.cast import Cast
from tests.frontend.conftest import _fresh_pages  # noqa: F401 - a fixture
from tests.frontend.pages import Outline
from tests.mail.conftest import Inbox, inbox  # noqa: F401 - a fixture
from tests.privacy.consenting import agree

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
pytestmark = pytest.mark.promise("P38")


def offer(message: Message) -> Mail | None:
    """An offer made of the common layout."""
    kind = Message(**{**vars(message), "template": "processor_ends"})
    mail = render(kind, {"processor": "X", "service": "x", "days": 1, "url": "https://x"})
    link = page_url(message.recipient_id)
    return Mail("Offer", f"{mail.text}\n{link}\n", f"{mail.html}<a href='{link}'>")


@pytest.fixture(autouse=True)
def _an_offer(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {**outbox._templates, "offer": Template("offer", "marketing", offer, "Offer")}
    monkeypatch.setattr(outbox, "_templates", known)


def put(cast: Cast) -> OutboxMessage:
    """An offer to Alice."""
    with transaction.atomic():
        outbox_put(template="offer", recipient=cast.alice.subject_id, data={})
    return OutboxMessage.objects.latest("created_at")


def fate(message: OutboxMessage) -> str:
    """What became of it."""
    outbox_drain()
    message.refresh_from_db()
    return message.outcome


def path_of(url: str) -> str:
    """The path of one of our addresses."""
    return "/" + url.split("/", 3)[3]


def strict() -> Client:
    """A browser whose forms need their token, and which is signed in nowhere."""
    client = Client(enforce_csrf_checks=True)
    client.cookies["ruang_language"] = "en"
    return client


def test_an_offer_leaves_after_a_yes_with_its_way_out(
    cast: Cast,
    inbox: Inbox,  # noqa: F811
) -> None:
    assert fate(put(cast)) == "no_consent"
    agree(cast.alice)
    assert fate(put(cast)) == "sent"

    letter = inbox.letters[0]
    subject = cast.alice.subject_id
    # A long address is folded onto a line of its own, as RFC 5322 allows.
    assert letter["List-Unsubscribe"].strip() == f"<{one_click_url(subject)}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind in ("plain", "html"):
        part = letter.get_body((kind,))
        assert part is not None
        assert page_url(subject) in part.get_content()
    assert "alice" not in page_url(subject)


def test_other_mail_has_no_such_header(cast: Cast, inbox: Inbox) -> None:  # noqa: F811
    with transaction.atomic():
        outbox_put(template="password_changed", recipient=cast.alice.subject_id, data={})
    outbox_drain()
    assert inbox.letters[0]["List-Unsubscribe"] is None


def test_an_offer_without_a_link_in_its_foot_never_leaves(
    cast: Cast,
    inbox: Inbox,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    agree(cast.alice)
    sly = Template("offer", "marketing", lambda _m: Mail("Buy", "now", "<p>now</p>"), "Offer")
    monkeypatch.setitem(outbox._templates, "offer", sly)
    message = put(cast)
    assert fate(message).startswith("fault NoWayOut")
    assert inbox.letters == []


def test_looking_changes_nothing_whoever_looks(cast: Cast) -> None:
    agree(cast.alice)
    subject = cast.alice.subject_id
    for url in (page_url(subject), one_click_url(subject)):
        for method in ("get", "head", "get"):
            answer = getattr(strict(), method)(path_of(url))
            assert answer.status_code == 200
        assert "Nothing has changed yet" in strict().get(path_of(url)).content.decode()
        assert getattr(strict(), "put")(path_of(url)).status_code in {403, 405}  # noqa: B009
    # A scanner that posts without the agreed body is asked like everybody else.
    assert strict().post(path_of(one_click_url(subject))).status_code == 400
    assert strict().post(path_of(one_click_url(subject)), {"a": "b"}).status_code == 400
    # The page's own form needs its token.
    assert strict().post(path_of(page_url(subject))).status_code == 403
    assert purpose_allowed(subject, "marketing")
    assert ConsentRecord.objects.filter(subject=subject).count() == 1


@pytest.mark.parametrize("content", ["form", "multipart"])
def test_one_click_stops_the_next_offer_even_when_it_is_queued(
    cast: Cast,
    inbox: Inbox,  # noqa: F811
    content: str,
) -> None:
    agree(cast.alice)
    queued = put(cast)
    link = path_of(one_click_url(cast.alice.subject_id))
    plain = {"content_type": "application/x-www-form-urlencoded"}
    answer = (
        strict().post(link, "List-Unsubscribe=One-Click", **plain)
        if content == "form"
        else strict().post(link, ONE_CLICK)
    )
    assert answer.status_code == 200
    assert "no more offers" in answer.content.decode()
    assert "sessionid" not in answer.cookies
    assert fate(queued) == "withdrawn"
    assert fate(put(cast)) == "withdrawn"
    assert inbox.letters == []


def test_the_page_stops_offers_without_signing_in(cast: Cast) -> None:
    agree(cast.alice)
    client = Client()
    client.cookies["ruang_language"] = "en"
    path = path_of(page_url(cast.alice.subject_id))
    assert Outline(client.get(path).content.decode()).wrong("en") == []
    answer = client.post(path)
    assert answer.status_code == 200
    assert Outline(answer.content.decode()).wrong("en") == []
    assert not purpose_allowed(cast.alice.subject_id, "marketing")
    record = ConsentRecord.objects.latest("at")
    assert (record.method, record.form) == ("link", "unsubscribe_page")


def test_twice_is_once_and_a_new_yes_counts_again(cast: Cast) -> None:
    agree(cast.alice)
    link = path_of(one_click_url(cast.alice.subject_id))
    for _again in range(3):
        assert strict().post(link, ONE_CLICK).status_code == 200
    assert ConsentRecord.objects.filter(act="withdrawn").count() == 1
    agree(cast.alice)
    assert purpose_allowed(cast.alice.subject_id, "marketing")


def said(answer: Any) -> str:
    """What the page tells, without its frame."""
    text: str = answer.content.decode()
    assert "You will get no more offers" in text
    return text[text.index("<section") : text.index("</section>")]


@pytest.mark.parametrize("state", ["erasing", "erased", "deactivated", "gone"])
def test_the_answer_is_the_same_when_nobody_is_there(cast: Cast, state: str) -> None:
    subject = cast.alice.subject_id
    before = said(strict().post(path_of(one_click_url(subject)), ONE_CLICK))
    if state == "gone":
        subject = uuid7()
    else:
        Subject.objects.filter(id=subject).update(state=state)
    for _again in range(2):
        answer = strict().post(path_of(one_click_url(subject)), ONE_CLICK)
        assert (answer.status_code, said(answer)) == (200, before)
    assert strict().get(path_of(page_url(subject))).status_code == 200


@pytest.mark.parametrize("bad", ["cut", "forged", "other", "empty"])
def test_a_link_that_is_not_ours_is_refused_with_what_to_do(cast: Cast, bad: str) -> None:
    agree(cast.alice)
    token = unsubscribe_token(cast.alice.subject_id)
    tokens = {
        "cut": token[:-3],
        "forged": token[:3] + ("A" if token[3] != "A" else "B") + token[4:],
        "other": Signer(salt="something.else").sign(token.split(":")[0]),
        "empty": "x",
    }
    for tail in ("", "/one-click"):
        for method in ("get", "post"):
            client: Any = Client()
            client.cookies["ruang_language"] = "en"
            answer = getattr(client, method)(f"/unsubscribe/{tokens[bad]}{tail}", ONE_CLICK)
            assert answer.status_code == 400
            assert "Sign in and open Consents" in answer.content.decode()
    assert purpose_allowed(cast.alice.subject_id, "marketing")


def test_no_other_page_takes_a_form_without_its_token() -> None:
    """Addresses without form token: the API's, which asks sessions itself, and one-click."""
    exempt = {
        name
        for name, view in pages(get_resolver().url_patterns)
        if getattr(view, "csrf_exempt", False) and not hasattr(view, "view_class")
    }
    assert exempt == WITHOUT_TOKEN
    assert len(list(pages(get_resolver().url_patterns))) > 80


#: Addresses that others post to, each with a proof of its own: a signed link, the state that a
#: sign-in with Google carries there and back, the signature of a messenger's webhook.
WITHOUT_TOKEN = {"unsubscribe-one-click", "complete", "whatsapp"}


def pages(patterns: Any) -> Iterator[tuple[str, Any]]:
    """Every route below, by its name."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from pages(pattern.url_patterns)
        elif "api/" not in str(pattern.pattern):
            yield pattern.name or str(pattern.pattern), pattern.callback
