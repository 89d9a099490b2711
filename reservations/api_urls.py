"""The routes of the booking core."""

from django.urls import path

from reservations import api, api_catalogue, api_guests

urlpatterns = [
    path("locations", api_catalogue.LocationsView.as_view(), name="locations"),
    path("spaces", api_catalogue.SpacesView.as_view(), name="spaces"),
    path("availability", api_catalogue.AvailabilityView.as_view(), name="availability"),
    path("timeline", api_catalogue.TimelineView.as_view(), name="timeline"),
    path("reservations", api.ReservationsView.as_view(), name="reservations"),
    path("reservations/<uuid:reservation_id>", api.ReservationView.as_view(), name="reservation"),
    path(
        "reservations/<uuid:reservation_id>/guests",
        api_guests.GuestsView.as_view(),
        name="reservation-guests",
    ),
    path(
        "reservations/<uuid:reservation_id>/guests/<uuid:guest_id>",
        api_guests.GuestView.as_view(),
        name="reservation-guest",
    ),
    *(
        path(
            f"reservations/<uuid:reservation_id>/{verb}",
            view.as_view(),
            name=f"reservation-{verb}",
        )
        for verb, view in api.ACTS.items()
    ),
]
