"""The messages of the ground floor: when each is still true, and what it shows."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from privacy.mail import render
from privacy.models import OutboxMessage, Processor
from privacy.outbox import Mail, Message, Template
from privacy.outbox import register as register_template
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
