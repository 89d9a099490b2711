"""The back office of people and organisations: rows are read, actions call services."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from accounts import services
from accounts.models import Organisation, User
from accounts.roles import Role
from privacy.back_office import MaskedAdmin
from privacy.errors import DomainError


class RolesForm(forms.ModelForm):  # type: ignore[type-arg]
    """The one thing to change about a person here: the staff roles."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=Role.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = User
        fields = ("roles",)


@admin.register(User)
class UserAdmin(MaskedAdmin, ModelAdmin):  # type: ignore[misc]
    """People; administrators grant and withdraw roles through the service."""

    form = RolesForm
    list_display = ("address", "full_name", "role_names", "is_active", "date_joined")
    search_fields = ("full_name",)
    search_help_text = _("Part of a name, or a whole e-mail address")
    ordering = ("-date_joined",)
    readonly_fields = (
        "id",
        "email",
        "full_name",
        "phone",
        "institution",
        "email_verified_at",
        "language",
        "is_active",
        "date_joined",
    )
    fields = ("roles", *readonly_fields)
    access_purpose = "accounts"
    access_purposes = ("accounts", "staff_roles", "question", "request", "misuse")
    computed: ClassVar[dict[str, tuple[str, ...]]] = {
        "address": ("email",),
        "role_names": ("roles",),
    }
    actions = ("export_csv", "sign_out", "second_factor_reset", "lockout_end")
    list_per_page = 50

    @admin.display(description=_("e-mail address"))
    def address(self, user: User) -> str:
        """The address. Sealed, so the list cannot be sorted by it."""
        return str(user.email)

    def get_search_results(
        self, request: Any, queryset: QuerySet[User], term: str
    ) -> tuple[QuerySet[User], bool]:
        """By name, or by exactly this address: its blind index answers nothing else."""
        named, twice = super().get_search_results(request, queryset, term)
        asked = "@" in term and not self.hides(request, "email")
        return (named | queryset.filter(email=term) if asked else named), twice

    @admin.display(description=_("Roles"))
    def role_names(self, user: User) -> str:
        """The roles in words."""
        return ", ".join(str(Role(role).label) for role in user.roles)

    def has_add_permission(self, request: Any) -> bool:
        """People register themselves."""
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """An account ends by its person's request, never by a click here."""
        return False

    def save_model(self, request: Any, obj: User, form: Any, change: bool) -> None:
        """Only roles can have changed; the service writes them and the events."""
        try:
            services.user_set_roles(
                actor=request.user, user_id=obj.id, roles=form.cleaned_data["roles"]
            )
        except DomainError as error:
            self.message_user(request, error.detail, messages.ERROR)

    @admin.action(description=_("Sign out everywhere"), permissions=["change"])
    def sign_out(self, request: Any, chosen: QuerySet[User]) -> None:
        """End all sessions of the chosen people."""
        count = sum(services.user_sign_out(actor=request.user, user_id=user.id) for user in chosen)
        self.message_user(
            request, ngettext("%d session ended.", "%d sessions ended.", count) % count
        )

    @admin.action(description=_("Reset the second factor"), permissions=["change"])
    def second_factor_reset(self, request: Any, chosen: QuerySet[User]) -> None:
        """Let the chosen people enrol anew."""
        for user in chosen:
            services.second_factor_delete(actor=request.user, user_id=user.id)
        self.message_user(request, gettext("They set up a new second factor at the next sign-in."))

    @admin.action(description=_("End the pause after wrong passwords"), permissions=["change"])
    def lockout_end(self, request: Any, chosen: QuerySet[User]) -> None:
        """Let the chosen people try again at once."""
        for user in chosen:
            services.lockout_clear(actor=request.user, user_id=user.id)
        self.message_user(request, gettext("They may try again now."))


@admin.register(Organisation)
class OrganisationAdmin(ModelAdmin):  # type: ignore[misc]
    """Organisations, to look at; their owners change them."""

    list_display = ("name", "id", "created_at")
    search_fields = ("name",)
    fields: ClassVar[tuple[str, ...]] = ("name", "id", "created_at")
    readonly_fields = fields

    def has_add_permission(self, request: Any) -> bool:
        """People make their own."""
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Owners rename; the back office looks."""
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Never here."""
        return False
