"""Back office of support: canned answers alone. Conversations are not shown there."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from support.models import CannedAnswer


@admin.register(CannedAnswer)
class CannedAnswerAdmin(ModelAdmin):  # type: ignore[misc]
    """Words that staff use often, in both languages."""

    list_display = ("title_id", "title_en", "topic", "is_active")
    list_filter = ("topic", "is_active")
    search_fields = ("title_id", "title_en")
    ordering = ("topic", "title_id")
