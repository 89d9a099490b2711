"""Makes a mail out of a folder of templates: subject.txt, body.txt, body.html.

A folder stands in the app that knows what the message says: `mail/<name>/` below its
templates. Bodies extend mail/layout.txt and mail/layout.html.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.base import Template
from django.template.loader import get_template
from django.utils.translation import get_language

from privacy.models import OutboxMessage
from privacy.outbox import Calendar, Mail, Message, template_named
from privacy.post import one_line
from privacy.unsubscribing import page_url


def render(
    message: Message, context: Mapping[str, Any], *, calendar: Calendar | None = None
) -> Mail:
    """The mail of `mail/<message.template>/` in the active language.

    Strings in the context become one line each, so that nothing a person typed can add a
    line that looks like ours. Besides the context, templates see `recipient_name`,
    `category` (in words), `site_url`, `language`, and for offers `unsubscribe_url`.
    """
    category = OutboxMessage.Category(template_named(message.template).category)
    values: dict[str, Any] = {
        "site_url": settings.SITE_URL,
        "language": get_language(),
        "category": category.label,
        "unsubscribe_url": _way_out(category, message),
        "recipient_name": message.address.name,
        **context,
    }
    values = {key: _tame(value) for key, value in values.items()}
    folder = f"mail/{message.template}"
    return Mail(
        subject=one_line(_text(f"{folder}/subject.txt", values)),
        text=_paragraphs(_text(f"{folder}/body.txt", values)),
        html=get_template(f"{folder}/body.html").render(values),
        calendar=calendar,
    )


def _way_out(category: str, message: Message) -> str:
    is_offer = category == OutboxMessage.Category.MARKETING
    return page_url(message.recipient_id) if is_offer else ""


def _text(name: str, values: Mapping[str, Any]) -> str:
    """Render without HTML escapes: a plain text says & and not &amp;."""
    template: Template = get_template(name).template  # type: ignore[attr-defined]
    return template.render(Context(dict(values), autoescape=False))


def _paragraphs(text: str) -> str:
    """At most one empty line in a row, none at the ends; templates need not count theirs."""
    return re.sub(r"\s*\n(\s*\n)+", "\n\n", text).strip() + "\n"


def _tame(value: Any) -> Any:
    return one_line(value, 500) if type(value) is str else value
