"""What can go wrong between a sealed field and its key; each is an answer, never a fault."""

from django.utils.translation import gettext as _

from privacy.errors import DomainError


class VaultUnavailable(DomainError):
    """The vault cannot be asked at this moment; nothing was changed, trying again is right."""

    code = "vault_unavailable"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            _(
                "Protected data cannot be read or written at this moment."
                " Nothing was changed; please try again in a few minutes."
            )
        )


class SealBroken(DomainError):
    """A ciphertext does not fit its key, field and row: changed, moved, or its key is lost."""

    code = "seal_broken"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            _(
                "A protected value does not pass its check, so it is not shown."
                " Nothing was changed. Our staff have been told."
            )
        )


class PersonErased(DomainError):
    """Something would be sealed for a person whose key was destroyed."""

    code = "person_erased"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("This person's data was erased; nothing can be stored for them."))


class FileErased(DomainError):
    """The key of a sealed file was destroyed."""

    code = "file_erased"
    status = 410

    def __init__(self) -> None:
        super().__init__(_("This file was erased together with its person's data."))
