"""Wraps every key of the vault with the present VAULT_MASTER_KEY."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privacy.vault.kms import WrongMaster, kms
from privacy.vault.upkeep import keys_rotate


class Command(BaseCommand):
    """`manage.py vault_rotate`: after VAULT_MASTER_KEY was replaced and the former one kept."""

    help = (
        "Wrap every key with the present VAULT_MASTER_KEY. Keep the former in "
        "VAULT_MASTER_KEY_FALLBACKS until this has ended; it may be stopped and run again."
    )

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        """Batch by batch, saying how far it is."""
        count = 0
        try:
            for count in keys_rotate():
                self.stdout.write(f"{count} keys rewrapped …")
        except WrongMaster as error:
            raise CommandError(
                f"Some keys are wrapped by the master key with the fingerprint {error}, which is "
                "not at hand. Add it to VAULT_MASTER_KEY_FALLBACKS and run this again; what was "
                "rewrapped stays so."
            ) from None
        self.stdout.write(
            f"Done: {count} keys rewrapped by the master key {kms().current}. Take the former "
            "out of VAULT_MASTER_KEY_FALLBACKS everywhere, and keep it as long as backups of "
            "the vault that need it."
        )
