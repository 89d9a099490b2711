"""Policy and terms: the present text, every version, and the difference between two."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontend import policy_pages
from frontend.formats import language
from privacy import clock, policy
from privacy.held import held_table
from privacy.policy_diff import difference


@dataclass(frozen=True)
class Entry:
    """A version in the list: since when it is in force, and what it is now."""

    version: policy.Version
    title: str
    summary: str
    since: datetime | None
    state: str

    @property
    def digest(self) -> str:
        """The version's hash, shortened for the eye."""
        return f"{self.version.hash[:8]}…{self.version.hash[-8:]}"


@require_safe
def text(request: HttpRequest, document: str, number: int | None = None) -> HttpResponse:
    """One version, the one in force unless another is named, with the list of all."""
    history = entries(document)
    present = next(entry for entry in history if entry.state == "present")
    version = policy.version_get(document, number) if number is not None else present.version
    entry = next(entry for entry in history if entry.version is version)
    context = {
        "document": document,
        "entry": entry,
        "present": present,
        "history": history,
        "sections": policy_pages.sections(version, language()),
        "held": held_table(language()) if document == policy.POLICY else [],
    }
    return render(request, "frontend/privacy/policy.html", context)


@require_safe
def compare(request: HttpRequest, document: str) -> HttpResponse:
    """What changed between two versions, sentence by sentence."""
    history = entries(document)
    newest = len(policy.versions()[document])
    old = _asked(request, "from", document, max(newest - 1, 1))
    new = _asked(request, "to", document, newest)
    found = difference(old, new, language())
    context = {
        "document": document,
        "title": new.titles[language()],
        "history": history,
        "old": old,
        "new": new,
        "sections": found,
        "count": sum(section.count for section in found),
    }
    return render(request, "frontend/privacy/policy_compare.html", context)


@require_safe
def source(request: HttpRequest, document: str, number: int, tongue: str) -> HttpResponse:
    """The file as it is hashed, for whoever wants to keep or check it."""
    version = policy.version_get(document, number)
    if tongue not in version.sources:
        raise Http404
    response = HttpResponse(version.sources[tongue], content_type="text/markdown; charset=utf-8")
    name = f"{document}-{number}.{tongue}.md"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def entries(document: str) -> list[Entry]:
    """Every version, the newest first."""
    times = policy.timeline(document)
    now = clock.now()
    present = times.at(now)
    tongue = language()
    found = [
        Entry(
            version,
            version.titles[tongue],
            version.summaries[tongue],
            version.effective_at if number == 0 else since,
            _state(version, since, present, now),
        )
        for number, (version, since) in enumerate(zip(times.versions, times.starts, strict=True))
    ]
    return found[::-1]


def _state(
    version: policy.Version, since: datetime | None, present: policy.Version, now: datetime
) -> str:
    if version is present:
        return "present"
    if since is None:
        return "draft"
    return "announced" if since > now else "past"


def _asked(request: HttpRequest, name: str, document: str, default: int) -> policy.Version:
    raw = request.GET.get(name, "")
    number = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 7 else default
    return policy.version_get(document, number)
