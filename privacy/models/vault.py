"""Which vault holds the keys of this database."""

from django.db import models


class VaultOfData(models.Model):
    """The identifier of the vault (vault.IndexKey.id); one row, written when it is begun.

    With another vault nobody's address would be found, and new people would be sealed
    with keys that the next start does not have: so a wrong pair refuses to start.
    """

    only = models.BooleanField(default=True, primary_key=True)
    vault_id = models.UUIDField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="privacy_vaultofdata_only", condition=models.Q(only=True))
        ]

    def __str__(self) -> str:
        return str(self.vault_id)
