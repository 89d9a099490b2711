"""The messages of the ground floor: when each is still true, and what it shows."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from privacy.formats import language
from privacy.mail import render
from privacy.models import Announcement, OutboxMessage, Processor
from privacy.outbox import Mail, Message, Template
from privacy.outbox import register as register_template
from privacy.post import one_line
from privacy.processors import Service, days_left, register_service, services

Category = OutboxMessage.Category


def register() -> None:
    """Tell the outbox how to build them, and the register what others do for us."""
    register_service(Service("email", _("E-mail delivery"), _("No e-mail leaves.")))
    register_service(Service("hosting", _("Servers and storage")))
    register_service(Service("backup", _("Backups")))
    register_service(Service("other", _("Other work")))
    title = _("A processor's contract ends")
    register_template(Template("processor_ends", Category.PRIVACY, _processor_ends, title))
    for name, category, title in (
        ("announcement_service", Category.SERVICE, _("Announcement")),
        ("announcement_offer", Category.MARKETING, _("Offer")),
    ):
        register_template(Template(name, category, _announcement, title))


def _processor_ends(message: Message) -> Mail | None:
    row = Processor.objects.filter(
        id=str(message.data["processor"]),
        contract_until=str(message.data["until"]),
        state=Processor.State.ACTIVE,
    ).first()
    left = days_left(row) if row else None
    if row is None or left is None:
        return None
    service = services().get(row.service)
    context = {
        "processor": row.name,
        "service": str(service.label if service else row.service),
        "stops": str(service.stops if service else ""),
        "days": left,
        "url": f"{settings.SITE_URL}/staff/processors",
    }
    return render(message, context)


def announcement_mail(message: Message, row: Announcement) -> Mail:
    """An announcement in the active language; one paragraph per empty line of the text."""
    is_indonesian = language() == "id"
    title, body = (row.title_id, row.body_id) if is_indonesian else (row.title_en, row.body_en)
    paragraphs = [one_line(text, 5000) for text in body.split("\n\n") if text.strip()]
    return render(message, {"title": title, "paragraphs": paragraphs})


def _announcement(message: Message) -> Mail | None:
    rows = Announcement.objects.exclude(state=Announcement.State.CANCELLED)
    row = rows.filter(id=str(message.data["announcement"])).first()
    return announcement_mail(message, row) if row else None
