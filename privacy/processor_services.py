"""Writes of the processor register, each with its line in the history."""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from babel import Locale
from django.db import transaction
from django.utils.translation import gettext as _

from privacy.actors import Actor, require
from privacy.categories import CATEGORIES
from privacy.errors import Broken, DomainError, NotFound, Stale
from privacy.models import Processor, ProcessorEvent
from privacy.processors import is_tagged, services

ACT: Final = "privacy.manage_processors"
Verb = ProcessorEvent.Verb


class ProcessorRefused(DomainError):
    """An entry that cannot stand; `broken` names the field of each reason."""

    code = "processor_refused"


@dataclass(frozen=True)
class ProcessorFacts:
    """What an entry says. Empty region or mechanism: not known yet, so its service waits."""

    name: str
    service: str
    contract_from: date
    contract_until: date | None = None
    region: str = ""
    mechanism: str = ""
    contact: str = ""
    categories: list[str] = field(default_factory=list)


def processor_add(*, actor: Actor | None, facts: ProcessorFacts) -> Processor:
    """Enter a processor; `actor` is None for the installation itself (a command).

    Raises NotAllowed, ProcessorRefused.
    """
    if actor is not None:
        require(actor, ACT)
    _check(facts)
    with transaction.atomic():
        made = Processor.objects.create(**vars(facts))
        _note(made, Verb.ADDED, actor)
    return made


def processor_change(
    *, actor: Actor, processor_id: UUID, version: int, facts: ProcessorFacts
) -> Processor:
    """Renew a contract or correct an entry. What waited for it leaves with the next sweep.

    Raises NotAllowed, NotFound, Stale, ProcessorRefused (also for one that has ended).
    """
    require(actor, ACT)
    _check(facts)
    with transaction.atomic():
        row = _locked(processor_id, version)
        for name, value in vars(facts).items():
            setattr(row, name, value)
        row.version += 1
        row.save()
        _note(row, Verb.CHANGED, actor)
    return row


def processor_end(*, actor: Actor, processor_id: UUID, version: int) -> Processor:
    """End the work with a processor now; its service waits unless another one does it.

    Raises NotAllowed, NotFound, Stale, ProcessorRefused when it has ended already.
    """
    require(actor, ACT)
    with transaction.atomic():
        row = _locked(processor_id, version)
        row.state, row.version = Processor.State.ENDED, row.version + 1
        row.save(update_fields=["state", "version"])
        _note(row, Verb.ENDED, actor)
    return row


def known_categories() -> list[str]:
    """The categories of personal data that the data map knows, sorted."""
    return sorted(CATEGORIES)


@lru_cache(maxsize=1)
def known_regions() -> frozenset[str]:
    """ISO 3166-1 codes of two letters, and EU."""
    names = (str(code) for code in Locale("en").territories)
    codes = {code for code in names if len(code) == 2 and code.isalpha()}
    return frozenset(codes - {"ZZ", "EZ", "UN", "QO", "XA", "XB"})


def _check(facts: ProcessorFacts) -> None:
    broken: list[Broken] = []

    def refuse(field_name: str, code: str, detail: str) -> None:
        broken.append(Broken(code, detail, field_name))

    if not facts.name.strip():
        refuse("name", "required", _("Write the company's name."))
    if facts.service not in services():
        refuse("service", "unknown_service", _("Choose one of the services."))
    if facts.contract_until is not None and facts.contract_until < facts.contract_from:
        refuse("contract_until", "ends_before", _("The contract must end after it begins."))
    if facts.region and facts.region not in known_regions():
        refuse("region", "unknown_region", _("Write the country's two letters, e.g. ID or SG."))
    elif facts.region and facts.mechanism and not is_tagged(facts.region, facts.mechanism):
        words = _("“In Indonesia” is right for ID, and for ID alone.")
        refuse("mechanism", "mechanism_unfit", words)
    if set(facts.categories) - set(known_categories()):
        refuse("categories", "unknown_category", _("Choose from the categories of the data map."))
    if broken:
        raise ProcessorRefused(" ".join(each.detail for each in broken), broken=broken)


def _locked(processor_id: UUID, version: int) -> Processor:
    row = Processor.objects.select_for_update(no_key=True).filter(id=processor_id).first()
    if row is None:
        raise NotFound(_("There is no such processor."))
    if row.version != version:
        words = _("Somebody changed this entry in the meantime. Look at it, then save again.")
        raise Stale(words, extra={"difference": {"version": row.version}})
    if row.state == Processor.State.ENDED:
        raise ProcessorRefused(_("The work with this processor has ended; add a new entry."))
    return row


def _note(row: Processor, verb: str, actor: Actor | None) -> None:
    data: dict[str, Any] = {
        "contract_from": row.contract_from.isoformat(),
        "contract_until": row.contract_until.isoformat() if row.contract_until else "",
        "region": row.region,
        "mechanism": row.mechanism,
    }
    who = actor.subject_id if actor is not None else None
    ProcessorEvent.objects.create(processor=row, verb=verb, actor_id=who, data=data)
