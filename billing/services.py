"""Writes of prices: a plan, and its tariffs from a day on; what was in force never changes."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import line_clean
from billing.errors import PriceRefused
from billing.models import RatePlan, Tariff
from privacy.errors import Broken, NotAllowed, NotFound

#: Beyond any price per hour anybody pays; keeps sums within the database's integers.
MOST_AMOUNT = 10_000_000_000


def rate_plan_save(*, actor: User, name: str, plan_id: UUID | None = None) -> RatePlan:
    """Create a plan in rupiah with PPN on top, or rename one."""
    _require(actor)
    clean = line_clean(name, field="name", required=True, most=120)
    try:
        with transaction.atomic(durable=True):
            plan = RatePlan() if plan_id is None else _plan(plan_id)
            plan.name = clean
            plan.save()
    except IntegrityError:
        detail = _("There is a rate plan of this name already.")
        raise PriceRefused([Broken("exists", detail, "name")]) from None
    return plan


def tariff_add(
    *,
    actor: User,
    plan_id: UUID,
    valid_from: date,
    today: date,
    hour_amount: int,
    half_day_amount: int | None = None,
    day_amount: int | None = None,
) -> Tariff:
    """New prices of a plan from a day on, in minor units; `today` is the earliest day allowed.

    Bookings already made keep the price they were made at.
    """
    _require(actor)
    _check(valid_from, today, hour_amount, half_day_amount, day_amount)
    try:
        with transaction.atomic(durable=True):
            return Tariff.objects.create(
                plan=_plan(plan_id),
                valid_from=valid_from,
                hour_amount=hour_amount,
                half_day_amount=half_day_amount,
                day_amount=day_amount,
            )
    except IntegrityError:
        detail = _("There is a tariff from this day already; choose another day.")
        raise PriceRefused([Broken("exists", detail, "valid_from")]) from None


def _check(valid_from: date, today: date, *amounts: int | None) -> None:
    broken = []
    if valid_from < today:
        detail = _("A price cannot change in the past; begin today or later.")
        broken.append(Broken("in_past", detail, "valid_from"))
    if valid_from.year > today.year + 5:
        detail = _("This is more than five years ahead.")
        broken.append(Broken("too_far_ahead", detail, "valid_from"))
    fields = ("hour_amount", "half_day_amount", "day_amount")
    for field, amount in zip(fields, amounts, strict=True):
        if amount is not None and not 0 <= amount <= MOST_AMOUNT:
            broken.append(Broken("bad_amount", _("This is no price."), field))
    if broken:
        raise PriceRefused(broken)


def _plan(plan_id: UUID) -> RatePlan:
    plan = RatePlan.objects.select_for_update().filter(id=plan_id).first()
    if plan is None:
        raise NotFound(_("There is no such rate plan."))
    return plan


def _require(actor: User) -> None:
    if not actor.may("billing.manage_rates"):
        raise NotAllowed(_("Your role does not include prices."))
