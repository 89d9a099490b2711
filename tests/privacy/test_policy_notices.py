"""A new version: announced, delivered, then in force; silence is no, who left is not told."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from accounts.services import terms_answer
from frontend.notices import notice_for
from privacy import clock, policy, policy_notices
from privacy.agreements import shown_now
from privacy.consent import purpose_allowed, purpose_refusal
from privacy.delivery import _build
from privacy.models import OutboxMessage, PolicyNotice, Subject
from privacy.outbox import Address
from privacy.policy_notices import (
    AnnouncementRefused,
    concerned,
    deliveries,
    notices_settle,
    policy_announce,
)
from tests.cast import Cast, person
from tests.privacy.consenting import agree
from tests.privacy.policies import DAY, Write, writer

State = OutboxMessage.State
Move = Callable[[timedelta], None]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Whatever language a page of another test left behind."""
    with translation.override("en"):
        yield


@pytest.fixture
def move(monkeypatch: pytest.MonkeyPatch) -> Move:
    """Moves the clock forward from now."""
    began = clock.now()

    def to(after: timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: began + after)

    return to


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """`write(…)`: a second version of a document, in force in 20 days unless said."""
    return writer(tmp_path, monkeypatch)


def deliver(state: str = State.SENT) -> None:
    """Every notice has left, or come to an end."""
    OutboxMessage.objects.filter(template="policy_notice").update(state=state)
    notices_settle()


def notices() -> set[object]:
    """Whom a notice stands in the outbox for."""
    rows = OutboxMessage.objects.filter(template="policy_notice")
    return set(rows.values_list("recipient_id", flat=True))


def in_force() -> int:
    """The number of the policy in force."""
    return policy.current().number


@pytest.mark.promise("P61")
def test_a_version_cannot_take_effect_before_its_notice_went_out(
    cast: Cast, write: Write, move: Move
) -> None:
    write()
    move(100 * DAY)
    assert in_force() == 1
    move(timedelta(0))
    policy_announce(document="policy", number=2)
    move(100 * DAY)
    assert in_force() == 1
    move(DAY)
    deliver()
    for day, number in ((2, 1), (14, 1), (19, 1), (21, 2), (100, 2)):
        move(day * DAY)
        assert in_force() == number, day


@pytest.mark.promise("P61")
def test_two_weeks_lie_between_the_last_notice_and_the_effect(
    cast: Cast, write: Write, move: Move
) -> None:
    write()
    policy_announce(document="policy", number=2)
    move(19 * DAY)
    deliver()
    for day, number in ((21, 1), (32, 1), (34, 2)):
        move(day * DAY)
        assert in_force() == number, day


def test_one_notice_that_waits_holds_the_version_up(cast: Cast, write: Write, move: Move) -> None:
    write()
    policy_announce(document="policy", number=2)
    rows = OutboxMessage.objects.filter(template="policy_notice")
    rows.update(state=State.SENT)
    rows.filter(recipient=cast.bob.subject_id).update(state=State.LEASED)
    assert notices_settle() == 0
    rows.filter(recipient=cast.bob.subject_id).update(state=State.DEAD)
    assert notices_settle() == 1
    assert notices_settle() == 0


@pytest.mark.promise("P61")
def test_what_cannot_be_announced_is_refused(cast: Cast, write: Write, move: Move) -> None:
    with pytest.raises(AnnouncementRefused, match="first version"):
        policy_announce(document="policy", number=1)
    with pytest.raises(policy.NotFound):
        policy_announce(document="policy", number=2)
    write(on=clock.now() + 13 * DAY)
    with pytest.raises(AnnouncementRefused, match="14 days"):
        policy_announce(document="policy", number=2)
    assert not PolicyNotice.objects.exists()
    write()
    policy_announce(document="policy", number=2)
    deliver()
    write(words="\nOne more sentence.\n")
    with pytest.raises(AnnouncementRefused, match="new version"):
        policy_announce(document="policy", number=2)
    move(100 * DAY)
    assert in_force() == 1


@pytest.mark.promise("P59")
def test_people_who_left_or_deactivated_are_not_written_to(cast: Cast, write: Write) -> None:
    gone = {
        state: person(f"{state}@ruang.test")
        for state in ("deactivated", "erasing", "erased", "restricted")
    }
    for state, user in gone.items():
        Subject.objects.filter(id=user.subject_id).update(state=state)
    closed = person("closed@ruang.test", is_active=False)
    write()
    policy_announce(document="policy", number=2)
    told = notices()
    assert {cast.alice.subject_id, cast.hadi.subject_id} <= told
    assert gone["restricted"].subject_id in told
    assert told == set(concerned())
    left = {gone[state].subject_id for state in ("deactivated", "erasing", "erased")}
    assert not told & {*left, closed.subject_id}


@pytest.mark.promise("P59")
def test_whoever_deactivates_meanwhile_is_not_written_to_either(cast: Cast, write: Write) -> None:
    write()
    policy_announce(document="policy", number=2)
    message = OutboxMessage.objects.get(template="policy_notice", recipient=cast.alice.subject_id)
    address = Address("alice@ruang.test", language="en")
    assert _build(message, address) is not None
    Subject.objects.filter(id=cast.alice.subject_id).update(state="deactivated")
    assert _build(message, address) is None


@pytest.mark.promise("P58")
@pytest.mark.promise("P59")
@pytest.mark.parametrize("purpose", ["marketing", "succession"])
def test_a_changed_use_needs_a_new_answer_and_silence_is_no(
    cast: Cast, write: Write, move: Move, purpose: str
) -> None:
    for user in (cast.alice, cast.bob, cast.charlie):
        if purpose == "marketing":
            agree(user)
        assert purpose_allowed(user.subject_id, purpose)
    write(again=(purpose,))
    policy_announce(document="policy", number=2)
    deliver()
    assert purpose_allowed(cast.alice.subject_id, purpose)
    move(21 * DAY)
    for user in (cast.alice, cast.bob, cast.charlie):
        assert purpose_refusal(user.subject_id, purpose) == "other_version"
        assert purpose_allowed(user.subject_id, "booking")
    terms_answer(actor=cast.bob, shown=shown_now(), accepts=False)
    terms_answer(actor=cast.alice, shown=shown_now(), accepts=True)
    if purpose == "marketing":
        assert purpose_refusal(cast.alice.subject_id, purpose) == "other_version"
        agree(cast.alice)
    assert purpose_allowed(cast.alice.subject_id, purpose)
    assert purpose_refusal(cast.bob.subject_id, purpose) == "other_version"
    assert purpose_refusal(cast.charlie.subject_id, purpose) == "other_version"


@pytest.mark.promise("P58")
def test_data_follows_the_policy_of_the_day_it_came(cast: Cast, write: Write, move: Move) -> None:
    write(again=("succession",))
    policy_announce(document="policy", number=2)
    deliver()
    move(30 * DAY)
    late = person("late@ruang.test")
    Subject.objects.filter(id=late.subject_id).update(created_at=clock.now())
    assert purpose_allowed(late.subject_id, "succession")
    assert purpose_refusal(cast.alice.subject_id, "succession") == "other_version"


@pytest.mark.promise("P60")
def test_other_material_changes_reach_those_who_refused_news_by_a_neutral_mail(
    cast: Cast, write: Write
) -> None:
    assert not purpose_allowed(cast.bob.subject_id, "marketing")
    write("terms")
    policy_announce(document="terms", number=2)
    message = OutboxMessage.objects.get(template="policy_notice", recipient=cast.bob.subject_id)
    assert message.category == OutboxMessage.Category.PRIVACY
    for language, words in (("en", "Terms of use: version 2"), ("id", "Ketentuan penggunaan")):
        mail = _build(message, Address("bob@ruang.test", language=language))
        assert mail is not None
        assert words in mail.subject
        assert "/privacy/terms/compare?to=2" in mail.text
        assert "/privacy/terms/compare?to=2" in mail.html


@pytest.mark.promise("P60")
def test_the_site_says_it_to_everybody_until_the_day_and_asks_the_person_after(
    cast: Cast, write: Write, move: Move
) -> None:
    assert notice_for(None) is None
    assert notice_for(cast.alice) is None
    write("terms", material=True)
    assert notice_for(None) is None
    policy_announce(document="terms", number=2)
    deliver()
    for member in (None, cast.alice):
        said = notice_for(member)
        assert said is not None
        assert said.url == "/privacy/terms/compare?to=2"
    move(21 * DAY)
    assert notice_for(None) is None
    asked = notice_for(cast.alice)
    assert asked is not None
    assert asked.url == "/privacy/accept"
    terms_answer(actor=cast.alice, shown=shown_now(), accepts=False)
    cast.alice.refresh_from_db()
    assert notice_for(cast.alice) is None


def test_a_version_that_is_not_material_is_told_on_the_site_alone(
    cast: Cast, write: Write, move: Move
) -> None:
    write(material=False)
    notice = policy_announce(document="policy", number=2)
    assert notice.finished_at is not None
    assert notices() == set()
    assert notice_for(None) is not None
    move(21 * DAY)
    assert in_force() == 2
    assert notice_for(cast.alice) is None


@pytest.mark.promise("P62")
def test_every_notice_is_on_record_with_what_became_of_it(cast: Cast, write: Write) -> None:
    write()
    policy_announce(document="policy", number=2, announced_by=cast.hadi.subject_id)
    (before,) = deliveries()
    assert (before.waiting, before.sent) == (len(notices()), 0)
    rows = OutboxMessage.objects.filter(template="policy_notice")
    rows.update(state=State.SENT)
    rows.filter(recipient=cast.alice.subject_id).update(state=State.DEAD)
    rows.filter(recipient=cast.bob.subject_id).update(state=State.REFUSED)
    (after,) = deliveries()
    assert (after.waiting, after.sent, after.refused, after.failed) == (0, before.waiting - 2, 1, 1)
    assert after.notice.announced_by_id == cast.hadi.subject_id


def test_a_killed_announcement_goes_on_and_tells_nobody_twice(
    cast: Cast, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write()
    monkeypatch.setattr(policy_notices, "BATCH", 2)
    put, calls = policy_notices.outbox_put_many, []

    def dying(**more: object) -> None:
        calls.append(more)
        if len(calls) == 2:
            raise KeyboardInterrupt
        put(**more)

    monkeypatch.setattr(policy_notices, "outbox_put_many", dying)
    with pytest.raises(KeyboardInterrupt):
        policy_announce(document="policy", number=2)
    assert len(notices()) == 2
    assert notices_settle() == 0
    monkeypatch.setattr(policy_notices, "outbox_put_many", put)
    for _again in range(2):
        policy_announce(document="policy", number=2)
    assert notices() == set(concerned())
    assert OutboxMessage.objects.filter(template="policy_notice").count() == len(notices())
    assert PolicyNotice.objects.count() == 1


def test_the_command_counts_announces_and_says_why_not(
    cast: Cast, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="first version"):
        call_command("policy_announce", "policy", "1")
    write()
    call_command("policy_announce", "policy", "2", "--count")
    assert int(capsys.readouterr().out) == len(set(concerned()))
    assert notices() == set()
    call_command("policy_announce", "policy", "2")
    assert "takes effect 14 days after" in capsys.readouterr().out
    assert notices() == set(concerned())
