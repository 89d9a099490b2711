"""Back office of the outbox: who was sent what and when, by identifiers alone."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.paginator import InfinitePaginator

from privacy.back_office import MaskedAdmin
from privacy.errors import DomainError
from privacy.models import Audit, OutboxMessage
from privacy.resending import outbox_send_again


@admin.register(OutboxMessage)
class OutboxMessageAdmin(MaskedAdmin, ModelAdmin):  # type: ignore[misc]
    """Messages: read-only, and sent again by an action."""

    list_display = (
        "id", "template", "category", "channel", "state", "outcome", "due_at", "attempts",
        "sent_at",
    )  # fmt: skip
    list_filter = ("state", "category")
    search_fields = ("=id", "template")
    ordering = ("-id",)
    paginator = InfinitePaginator
    show_full_result_count = False
    actions = ("send_again", "export_csv")
    access_purpose = "delivery"
    access_purposes = ("delivery", "question", "request", "misuse")
    fields = (
        "id", "category", "template", "channel", "recipient", "data", "state", "due_at",
        "attempts", "sent_at", "outcome", "created_at",
    )  # fmt: skip

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        """Nobody: messages come from acts."""
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Nobody: see the action."""
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Nobody: retention deletes."""
        return False

    def has_send_permission(self, request: Any) -> bool:
        """Who may send again."""
        return bool(request.user.may("privacy.see_outbox"))

    @action(description=_("Send again"), permissions=["send"])  # type: ignore[untyped-decorator]
    def send_again(self, request: Any, queryset: QuerySet[OutboxMessage]) -> None:
        """By the service, one by one."""
        done = 0
        for message_id in queryset.values_list("id", flat=True):
            try:
                outbox_send_again(message_id=message_id)
                done += 1
            except DomainError as error:
                messages.error(request, f"{message_id}: {error}")
        if done:
            text = ngettext("Done for %(n)s row.", "Done for %(n)s rows.", done)
            messages.success(request, text % {"n": done})


@admin.register(Audit)
class AuditAdmin(ModelAdmin):  # type: ignore[misc]
    """Which audits there are and how often; done ones are recorded on the officers' page."""

    list_display = ("code", "title_id", "title_en", "interval_days", "due_on")
    fields = ("code", "title_id", "title_en", "interval_days", "due_on")
    ordering = ("due_on",)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Only audits that were never done may go."""
        return super().has_delete_permission(request, obj) and not (obj and obj.runs.exists())
