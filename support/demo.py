"""Canned answers and two conversations of the demo people, for a development installation."""

from typing import Final

from accounts.models import User
from support.models import CannedAnswer, Conversation
from support.services import Question, conversation_answer, conversation_start, conversation_take

READY: Final = (
    (
        "booking",
        "Mengubah reservasi",
        "Changing a booking",
        "Buka Reservasi, pilih reservasinya, lalu Pindahkan. Sampai batas waktu yang tertulis "
        "di sana, perubahan tidak dikenai biaya.",
        "Open Bookings, choose the booking, then Move. Until the time stated there, a change "
        "costs nothing.",
    ),
    (
        "mail",
        "Mengambil surat",
        "Collecting mail",
        "Surat Anda disimpan di meja resepsionis. Bawalah tanda pengenal yang namanya sama.",
        "Your mail is kept at the front desk. Please bring an identity card in the same name.",
    ),
    (
        "account",
        "Kehilangan faktor kedua",
        "Lost second factor",
        "Masuklah dengan salah satu kode pemulihan Anda, lalu pasang faktor kedua yang baru.",
        "Sign in with one of your recovery codes, then set up a new second factor.",
    ),
)
ASKED: Final = (
    (
        "alice",
        "mail",
        "Apakah paket untuk PT Lontar Digital sudah tiba? Nomornya tidak kami punya.",
    ),
    ("bob", "booking", "Bolehkah rapat sore ini dipindahkan ke ruang yang lebih besar?"),
)
ANSWER: Final = "Boleh. Pindahkan dari halaman reservasi; ruang yang kosong ditandai di sana."


def demo_load() -> bool:
    """Load them, once; False when there were some, or no demo people to ask."""
    if CannedAnswer.objects.exists() or Conversation.objects.exists():
        return False
    people = {name: User.objects.by_email(f"{name}@ruang.test").first() for name in _NAMES}
    if not all(people.values()):
        return False
    for topic, title_id, title_en, text_id, text_en in READY:
        CannedAnswer.objects.create(
            topic=topic, title_id=title_id, title_en=title_en, text_id=text_id, text_en=text_en
        )
    for name, topic, text in ASKED:
        made = conversation_start(
            actor=people[name],  # type: ignore[arg-type]
            question=Question(topic, text, Conversation.Channel.WEB),
        )
    gita: User = people["gita"]  # type: ignore[assignment]
    conversation_take(actor=gita, conversation_id=made.id)
    conversation_answer(actor=gita, conversation_id=made.id, text=ANSWER, channel="web")
    return True


_NAMES: Final = ("alice", "bob", "gita")
