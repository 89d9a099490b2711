"""The ways out: e-mail is one channel; upper floors register others in AppConfig.ready().

A channel names the service whose processor carries it (privacy/processors.py), finds the
address of a message's recipient there, and opens a sender. The delivery calls it outside
any transaction; the gate asks about consent, preference and contract before.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol
from uuid import UUID

from django.utils.functional import Promise

if TYPE_CHECKING:
    from privacy.models import OutboxMessage
    from privacy.outbox import Address

EMAIL: Final = "email"


class Unreachable(Exception):
    """The server cannot be talked to at all: every message of the channel meets the same fate."""


class NotNow(Exception):
    """The server did not take this message; trying later is right."""


class Never(Exception):
    """The server refused this message for good."""


class Sender(Protocol):
    """An open connection of a channel."""

    def send(self, message_id: UUID, address: "Address", letter: Any) -> None:
        """Hand over one built message.

        Returns once the server took it; raises Unreachable, NotNow or Never, whose text is
        a stable code that names nobody. The id makes a repetition recognisable.
        """


@dataclass(frozen=True)
class Channel:
    """One way out. `purpose`, when given, needs the person's consent besides (whatsapp)."""

    name: str
    label: str | Promise
    service: str
    address: "Callable[[OutboxMessage], Address | None]"
    open: Callable[[], AbstractContextManager[Sender]]
    purpose: str = ""


class UnknownChannel(LookupError):
    """A channel that nobody registered, or one that was switched off."""


_channels: dict[str, Channel] = {}


def register_channel(channel: Channel) -> None:
    """Make a way out known, when the apps are ready; the same one twice is no harm."""
    if _channels.get(channel.name, channel) != channel:
        raise ValueError(f"The channel {channel.name!r} is registered twice.")
    _channels[channel.name] = channel


def channel_named(name: str) -> Channel:
    """The registered channel, or UnknownChannel."""
    try:
        return _channels[name]
    except KeyError:
        raise UnknownChannel(f"No channel {name!r} is registered.") from None


def channels() -> list[Channel]:
    """All registered channels, by name."""
    return [_channels[name] for name in sorted(_channels)]
