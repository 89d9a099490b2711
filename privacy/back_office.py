"""The back office under the data map: masked by role, exported by role, every look noted.

An admin class of a table with personal data inherits `MaskedAdmin` and says why staff look:

    class MessageAdmin(MaskedAdmin, ModelAdmin):
        access_purpose = "delivery"                       # of the list and its export
        access_purposes = ("delivery", "request")         # one of them is stated for a record
        computed = {"period": ("starts_at", "ends_at")}   # columns made of several fields

A field that the map hides from all roles of the reader shows a sentence in its place; it
cannot be sorted, filtered or searched by, and is not exported (promise P45).
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar, Final

from django.contrib import messages
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db.models import Model, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from privacy import clock, datamap
from privacy.access import OCCASIONS, access_note
from privacy.alerts import export_note
from privacy.masking import not_shown, visible_fields

#: More rows than anybody reads; a larger export is a job for the report of its area.
MOST_ROWS: Final = 5000
#: What a spreadsheet would take for a formula at the beginning of a cell (OWASP, CSV injection).
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


class MaskedFields:
    """Shows the fields of one table as the map allows them; for pages and inlines alike."""

    model: type[Model]
    computed: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def fields_behind(self, name: Any) -> tuple[str, ...]:
        """The fields a column is made of: of the table itself for a plain name."""
        return self.computed.get(name, (name,)) if isinstance(name, str) else ()

    def hides(self, request: Any, path: str) -> bool:
        """Whether a path from this table ("user__email") crosses a field hidden from the reader."""
        model: Any = self.model
        for step in path.split(LOOKUP_SEP):
            if step == "pk":
                return False
            try:
                field = model._meta.get_field(step)
            except FieldDoesNotExist:
                return False
            if field.concrete and field.name not in visible_fields(
                request.user.working_roles, model._meta.label
            ):
                return True
            if not field.is_relation or field.related_model is None:
                return False
            model = field.related_model
        return False

    def covers(self, request: Any, name: Any) -> bool:
        """Whether a column must be covered."""
        return any(self.hides(request, path) for path in self.fields_behind(name))

    def masked_names(self, request: Any, names: Iterable[Any]) -> list[Any]:
        """The names, with a column that says "not shown" in the place of each hidden one."""
        return [
            hidden_column(name, self.label_of(name)) if self.covers(request, name) else name
            for name in names
        ]

    def label_of(self, name: str) -> str:
        """What a column is called."""
        admin: Any = self
        return str(label_for_field(name, self.model, admin))

    def personal_names(self, request: Any, names: Iterable[Any]) -> list[str]:
        """Which personal fields of the table these columns show to the reader."""
        declared = datamap.entries()[self.model._meta.label_lower].fields
        shown = (path for name in names for path in self.fields_behind(name))
        return [
            path
            for path in dict.fromkeys(shown)
            if isinstance(declared.get(path), datamap.Personal) and not self.hides(request, path)
        ]

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        """The detail's fields, masked."""
        return self.masked_names(request, super().get_fields(request, obj))  # type: ignore[misc]

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        """The same columns must be found among the read-only ones."""
        names = super().get_readonly_fields(request, obj)  # type: ignore[misc]
        listed = self.masked_names(request, super().get_fields(request, obj))  # type: ignore[misc]
        return [*names, *(name for name in listed if callable(name))]


class MaskedAdmin(MaskedFields):
    """Lists, records, filters, search and export of one table, masked and noted."""

    #: Why the list is looked at, and what may be stated for one record (privacy/access.py).
    access_purpose: ClassVar[str] = ""
    access_purposes: ClassVar[tuple[str, ...]] = ()

    def get_list_display(self, request: Any) -> Any:
        """The columns, masked."""
        return self.masked_names(request, super().get_list_display(request))  # type: ignore[misc]

    def get_list_filter(self, request: Any) -> Any:
        """Only what the reader may see can be filtered by."""
        wanted = super().get_list_filter(request)  # type: ignore[misc]
        return [name for name in wanted if not self.hides(request, _path_of(name))]

    def get_search_fields(self, request: Any) -> Any:
        """Only what the reader may see can be searched for."""
        wanted = super().get_search_fields(request)  # type: ignore[misc]
        return [name for name in wanted if not self.hides(request, name.lstrip("=^@"))]

    def get_ordering(self, request: Any) -> Any:
        """A hidden order would tell what is hidden."""
        wanted = super().get_ordering(request)  # type: ignore[misc]
        shown = [name for name in wanted if not self.hides(request, str(name).lstrip("-"))]
        return shown or ("-pk",)

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Nobody asks through the address what the list does not show."""
        if request is not None and self.hides(request, lookup):
            return False
        return bool(super().lookup_allowed(lookup, value, request))  # type: ignore[misc]

    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        """The list; the people in it are told who looked."""
        answer = super().changelist_view(request, extra_context)  # type: ignore[misc]
        listed = (getattr(answer, "context_data", None) or {}).get("cl")
        if listed is not None:
            names = [name for name in listed.list_display if isinstance(name, str)]
            self.note(request, [row.pk for row in listed.result_list], names, self.access_purpose)
        return answer

    def changeform_view(
        self, request: Any, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """A record; for one about a person its purpose is stated first, unless there is but one."""
        if object_id and self.access_purposes and request.method != "POST":
            row = self.get_object(request, object_id)  # type: ignore[attr-defined]
            if row is not None:
                if not self.has_view_or_change_permission(request, row):  # type: ignore[attr-defined]
                    raise PermissionDenied
                purpose = self.stated_purpose(request)
                if not purpose:
                    return self.purpose_page(request, row)
                names = [name for name in self.get_fields(request, row) if isinstance(name, str)]
                self.note(request, [row.pk], names, purpose)
        return super().changeform_view(request, object_id, form_url, extra_context)  # type: ignore[misc]

    def stated_purpose(self, request: Any) -> str:
        """What the reader said, if it is one of the list; the only one when there is one."""
        if len(self.access_purposes) == 1:
            return self.access_purposes[0]
        said = request.GET.get("purpose", "")
        return said if said in self.access_purposes else ""

    def purpose_page(self, request: Any, row: Model) -> TemplateResponse:
        """Asks why the record is opened, before anything of it is shown."""
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": _("Why do you open this record?"),
            "opts": self.model._meta,
            "row": row.pk,
            "purposes": [OCCASIONS[code] for code in self.access_purposes],
            "wrong": "purpose" in request.GET,
        }
        return TemplateResponse(request, "privacy/back_office/purpose.html", context)

    def note(self, request: Any, keys: Sequence[Any], names: list[str], purpose: str) -> None:
        """Write the access-log entries of what was shown of these rows."""
        entry = datamap.entries()[self.model._meta.label_lower]
        fields = self.personal_names(request, names)
        if not (keys and fields and entry.subject and purpose):
            return
        path = "pk" if entry.subject == datamap.SELF else entry.subject.replace(".", LOOKUP_SEP)
        rows = self.model._default_manager.filter(pk__in=list(keys))
        people = {found for found in rows.values_list(path, flat=True) if found is not None}
        access_note(
            request.user, subject_ids=people, purpose=purpose, model=entry.model, fields=fields
        )

    @action(description=_("Export as CSV"), permissions=["view"])  # type: ignore[untyped-decorator]
    def export_csv(self, request: Any, queryset: QuerySet[Any]) -> HttpResponse | None:
        """The chosen rows with the columns the reader may see, and a note for each person."""
        rows = list(queryset[: MOST_ROWS + 1])
        if len(rows) > MOST_ROWS:
            text = _("Choose at most %(n)d rows for one export.") % {"n": MOST_ROWS}
            messages.error(request, text)
            return None
        names = [name for name in self.get_list_display(request) if isinstance(name, str)]
        self.note(request, [row.pk for row in rows], names, self.access_purpose)
        export_note(request.user.subject_id)
        answer = HttpResponse(csv_of(self, names, rows), content_type="text/csv; charset=utf-8")
        name = f"{self.model._meta.model_name}-{clock.now():%Y%m%d-%H%M}.csv"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        answer["Cache-Control"] = "private, no-store"
        return answer


def csv_of(admin: Any, names: Sequence[str], rows: Iterable[Model]) -> str:
    """The rows as CSV for spreadsheets: labels first, a byte-order mark, no formulas."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe_cell(label_for_field(name, admin.model, admin)) for name in names])
    for row in rows:
        writer.writerow([safe_cell(lookup_field(name, row, admin)[2]) for name in names])
    return "\ufeff" + out.getvalue()


def safe_cell(value: Any) -> str:
    """A value as text that no spreadsheet takes for a formula; instants in RFC 3339."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, list | tuple):
        return safe_cell(" ".join(map(str, value)))
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


@lru_cache(maxsize=1024)
def hidden_column(name: str, label: str) -> Callable[[Any], str]:
    """A column that says the same for every row; the same one each time, as Django compares."""

    def shown(_row: Any) -> str:
        return not_shown()

    shown.__name__ = f"hidden_{name}"
    shown.short_description = label  # type: ignore[attr-defined]
    return shown


def _path_of(item: Any) -> str:
    """The field path of a list filter: a name, or a pair that begins with one."""
    first = item[0] if isinstance(item, list | tuple) else item
    return first if isinstance(first, str) else ""


__all__ = ["MOST_ROWS", "MaskedAdmin", "MaskedFields", "safe_cell"]
