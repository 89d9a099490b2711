"""Conversations, their messages and events, break-glass, canned answers, what a provider sent."""

from django.db import models
from django.db.models import Func, Value
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from privacy.fields import SealedTextField
from privacy.ids import uuid7
from privacy.json_fields import MappedJSONField
from privacy.models import Contact, Subject


def _next_number() -> Func:
    """The sequence of the numbers that people and staff name a conversation by."""
    sequence = Value("support_conversation_number")
    return Func(sequence, function="nextval", output_field=models.BigIntegerField())


class Conversation(models.Model):
    """What a person asked and what became of it; its contents are in `Message`, sealed.

    `contact` is set for a person who wrote without signing in: answers go there.
    """

    class State(models.TextChoices):
        """Whose turn it is."""

        OPEN = "open", _("New")
        WAITING_FOR_US = "waiting_for_us", _("Waiting for us")
        WAITING_FOR_PERSON = "waiting_for_person", _("Answered")
        RESOLVED = "resolved", _("Resolved")
        CLOSED = "closed", _("Closed")

    class Topic(models.TextChoices):
        """What it is about."""

        BOOKING = "booking", _("Bookings")
        BILLING = "billing", _("Prices and invoices")
        MAIL = "mail", _("Mail and virtual office")
        ACCOUNT = "account", _("Account and signing in")
        PRIVACY = "privacy", _("Privacy")
        OTHER = "other", _("Something else")

    class Channel(models.TextChoices):
        """How the person wants to be answered (promise P37)."""

        WEB = "web", _("On this site")
        EMAIL = "email", _("By e-mail")
        PHONE = "phone", _("By phone")
        WHATSAPP = "whatsapp", _("By WhatsApp")

    #: States in which somebody waits for something.
    LIVE = (State.OPEN, State.WAITING_FOR_US, State.WAITING_FOR_PERSON)
    #: States in which it is our turn.
    OURS = (State.OPEN, State.WAITING_FOR_US)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, db_default=_next_number())
    person = models.ForeignKey(Subject, models.PROTECT, related_name="conversations")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="+")
    topic = models.CharField(max_length=10, choices=Topic)
    state = models.CharField(max_length=20, choices=State, default=State.OPEN)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    language = models.CharField(max_length=5, default="id")
    assignee = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="conversations_assigned"
    )
    opened_at = models.DateTimeField()
    # The last word of either side; lists are ordered by it.
    last_at = models.DateTimeField()
    # Since when the person waits for us; None when it is their turn.
    waiting_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # When the person last looked, so that a new answer can be marked.
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-last_at", "-id"], name="support_conv_person"),
            models.Index(
                fields=["-last_at", "-id"],
                name="support_conv_live",
                condition=models.Q(state__in=["open", "waiting_for_us", "waiting_for_person"]),
            ),
            models.Index(fields=["assignee", "-last_at", "-id"], name="support_conv_assignee"),
        ]
        constraints = [
            models.CheckConstraint(
                name="support_conversation_state",
                condition=models.Q(
                    state__in=[
                        "open",
                        "waiting_for_us",
                        "waiting_for_person",
                        "resolved",
                        "closed",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="support_conversation_channel",
                condition=models.Q(channel__in=["web", "email", "phone", "whatsapp"]),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"

    @property
    def is_live(self) -> bool:
        """Whether somebody waits for something."""
        return self.state in self.LIVE


class Message(models.Model):
    """One thing that was said: written, or a call that was noted down. Never changed."""

    class Direction(models.TextChoices):
        """Who spoke."""

        IN = "in", _("From the person")
        OUT = "out", _("From us")

    class Kind(models.TextChoices):
        """Written words, or a note about a call."""

        WORDS = "words", _("Message")
        CALL = "call", _("Phone call")

    class Delivery(models.TextChoices):
        """What the messenger said became of it; none for other channels."""

        NONE = "", _("Not reported")
        ACCEPTED = "accepted", _("Handed over")
        DELIVERED = "delivered", _("Delivered")
        READ = "read", _("Read")
        FAILED = "failed", _("Not delivered")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    author = models.ForeignKey(Subject, models.PROTECT, related_name="support_messages")
    direction = models.CharField(max_length=3, choices=Direction)
    kind = models.CharField(max_length=5, choices=Kind, default=Kind.WORDS)
    channel = models.CharField(max_length=10, choices=Conversation.Channel)
    text = SealedTextField()
    # Who was on the phone, when it was not the person.
    caller = SealedTextField(blank=True)
    at = models.DateTimeField()
    # SHA-256 of the messenger's identifier, which itself contains the phone number.
    provider_digest = models.BinaryField(max_length=32, null=True, blank=True, unique=True)
    delivery = models.CharField(max_length=9, choices=Delivery, blank=True, default=Delivery.NONE)

    class Meta:
        indexes = [models.Index(fields=["conversation", "at", "id"], name="support_message_at")]

    def __str__(self) -> str:
        return str(self.id)


class ConversationEvent(models.Model):
    """What happened to a conversation: who, when, what; identifiers only, only growing."""

    class Verb(models.TextChoices):
        """What happened."""

        OPENED = "opened", _("Conversation opened")
        TAKEN = "taken", _("Taken by")
        ASSIGNED = "assigned", _("Assigned to")
        RELEASED = "released", _("Given back")
        ASKED_FOR = "asked_for", _("Hand-over asked for by")
        CHANNEL = "channel", _("Way of answering changed")
        RESOLVED = "resolved", _("Marked as resolved")
        CLOSED = "closed", _("Closed by the person")
        REOPENED = "reopened", _("Reopened")
        REFUSED = "refused", _("Reading refused")
        GLASS_ASKED = "glass_asked", _("Opening asked for")
        GLASS_APPROVED = "glass_approved", _("Opening approved")
        GLASS_REFUSED = "glass_refused", _("Opening refused")
        GLASS_WITHDRAWN = "glass_withdrawn", _("Opening withdrawn")
        GLASS_READ = "glass_read", _("Read through an opening")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="events")
    # None: the person without an account, or the system.
    actor = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="+")
    verb = models.CharField(max_length=15, choices=Verb)
    data = MappedJSONField(default=dict, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["conversation", "at", "id"], name="support_event_at")]

    def __str__(self) -> str:
        return f"{self.verb} {self.id}"


class Opening(models.Model):
    """Break-glass (promise P25): one asks with a ground, another approves, the person is told."""

    class Ground(models.TextChoices):
        """The three grounds on which a private message may be opened."""

        LAW = "law", _("The law or a court requires it")
        RIGHTS = "rights", _("Protection of somebody's rights")
        EMERGENCY = "emergency", _("An emergency")

    class State(models.TextChoices):
        """Where the request stands; whether an approved one still opens follows from its end."""

        ASKED = "asked", _("Waiting for a second person")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="openings")
    requester = models.ForeignKey(Subject, models.PROTECT, related_name="openings_asked")
    decider = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="openings_decided"
    )
    ground = models.CharField(max_length=10, choices=Ground)
    # One sentence, which the person reads.
    reason = SealedTextField()
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    # Until when it can be approved, and then until when it opens.
    until = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="support_opening_two_people",
                condition=models.Q(decider=None) | ~models.Q(decider=models.F("requester")),
            ),
            models.CheckConstraint(
                name="support_opening_decided",
                condition=~models.Q(state__in=["approved", "refused"])
                | models.Q(decider__isnull=False, decided_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["conversation", "requester"],
                name="support_opening_asked_once",
                condition=models.Q(state="asked"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class CannedAnswer(models.Model):
    """Words that staff use often, in both languages; edited in the back office."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    topic = models.CharField(_("topic"), max_length=10, choices=Conversation.Topic, blank=True)
    title_id = models.CharField(_("title, Indonesian"), max_length=80)
    title_en = models.CharField(_("title, English"), max_length=80)
    text_id = models.TextField(_("text, Indonesian"), max_length=4000)
    text_en = models.TextField(_("text, English"), max_length=4000)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("canned answer")
        verbose_name_plural = _("canned answers")

    def __str__(self) -> str:
        return self.title_id if get_language() == "id" else self.title_en


class InboundEvent(models.Model):
    """What a messenger's webhook brought: stored first, worked on after, each once.

    Rows outlive the time window of webhooks, so that a replay finds its digest here.
    """

    class Kind(models.TextChoices):
        """A person's message, or word of what became of one of ours."""

        MESSAGE = "message", _("Message")
        STATUS = "status", _("Delivery report")

    class State(models.TextChoices):
        """Whether it has been worked on."""

        STORED = "stored", _("Stored")
        HANDLED = "handled", _("Handled")
        IGNORED = "ignored", _("Ignored")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    digest = models.BinaryField(max_length=32, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    # Whose number it came from; None when nobody with a consent has it: then no text is kept.
    person = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="+")
    text = SealedTextField(blank=True)
    # Of a report: which of our messages, as Message.provider_digest and by its own id where
    # the provider repeats it, and what became of it.
    about = models.BinaryField(max_length=32, null=True, blank=True)
    ours = models.UUIDField(null=True, blank=True)
    report = models.CharField(max_length=9, blank=True)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.STORED)
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(
                "sent_at", name="support_inbound_waiting", condition=models.Q(state="stored")
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
