"""Forms of conversations: asking, answering, noting a call, breaking the glass."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms.account_base import PageForm
from support.models import Conversation, Opening
from support.rules import REASON_LENGTH, TEXT_LENGTH

Channel = Conversation.Channel


def text_field(label: Any, *, rows: int = 5, help_text: Any = "") -> forms.CharField:
    """Several lines of words."""
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": TEXT_LENGTH})
    return forms.CharField(label=label, help_text=help_text, widget=widget)


def ways(names: Iterable[str]) -> list[tuple[str, Any]]:
    """These channels with their words, as choices."""
    return [(name, Channel(name).label) for name in names]


class QuestionForm(PageForm):
    """What a signed-in person asks."""

    topic = forms.ChoiceField(label=_("What is it about?"), choices=Conversation.Topic.choices)
    words = text_field(_("Your question"))
    channel = forms.ChoiceField(label=_("How shall we answer?"))

    def __init__(self, *args: Any, channels: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = ways(channels)  # type: ignore[attr-defined]


class VisitorQuestionForm(QuestionForm):
    """The same from somebody who is not signed in: a name and an address besides."""

    name = forms.CharField(
        label=_("Your name"), max_length=80, widget=forms.TextInput({"autocomplete": "name"})
    )
    email = forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The answer and the link to the conversation go there."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        help_text=_("Only if you want to be called."),
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
    )
    # People do not see this one; programs that fill in every field give themselves away.
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off"}),
    )
    field_order = ("name", "email", "topic", "words", "channel", "phone", "website")

    @property
    def is_trap_sprung(self) -> bool:
        """Whether a program filled in what nobody sees."""
        return bool(self.data.get("website"))


class WriteForm(PageForm):
    """One more message of the person."""

    words = text_field(_("Your message"), rows=4)


class ChannelForm(PageForm):
    """How to be answered from now on."""

    channel = forms.ChoiceField(label=_("How shall we answer?"))

    def __init__(self, *args: Any, channels: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = ways(channels)  # type: ignore[attr-defined]


class AnswerForm(PageForm):
    """Staff answer by the way the person chose when the form was shown."""

    channel = forms.CharField(widget=forms.HiddenInput())
    canned = forms.ChoiceField(label=_("Canned answer"), required=False)
    words = text_field(_("Answer"))

    def __init__(self, *args: Any, canned: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Choose")), *canned]
        self.fields["canned"].choices = choices  # type: ignore[attr-defined]


class CallForm(PageForm):
    """A call of the person about this conversation."""

    caller = forms.CharField(
        label=_("Who called"),
        max_length=200,
        required=False,
        help_text=_("Empty means the person."),
    )
    words = text_field(_("What was said"), rows=3)


class NewCallForm(PageForm):
    """A call of somebody who has no conversation yet."""

    name = forms.CharField(label=_("Who called"), max_length=200)
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput({"type": "tel"})
    )
    email = forms.CharField(
        label=_("E-mail address"), max_length=254, required=False, widget=forms.EmailInput()
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=[("id", "Bahasa Indonesia"), ("en", "English")]
    )
    topic = forms.ChoiceField(label=_("What is it about?"), choices=Conversation.Topic.choices)
    words = text_field(_("What was said"))


class OpeningForm(PageForm):
    """Break-glass: on which ground, and what happened, in one sentence."""

    ground = forms.ChoiceField(label=_("Ground"), choices=Opening.Ground.choices)
    reason = forms.CharField(
        label=_("What happened, in one sentence"),
        max_length=REASON_LENGTH,
        help_text=_("The person reads this sentence."),
    )
