"""Routes of the front desk and of managing locations, spaces and rates."""

from django.urls import path

from frontend.views import (
    staff_closures,
    staff_desk,
    staff_pictures,
    staff_places,
    staff_rates,
    staff_spaces,
    staff_walk_in,
)

urlpatterns = [
    path("desk", staff_desk.desk_choose, name="desk"),
    path("desk/<slug:slug>", staff_desk.desk, name="desk-day"),
    path("desk/<slug:slug>/walk-in", staff_walk_in.walk_in, name="desk-walk-in"),
    path("desk/<slug:slug>/closures", staff_closures.closures, name="desk-closures"),
    path(
        "desk/<slug:slug>/closures/<uuid:closure_id>/delete",
        staff_closures.closure_open,
        name="desk-closure-delete",
    ),
    path(
        "desk/<slug:slug>/reservations/<uuid:reservation_id>/<slug:verb>",
        staff_desk.desk_act,
        name="desk-act",
    ),
    path("manage", staff_places.places, name="manage"),
    path("manage/locations/new", staff_places.place, name="manage-location-new"),
    path("manage/locations/<slug:slug>", staff_places.place, name="manage-location"),
    path("manage/locations/<slug:slug>/floors", staff_places.floors, name="manage-floors"),
    path("manage/locations/<slug:place>/spaces/new", staff_spaces.space, name="manage-space-new"),
    path("manage/spaces", staff_spaces.spaces, name="manage-spaces"),
    path("manage/spaces/<slug:slug>", staff_spaces.space, name="manage-space"),
    path("manage/spaces/<slug:slug>/active", staff_spaces.active, name="manage-space-active"),
    path("manage/spaces/<slug:slug>/pictures", staff_pictures.pictures, name="manage-pictures"),
    path(
        "manage/pictures/<uuid:picture_id>/delete",
        staff_pictures.picture_delete,
        name="manage-picture-delete",
    ),
    path("manage/rates", staff_rates.rates, name="manage-rates"),
    path("manage/rates/<uuid:plan_id>", staff_rates.rate, name="manage-rate"),
    path("media/spaces/<str:name>", staff_pictures.picture, name="space-picture"),
]
