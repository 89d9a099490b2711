"""Back office of the booking core: reference data is edited, what services own is only shown."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display
from unfold.paginator import InfinitePaginator

from privacy import formats
from privacy.back_office import MaskedAdmin, MaskedFields
from privacy.errors import DomainError
from reservations import services
from reservations.admin_forms import HOURS, FloorChoice, LocationForm, SpaceForm
from reservations.hours_text import hours_text
from reservations.models import (
    Amenity,
    Closure,
    Floor,
    Location,
    Reservation,
    ReservationEvent,
    Space,
)
from reservations.services.locks import grid_touch_all
from reservations.services.upkeep import location_save, space_save


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]
    """Shows rows that a service owns; they change by actions alone."""

    paginator = InfinitePaginator
    show_full_result_count = False

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        """Nobody: rows come from services."""
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Nobody: see the actions."""
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Nobody: history is kept."""
        return False

    def act_on(self, request: Any, ids: list[UUID], call: Callable[[UUID], object]) -> None:
        """Call a service for each row, one transaction each, and say how it went."""
        done = 0
        for row_id in ids:
            try:
                call(row_id)
                done += 1
            except DomainError as error:
                messages.error(request, f"{row_id}: {error}")
        if done:
            text = ngettext("Done for %(n)s row.", "Done for %(n)s rows.", done)
            messages.success(request, text % {"n": done})


class FloorInline(TabularInline):  # type: ignore[misc]
    """The storeys of a location."""

    model = Floor
    extra = 0
    fields = ("name", "level")


@admin.register(Location)
class LocationAdmin(ModelAdmin):  # type: ignore[misc]
    """Locations with their opening hours and floors."""

    form = LocationForm
    inlines = (FloorInline,)
    list_display = ("name", "city", "time_zone", "is_active")
    search_fields = ("name", "city")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012 - Django's own convention

    def get_fieldsets(self, request: Any, obj: Any = None) -> Any:
        """Rows to write the hours in, or the hours in writing for whoever may only look."""
        place = ("name", "slug", "address", "city", "country", "time_zone")
        rules = ("max_open_reservations", "position", "is_active")
        writes = self.has_change_permission(request, obj) or obj is None
        return (
            (None, {"fields": place}),
            (_("Opening hours"), {"fields": HOURS if writes else ("hours_shown",)}),
            (_("Rules"), {"fields": rules}),
        )

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The hours' rows are the form's own, so the factory must not look for them."""
        if obj is None or self.has_change_permission(request, obj):
            kwargs["fields"] = None
        return super().get_form(request, obj, change, **kwargs)

    def get_prepopulated_fields(self, request: Any, obj: Any = None) -> Any:
        """The slug follows the name of a new location; later, links hold on to it."""
        return {} if obj else self.prepopulated_fields

    @display(description=_("Opening hours"))  # type: ignore[untyped-decorator]
    def hours_shown(self, obj: Location) -> str:
        """Monday to Sunday."""
        return " / ".join(hours_text(day) or "–" for day in obj.opening_hours)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Nobody: a location is shut by its switch, and its past stays."""
        return False

    def save_model(self, request: Any, obj: Location, form: Any, change: bool) -> None:
        """By the service, which counts the version and the grids."""
        location_save(location=obj)


@admin.register(Space)
class SpaceAdmin(ModelAdmin):  # type: ignore[misc]
    """Spaces, what they are part of, and who may book them."""

    form = SpaceForm
    list_display = ("name", "location", "floor", "kind", "capacity", "rate_plan", "is_active")
    list_filter = ("location", "kind", "access", "is_active")
    list_select_related = ("location", "floor", "rate_plan")
    search_fields = ("name", "slug")
    autocomplete_fields = ("location", "whole")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012 - Django's own convention

    def get_prepopulated_fields(self, request: Any, obj: Any = None) -> Any:
        """The slug follows the name of a new space; later, links hold on to it."""
        return {} if obj else self.prepopulated_fields

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        """The location first, also where it can only be read."""
        rest = [name for name in super().get_fields(request, obj) if name != "location"]
        return ["location", *rest]

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        """A space never changes its location: its bookings are wall times there."""
        return ("location",) if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Floors with their location's name."""
        if db_field.name == "floor":
            kwargs["form_class"] = FloorChoice
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Nobody: a space is shut by its switch, and its past stays."""
        return False

    def save_model(self, request: Any, obj: Space, form: Any, change: bool) -> None:
        """By the service, which counts the version, the price and the grids."""
        space_save(space=obj)

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Who may book it stands in another table, and shows in the grid too."""
        super().save_related(request, form, formsets, change)
        if "organisations" in form.changed_data:
            grid_touch_all(form.instance.location_id)


@admin.register(Amenity)
class AmenityAdmin(ModelAdmin):  # type: ignore[misc]
    """What a space may have, in both languages."""

    list_display = ("code", "name_id", "name_en", "icon", "position")

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        """Spaces name amenities by code, so it never changes."""
        return ("code",) if obj else ()

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Nobody: spaces name it."""
        return False


@admin.register(Closure)
class ClosureAdmin(ReadOnlyAdmin):
    """Closures; they are made on the staff's pages, which show whom they hit."""

    list_display = ("reason_id", "reason_en", "location", "starts_local", "recurrence")
    list_filter = ("location", "recurrence", "is_holiday")
    list_select_related = ("location",)
    ordering = ("-starts_local",)
    actions = ("delete_closures",)

    def has_open_permission(self, request: Any) -> bool:
        """Who may open again what is shut."""
        return bool(request.user.may("reservations.manage_closures"))

    @action(description=_("Delete closures (open again)"), permissions=["open"])  # type: ignore[untyped-decorator]
    def delete_closures(self, request: Any, queryset: QuerySet[Closure]) -> None:
        """By the service, one by one."""
        ids = list(queryset.values_list("id", flat=True))
        self.act_on(
            request, ids, lambda row: services.closure_delete(actor=request.user, closure_id=row)
        )


class EventInline(MaskedFields, TabularInline):  # type: ignore[misc]
    """A reservation's history: identifiers and times."""

    model = ReservationEvent
    extra = 0
    can_delete = False
    fields = readonly_fields = ("at", "verb", "from_state", "to_state", "version", "actor")
    ordering = ("version",)

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        """Whoever sees the reservation sees what happened to it."""
        return bool(request.user.has_perm("reservations.view_reservation"))

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        """Nobody writes history."""
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Nobody rewrites history."""
        return False


@admin.register(Reservation)
class ReservationAdmin(MaskedAdmin, ReadOnlyAdmin):
    """Reservations by identifier; who they are for is on the desk's pages."""

    list_display = ("id", "space", "state", "period", "people")
    list_filter = ("state", "space__location")
    list_select_related = ("space__location",)
    search_fields = ("=id", "space__name")
    ordering = ("-id",)
    inlines = (EventInline,)
    actions = ("approve", "decline", "cancel", "export_csv")
    access_purpose = "reservation"
    access_purposes = ("reservation", "question", "request", "misuse")
    computed: ClassVar[dict[str, tuple[str, ...]]] = {"period": ("starts_at", "ends_at")}
    fields = (
        "id", "space", "state", "period", "turnover_minutes", "people",
        "holder",
        "organisation", "created_by", "created_at", "expires_at", "cancel_free_until",
        "checked_in_at", "price_amount", "price_tax", "price_currency", "version",
    )  # fmt: skip

    @display(description=_("Period"), ordering="starts_at")  # type: ignore[untyped-decorator]
    def period(self, obj: Reservation) -> str:
        """In the location's wall time, whatever zone the colleague sits in."""
        zone = obj.space.location.time_zone
        day = formats.wall(obj.starts_at, zone).date()
        span = formats.clock_range(obj.starts_at, obj.ends_at, zone)
        name = formats.zone_name(zone, obj.starts_at)
        return f"{formats.day_short(day)} {day.year}, {span} {name}"

    def has_decide_permission(self, request: Any) -> bool:
        """Who may approve and decline."""
        return bool(request.user.may("reservations.approve"))

    def has_cancel_permission(self, request: Any) -> bool:
        """Who may cancel for others."""
        return bool(request.user.may("reservations.change_others"))

    @action(description=_("Approve"), permissions=["decide"])  # type: ignore[untyped-decorator]
    def approve(self, request: Any, queryset: QuerySet[Reservation]) -> None:
        """Let those that wait stand."""
        self._each(request, queryset, services.reservation_approve)

    @action(description=_("Decline"), permissions=["decide"])  # type: ignore[untyped-decorator]
    def decline(self, request: Any, queryset: QuerySet[Reservation]) -> None:
        """Refuse those that wait."""
        self._each(request, queryset, services.reservation_decline)

    @action(description=_("Cancel reservations"), permissions=["cancel"])  # type: ignore[untyped-decorator]
    def cancel(self, request: Any, queryset: QuerySet[Reservation]) -> None:
        """Give the time back."""
        self._each(request, queryset, services.reservation_cancel)

    def _each(
        self, request: Any, queryset: QuerySet[Reservation], call: Callable[..., object]
    ) -> None:
        ids = list(queryset.values_list("id", flat=True))
        self.act_on(request, ids, lambda row: call(actor=request.user, reservation_id=row))
