"""The pages of announcements: who gets in, what they show, what they refuse."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from frontend.urls_announcements import urlpatterns
from privacy.announcements import announcement_write, announcements_send
from privacy.models import Announcement, OutboxMessage
from tests.cast import Cast
from tests.frontend.pages import Outline
from tests.privacy.test_announcements import approved, facts, submitted

Enter = Callable[..., Client]
LIST = "/staff/announcements"
WRITERS = {"eka", "gita", "hadi", "root"}
PAGES: dict[str, set[str]] = {
    "announcements": WRITERS,
    "announcement-new": WRITERS,
    "announcement": WRITERS,
    "announcement-edit": WRITERS,
    "announcement-mail": WRITERS,
    "announcement-act": WRITERS,
}
STAFF = ("dewi", "eka", "farid", "gita", "hadi", "root")


def typed(**more: Any) -> dict[str, Any]:
    """A whole form."""
    wanted = {name: value for name, value in vars(facts()).items() if value is not None}
    return {**wanted, **more}


def test_every_route_is_listed() -> None:
    assert {route.name for route in urlpatterns} == set(PAGES)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_pages_open_to_their_roles_alone(cast: Cast, enter: Enter, name: str) -> None:
    row = announcement_write(actor=cast.gita, facts=facts())
    more = {"announcement-mail": ["en"], "announcement-act": ["submit"]}
    alone = {"announcements", "announcement-new"}
    url = reverse(f"frontend:{name}", args=[] if name in alone else [row.id, *more.get(name, [])])
    method = "post" if name == "announcement-act" else "get"
    for who in STAFF:
        answer = getattr(enter(getattr(cast, who)), method)(url)
        expected = (412 if name == "announcement-act" else 200) if who in PAGES[name] else 403
        assert answer.status_code == expected, who
    assert getattr(enter(cast.alice), method)(url).status_code == 404
    assert getattr(Client(), method)(url).status_code == 302
    if name in {"announcement-new", "announcement-edit", "announcement-act"}:
        assert enter(cast.root, strict=True).post(url, {}).status_code == 403


def test_from_writing_to_the_last_message(cast: Cast, enter: Enter) -> None:
    gita, hadi = enter(cast.gita), enter(cast.hadi)
    answer = gita.post(f"{LIST}/new", typed(audience=f"organisation:{cast.lontar.id}"))
    row = Announcement.objects.get()
    here = f"{LIST}/{row.id}"
    assert answer["Location"] == here
    page = gita.get(here).content.decode()
    assert Outline(page).wrong("en") == []
    assert "2 recipients" in page
    assert "Hand to a second person" in page
    gita.post(f"{here}/submit", {"version": "1"})
    assert "Somebody else must approve" in gita.get(here).content.decode()
    refused = hadi.post(f"{here}/approve", {"version": "2"})
    assert refused.status_code == 422
    assert "read both texts" in refused.content.decode()
    assert hadi.post(f"{here}/approve", {"version": "2", "confirmed": "yes"}).status_code == 302
    sending = hadi.get(here).content.decode()
    assert Outline(sending).wrong("en") == []
    assert 'hx-trigger="every 4s"' in sending
    announcements_send()
    OutboxMessage.objects.update(state="sent")
    done = hadi.get(here).content.decode()
    assert "2 <small>of 2</small>" in done
    assert "every 4s" not in done
    assert "Approved" in done


def test_the_author_cannot_approve_on_the_page_either(cast: Cast, enter: Enter) -> None:
    row = submitted(cast)
    Announcement.objects.filter(id=row.id).update(author=cast.hadi.subject_id)
    hadi = enter(cast.hadi)
    assert "Approve and send" not in hadi.get(f"{LIST}/{row.id}").content.decode()
    form = {"version": str(row.version), "confirmed": "yes"}
    answer = hadi.post(f"{LIST}/{row.id}/approve", form)
    assert answer.status_code == 403
    assert "Somebody else must approve" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == "submitted"


def test_promotion_is_hinted_at_where_it_is_read(cast: Cast, enter: Enter) -> None:
    row = submitted(cast, body_en="A discount of 20% waits.")
    page = enter(cast.hadi).get(f"{LIST}/{row.id}").content.decode()
    assert "<q>discount</q>" in page
    assert "<q>20%</q>" in page
    assert "These words often promote something" in page


def test_the_preview_frame_is_closed(cast: Cast, enter: Enter) -> None:
    row = submitted(cast, body_en="<script>alert(1)</script>")
    answer = enter(cast.hadi).get(f"{LIST}/{row.id}/mail/en")
    policy = answer["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "&lt;script&gt;" in answer.content.decode()
    assert enter(cast.hadi).get(f"{LIST}/{row.id}/mail/xx").status_code == 404
    assert "frame-src 'self'" in enter(cast.hadi).get(f"{LIST}/{row.id}")["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title_en": ""}, "required"),
        ({"audience": "nobody"}, "valid choice"),
        ({"audience": "bookers:x"}, "valid choice"),
        ({"category": "invoice"}, "valid choice"),
        ({"body_id": "x" * 5001}, "5000"),
    ],
)
def test_bad_texts_are_refused_and_what_was_typed_stays(
    cast: Cast, enter: Enter, changes: dict[str, Any], words: str
) -> None:
    answer = enter(cast.gita).post(f"{LIST}/new", typed(**changes))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "Use the east stairs." in page
    assert Outline(page).wrong("en") == []
    assert not Announcement.objects.exists()


def test_a_stale_form_keeps_what_was_typed(cast: Cast, enter: Enter) -> None:
    row = announcement_write(actor=cast.gita, facts=facts())
    url = f"{LIST}/{row.id}/edit"
    answer = enter(cast.gita).post(url, typed(title_en="Mine", version="9"))
    assert answer.status_code == 412
    assert 'value="Mine"' in answer.content.decode()
    assert enter(cast.gita).post(url, typed(title_en="Mine", version="1")).status_code == 302
    done = approved(cast)
    late = enter(cast.gita).post(f"{LIST}/{done.id}/edit", typed(version=str(done.version)))
    assert late.status_code == 409
    assert "not possible any more" in late.content.decode()


def test_the_list_pages_and_costs_the_same(cast: Cast, enter: Enter) -> None:
    client = enter(cast.gita)
    assert "Nothing was announced yet" in client.get(LIST).content.decode()
    counts = []
    for total in (1, 30):
        while Announcement.objects.count() < total:
            there = {"audience": "bookers", "audience_ref": cast.place.id}
            announcement_write(actor=cast.gita, facts=facts(**there))
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(LIST).content.decode()
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert Outline(page).wrong("en") == []
    announcement_write(actor=cast.gita, facts=facts())
    first = client.get(LIST).content.decode()
    last = Announcement.objects.order_by("-id")[29]
    assert f"?before={last.id}" in first
    assert "From the beginning" in client.get(f"{LIST}?before={last.id}").content.decode()
    assert client.get(f"{LIST}?before=nonsense").status_code == 200
