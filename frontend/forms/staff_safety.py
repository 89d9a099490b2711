"""Forms of the privacy officers' watch: an audit that was done."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms.account_base import PageForm


class AuditForm(PageForm):
    """When it was done, how much was found, where the report lies."""

    done_on = forms.DateField(
        label=_("Done on"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    findings = forms.IntegerField(
        label=_("Findings"),
        min_value=0,
        max_value=9999,
        help_text=_("How many points need mending; 0 when none."),
    )
    report = forms.CharField(
        label=_("Where the report lies"),
        max_length=200,
        help_text=_("A place or number, e.g. safe, shelf 3. Not the contents."),
    )

    def values(self) -> dict[str, "date | int | str"]:
        """What the service takes."""
        return {name: self.cleaned_data[name] for name in ("done_on", "findings", "report")}
