"""The routes of accounts/api.py."""

from django.urls import path

from accounts import api, api_consents

urlpatterns = [
    path("consents", api_consents.ConsentsView.as_view(), name="consents"),
    path("consents/<str:purpose>", api_consents.ConsentView.as_view(), name="consent"),
    path("me", api.MeView.as_view(), name="me"),
    path("organisations", api.OrganisationsView.as_view(), name="organisations"),
    path(
        "organisations/<uuid:organisation_id>", api.OrganisationView.as_view(), name="organisation"
    ),
    path("organisations/<uuid:organisation_id>/members", api.MembersView.as_view(), name="members"),
    path(
        "organisations/<uuid:organisation_id>/members/<uuid:user_id>",
        api.MemberView.as_view(),
        name="member",
    ),
    path(
        "organisations/<uuid:organisation_id>/invitations",
        api.InvitationsView.as_view(),
        name="invitations",
    ),
    path(
        "organisations/<uuid:organisation_id>/invitations/<uuid:invitation_id>",
        api.InvitationView.as_view(),
        name="invitation",
    ),
]
