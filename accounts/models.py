"""Users, organisations, sessions, tokens."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import roles
from privacy.fields import BlindOf, SealedEmailField, SealedTextField
from privacy.ids import uuid7
from privacy.json_fields import MappedJSONField
from privacy.models import Contact, Subject


class UserManager(BaseUserManager["User"]):
    """Finds people by address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user of this e-mail address (compared without case)."""
        return self.by_email(username or "").select_related("subject").get()

    def by_email(self, email: str) -> "models.QuerySet[User]":
        """The user of this address, at most one, found by its blind index, whatever its case."""
        return self.filter(email=email)


class User(AbstractBaseUser):
    """A subject that can sign in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.OneToOneField(Subject, models.PROTECT, related_name="user")
    email = SealedEmailField(_("e-mail address"))
    email_verified_at = models.DateTimeField(_("address verified"), null=True, blank=True)
    # The address asked for and not yet confirmed, and the one before the present: contacts
    # the person gave for this alone, deleted by the tidy sweep.
    pending_contact = models.OneToOneField(
        Contact, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    previous_contact = models.OneToOneField(
        Contact, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    full_name = models.CharField(_("full name"), max_length=200, blank=True)
    phone = SealedTextField(_("phone"), max_length=32, blank=True)
    institution = models.CharField(_("institution"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=5, default="id")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Jakarta")
    picture = models.FileField(upload_to="people/", max_length=200, blank=True)
    # Staff roles (accounts/roles.py). Tenants have none; what they may do follows from
    # their organisations. On the row, so that signing in needs no further query.
    roles = ArrayField(
        models.CharField(max_length=20, choices=roles.Role),
        default=list,
        blank=True,
        verbose_name=_("roles"),
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(_("joined"), auto_now_add=True)
    version = models.PositiveIntegerField(default=1)
    # The newest version of terms and of policy that the person answered, either way; what
    # they said stands in privacy.Acceptance. Here so that no page asks the ledger.
    terms_answered = models.PositiveIntegerField(_("terms answered"), default=0)
    policy_answered = models.PositiveIntegerField(_("policy answered"), default=0)

    # Set for the length of a request whose session has not passed the second factor:
    # staff roles sleep until it has, and the person may do what a tenant may.
    second_factor_missing = False

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [models.UniqueConstraint(BlindOf("email"), name="accounts_user_email")]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def name(self) -> str:
        """What to call the person on a page: the name, else the address before its @."""
        return self.full_name or self.email.partition("@")[0]

    def get_full_name(self) -> str:
        """The same, as the back office asks for it."""
        return self.name

    @property
    def is_staff(self) -> bool:
        """Whether the person works for the operator (may enter the back office)."""
        return bool(self.roles)

    @property
    def is_superuser(self) -> bool:
        """Whether the person is an administrator."""
        return roles.Role.ADMINISTRATOR in self.roles

    def may(self, act: str) -> bool:
        """Whether a role of this person includes `act`, e.g. "reservations.manage_spaces"."""
        return self._awake and roles.allows(self.roles, act)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django admin's question, answered from the same table of roles."""
        return self._awake and roles.allows_model(self.roles, perm)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether any model of the app is open to this person in the back office."""
        return self._awake and roles.allows_app(self.roles, app_label)

    @property
    def working_roles(self) -> list[str]:
        """The staff roles that count now: none before the second factor has been passed."""
        return list(self.roles) if self._awake else []

    @property
    def can_sign_in(self) -> bool:
        """Whether the account is open; one being erased or deactivated is not."""
        open_states = {Subject.State.ACTIVE, Subject.State.RESTRICTED}
        return self.is_active and self.subject.state in open_states

    @property
    def is_verified_address(self) -> bool:
        """Whether the person has proved that the e-mail address is theirs."""
        return self.email_verified_at is not None

    @property
    def _awake(self) -> bool:
        return self.is_active and not self.second_factor_missing


class Organisation(models.Model):
    """A tenant: a company or institution whose members book together."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=200)
    version = models.PositiveIntegerField(default=1)
    # The version of the terms that an owner accepted for it; 0 while there is no contract.
    terms_version = models.PositiveIntegerField(_("terms accepted"), default=0)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person in an organisation."""

    class Role(models.TextChoices):
        """What the person is there."""

        OWNER = "owner", _("Owner")
        MEMBER = "member", _("Member")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role, default=Role.MEMBER)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"], name="accounts_membership_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.organisation_id}"


class Invitation(models.Model):
    """An offer to join an organisation, by a link whose secret is stored hashed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="invitations")
    invited_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    email = SealedEmailField()
    role = models.CharField(max_length=8, choices=Membership.Role, default=Membership.Role.MEMBER)
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organisation",
                BlindOf("email"),
                name="accounts_invitation_open",
                condition=models.Q(accepted_at=None, revoked_at=None),
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class SessionRecord(models.Model):
    """One signed-in browser, for the list of sessions and "sign out everywhere"."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="session_records")
    session_key = models.CharField(max_length=40, unique=True)
    # "Firefox, Linux": never the whole User-Agent, never an address.
    device = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.id)


class ApiToken(models.Model):
    """A key for programs: shown once, stored as SHA-256, with scopes, revocable."""

    class Scope(models.TextChoices):
        """What a token may do."""

        READ = "read", _("Read reservations, profile and organisations")
        BOOK = "book", _("Book, move and cancel")
        ACCOUNT = "account", _("Change profile and organisations")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.id)


class IdempotencyKey(models.Model):
    """The first answer to a repeated POST: only what it made, never what was in it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    route = models.CharField(max_length=120)
    fingerprint = models.BinaryField(max_length=32)
    resource = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="accounts_idempotency_key")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.route}"


class AccountEvent(models.Model):
    """What happened to an account or an organisation: who, when, what; identifiers only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="account_events")
    actor = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, blank=True, related_name="events"
    )
    verb = models.CharField(max_length=40)
    data = MappedJSONField(default=dict, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.verb} {self.id}"


from accounts.granting import SupportGrant  # noqa: E402, F401 - part of this app's models
