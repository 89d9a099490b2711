"""Templates keep to the floors, as imports do: a mail never needs the app of the pages."""

import re
from pathlib import Path

import pytest
from django.template import engines
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
#: From the ground up; each may use itself and what stands before it.
FLOORS = ("privacy", "accounts", "billing", "reservations", "support", "frontend")
LOAD = re.compile(r"{%-?\s*load\s+([^%]*?)\s*%}")
OTHER = re.compile(r"{%-?\s*(?:extends|include)\s+[\"']([^\"']+)[\"']")
OWN = [floor for floor in FLOORS if (ROOT / floor).is_dir()]


def templates(floor: str) -> list[Path]:
    """Every template of an app, letters in plain text included."""
    return [path for path in sorted((ROOT / floor / "templates").rglob("*.*")) if path.is_file()]


def floor_of(name: str) -> str:
    """The app a dotted module or a path below the root belongs to."""
    return re.split(r"[./]", name)[0]


def upper(floor: str, name: str) -> bool:
    """Whether what is named lies on a higher floor than this one."""
    other = floor_of(name)
    return other in FLOORS and FLOORS.index(other) > FLOORS.index(floor)


def strays(floor: str) -> list[str]:
    """Libraries and templates of upper floors that this floor's templates use."""
    libraries = engines["django"].engine.libraries  # type: ignore[attr-defined]
    found = []
    for path in templates(floor):
        text = path.read_text()
        names = [name for load in LOAD.findall(text) for name in load.split() if name != "from"]
        used = [libraries[name] for name in names if name in libraries]
        for other in OTHER.findall(text):
            origin = Path(get_template(other).origin.name)
            if origin.is_relative_to(ROOT):
                used.append(str(origin.relative_to(ROOT)))
        found += [f"{path.relative_to(ROOT)}: {name}" for name in used if upper(floor, name)]
    return found


@pytest.mark.parametrize("floor", OWN)
def test_templates_use_their_own_floor_and_those_below(floor: str) -> None:
    assert strays(floor) == []


def test_a_template_of_the_pages_on_a_lower_floor_would_be_found() -> None:
    assert upper("reservations", "frontend.templatetags.ruang")
    assert not upper("reservations", "privacy.templatetags.formats")
    assert len(templates("reservations")) > 30
    assert any(LOAD.findall(path.read_text()) for path in templates("reservations"))
