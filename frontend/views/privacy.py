"""The privacy page that leads to the others, and the promises with their proof."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontend import hub as entries
from frontend.formats import language
from privacy.promises import GROUPS, Promise, Report, State, report


@require_safe
def hub(request: HttpRequest) -> HttpResponse:
    """Where everything about privacy is."""
    context = {"own": entries.links(own=True), "public": entries.links(own=False)}
    return render(request, "frontend/privacy/hub.html", context)


@require_safe
def promises(request: HttpRequest) -> HttpResponse:
    """Every promise, where it is kept, its tests with their last result; by group if asked."""
    found = report()
    group = request.GET.get("group", "")
    chosen = group if group in GROUPS else ""
    context = {
        "report": found,
        "proved": found.count(State.PROVED),
        "broken": found.count(State.BROKEN),
        "tests": _tests_passed(found),
        "groups": [(code, label, code == chosen) for code, label in GROUPS.items()],
        "chosen": chosen,
        "rows": [_row(each) for each in found.promises if chosen in {"", each.group}],
    }
    return render(request, "frontend/privacy/promises.html", context)


def _tests_passed(found: Report) -> int:
    """How many tests passed; one that proves two promises counts once."""
    return len({test.name for each in found.promises for test in each.tests if test.passed})


def _row(promise: Promise) -> dict[str, object]:
    figures = [(figure.label, figure.value()) for figure in promise.figures]
    return {
        "promise": promise,
        "words": promise.words[language()],
        "group": GROUPS[promise.group],
        "figures": figures,
    }
