"""Forms of signing in, registering and the profile."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from frontend.forms.account_base import PageForm, password_field

NEW_PASSWORD_HINT = _("At least 10 characters. A sentence is fine.")


def email_field(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    """An address as text: whether it is one, the service says."""
    widget = forms.EmailInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=254, widget=widget, help_text=help_text)


class SignInForm(PageForm):
    """Address and password; both or neither fit."""

    email = email_field(_("E-mail"), "username")
    password = password_field(_("Password"), new=False)
    remember = forms.BooleanField(label=_("Stay signed in here for 14 days"), required=False)


class RegisterForm(PageForm):
    """A new account."""

    full_name = forms.CharField(
        label=_("Full name"),
        max_length=200,
        help_text=_("The front desk greets you by it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = email_field(_("E-mail"), "email")
    phone = forms.CharField(
        label=_("Phone (optional)"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    password = password_field(_("Password"), new=True, help_text=NEW_PASSWORD_HINT)
    # Never ticked beforehand; whether it must be, the service says (promise P64).
    accept = forms.BooleanField(required=False)


class ResetForm(PageForm):
    """Where to send the link."""

    email = email_field(_("E-mail"), "username")


class NewPasswordForm(PageForm):
    """The new password of a reset link."""

    password = password_field(_("New password"), new=True, help_text=NEW_PASSWORD_HINT)


class ChangePasswordForm(PageForm):
    """The present password and a new one."""

    current = password_field(_("Present password"), new=False)
    password = password_field(_("New password"), new=True, help_text=NEW_PASSWORD_HINT)


class AddressForm(PageForm):
    """A new e-mail address, and the password once more."""

    email = email_field(_("New e-mail address"), "email")
    password = password_field(_("Present password"), new=False)

    def __init__(self, *args: Any, has_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_password:
            del self.fields["password"]


def _zones() -> list[tuple[str, str]]:
    """Indonesia's zones first, then the rest of the world by name."""
    home = ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]
    rest = sorted(name for name in available_timezones() if "/" in name and name not in home)
    return [(name, name.replace("_", " ")) for name in [*home, *rest] if name[:4] != "Etc/"]


class ProfileForm(PageForm):
    """What a person says about themselves."""

    full_name = forms.CharField(
        label=_("Full name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        help_text=_("Only for the front desk, when something about your booking changes."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    institution = forms.CharField(
        label=_("Institution"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=_zones,
        help_text=_("Shown beside the building's own time where the two differ."),
    )


class PictureForm(PageForm):
    """A picture file; its content is judged by the service."""

    picture = forms.FileField(
        label=_("New picture"),
        help_text=_("JPEG, PNG or WebP, at most 5 MB. Place and camera data are removed."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


class CodeForm(PageForm):
    """A code of the second factor."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True}
        ),
    )


class TokenForm(PageForm):
    """A new API key."""

    name = forms.CharField(label=_("What is it for?"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=_("It may"), widget=forms.CheckboxSelectMultiple, required=False
    )
    days = forms.ChoiceField(
        label=_("Valid for"),
        choices=[("30", _("30 days")), ("90", _("90 days")), ("365", _("one year"))],
        initial="90",
    )

    def __init__(self, *args: Any, scopes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scopes"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = scopes
