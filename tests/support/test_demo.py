"""The demo's conversations come once, and send nothing."""

from django.core.management import call_command

from privacy.models import OutboxMessage
from support.demo import demo_load
from support.models import CannedAnswer, Conversation
from tests.cast import Cast


def test_the_demo_is_loaded_once_and_writes_to_nobody(cast: Cast) -> None:
    call_command("demo_support", verbosity=0)
    assert sorted(Conversation.objects.values_list("state", flat=True)) == [
        "open",
        "waiting_for_person",
    ]
    assert CannedAnswer.objects.count() == 3
    assert not OutboxMessage.objects.exists()
    assert not demo_load()


def test_without_the_demo_people_nothing_is_made(db: None) -> None:
    assert not demo_load()
    assert not CannedAnswer.objects.exists()
