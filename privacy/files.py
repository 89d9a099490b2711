"""Sealed files: bytes on disk or in object storage under the key of the person they belong to.

    scan = SealedFileField(upload_to="mail/", max_length=200)

Written and read like any FileField (`row.scan.save(name, content)`, `row.scan.open()`,
`row.scan.chunks()`, `row.scan.size`), a chunk at a time, so a big file needs no memory.
It has no address: a view that has checked who asks streams `row.scan.chunks()`.

The format: b"RSF1", 2 bytes key version, 16 bytes salt; then chunks of 64 KiB, each with
its tag. The file's own key comes from the person's by HKDF with the salt; the nonce is the
chunk's number and whether it is the last, so that no chunk can be left out, added or moved
(the STREAM construction). Field and row are bound as in seal.py.
"""

import io
from collections.abc import Iterator
from os import urandom
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final, Never

from django.core.files.base import File
from django.db import models
from django.db.models.fields.files import FieldFile

from privacy import datamap
from privacy.fields import person_of
from privacy.vault import alarm
from privacy.vault.errors import FileErased, SealBroken
from privacy.vault.keys import DataKey, Destroyed
from privacy.vault.ring import ring
from privacy.vault.seal import TAG, bound_to

MAGIC: Final = b"RSF1"
SALT: Final = 16
HEADER: Final = len(MAGIC) + 2 + SALT
CHUNK: Final = 64 * 1024
SPOOL: Final = 1024 * 1024
PURPOSE: Final = b"ruang sealed file"


class SealedFieldFile(FieldFile):
    """The file of one row."""

    field: "SealedFileField"
    _committed: bool
    _file: Any

    if TYPE_CHECKING:

        def _require_file(self) -> None: ...

    def save(self, name: str | None, content: Any, save: bool = True) -> None:
        """Seal the content into the storage. Raises PersonErased or VaultUnavailable."""
        key = ring().key_to_seal(person_of(self.instance))
        with SpooledTemporaryFile(SPOOL) as sealed:
            for part in seal_stream(key, _parts(content), self._bound()):
                sealed.write(part)
            sealed.seek(0)
            super().save(name or content.name, File(sealed, name or content.name), save)
        # What storage holds is not what the upload was: read it anew.
        self.__dict__.pop("_file", None)

    def open(self, mode: str = "rb") -> "SealedFieldFile":  # type: ignore[override]
        """Open for reading. Raises FileErased, SealBroken, VaultUnavailable."""
        if mode != "rb":
            raise ValueError("A sealed file is written by save() alone.")
        self._require_file()
        if getattr(self, "_file", None) is not None and not self._file.closed:
            self._file.seek(0)
            return self
        self._file = self._opened()
        return self

    def _get_file(self) -> Any:
        if getattr(self, "_file", None) is None or self._file.closed:
            self.open()
        return self._file

    def _set_file(self, file: Any) -> None:
        self._file = file

    def _del_file(self) -> None:
        del self._file

    file = property(_get_file, _set_file, _del_file)

    @property
    def size(self) -> int:
        """Bytes of the plain content."""
        self._require_file()
        if not self._committed:
            return int(self.file.size)
        return plain_size(self.storage.size(str(self.name)))

    @property
    def url(self) -> Never:
        """A sealed file is not served by its address."""
        raise ValueError("A sealed file has no address; a view streams its chunks.")

    def _opened(self) -> File:  # type: ignore[type-arg]
        person = person_of(self.instance)
        key = ring().key(person)
        if isinstance(key, Destroyed):
            raise FileErased
        raw = self.storage.open(str(self.name), "rb")
        try:
            if key is None:
                raise SealBroken
            plain = Unsealed(
                raw, self.storage.size(str(self.name)), key, self._bound(), self._refuse
            )
        except SealBroken:
            raw.close()
            self._alarm("key_lost" if key is None else "seal_broken")
            raise
        return File(io.BufferedReader(plain, CHUNK), self.name)

    def _refuse(self) -> Never:
        self._alarm("seal_broken")
        raise SealBroken

    def _alarm(self, what: str) -> None:
        alarm.ring_alarm(
            what,
            field=self.field.map_id(),
            row=str(self.instance.pk),
            person=person_of(self.instance),
        )

    def _bound(self) -> bytes:
        return bound_to(self.field.map_id(), self.instance.pk)


class SealedFileField(models.FileField):
    """See the module."""

    #: The data map must say `sealed=True` of this field.
    sealed = True
    attr_class = SealedFieldFile

    def map_id(self) -> str:
        """The stable identifier of the field in the data map."""
        return datamap.field_id(self.model._meta.label_lower, self.name)


class Unsealed(io.RawIOBase):
    """The plain bytes of a sealed file, a chunk in memory at a time; may be sought in."""

    def __init__(self, raw: IO[bytes], size: int, key: DataKey, bound: bytes, refuse: Any) -> None:
        self._raw, self._refuse, self._bound = raw, refuse, bound
        head = raw.read(HEADER)
        if len(head) < HEADER or not head.startswith(MAGIC) or size < HEADER + TAG:
            raise SealBroken
        if int.from_bytes(head[4:6], "big") != key.version:
            raise SealBroken
        self._key = key.derived(PURPOSE, head[6:])
        self._last = (size - HEADER - 1) // (CHUNK + TAG)
        self._size = plain_size(size)
        self._place = 0
        self._number, self._chunk = -1, b""

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes: chunks are found by their number."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in the plain bytes."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def tell(self) -> int:
        """The place in the plain bytes."""
        return self._place

    def readinto(self, buffer: Any) -> int:
        """Fill from the chunk at the present place. Raises SealBroken."""
        number, inside = divmod(self._place, CHUNK)
        if number > self._last or (self._place >= self._size and self._number == self._last):
            return 0
        if number != self._number:
            self._chunk, self._number = self._opened(number), number
        part = self._chunk[inside : inside + len(buffer)]
        buffer[: len(part)] = part
        self._place += len(part)
        return len(part)

    def close(self) -> None:
        """Close what is below."""
        self._raw.close()
        super().close()

    def _opened(self, number: int) -> bytes:
        self._raw.seek(HEADER + number * (CHUNK + TAG))
        cipher = self._raw.read(CHUNK + TAG)
        plain = self._key.open(_nonce(number, number == self._last), cipher, self._bound)
        if plain is None:
            self._refuse()
            raise SealBroken
        return plain


def seal_stream(key: DataKey, parts: Iterator[bytes], bound: bytes) -> Iterator[bytes]:
    """The sealed file of these plain parts, in pieces; an empty content has one empty chunk."""
    salt = urandom(SALT)
    yield MAGIC + key.version.to_bytes(2, "big") + salt
    own = key.derived(PURPOSE, salt)
    number, held = 0, bytearray()
    for part in parts:
        held += part
        # One byte more than a chunk proves that it is not the last.
        while len(held) > CHUNK:
            yield own.seal(_nonce(number, False), bytes(held[:CHUNK]), bound)
            del held[:CHUNK]
            number += 1
    yield own.seal(_nonce(number, True), bytes(held), bound)


def plain_size(sealed: int) -> int:
    """Bytes of the plain content of a sealed file of so many bytes."""
    chunks = max(1, -(-(sealed - HEADER) // (CHUNK + TAG)))
    return max(0, sealed - HEADER - chunks * TAG)


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _parts(content: Any) -> Iterator[bytes]:
    for part in content.chunks(CHUNK):
        yield part.encode() if isinstance(part, str) else part
