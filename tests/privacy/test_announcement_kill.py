"""kill -9 in the middle of an announcement: whoever goes on sends to each once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection

from accounts.models import User
from privacy.announcements import announcements_send
from privacy.models import Announcement, OutboxMessage, Subject
from tests.cast import Cast
from tests.privacy.test_announcements import approved

ROOT = Path(__file__).resolve().parents[2]
MANY = 400
CHILD = """
import django
django.setup()
from privacy.announcements import announcement_batch
from privacy.models import Announcement
row = Announcement.objects.get()
while announcement_batch(announcement_id=row.id, size=3):
    pass
"""


def crowd() -> None:
    """Many people with accounts."""
    subjects = Subject.objects.bulk_create(Subject() for _number in range(MANY))
    for number, subject in enumerate(subjects):
        User.objects.create(subject=subject, email=f"p{number}@ruang.test", password="!")


def child() -> subprocess.Popen[bytes]:
    """A fresh process on the test's database."""
    database = connection.settings_dict
    url = (
        f"postgresql://{database['USER']}:{database['PASSWORD']}@{database['HOST']}"
        f":{database['PORT']}/{database['NAME']}"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": url,
        "SECRET_KEY": django_settings.SECRET_KEY,
    }
    return subprocess.Popen([sys.executable, "-c", CHILD], cwd=ROOT, env=environment)


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_each_person_is_written_to_once(cast: Cast) -> None:
    crowd()
    row = approved(cast)
    process = child()
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end and process.poll() is None:
            row.refresh_from_db()
            if row.queued_count >= 30:
                break
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    row.refresh_from_db()
    assert 30 <= row.queued_count < MANY
    assert row.state == "sending"

    while announcements_send():
        pass

    written = list(OutboxMessage.objects.values_list("recipient", flat=True))
    assert len(written) == len(set(written)) == MANY + 9
    row = Announcement.objects.get()
    assert (row.state, row.queued_count, row.recipient_count) == ("sent", MANY + 9, MANY + 9)
