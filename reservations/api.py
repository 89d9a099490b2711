"""Reservations over HTTP: each verb is one service, its answer the reservation."""

from collections.abc import Callable
from typing import Any, ClassVar, Final
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import etag, expected_version, repeat
from accounts.models import User
from accounts.serializers import StrictSerializer
from privacy import clock
from privacy.access import access_note
from privacy.errors import Broken, NotFound
from reservations import api_shapes as shapes
from reservations import services
from reservations.api_fields import (
    BookingIn,
    ConfirmIn,
    ExtendIn,
    MoveIn,
    NothingIn,
    ReservationQuery,
    TitleIn,
    body,
    query,
)
from reservations.api_masking import reservation_fields, reservation_masked
from reservations.api_pages import cursor_after, cursor_read, listed, next_link
from reservations.errors import RulesBroken, SlotTaken
from reservations.models import Reservation
from reservations.selectors.pages import reservations_page
from reservations.selectors.reservations import reservation_get, roles_over
from reservations.selectors.spaces import spaces_visible
from reservations.services.booking import BookingWish
from reservations.services.guests import MOST_GUESTS, GuestWish

BOOK: Final = {"POST": "book"}
CONFLICT: Final = {(409, "application/problem+json"): shapes.ConflictOut}


class ReservationApi(APIView):
    """What every view of reservations shares."""

    scopes: ClassVar[dict[str, str]] = BOOK

    @property
    def actor(self) -> User:
        """The caller; permission has been asked before."""
        user = self.request.user
        if not isinstance(user, User):
            raise TypeError("This view needs IsAuthenticated.")
        return user

    def handle_exception(self, exc: Exception) -> Response:
        """A conflict's answer carries its ways out."""
        if isinstance(exc, SlotTaken):
            ways = [shapes.alternative_shape(way) for way in exc.alternatives]
            exc.extra["alternatives"] = ways
        return super().handle_exception(exc)

    def answer(self, reservation: Reservation, code: int = status.HTTP_200_OK) -> Response:
        """The reservation with its version as ETag; masked and noted when staff look."""
        shape = shapes.reservation_shape(reservation)
        roles = roles_over(self.actor, reservation)
        if roles is not None:
            shape = reservation_masked(shape, roles)
            access_note(
                self.actor,
                subject_ids=[reservation.holder_id],
                purpose="reservation",
                model="reservations.Reservation",
                fields=reservation_fields(roles),
            )
        return Response(
            shape,
            status=code,
            headers={"ETag": etag(reservation.version)},
        )


class ReservationsView(ReservationApi):
    """One's own reservations and those of one's organisations."""

    @extend_schema(
        operation_id="reservations_list",
        parameters=[ReservationQuery],
        responses=listed(shapes.ReservationOut),
    )
    def get(self, request: Request) -> Response:
        """Upcoming soonest first, or past latest first, page by page."""
        asked = query(ReservationQuery, request)
        found = reservations_page(
            actor=self.actor,
            when=asked["when"],
            now=clock.now(),
            mine=asked["mine"],
            after=cursor_read(asked["when"], asked["cursor"]),
            limit=asked["limit"] + 1,
        )
        page = found[: asked["limit"]]
        more = cursor_after(asked["when"], page[-1]) if len(found) > len(page) else ""
        results = [shapes.reservation_shape(row) for row in page]
        return Response(shapes.page_shape(next_link(request, more), results))

    @extend_schema(
        operation_id="reservation_create",
        request=BookingIn,
        responses={201: shapes.ReservationOut, **CONFLICT},
    )
    def post(self, request: Request) -> Response:
        """Book, or with `hold` keep for some minutes. Takes an Idempotency-Key."""
        guests_count_check(request.data)
        asked = body(BookingIn, request)
        try:
            made = services.reservation_book(
                actor=self.actor,
                wish=wish_of(asked),
                hold=asked.get("hold", False),
                repeat=repeat(request),
            )
        except RulesBroken:
            # A space kept for others is unknown to everybody else.
            if not spaces_visible(self.actor).filter(id=asked["space"]).exists():
                raise NotFound(_("There is no such space.")) from None
            raise
        answer = self.answer(made, status.HTTP_201_CREATED)
        answer["Location"] = f"{request.path}/{made.id}"
        return answer


class ReservationView(ReservationApi):
    """One reservation; somebody else's answers 404."""

    scopes: ClassVar[dict[str, str]] = {"PATCH": "book"}

    @extend_schema(operation_id="reservation_get", responses=shapes.ReservationOut)
    def get(self, request: Request, reservation_id: UUID) -> Response:
        """The reservation, with its version as ETag."""
        return self.answer(reservation_get(actor=self.actor, reservation_id=reservation_id))

    @extend_schema(
        operation_id="reservation_title_set",
        request=TitleIn,
        responses={200: shapes.ReservationOut},
    )
    def patch(self, request: Request, reservation_id: UUID) -> Response:
        """Another title; times and places are changed by the verbs. Takes If-Match."""
        done = services.reservation_title_set(
            actor=self.actor,
            reservation_id=reservation_id,
            expected_version=expected_version(request),
            title=body(TitleIn, request)["title"],
        )
        return self.answer(done)


class ActView(ReservationApi):
    """A verb: one service, which may need values from the body. Takes If-Match."""

    form: ClassVar[type[StrictSerializer]] = NothingIn
    service: ClassVar[Callable[..., Reservation]]

    def act(self, request: Request, reservation_id: UUID) -> Response:
        """Call the service; nothing is changed unless it returns."""
        asked = body(self.form, request)
        if "space" in asked:
            asked["space_id"] = asked.pop("space")
        done = type(self).service(
            actor=self.actor,
            reservation_id=reservation_id,
            expected_version=expected_version(request),
            **asked,
        )
        return self.answer(done)


def act_view(
    verb: str,
    service: Callable[..., Reservation],
    says: str,
    form: type[StrictSerializer] = NothingIn,
) -> type[ActView]:
    """The view of one verb."""

    @extend_schema(
        operation_id=f"reservation_{verb}",
        description=says,
        request=form,
        responses={200: shapes.ReservationOut, **(CONFLICT if "ends_at" in form().fields else {})},
    )
    def post(self: ActView, request: Request, reservation_id: UUID) -> Response:
        return self.act(request, reservation_id)

    members: dict[str, Any] = {
        "post": post, "form": form, "service": staticmethod(service), "__doc__": says,
        "__module__": __name__,
    }  # fmt: skip
    return type(f"{verb.title().replace('_', '')}View", (ActView,), members)


ACTS: Final[dict[str, type[ActView]]] = {
    "move": act_view(
        "move",
        services.reservation_move,
        "Another period or space; the old one is kept when the new one is refused.",
        MoveIn,
    ),
    "extend": act_view("extend", services.reservation_extend, "End later.", ExtendIn),
    "confirm": act_view(
        "confirm", services.reservation_confirm, "Turn one's own hold into a booking.", ConfirmIn
    ),
    "cancel": act_view("cancel", services.reservation_cancel, "Give the time back."),
    "end": act_view("end", services.reservation_end_early, "End a running one at this minute."),
    "check-in": act_view("check_in", services.reservation_check_in, "Say that people are here."),
    "approve": act_view("approve", services.reservation_approve, "Let a pending one stand."),
    "decline": act_view("decline", services.reservation_decline, "Refuse a pending one."),
}


def guests_count_check(data: Any) -> None:
    """Refuse far too many guests before reading each of them."""
    guests = data.get("guests") if isinstance(data, dict) else None
    if isinstance(guests, list) and len(guests) > MOST_GUESTS:
        detail = _("At most %(n)s guests can be invited.") % {"n": MOST_GUESTS}
        raise RulesBroken([Broken("too_many_guests", detail, "guests")])


def wish_of(asked: dict[str, Any]) -> BookingWish:
    """The body as the service takes it."""
    return BookingWish(
        space_id=asked["space"],
        starts_at=asked["starts_at"],
        ends_at=asked["ends_at"],
        title=asked.get("title", ""),
        people=asked.get("people"),
        guests=[
            GuestWish(guest["email"], guest.get("name", "")) for guest in asked.get("guests", ())
        ],
        organisation_id=asked.get("organisation"),
    )
