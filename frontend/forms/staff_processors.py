"""The form of a processor's entry."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms.account_base import PageForm
from privacy.models import Processor
from privacy.processor_services import ProcessorFacts, known_categories
from privacy.processors import services
from privacy.words import category_words

UNKNOWN = ("", _("Not known yet"))


class ProcessorForm(PageForm):
    """Who does what for us, under which contract, where."""

    name = forms.CharField(label=_("Company"), max_length=120)
    service = forms.ChoiceField(label=_("Service"))
    contract_from = forms.DateField(
        label=_("Contract from"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    contract_until = forms.DateField(
        label=_("Contract until"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day it holds. Empty: no fixed end."),
    )
    region = forms.CharField(
        label=_("Where the data lies"),
        required=False,
        max_length=2,
        widget=forms.TextInput({"autocapitalize": "characters", "autocomplete": "off"}),
        help_text=_("The country’s two letters, e.g. ID or SG; EU for the union."),
    )
    mechanism = forms.ChoiceField(
        label=_("Ground of the transfer"),
        required=False,
        choices=[UNKNOWN, *Processor.Mechanism.choices],
    )
    contact = forms.EmailField(
        label=_("Address for privacy matters"),
        required=False,
        max_length=254,
        help_text=_("An office’s address, not a person’s."),
    )
    categories = forms.MultipleChoiceField(
        label=_("Data they get to see"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code, service.label) for code, service in services().items()]
        self.fields["service"].choices = choices  # type: ignore[attr-defined]
        self.fields["categories"].choices = [  # type: ignore[attr-defined]
            (code, category_words(code)) for code in known_categories()
        ]

    def facts(self) -> ProcessorFacts:
        """What the services take."""
        cleaned = self.cleaned_data
        return ProcessorFacts(
            name=cleaned["name"],
            service=cleaned["service"],
            contract_from=cleaned["contract_from"],
            contract_until=cleaned["contract_until"],
            region=cleaned["region"].upper(),
            mechanism=cleaned["mechanism"],
            contact=cleaned["contact"],
            categories=cleaned["categories"],
        )


def processor_initial(row: Processor) -> dict[str, Any]:
    """An entry as its form shows it."""
    names = (
        "name", "service", "contract_from", "contract_until", "region", "mechanism", "contact",
        "categories",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}
