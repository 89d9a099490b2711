"""Writes of the booking core, one transaction each."""

from reservations.services.booking import (
    BookingWish,
    Holder,
    reservation_book,
    reservation_confirm,
)
from reservations.services.changes import reservation_extend, reservation_move
from reservations.services.closures import closure_create, closure_delete, closures_extend
from reservations.services.decisions import (
    reservation_approve,
    reservation_cancel,
    reservation_check_in,
    reservation_decline,
    reservation_end_early,
)
from reservations.services.expiry import reservations_complete_due, reservations_expire_due
from reservations.services.guests import GuestWish, guest_invite, guest_remove
from reservations.services.titles import reservation_title_set

__all__ = [
    "BookingWish",
    "GuestWish",
    "Holder",
    "closure_create",
    "closure_delete",
    "closures_extend",
    "guest_invite",
    "guest_remove",
    "reservation_approve",
    "reservation_book",
    "reservation_cancel",
    "reservation_check_in",
    "reservation_confirm",
    "reservation_decline",
    "reservation_end_early",
    "reservation_extend",
    "reservation_move",
    "reservation_title_set",
    "reservations_complete_due",
    "reservations_expire_due",
]
