"""The guests of a reservation over HTTP: who is invited, inviting, and taking back."""

from typing import Any, ClassVar, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from privacy.access import access_note
from privacy.masking import may_see
from reservations import api_shapes as shapes
from reservations.api import ReservationApi, guests_count_check
from reservations.api_fields import GuestsIn, body
from reservations.api_masking import guest_masked
from reservations.api_pages import listed
from reservations.models import Reservation
from reservations.selectors.details import guests_of
from reservations.selectors.reservations import reservation_get, roles_over
from reservations.services.guests import GuestWish, guest_invite, guest_remove

WRITES: Final = {"POST": "book", "DELETE": "book"}
PAGE: Final = listed(shapes.GuestOut)


class GuestsView(ReservationApi):
    """Who is invited to a reservation; those who may see it may see them."""

    scopes: ClassVar[dict[str, str]] = WRITES

    @extend_schema(operation_id="guests_list", responses=PAGE)
    def get(self, request: Request, reservation_id: UUID) -> Response:
        """All of them, in the order they were invited; at most 200."""
        found = reservation_get(actor=self.actor, reservation_id=reservation_id)
        return Response(guests_shape(self.actor, found))

    @extend_schema(operation_id="guests_invite", request=GuestsIn, responses={200: PAGE})
    def post(self, request: Request, reservation_id: UUID) -> Response:
        """Invite more people by e-mail. Asking again invites nobody twice."""
        guests_count_check(request.data)
        asked = body(GuestsIn, request)["guests"]
        done = guest_invite(
            actor=self.actor,
            reservation_id=reservation_id,
            guests=[GuestWish(guest["email"], guest.get("name", "")) for guest in asked],
        )
        return Response(guests_shape(self.actor, done))


class GuestView(ReservationApi):
    """One guest."""

    scopes: ClassVar[dict[str, str]] = WRITES

    @extend_schema(operation_id="guest_remove", request=None, responses={204: None})
    def delete(self, request: Request, reservation_id: UUID, guest_id: UUID) -> Response:
        """Take the guest off; they are told by e-mail."""
        guest_remove(actor=self.actor, reservation_id=reservation_id, guest_id=guest_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def guests_shape(actor: User, reservation: Reservation) -> dict[str, Any]:
    """The list of a reservation's guests; one statement, for staff one more, and a note."""
    zone = ZoneInfo(reservation.space.location.time_zone)
    guests = guests_of(reservation)
    results = [shapes.guest_shape(guest, zone) for guest in guests]
    roles = roles_over(actor, reservation)
    if roles is not None:
        results = [guest_masked(shape, roles) for shape in results]
        access_note(
            actor,
            subject_ids=[guest.contact.subject_id for guest in guests],
            purpose="reservation",
            model="privacy.Contact",
            fields=[name for name in ("name", "email") if may_see(roles, "privacy.Contact", name)],
        )
    return shapes.page_shape(None, results)
