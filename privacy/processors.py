"""The processor register: nothing leaves over a service without a contract in force.

A service is what a processor does for us ("email"); code asks `service_trouble(service)`
before anything leaves over it. The answer is "" or why not, as a stable code: nobody is
registered, the contract has not begun or has run out, or region and ground of the transfer
are not known (promises P30, P34). Several processors may do one service, e.g. in the weeks
of a change; one that is in order is enough.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privacy import clock
from privacy.models import Processor

#: Contracts end at midnight of the operator's calendar.
OPERATOR_ZONE: Final = ZoneInfo("Asia/Jakarta")
#: Staff are told so many days before a contract ends, and when it has ended.
WARN_DAYS: Final = (30, 7, 1)

NO_PROCESSOR: Final = "no_processor"
EXPIRED: Final = "processor_expired"
NOT_BEGUN: Final = "processor_not_begun"
UNTAGGED: Final = "processor_untagged"

REASONS: Final[Mapping[str, Promise]] = {
    NO_PROCESSOR: _("No processor is registered for it."),
    EXPIRED: _("The contract has run out."),
    NOT_BEGUN: _("The contract has not begun yet."),
    UNTAGGED: _("It is not known where the data lies, or on what ground."),
}


@dataclass(frozen=True)
class Service:
    """Something that others do for us. `stops`: what waits when no contract is in force."""

    code: str
    label: str | Promise
    stops: str | Promise = ""


_services: dict[str, Service] = {}


def register_service(service: Service) -> None:
    """Make a service known, when the apps are ready; the same one twice is no harm."""
    if _services.get(service.code, service) != service:
        raise ValueError(f"The service {service.code!r} is registered twice.")
    _services[service.code] = service


def services() -> Mapping[str, Service]:
    """All registered services, by code."""
    return _services


def today() -> date:
    """The day by the operator's calendar."""
    return clock.now().astimezone(OPERATOR_ZONE).date()


def trouble_of(processor: Processor, day: date) -> str:
    """Why nothing may go to this processor on the day, as a stable code, or "". Pure."""
    if processor.state != Processor.State.ACTIVE:
        return NO_PROCESSOR
    if processor.contract_from > day:
        return NOT_BEGUN
    if processor.contract_until is not None and processor.contract_until < day:
        return EXPIRED
    return "" if is_tagged(processor.region, processor.mechanism) else UNTAGGED


def is_tagged(region: str, mechanism: str) -> bool:
    """Whether place and ground of the transfer are both known and fit each other."""
    if not region or not mechanism:
        return False
    return (mechanism == Processor.Mechanism.DOMESTIC) == (region == "ID")


def service_trouble(service: str) -> str:
    """Why nothing may leave over the service now, as a stable code, or "". One statement."""
    return troubles_of(Processor.objects.filter(service=service), [service])[service]


def services_in_trouble(codes: Iterable[str]) -> dict[str, str]:
    """Those of the services over which nothing may leave now, with the reason; one statement."""
    wanted = list(codes)
    found = troubles_of(Processor.objects.filter(service__in=wanted), wanted)
    return {code: reason for code, reason in found.items() if reason}


def troubles_of(rows: Iterable[Processor], codes: Sequence[str]) -> dict[str, str]:
    """Per service its reason or "": the best of its processors counts, else the newest's."""
    day, found = today(), dict.fromkeys(codes, NO_PROCESSOR)
    for row in sorted(rows, key=lambda each: each.id):
        reason = trouble_of(row, day)
        if row.service not in found or found[row.service] == "":
            continue
        if reason != NO_PROCESSOR:
            found[row.service] = reason
    return found


def days_left(processor: Processor) -> int | None:
    """Whole days until the contract's last day; negative once it is over; None without end."""
    if processor.contract_until is None:
        return None
    return (processor.contract_until - today()) // timedelta(days=1)
