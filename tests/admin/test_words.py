"""The back office speaks Indonesian to whoever reads it in Indonesian, to the last label."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import unfold
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.test import RequestFactory
from django.utils import translation

from accounts.roles import ADMIN
from frontend.catalogues import messages_of
from privacy.datamap import ROLES
from tests.cast import Cast

#: The same in both languages.
SAME = {"ID"}
#: Pages of django-unfold that this back office has not: its sign-in, its passwords, its
#: command palette and dashboard components, and packages it can be joined with.
ELSEWHERE = (
    "templates/admin/login",
    "templates/admin/auth/",
    "templates/unfold/helpers/command",
    "templates/unfold/helpers/search",
    "templates/unfold/widgets/password_toggle",
    "templates/unfold/helpers/welcomemsg",
    "templates/unfold_crispy/",
    "contrib/",
    "mixins/",
    "forms.py",
    "widgets.py",
    "templatetags/unfold.py",
)
#: Floors and tariffs have no page of their own: they are rows of another form.
PAGES = sorted(name for name in ADMIN if apps.get_model(name) in admin.site._registry)


def in_language(language: str, text: Any) -> str:
    """A lazy text, or a message, in one language."""
    with translation.override(language):
        return str(text) if not isinstance(text, str) else translation.gettext(text)


def labels(model: type[Any], request: Any) -> Iterator[Any]:
    """Every label that pages of a model show: its names, columns, fields and actions."""
    site = admin.site._registry[model]
    meta = model._meta
    yield from (meta.verbose_name, meta.verbose_name_plural)
    yield apps.get_app_config(meta.app_label).verbose_name
    for inline in site.get_inline_instances(request):
        yield from rows(inline)
    for name in (*site.get_list_display(request), *flat(site.get_fieldsets(request))):
        try:
            yield label_for_field(name, model, site)
        except AttributeError:
            yield site.get_form(request)().fields[name].label  # the form's own
    yield from (words for _call, _name, words in site.get_actions(request).values())


def rows(inline: Any) -> Iterator[Any]:
    """The names of a model that is shown as rows in another's form, and of its columns."""
    meta = inline.model._meta
    yield from (meta.verbose_name, meta.verbose_name_plural)
    yield from (
        meta.get_field(name).verbose_name for name in inline.fields or inline.form._meta.fields
    )


def flat(fieldsets: Any) -> list[str]:
    """The names of a form's fields."""
    return [name for _title, options in fieldsets for name in options["fields"]]


def shown(model: type[Any], language: str) -> list[str]:
    """The labels as a page in one language shows them; DRF and Django capitalise some."""
    request = RequestFactory().get("/")
    request.user = Anyone()  # type: ignore[assignment]
    with translation.override(language):
        return [str(label).lower() for label in labels(model, request)]


class Anyone:
    """A person who may do everything and see every field."""

    working_roles = tuple(sorted(ROLES))

    def may(self, act: str) -> bool:
        return True

    def has_perm(self, permission: str, row: object = None) -> bool:
        return True


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_every_label_has_its_indonesian(cast: Cast, name: str) -> None:
    model = apps.get_model(name)
    english, indonesian = shown(model, "en"), shown(model, "id")
    assert len(english) > 4  # its names, and more than one label
    same = {
        one
        for one, other in zip(english, indonesian, strict=True)
        if one == other and one not in {word.lower() for word in SAME}
    }
    assert same == set(), f"give these labels of {name} a translation"


def package_messages() -> Iterator[str]:
    """What the pages of django-unfold that we have ask to translate."""
    folder = Path(unfold.__file__).parent
    for key, found in messages_of(folder).items():
        files = [path.removeprefix("unfold/") for path in found.files]
        if not all(path.startswith(ELSEWHERE) for path in files):
            yield key.singular


def test_what_the_package_says_has_its_indonesian() -> None:
    messages = list(package_messages())
    assert {"Type to search", "Select all rows", "Filters"} <= set(messages)
    lacking = [text for text in messages if in_language("id", text) == text and text not in SAME]
    assert lacking == []
