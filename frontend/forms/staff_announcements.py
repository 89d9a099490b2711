"""The form of an announcement."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms.account_base import PageForm
from privacy.announcements import AnnouncementFacts
from privacy.audiences import MOST, audiences
from privacy.models import Announcement


class AnnouncementForm(PageForm):
    """To whom, and the words in both languages."""

    category = forms.ChoiceField(label=_("Kind"), choices=Announcement.Category.choices)
    audience = forms.ChoiceField(label=_("Who receives it"))
    title_id = forms.CharField(label=_("Subject in Indonesian"), max_length=120)
    body_id = forms.CharField(
        label=_("Text in Indonesian"), max_length=5000, widget=forms.Textarea({"rows": 8})
    )
    title_en = forms.CharField(label=_("Subject in English"), max_length=120)
    body_en = forms.CharField(
        label=_("Text in English"),
        max_length=5000,
        widget=forms.Textarea({"rows": 8}),
        help_text=_("An empty line begins a paragraph. Name no person."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audience"].choices = audience_choices()  # type: ignore[attr-defined]

    def facts(self) -> AnnouncementFacts:
        """What the services take."""
        code, _sep, ref = self.cleaned_data["audience"].partition(":")
        words = {
            name: self.cleaned_data[name].replace("\r\n", "\n").strip()
            for name in ("title_id", "title_en", "body_id", "body_en")
        }
        return AnnouncementFacts(
            category=self.cleaned_data["category"],
            audience=code,
            audience_ref=UUID(ref) if ref else None,
            **words,
        )


def audience_choices() -> list[tuple[str, Any]]:
    """Every audience; one about a location or an organisation as a group of them."""
    found: list[tuple[str, Any]] = []
    for each in audiences():
        if each.choices is None:
            found.append((each.code, each.label))
        else:
            group = [(f"{each.code}:{key}", name) for key, name in each.choices()[:MOST]]
            found.append((str(each.label), group))
    return found


def announcement_initial(row: Announcement) -> dict[str, Any]:
    """A draft as its form shows it."""
    names = ("category", "title_id", "title_en", "body_id", "body_en")
    audience = f"{row.audience}:{row.audience_ref}" if row.audience_ref else row.audience
    return {name: getattr(row, name) for name in names} | {"audience": audience}
