"""People and organisations over HTTP."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services
from accounts.http import etag, expected_version, repeat
from accounts.models import Membership, Organisation, User
from accounts.selectors import (
    invitations_of,
    members_of,
    membership_get,
    organisations_of,
)
from accounts.serializers import StrictSerializer

READ_AND_CHANGE = {"POST": "account", "PATCH": "account", "DELETE": "account"}


class ProfileIn(StrictSerializer):
    """What a person may change of their profile."""

    full_name = serializers.CharField(required=False, max_length=200)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40)
    institution = serializers.CharField(required=False, allow_blank=True, max_length=200)
    language = serializers.CharField(required=False, max_length=5)
    time_zone = serializers.CharField(required=False, max_length=64)


class PlaceOut(serializers.Serializer[Any]):
    """The person's place in one organisation."""

    id = serializers.UUIDField(source="organisation_id")
    name = serializers.CharField(source="organisation.name")
    role = serializers.ChoiceField(choices=Membership.Role.choices)


class ProfileOut(serializers.Serializer[User]):
    """The signed-in person."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    email_verified = serializers.BooleanField(source="is_verified_address")
    full_name = serializers.CharField()
    phone = serializers.CharField()
    institution = serializers.CharField()
    language = serializers.CharField()
    time_zone = serializers.CharField()
    version = serializers.IntegerField()
    organisations = serializers.SerializerMethodField()

    @extend_schema_field(PlaceOut(many=True))
    def get_organisations(self, user: User) -> list[dict[str, Any]]:
        """The person's organisations and roles there."""
        return list(PlaceOut(organisations_of(user), many=True).data)


class OrganisationIn(StrictSerializer):
    """A new organisation, or the new name of one."""

    name = serializers.CharField(max_length=200)


class OrganisationOut(serializers.Serializer[Any]):
    """An organisation as its member sees it."""

    id = serializers.UUIDField(source="organisation_id")
    name = serializers.CharField(source="organisation.name")
    version = serializers.IntegerField(source="organisation.version")
    role = serializers.ChoiceField(choices=Membership.Role.choices)


class MemberOut(serializers.Serializer[Any]):
    """A member; the address is shown to owners and to the person only."""

    id = serializers.UUIDField(source="user_id")
    name = serializers.CharField(source="user.name")
    email = serializers.SerializerMethodField()
    role = serializers.ChoiceField(choices=Membership.Role.choices)
    joined_at = serializers.DateTimeField()

    def get_email(self, membership: Membership) -> str | None:
        """The address, or null."""
        shown = self.context["owner"] or membership.user_id == self.context["actor"].id
        return membership.user.email if shown else None


class InvitationIn(StrictSerializer):
    """Whom to invite, and as what."""

    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(choices=Membership.Role.choices, default=Membership.Role.MEMBER)


class InvitationOut(serializers.Serializer[Any]):
    """An open invitation."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=Membership.Role.choices)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class RoleIn(StrictSerializer):
    """The new role of a member."""

    role = serializers.ChoiceField(choices=Membership.Role.choices)


def page_of(kind: type[serializers.Serializer[Any]]) -> Any:
    """The serializer of a list of `kind`, in the shape every list has."""
    return inline_serializer(
        name=f"{kind.__name__.removesuffix('Out')}Page",
        fields={"next": serializers.URLField(allow_null=True), "results": kind(many=True)},
    )


def read(serializer: type[StrictSerializer], request: Request) -> dict[str, Any]:
    """The request's body, checked; 400 with every fault."""
    wanted = serializer(data=request.data)
    wanted.is_valid(raise_exception=True)
    return dict(wanted.validated_data)


class MeView(APIView):
    """The signed-in person's own profile."""

    scopes: ClassVar[dict[str, str]] = READ_AND_CHANGE

    @extend_schema(operation_id="me_get", responses=ProfileOut)
    def get(self, request: Request) -> Response:
        """The profile, with its version as ETag."""
        return self._answer(actor_of(request))

    @extend_schema(operation_id="me_change", request=ProfileIn, responses=ProfileOut)
    def patch(self, request: Request) -> Response:
        """Change what is named; 412 with `difference` when If-Match is outdated."""
        changed = services.user_profile_change(
            actor=actor_of(request),
            changes=read(ProfileIn, request),
            expected_version=expected_version(request),
        )
        return self._answer(changed)

    def _answer(self, user: User) -> Response:
        return Response(ProfileOut(user).data, headers={"ETag": etag(user.version)})


class OrganisationsView(APIView):
    """The person's organisations."""

    scopes: ClassVar[dict[str, str]] = READ_AND_CHANGE

    @extend_schema(operation_id="organisations_list", responses=page_of(OrganisationOut))
    def get(self, request: Request) -> Response:
        """All of them, by name; nobody is in so many that they need pages."""
        found = organisations_of(actor_of(request))
        return listed(OrganisationOut(found, many=True).data)

    @extend_schema(
        operation_id="organisation_create", request=OrganisationIn, responses={201: OrganisationOut}
    )
    def post(self, request: Request) -> Response:
        """A new one with the person as owner. Takes an Idempotency-Key."""
        actor = actor_of(request)
        made = services.organisation_create(
            actor=actor, name=read(OrganisationIn, request)["name"], repeat=repeat(request)
        )
        return organisation_answer(actor, made, status.HTTP_201_CREATED)


class OrganisationView(APIView):
    """One organisation of the person; everybody else's answer 404."""

    scopes: ClassVar[dict[str, str]] = READ_AND_CHANGE

    @extend_schema(operation_id="organisation_get", responses=OrganisationOut)
    def get(self, request: Request, organisation_id: UUID) -> Response:
        """The organisation, with its version as ETag."""
        actor = actor_of(request)
        found = membership_get(actor, organisation_id)
        return organisation_answer(actor, found.organisation)

    @extend_schema(
        operation_id="organisation_change", request=OrganisationIn, responses=OrganisationOut
    )
    def patch(self, request: Request, organisation_id: UUID) -> Response:
        """Rename; owners only. 412 with `difference` when If-Match is outdated."""
        actor = actor_of(request)
        changed = services.organisation_rename(
            actor=actor,
            organisation_id=organisation_id,
            name=read(OrganisationIn, request)["name"],
            expected_version=expected_version(request),
        )
        return organisation_answer(actor, changed)


class MembersView(APIView):
    """The members of an organisation."""

    scopes: ClassVar[dict[str, str]] = READ_AND_CHANGE

    @extend_schema(operation_id="members_list", responses=page_of(MemberOut))
    def get(self, request: Request, organisation_id: UUID) -> Response:
        """Owners first; addresses for owners only."""
        actor = actor_of(request)
        found = members_of(actor, organisation_id)
        mine = next(member for member in found if member.user_id == actor.id)
        context = {"actor": actor, "owner": mine.role == Membership.Role.OWNER}
        return listed(MemberOut(found, many=True, context=context).data)

    @extend_schema(
        operation_id="member_invite", request=InvitationIn, responses={201: InvitationOut}
    )
    def post(self, request: Request, organisation_id: UUID) -> Response:
        """Invite by e-mail; owners only. Takes an Idempotency-Key."""
        made = services.invitation_send(
            actor=actor_of(request),
            organisation_id=organisation_id,
            repeat=repeat(request),
            **read(InvitationIn, request),
        )
        return Response(InvitationOut(made).data, status=status.HTTP_201_CREATED)


class MemberView(APIView):
    """One member of an organisation."""

    scopes: ClassVar[dict[str, str]] = READ_AND_CHANGE

    @extend_schema(operation_id="member_change", request=RoleIn, responses=MemberOut)
    def patch(self, request: Request, organisation_id: UUID, user_id: UUID) -> Response:
        """Change the role; owners only. The last owner stays one."""
        actor = actor_of(request)
        changed = services.member_set_role(
            actor=actor, organisation_id=organisation_id, user_id=user_id, **read(RoleIn, request)
        )
        context = {"actor": actor, "owner": True}
        return Response(MemberOut(changed, context=context).data)

    @extend_schema(operation_id="member_remove", responses={204: None})
    def delete(self, request: Request, organisation_id: UUID, user_id: UUID) -> Response:
        """Remove a member (owners), or leave (oneself)."""
        services.member_remove(
            actor=actor_of(request), organisation_id=organisation_id, user_id=user_id
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class InvitationsView(APIView):
    """The open invitations of an organisation; owners only."""

    @extend_schema(operation_id="invitations_list", responses=page_of(InvitationOut))
    def get(self, request: Request, organisation_id: UUID) -> Response:
        """Newest first, the expired ones included."""
        found = invitations_of(actor_of(request), organisation_id)
        return listed(InvitationOut(found, many=True).data)


class InvitationView(APIView):
    """One open invitation."""

    scopes: ClassVar[dict[str, str]] = READ_AND_CHANGE

    @extend_schema(operation_id="invitation_revoke", responses={204: None})
    def delete(self, request: Request, organisation_id: UUID, invitation_id: UUID) -> Response:
        """Withdraw it; its link stops working."""
        services.invitation_revoke(
            actor=actor_of(request), organisation_id=organisation_id, invitation_id=invitation_id
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


def actor_of(request: Request) -> User:
    """The caller; views that anybody may call do not use this."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("This view needs IsAuthenticated.")
    return user


def listed(results: Any) -> Response:
    """A list that fits one page, in the shape every list has."""
    return Response({"next": None, "results": results})


def organisation_answer(
    actor: User, organisation: Organisation, code: int = status.HTTP_200_OK
) -> Response:
    """The organisation as the actor sees it."""
    place = membership_get(actor, organisation.id)
    return Response(
        OrganisationOut(place).data, status=code, headers={"ETag": etag(place.organisation.version)}
    )
