"""Announcements: two people, both languages, never promotional, once to each (P36, P38)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext, ngettext

from accounts.models import User
from privacy import announcements, audiences
from privacy.announcement_reads import (
    announcement_count,
    announcement_get,
    announcement_preview,
    announcement_progress,
    announcements_of,
)
from privacy.announcements import (
    AnnouncementFacts,
    AnnouncementMoved,
    AnnouncementRefused,
    SecondPersonNeeded,
    announcement_approve,
    announcement_batch,
    announcement_cancel,
    announcement_change,
    announcement_return,
    announcement_submit,
    announcement_write,
    announcements_send,
)
from privacy.audiences import audience_words
from privacy.consent import consent_withdraw
from privacy.delivery import outbox_drain
from privacy.errors import NotAllowed, NotFound, Stale
from privacy.ids import uuid7
from privacy.models import Announcement, OutboxMessage, Subject
from privacy.outbox import templates
from privacy.promotion import promotion_hints
from reservations.services import reservation_book
from reservations.services.booking import BookingWish
from tests.cast import Cast, at, location, person
from tests.mail.conftest import Inbox, inbox  # noqa: F401 - a fixture
from tests.privacy.consenting import agree


def facts(**more: Any) -> AnnouncementFacts:
    """Word to everybody that the lift rests on Monday."""
    wanted: dict[str, Any] = {
        "category": "service",
        "audience": "everyone",
        "audience_ref": None,
        "title_id": "Lift dirawat hari Senin",
        "title_en": "The lift rests on Monday",
        "body_id": "Lift tidak beroperasi.\n\nGunakan tangga timur.",
        "body_en": "The lift is being serviced.\n\nUse the east stairs.",
    }
    return AnnouncementFacts(**{**wanted, **more})


def submitted(cast: Cast, **more: Any) -> Announcement:
    """Written and handed over by Gita."""
    row = announcement_write(actor=cast.gita, facts=facts(**more))
    return announcement_submit(actor=cast.gita, announcement_id=row.id, version=1)


def approved(cast: Cast, **more: Any) -> Announcement:
    """And let go by Hadi."""
    row = submitted(cast, **more)
    return announcement_approve(
        actor=cast.hadi, announcement_id=row.id, version=row.version, confirmed=True
    )


def deliver() -> None:
    """What worker and beat do."""
    while announcements_send():
        pass
    while outbox_drain():
        pass


@pytest.mark.promise("P36")
def test_it_reaches_everybody_active_in_their_language_and_nobody_else(
    cast: Cast,
    inbox: Inbox,  # noqa: F811
) -> None:
    User.objects.filter(id=cast.bob.id).update(language="en")
    Subject.objects.filter(id=cast.charlie.subject_id).update(state="deactivated")
    row = approved(cast)

    deliver()

    everybody = {user.email for user in vars(cast).values() if isinstance(user, User)}
    assert sorted(inbox.receivers) == sorted(everybody - {"charlie@ruang.test"})
    by_person = {letter["To"].addresses[0].addr_spec: letter for letter in inbox.letters}
    assert by_person["bob@ruang.test"]["Subject"] == "The lift rests on Monday"
    assert by_person["alice@ruang.test"]["Subject"] == "Lift dirawat hari Senin"
    part = by_person["alice@ruang.test"].get_body(("plain",))
    assert part is not None
    words = part.get_content().replace("\r\n", "\n")
    assert "Lift tidak beroperasi.\n\nGunakan tangga timur." in words
    assert by_person["bob@ruang.test"]["List-Unsubscribe"] is None
    row.refresh_from_db()
    assert (row.state, row.queued_count, row.recipient_count) == ("sent", 8, 8)
    assert [event.verb for event in row.events.order_by("at")] == [
        "written", "submitted", "approved", "finished",
    ]  # fmt: skip


@pytest.mark.promise("P36")
def test_nobody_approves_what_they_wrote_or_changed(cast: Cast) -> None:
    # Root may do everything, and still not both halves.
    mine = announcement_write(actor=cast.root, facts=facts())
    announcement_submit(actor=cast.root, announcement_id=mine.id, version=1)
    with pytest.raises(SecondPersonNeeded):
        announcement_approve(actor=cast.root, announcement_id=mine.id, version=2, confirmed=True)
    # Eka rewrote Gita's text, so it is Eka's too.
    row = announcement_write(actor=cast.gita, facts=facts())
    announcement_change(
        actor=cast.eka, announcement_id=row.id, version=1, facts=facts(title_en="Lift")
    )
    announcement_submit(actor=cast.gita, announcement_id=row.id, version=2)
    with pytest.raises(SecondPersonNeeded):
        announcement_approve(actor=cast.eka, announcement_id=row.id, version=3, confirmed=True)
    with pytest.raises(NotAllowed):
        announcement_approve(actor=cast.gita, announcement_id=row.id, version=3, confirmed=True)
    announcements_send()
    assert not OutboxMessage.objects.exists()
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Announcement.objects.filter(id=row.id).update(approver=cast.gita.subject_id)
    with pytest.raises(IntegrityError, match="approved"), transaction.atomic():
        Announcement.objects.filter(id=row.id).update(state="sending")
    announcement_approve(actor=cast.hadi, announcement_id=row.id, version=3, confirmed=True)
    assert announcements_send() == 9


@pytest.mark.promise("P36")
def test_a_list_of_words_hints_and_a_person_decides(cast: Cast) -> None:
    text = "Diskon 20% untuk semua ruang, gratis kopi. Book now and save up to 5 %!"
    assert promotion_hints(text) == ["diskon", "20%", "gratis", "book now", "save up to", "5 %"]
    assert promotion_hints(*(getattr(facts(), name) for name in ("body_id", "body_en"))) == []
    assert promotion_hints("wholesale", "promontory-free", "officer", "Terbatas") == ["terbatas"]
    row = submitted(cast, body_id=text)
    with pytest.raises(AnnouncementRefused, match=r"kedua|both") as caught:
        announcement_approve(
            actor=cast.hadi, announcement_id=row.id, version=row.version, confirmed=False
        )
    assert caught.value.broken[0].field == "confirmed"
    back = announcement_return(actor=cast.hadi, announcement_id=row.id, version=row.version)
    assert back.state == "draft"
    assert announcements_send() == 0


#: Hints that a person read: until when cancelling costs nothing is a term of the contract.
READ = {"gratis"}


@pytest.mark.promise("P36")
@pytest.mark.parametrize("language", ["id", "en"])
def test_no_letter_that_cannot_be_refused_promotes(language: str) -> None:
    """The template check: every fixed text of every kind but offers, in both languages."""
    looked_at = 0
    for kind in templates().values():
        if kind.category == "marketing":
            continue
        for file in ("subject.txt", "body.txt", "body.html"):
            source = get_template(f"mail/{kind.name}/{file}").template.source
            with translation.override(language):
                texts = said(source)
            assert set(promotion_hints(*texts)) <= READ, (kind.name, file)
            looked_at += len(texts)
    assert looked_at > 150


def said(source: str) -> list[str]:
    """The fixed texts of a template, in the active language."""
    found = [gettext(text) for text in re.findall(r'translate "([^"]+)"', source)]
    blocks = r"\{% blocktranslate[^%]*%\}(.*?)(?:\{% plural %\}(.*?))?\{% endblocktranslate %\}"
    for one, many in re.findall(blocks, source, re.DOTALL):
        text, others = (re.sub(r"\{\{ ?(\w+) ?\}\}", r"%(\1)s", each) for each in (one, many))
        found.append(ngettext(text, others, 2) if others else gettext(text))
    return found


@pytest.mark.promise("P38")
def test_an_offer_reaches_those_who_said_yes_until_they_say_no(
    cast: Cast,
    inbox: Inbox,  # noqa: F811
) -> None:
    for each in (cast.alice, cast.bob, cast.charlie):
        agree(each)
    row = submitted(cast, category="marketing")
    consent_withdraw(subject_id=cast.charlie.subject_id, purpose="marketing", form="consents")
    assert announcement_count(cast.hadi, row) == 2
    announcement_approve(
        actor=cast.hadi, announcement_id=row.id, version=row.version, confirmed=True
    )
    announcements_send()
    # Bob changes his mind while his copy is queued.
    consent_withdraw(subject_id=cast.bob.subject_id, purpose="marketing", form="consents")
    outbox_drain()

    assert inbox.receivers == ["alice@ruang.test"]
    assert "One-Click" in inbox.letters[0]["List-Unsubscribe-Post"]
    assert OutboxMessage.objects.get(recipient=cast.bob.subject_id).outcome == "withdrawn"
    found = announcement_progress(cast.hadi, announcement_get(cast.hadi, row.id))
    assert (found.total, found.written, found.sent, found.refused) == (2, 2, 1, 1)


def test_killed_between_batches_and_started_again_it_sends_once(cast: Cast) -> None:
    for number in range(20):
        person(f"p{number}@ruang.test")
    row = approved(cast)
    announcement_batch(announcement_id=row.id, size=7)
    announcement_batch(announcement_id=row.id, size=7)
    # As if the cursor had been lost with a restored backup: the keys still hold.
    Announcement.objects.filter(id=row.id).update(cursor=None, queued_count=0)
    while announcement_batch(announcement_id=row.id, size=7):
        pass
    counts = OutboxMessage.objects.values_list("recipient", flat=True)
    assert len(counts) == len(set(counts)) == 29
    row.refresh_from_db()
    assert row.state == "sent"
    assert announcements_send() == 0


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_dies_leaves_nothing_half_done(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = approved(cast)

    def dies(**_more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(announcements, "outbox_put_many", dies)
        with pytest.raises(KeyboardInterrupt):
            announcement_batch(announcement_id=row.id)
    row.refresh_from_db()
    assert (row.cursor, row.queued_count, OutboxMessage.objects.count()) == (None, 0, 0)
    deliver_rows = announcements_send()
    assert deliver_rows == OutboxMessage.objects.count() == 9


def test_two_workers_do_not_send_the_same_batch(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = approved(cast)
    share: Callable[[list[Any]], list[Any]] = announcements._share

    def overtaken(ids: list[Any]) -> list[Any]:
        Announcement.objects.filter(id=row.id).update(cursor=ids[0])
        return share(ids)

    monkeypatch.setattr(announcements, "_share", overtaken)
    assert announcement_batch(announcement_id=row.id) == 0
    assert not OutboxMessage.objects.exists()


def test_cancelling_keeps_back_whatever_has_not_left(
    cast: Cast,
    inbox: Inbox,  # noqa: F811
) -> None:
    row = approved(cast)
    announcement_batch(announcement_id=row.id, size=3)
    first = OutboxMessage.objects.order_by("id")[0]
    outbox_drain(first.id, seconds=0)
    assert len(inbox.letters) == 1

    announcement_cancel(actor=cast.eka, announcement_id=row.id, version=row.version)
    deliver()

    assert len(inbox.letters) == 1
    assert OutboxMessage.objects.count() == 3
    assert OutboxMessage.objects.filter(outcome="no_longer_true").count() == 2
    with pytest.raises(AnnouncementMoved):
        announcement_cancel(actor=cast.eka, announcement_id=row.id, version=row.version + 1)


def test_audiences_are_who_they_say(cast: Cast) -> None:
    there = location("Renon")
    wish = BookingWish(space_id=cast.room.id, starts_at=at(10), ends_at=at(11))
    reservation_book(actor=cast.alice, wish=wish)
    reservation_book(
        actor=cast.alice,
        wish=BookingWish(space_id=cast.room.id, starts_at=at(12), ends_at=at(13)),
    )

    def people(code: str, ref: Any = None) -> list[Any]:
        return list(audiences.audience_people(code, ref, "service").values_list("id", flat=True))

    assert people("bookers", cast.place.id) == [cast.alice.subject_id]
    assert people("bookers", there.id) == []
    both = [cast.alice.subject_id, cast.bob.subject_id]
    assert people("organisation", cast.lontar.id) == sorted(both)
    assert len(people("everyone")) == 9
    User.objects.filter(id=cast.bob.id).update(is_active=False)
    assert people("organisation", cast.lontar.id) == [cast.alice.subject_id]
    gone, nobody = ("gone", None), ("organisation", uuid7())
    words = audience_words([("bookers", cast.place.id), gone, nobody])
    assert cast.place.name in words["bookers", cast.place.id]
    assert words[nobody].endswith("–")
    assert words[gone] == "gone"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"category": "invoice"}, "category"),
        ({"audience": "gossips"}, "audience"),
        ({"audience": "bookers"}, "audience"),
        ({"audience": "bookers", "audience_ref": uuid7()}, "audience"),
        ({"audience": "everyone", "audience_ref": uuid7()}, "audience"),
        ({"title_en": "  "}, "title_en"),
        ({"body_id": ""}, "body_id"),
    ],
)
def test_half_a_text_or_nobody_to_send_to_is_refused(
    cast: Cast, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(AnnouncementRefused) as caught:
        announcement_write(actor=cast.gita, facts=facts(**changes))
    assert [each.field for each in caught.value.broken] == [field]
    assert not Announcement.objects.exists()


def test_an_offer_to_nobody_is_refused(cast: Cast) -> None:
    row = announcement_write(actor=cast.gita, facts=facts(category="marketing"))
    with pytest.raises(AnnouncementRefused):
        announcement_submit(actor=cast.gita, announcement_id=row.id, version=1)
    agree(cast.alice)
    row = announcement_submit(actor=cast.gita, announcement_id=row.id, version=1)
    consent_withdraw(subject_id=cast.alice.subject_id, purpose="marketing", form="consents")
    with pytest.raises(AnnouncementRefused):
        announcement_approve(
            actor=cast.hadi, announcement_id=row.id, version=row.version, confirmed=True
        )


def test_foreign_hands_stale_forms_and_wrong_states_change_nothing(cast: Cast) -> None:
    row = announcement_write(actor=cast.gita, facts=facts())
    for other in (cast.alice, cast.dewi, cast.farid):
        with pytest.raises(NotAllowed):
            announcement_write(actor=other, facts=facts())
        with pytest.raises(NotAllowed):
            announcement_cancel(actor=other, announcement_id=row.id, version=1)
        with pytest.raises(NotAllowed):
            announcements_of(other)
    with pytest.raises(Stale):
        announcement_submit(actor=cast.gita, announcement_id=row.id, version=7)
    with pytest.raises(NotFound):
        announcement_submit(actor=cast.gita, announcement_id=uuid7(), version=1)
    with pytest.raises(AnnouncementMoved):
        announcement_approve(actor=cast.hadi, announcement_id=row.id, version=1, confirmed=True)
    row.refresh_from_db()
    assert (row.state, row.version, row.events.count()) == ("draft", 1, 1)


def test_the_preview_is_the_mail_and_its_way_out_leads_nowhere(cast: Cast) -> None:
    agree(cast.alice)
    row = submitted(cast, category="marketing", body_en="One <b>\n\nTwo")
    mail = announcement_preview(cast.hadi, row, "en")
    assert mail.subject == "The lift rests on Monday"
    assert "One &lt;b&gt;" in mail.html
    assert "One <b>\n\nTwo" in mail.text
    assert "/unsubscribe/AAAAAAAAAAAAAAAAAAAAAA:" in mail.html
    assert announcement_preview(cast.hadi, row, "id").subject == "Lift dirawat hari Senin"
