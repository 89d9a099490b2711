"""The privacy officer announces a version by a button, and sees what became of the notices."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from privacy import clock
from privacy.models import OutboxMessage, PolicyNotice
from privacy.policy_notices import concerned
from tests.cast import Cast
from tests.frontend.pages import Outline
from tests.privacy.policies import Write, writer

ADDRESS = "/staff/policies"
ANNOUNCE = f"{ADDRESS}/policy/2"


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Gives this installation a second version."""
    return writer(tmp_path, monkeypatch)


def test_only_the_privacy_officer_and_administrators_may(
    cast: Cast, enter: Callable[..., Client]
) -> None:
    for who in ("alice", "dewi", "eka", "farid", "gita"):
        browser = enter(getattr(cast, who))
        # To tenants, pages of staff do not exist.
        expected = 404 if who == "alice" else 403
        assert browser.get(ADDRESS).status_code == expected, who
        assert browser.post(ANNOUNCE).status_code == expected, who
    for who in ("hadi", "root"):
        assert enter(getattr(cast, who)).get(ADDRESS).status_code == 200, who
    assert not PolicyNotice.objects.exists()


@pytest.mark.promise("P62")
def test_the_button_announces_and_the_page_counts(
    cast: Cast,
    write: Write,
    enter: Callable[..., Client],
) -> None:
    write()
    browser = enter(cast.hadi)
    text = browser.get(ADDRESS).content.decode()
    assert Outline(text).wrong("en") == []
    assert f'action="{ANNOUNCE}"' in text
    assert browser.get(ANNOUNCE).status_code == 405
    assert browser.post(ANNOUNCE).status_code == 302
    notice = PolicyNotice.objects.get()
    assert (notice.announced_by_id, notice.version) == (cast.hadi.subject_id, 2)
    OutboxMessage.objects.filter(template="policy_notice").update(state="sent")
    after = browser.get(ADDRESS).content.decode()
    assert f"{len(set(concerned()))} sent" in after
    assert f'action="{ANNOUNCE}"' not in after


def test_a_version_too_near_is_refused_in_words(
    cast: Cast,
    write: Write,
    enter: Callable[..., Client],
) -> None:
    write(on=clock.now() + timedelta(days=2))
    browser = enter(cast.hadi)
    browser.post(ANNOUNCE)
    assert "at least 14 days" in browser.get(ADDRESS).content.decode()
    assert not PolicyNotice.objects.exists()
    assert browser.post(f"{ADDRESS}/policy/7").status_code == 404
    assert browser.post(f"{ADDRESS}/nothing/2").status_code == 404
