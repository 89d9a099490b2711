"""The privacy officers' watch: who may open it, closing an alert, recording an audit."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from frontend.urls_safety import urlpatterns
from privacy import clock
from privacy.alerts import Kind, alert_raise
from privacy.ids import uuid7
from privacy.models import Audit, AuditRun, SecurityAlert
from tests.cast import Cast
from tests.frontend.pages import Outline

Enter = Callable[..., Client]
WATCH = "/staff/safety"


@pytest.fixture
def audit(db: None) -> Audit:
    """A late audit."""
    return Audit.objects.create(
        code="latihan",
        title_id="Latihan api",
        title_en="Fire drill",
        interval_days=30,
        due_on=clock.now().date() - timedelta(days=2),
    )


def test_only_privacy_officers_and_administrators_open_it(
    cast: Cast, enter: Enter, audit: Audit
) -> None:
    pages = [WATCH, f"{WATCH}/audits/{audit.code}"]
    acts = [f"{WATCH}/alerts/{uuid7()}"]
    mine = [route for route in urlpatterns if str(route.name).startswith("safety")]
    assert len(mine) == len(pages) + len(acts)
    for who in ("dewi", "eka", "farid", "gita", "hadi", "root"):
        client = enter(getattr(cast, who))
        status = 200 if who in {"hadi", "root"} else 403
        assert [client.get(page).status_code for page in pages] == [status, status], who
        expected = 302 if who in {"hadi", "root"} else 403
        if expected == 403:
            assert [client.post(act).status_code for act in acts] == [403], who
    for who in ("alice", "charlie"):
        client = enter(getattr(cast, who))
        assert [client.get(page).status_code for page in pages] == [404, 404]
        assert [client.post(act).status_code for act in acts] == [404]
    assert [Client().get(page).status_code for page in pages] == [302, 302]


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_pages_are_well_made(cast: Cast, enter: Enter, audit: Audit, language: str) -> None:
    alert_raise(kind=Kind.MANY_FAILURES, subject_id=cast.alice.subject_id)
    alert_raise(kind=Kind.MANY_READS, subject_id=None)
    client = enter(cast.hadi)
    type(cast.hadi).objects.filter(id=cast.hadi.id).update(language=language)
    words = {
        "id": ("2 peringatan perlu dilihat", "Latihan api", "Terlambat"),
        "en": ("2 alerts need a look", "Fire drill", "Overdue"),
    }
    for page in (WATCH, f"{WATCH}/audits/{audit.code}"):
        text = client.get(page).content.decode()
        assert Outline(text).wrong(language) == []
    text = client.get(WATCH).content.decode()
    assert all(word in text for word in words[language])
    assert str(cast.alice.subject_id) in text
    assert cast.alice.email not in text


def test_nothing_to_look_at_says_so(cast: Cast, enter: Enter) -> None:
    text = enter(cast.hadi).get(WATCH).content.decode()
    assert "No alert is open" in text
    assert "Nothing unusual was noticed." in text


@pytest.mark.django_db(transaction=True)
def test_an_alert_is_closed_with_what_it_was(cast: Cast, enter: Enter) -> None:
    alert_id = alert_raise(kind=Kind.MANY_FAILURES, subject_id=cast.alice.subject_id)
    client = enter(cast.hadi)
    refused = client.post(f"{WATCH}/alerts/{alert_id}", {"outcome": "nonsense"}, follow=True)
    assert "Choose what the alert turned out to be." in refused.content.decode()
    assert SecurityAlert.objects.get().closed_at is None
    done = client.post(f"{WATCH}/alerts/{alert_id}", {"outcome": "harmless"}, follow=True)
    assert "The alert is closed." in done.content.decode()
    alert = SecurityAlert.objects.get()
    assert (alert.outcome, alert.closed_by_id) == ("harmless", cast.hadi.subject_id)
    again = client.post(f"{WATCH}/alerts/{alert_id}", {"outcome": "incident"}, follow=True)
    assert "Somebody closed this alert already." in again.content.decode()
    assert client.post(f"{WATCH}/alerts/{uuid7()}", {"outcome": "harmless"}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_an_audit_is_recorded_and_a_wrong_form_keeps_its_words(cast: Cast, enter: Enter) -> None:
    audit = Audit.objects.create(
        code="x", title_id="X", title_en="X", interval_days=30, due_on=clock.now().date()
    )
    client = enter(cast.hadi)
    page = f"{WATCH}/audits/{audit.code}"
    future = (clock.now().date() + timedelta(days=3)).isoformat()
    wrong = client.post(page, {"done_on": future, "findings": "3", "report": "Brankas, rak 3"})
    assert wrong.status_code == 422
    assert "An audit was done today or earlier." in wrong.content.decode()
    assert "Brankas, rak 3" in wrong.content.decode()
    assert not AuditRun.objects.exists()
    today = clock.now().date().isoformat()
    right = client.post(page, {"done_on": today, "findings": "3", "report": "Brankas, rak 3"})
    assert right.status_code == 302
    run = AuditRun.objects.get()
    assert (run.findings, run.report) == (3, "Brankas, rak 3")
    assert client.get(f"{WATCH}/audits/nothing").status_code == 404
