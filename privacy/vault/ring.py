"""The keys a unit of work (a request, a task, a message) has in hand.

Reading a list costs the vault one statement: every row with a sealed field that is loaded
notes itself here, and the first value that is opened fetches the keys of all of them. The
ring lives as long as its unit of work and no longer than a few seconds, so a destroyed
key counts at once; it is in memory only and refuses to be pickled.
"""

import logging
import time
import weakref
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, Never
from uuid import UUID

from privacy.vault import keys
from privacy.vault.errors import PersonErased, VaultUnavailable
from privacy.vault.keys import DataKey, Destroyed, Key
from privacy.vault.kms import derive
from privacy.vault.secret import Secret

logger = logging.getLogger(__name__)

#: Longest that a key is believed without asking the vault again.
SECONDS: Final = 5.0
#: Above so many loaded rows the list is cleared of those that are gone.
CROWD: Final = 5000


class KeyRing:
    """See the module; `people_of` tells whose key a loaded row needs, None when not known yet."""

    def __init__(self) -> None:
        self._keys: dict[UUID, Key] = {}
        self._index: dict[str, Secret] = {}
        self._born = time.monotonic()
        #: Whose values did not open; told when the unit of work is over.
        self.broken: set[UUID] = set()
        self._waiting: list[tuple[weakref.ref[Any], Callable[[Any], UUID | None]]] = []

    def __repr__(self) -> str:
        return f"<key ring of {len(self._keys)} people>"

    def __reduce_ex__(self, _protocol: object) -> Never:
        raise TypeError("Keys are never pickled or copied.")

    def note(self, row: Any, person_of: Callable[[Any], UUID | None]) -> None:
        """A row was loaded whose key may be wanted."""
        if self._waiting and self._waiting[-1][0]() is row:
            return
        self._waiting.append((weakref.ref(row), person_of))
        if len(self._waiting) > CROWD and len(self._waiting) % CROWD == 1:
            self._waiting = [item for item in self._waiting if item[0]() is not None]

    def key(self, subject_id: UUID) -> Key | None:
        """The person's key to open with, Destroyed after an erasure, None when it is lost."""
        self._forget_old()
        if subject_id not in self._keys:
            self._keys |= keys.keys_fetch({subject_id, *self._awaited()})
        return self._keys.get(subject_id)

    def key_to_seal(self, subject_id: UUID) -> DataKey:
        """The person's key, made and committed when missing. Raises PersonErased."""
        self._forget_old()
        if subject_id not in self._keys:
            self._keys |= keys.keys_ensure({subject_id})
        key = self._keys.get(subject_id)
        if isinstance(key, Destroyed):
            raise PersonErased
        if key is None:
            raise VaultUnavailable
        return key

    def prepare(self, subject_ids: Collection[UUID]) -> None:
        """Fetch or make the keys of many people at once, before a bulk write."""
        self._forget_old()
        wanted = set(subject_ids) - set(self._keys)
        if wanted:
            self._keys |= keys.keys_ensure(wanted)

    def index_key(self, field_id: str) -> Secret:
        """The key of one field's blind index."""
        self._forget_old()
        if "" not in self._index:
            self._index[""] = _index_key()
        if field_id not in self._index:
            self._index[field_id] = derive(
                self._index[""], b"ruang blind index|" + field_id.encode()
            )
        return self._index[field_id]

    def forget(self) -> None:
        """Ask the vault again from now on."""
        self._keys.clear()
        self._index.clear()
        self._born = time.monotonic()

    def _awaited(self) -> set[UUID]:
        rows, self._waiting = self._waiting, []
        people = (person_of(row) for ref, person_of in rows if (row := ref()) is not None)
        return {person for person in people if person is not None and person not in self._keys}

    def _forget_old(self) -> None:
        if time.monotonic() - self._born > SECONDS:
            self.forget()


_current: ContextVar[KeyRing | None] = ContextVar("privacy.vault.ring", default=None)


_told: list[Callable[[UUID], object]] = []


def ring() -> KeyRing:
    """The ring of the present unit of work; outside any, one that forgets in seconds."""
    found = _current.get()
    if found is None:
        found = KeyRing()
        _current.set(found)
    return found


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Begin with no key in hand, and end with none."""
    begun = KeyRing()
    token = _current.set(begun)
    try:
        yield
    finally:
        _current.reset(token)
        broken_tell(begun)


def register_alarm(tell: Callable[[UUID], object]) -> None:
    """Who is told, by subject id, that a value of a person did not open."""
    if tell not in _told:
        _told.append(tell)


def broken_tell(used: KeyRing) -> None:
    """Tell of what did not open. Call it outside any transaction; it never fails the work."""
    people, used.broken = used.broken, set()
    for person in sorted(people):
        for tell in _told:
            try:
                tell(person)
            except Exception:
                logger.exception("The alarm for person %s could not be raised.", person)


def key_destroy(subject_id: UUID) -> None:
    """Destroy a person's key, here and now (see keys.key_destroy)."""
    keys.key_destroy(subject_id)
    ring().forget()


def _index_key() -> Secret:
    found = keys.index_key_fetch()
    if found is None:
        from privacy.vault.startup import vault_begin  # noqa: PLC0415 - needs privacy's models

        vault_begin()
        found = keys.index_key_fetch()
    if found is None:
        raise VaultUnavailable
    return found[1]
