"""What the forms of people share: the look's fields, and a service's refusals on them."""

from collections.abc import Mapping
from typing import Any

from django import forms

from privacy.cards import card_refuse
from privacy.errors import DomainError


class PageForm(forms.Form):
    """Fields drawn by frontend/account/field.html; errors come from the services.

    Text that holds a payment card number is refused in every field (promise P32).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            widget = field.widget
            if not isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
                widget.attrs.setdefault("class", "input")
            if isinstance(field, forms.CharField) and not isinstance(widget, forms.PasswordInput):
                field.validators.append(card_refuse)
            if self.prefix is None:
                widget.attrs.setdefault("id", f"{self.slug}-{name}")

    @property
    def slug(self) -> str:
        """Begins the ids of this form's fields, so that two forms share a page."""
        return type(self).__name__.removesuffix("Form").lower()

    def refuse(self, error: DomainError) -> None:
        """Show a service's refusal: each broken rule at its field, the rest above the form."""
        placed = False
        for rule in error.broken:
            if rule.field in self.fields:
                self.add_error(rule.field, rule.detail)
                placed = True
        if not placed:
            self.add_error(None, error.detail)

    def text(self, *names: str) -> Mapping[str, str]:
        """The cleaned values of these fields."""
        return {name: str(self.cleaned_data.get(name) or "") for name in names}


def password_field(label: Any, *, new: bool, help_text: Any = "") -> forms.CharField:
    """A password as browsers and password managers understand it; spaces belong to it."""
    attrs = {"autocomplete": "new-password" if new else "current-password"}
    return forms.CharField(
        label=label,
        strip=False,
        max_length=1000,
        help_text=help_text,
        widget=forms.PasswordInput(attrs=attrs),
    )
