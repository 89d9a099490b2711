"""Forms of organisations."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from frontend.forms.account_base import PageForm
from frontend.forms.account_people import email_field


class OrganisationForm(PageForm):
    """The name."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("As it stands on invoices."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )


class InviteForm(PageForm):
    """Whom to invite, and as what."""

    email = email_field(_("E-mail"), "off")
    role = forms.ChoiceField(
        label=_("Role"), choices=Membership.Role.choices, initial=Membership.Role.MEMBER
    )
