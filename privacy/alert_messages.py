"""What officers and people are told of alerts and late audits, and when that is still true."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privacy.audits import title_of
from privacy.mail import render
from privacy.models import Audit, OutboxMessage, SecurityAlert
from privacy.outbox import Mail, Message, Template
from privacy.outbox import register as register_template

Category = OutboxMessage.Category
Kind = SecurityAlert.Kind


def register() -> None:
    """Tell the outbox how to build them."""
    for name, build, title in (
        ("security_alert", _officer, gettext_lazy("Alert for privacy officers")),
        ("account_watch", _person, gettext_lazy("Something unusual with your account")),
        ("audit_overdue", _audit, gettext_lazy("A security audit is overdue")),
    ):
        register_template(Template(name, Category.SECURITY, build, title))


def _officer(message: Message) -> Mail | None:
    alert = _alert(message)
    if alert is None or alert.closed_at is not None:
        return None
    return render(message, {"kind": Kind(alert.kind).label, "url": _url("safety")})


def _person(message: Message) -> Mail | None:
    alert = _alert(message)
    if alert is None:
        return None
    context = {"what": explanation(alert.kind), "url": _url("security")}
    return render(message, context)


def _audit(message: Message) -> Mail | None:
    audit = Audit.objects.filter(id=str(message.data["audit"])).first()
    if audit is None or audit.due_on >= message.created_at.date():
        return None
    context = {"title": title_of(audit), "due_on": audit.due_on, "url": _url("safety")}
    return render(message, context)


def explanation(kind: str) -> str:
    """What happened, said to the person whose account it is."""
    return {
        Kind.MANY_FAILURES: _("Somebody typed many wrong passwords for your account."),
        Kind.MANY_READS: _("Your account read the data of unusually many people in an hour."),
        Kind.EXPORT_NEW_DEVICE: _("Data was exported soon after a sign-in from a new browser."),
        Kind.NEW_DEVICE: _("Your account was opened in a browser we had not seen before."),
        Kind.TAMPERED: _("Stored data of yours had been altered, and was not used."),
    }[Kind(kind)]


def _alert(message: Message) -> SecurityAlert | None:
    return SecurityAlert.objects.filter(id=str(message.data["alert"])).first()


def _url(name: str) -> str:
    return str(settings.SITE_URL) + reverse(f"frontend:{name}")
