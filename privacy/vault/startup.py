"""What the entry points of server and worker ask before they start: is this our vault, our key?"""

import logging

from django.db import OperationalError, ProgrammingError, connections
from psycopg_pool import PoolTimeout

from privacy.models import VaultOfData
from privacy.vault import keys
from privacy.vault.kms import WrongMaster, kms
from privacy.vault.models import IndexKey, SubjectKey
from privacy.vault.router import ALIAS

logger = logging.getLogger(__name__)


class VaultRefused(SystemExit):
    """The vault, the master key and the main database do not belong together."""


def require_vault() -> None:
    """Raise VaultRefused with what to do, unless master key, vault and database fit.

    A fresh pair is begun. A vault that cannot be reached refuses nothing: pages that need
    no key work meanwhile, the others answer 503. Leaves no connection behind, because a
    worker forks after this.
    """
    try:
        vault_check()
    except (OperationalError, PoolTimeout) as error:
        logger.warning("The vault was not checked: %s.", type(error).__name__)
    except ProgrammingError:
        logger.warning("The vault was not checked: its tables are missing; migrate first.")
    finally:
        for connection in connections.all(initialized_only=True):
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]


def vault_check() -> None:
    """The check itself; database errors come through."""
    index = IndexKey.objects.using(ALIAS).first()
    paired = VaultOfData.objects.first()
    if index is None and paired is None:
        vault_begin()
        return
    if paired is not None and (index is None or index.id != paired.vault_id):
        raise VaultRefused(
            "VAULT_DATABASE_URL leads to a vault that does not hold the keys of the database "
            "behind DATABASE_URL. Nothing was changed.\n"
            f"The database expects the vault {paired.vault_id}; this is "
            f"{index.id if index else 'an empty one'}. Correct the address, or restore the "
            "vault's backup."
        )
    if index is not None:
        _require_master(index)
        VaultOfData.objects.get_or_create(defaults={"vault_id": index.id})


def vault_begin() -> None:
    """Make a fresh vault's index key and remember it in the main database."""
    paired = VaultOfData.objects.first()
    if paired is not None:
        logger.critical("The database expects the vault %s; this one is empty.", paired.vault_id)
        return
    keys.index_key_make()
    found = keys.index_key_fetch()
    if found is not None:
        VaultOfData.objects.get_or_create(defaults={"vault_id": found[0]})


def _require_master(index: IndexKey) -> None:
    used = SubjectKey.objects.using(ALIAS).exclude(wrapped=None).values_list("master_id", flat=True)
    unknown = {name for name in {index.master_id, *used.distinct()} if not kms().knows(name)}
    if not unknown:
        try:
            keys.index_key_unwrap(index)
        except WrongMaster:
            unknown = {index.master_id}
    if unknown:
        raise VaultRefused(
            "VAULT_MASTER_KEY is not the key that wraps this vault. Nothing was changed.\n"
            f"The vault needs the master key with the fingerprint {', '.join(sorted(unknown))}; "
            f"VAULT_MASTER_KEY has {kms().current}. Set the right one, or add the former to "
            "VAULT_MASTER_KEY_FALLBACKS and run `python manage.py vault_rotate`."
        )
