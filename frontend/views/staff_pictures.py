"""Pictures of spaces: added and deleted by staff, served to whoever may see the space."""

from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from frontend.forms.staff_manage import PictureForm, SpaceForm, space_initial
from frontend.people import actor_of
from frontend.views.staff_guard import staff_page
from frontend.views.staff_spaces import space_of, space_page
from privacy.errors import DomainError
from reservations.models import SpacePicture
from reservations.selectors.spaces import spaces_visible
from reservations.services.pictures import picture_add, picture_remove


@require_POST
@staff_page("reservations.manage_spaces")
def pictures(request: HttpRequest, actor: User, slug: str) -> HttpResponse:
    """Add a picture to a space."""
    found = space_of(slug)
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            picture_add(
                actor=actor,
                space_id=found.id,
                upload=form.cleaned_data["picture"],
                **form.text("alt_id", "alt_en"),
            )
        except DomainError as error:
            if error.status in {403, 404, 503}:
                raise
            form.refuse(error)
        else:
            messages.success(request, _("The picture is shown on the page of the space."))
            return HttpResponseRedirect(reverse("frontend:manage-space", args=[slug]))
    main = SpaceForm(place=found.location, space=found, initial=space_initial(found))
    extra = {"picture_form": form}
    return space_page(request, found.location, found, main, status=422, extra=extra)


@require_POST
@staff_page("reservations.manage_spaces")
def picture_delete(request: HttpRequest, actor: User, picture_id: UUID) -> HttpResponse:
    """Delete a picture."""
    space = picture_remove(actor=actor, picture_id=picture_id)
    messages.success(request, _("The picture is gone."))
    return HttpResponseRedirect(reverse("frontend:manage-space", args=[space.slug]))


@require_safe
def picture(request: HttpRequest, name: str) -> FileResponse:
    """The file, as a picture and nothing else; 404 to those who may not see its space."""
    actor = actor_of(request)
    row = SpacePicture.objects.filter(image=f"spaces/{name}").first()
    manages = actor is not None and actor.may("reservations.manage_spaces")
    if row is None or not (manages or spaces_visible(actor).filter(id=row.space_id).exists()):
        raise Http404
    try:
        content = default_storage.open(str(row.image.name))
    except OSError:
        raise Http404 from None
    response = FileResponse(content, content_type="image/webp")
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    # The name is random and the file never changes, but who may see it can.
    response["Cache-Control"] = "private, max-age=3600"
    return response
