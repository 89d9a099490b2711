"""The tables of the `vault` database. Random bytes, random identifiers, and when."""

from django.db import models


class SubjectKey(models.Model):
    """The key of one person's sealed fields, wrapped by a master key.

    A destroyed key leaves its row without the key: so "erased" is told from "lost", and
    no new key is ever made for somebody who was erased.
    """

    # privacy.Subject is in the other database, so this is no foreign key.
    subject_id = models.UUIDField(primary_key=True, editable=False)
    version = models.PositiveSmallIntegerField(default=1)
    master_id = models.CharField(max_length=16, db_index=True)
    wrapped = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)
    # Since when no person of the main database has this identifier (upkeep.py).
    orphan_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="vault_subjectkey_destroyed",
                condition=models.Q(wrapped=None, destroyed_at__isnull=False)
                | models.Q(wrapped__isnull=False, destroyed_at=None),
            )
        ]

    def __str__(self) -> str:
        return str(self.subject_id)


class IndexKey(models.Model):
    """The key of the blind indexes: one row, wrapped like the others, never destroyed.

    Its identifier names the vault. The main database remembers it (privacy.VaultOfData), so
    that neither works with another one's half.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    only = models.BooleanField(default=True, unique=True)
    master_id = models.CharField(max_length=16)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="vault_indexkey_only", condition=models.Q(only=True))
        ]

    def __str__(self) -> str:
        return str(self.id)
