"""{% load amounts %}: how money is written (billing/formats.py)."""

from django import template

from billing import formats

register = template.Library()


@register.filter
def money(amount: int, currency: str) -> str:
    """Rp249.750."""
    return formats.money(amount, currency)
