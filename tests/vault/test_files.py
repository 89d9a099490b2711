"""Sealed files: streamed, sought in, and refused when a single bit or chunk is not as it was."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage
from django.db import connection, models
from django.test.utils import isolate_apps

from privacy import datamap
from privacy.datamap import NEUTRAL, Entry
from privacy.files import CHUNK, HEADER, SealedFileField, plain_size
from privacy.ids import uuid7
from privacy.models import Subject
from privacy.vault.errors import FileErased, PersonErased, SealBroken
from privacy.vault.ring import key_destroy, ring
from privacy.vault.seal import TAG
from tests.vault.conftest import SEALED

SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7]


@pytest.fixture
def scan(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A model with a sealed file, in a folder of its own."""
    with isolate_apps("reservations", "privacy"):

        class Scan(models.Model):
            """A scanned letter."""

            id = models.UUIDField(primary_key=True, default=uuid7)
            subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
            letter = SealedFileField(storage=FileSystemStorage(tmp_path), upload_to="mail/")

            class Meta:
                app_label = "reservations"

            def __str__(self) -> str:
                return str(self.pk)

        fields = {"id": NEUTRAL, "subject": NEUTRAL, "letter": SEALED}
        entry = Entry("reservations.Scan", fields, subject="subject")
        monkeypatch.setitem(datamap._entries, "reservations.scan", entry)
        with connection.schema_editor(atomic=False) as editor:
            editor.create_model(Scan)
        yield Scan


def content(size: int) -> bytes:
    """Different in every chunk, with a marker at the start."""
    return (b"MARKER" + b"".join(n.to_bytes(4, "big") for n in range(size // 4 + 1)))[:size]


def kept(scan: Any, person: Subject, size: int) -> Any:
    """A row with a file of this size, as it is loaded later."""
    row = scan(subject=person)
    row.letter.save("letter.pdf", ContentFile(content(size)))
    return scan.objects.get(pk=row.pk)


def read(row: Any) -> bytes:
    """All of it."""
    with row.letter.open() as letter:
        return bytes(letter.read())


def pieces(row: Any) -> list[bytes]:
    """In pieces, as a view streams it."""
    with row.letter.open() as letter:
        return list(letter.chunks(CHUNK))


@pytest.mark.parametrize("size", SIZES)
def test_a_file_is_read_as_it_was_and_lies_sealed(scan: Any, ani: Subject, size: int) -> None:
    row = kept(scan, ani, size)

    assert read(row) == content(size)
    assert row.letter.size == size
    assert b"".join(pieces(row)) == content(size)
    stored = Path(row.letter.path).read_bytes()
    assert len(stored) == HEADER + size + TAG * max(1, -(-size // CHUNK))
    assert plain_size(len(stored)) == size
    assert b"MARKER" not in stored


def test_any_part_can_be_read(scan: Any, ani: Subject) -> None:
    row = kept(scan, ani, 3 * CHUNK + 7)
    whole = content(3 * CHUNK + 7)

    with row.letter.open() as letter:
        for start, count in ((5, 10), (2 * CHUNK - 3, 9), (3 * CHUNK, 100), (0, 1)):
            letter.seek(start)
            assert letter.read(count) == whole[start : start + count]
        letter.seek(-2, io.SEEK_END)
        assert letter.read() == whole[-2:]


def test_a_big_file_passes_through_in_small_pieces(scan: Any, ani: Subject) -> None:
    class Big(File):  # type: ignore[type-arg]
        """Ten megabytes that are never in memory together."""

        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            for number in range(160):
                yield bytes([number]) * CHUNK

    row = scan(subject=ani)
    row.letter.save("big.pdf", Big(io.BytesIO(), "big.pdf"))

    found = pieces(scan.objects.get(pk=row.pk))
    assert max(len(part) for part in found) <= CHUNK
    assert [part[0] for part in found] == list(range(160))


def test_a_file_assigned_to_the_row_is_sealed_by_save(scan: Any, ani: Subject) -> None:
    row = scan.objects.create(subject=ani, letter=ContentFile(b"MARKER of a letter", "a.pdf"))

    assert read(scan.objects.get(pk=row.pk)) == b"MARKER of a letter"
    assert b"MARKER" not in Path(row.letter.path).read_bytes()


def test_a_sealed_file_has_no_address(scan: Any, ani: Subject) -> None:
    row = kept(scan, ani, 5)
    with pytest.raises(ValueError, match="no address"):
        str(row.letter.url)
    with pytest.raises(ValueError, match="by save"):
        row.letter.open("wb")


SPAN = CHUNK + TAG


@pytest.mark.parametrize(
    "harm",
    [
        lambda stored: b"X" + stored[1:],
        lambda stored: stored[:5] + b"\x09" + stored[6:],
        lambda stored: stored[:10] + bytes([stored[10] ^ 1]) + stored[11:],
        lambda stored: stored[:100] + bytes([stored[100] ^ 1]) + stored[101:],
        lambda stored: stored[:-1],
        lambda stored: stored[: HEADER + 2 * SPAN],
        lambda stored: stored[:HEADER] + stored[HEADER + SPAN :],
        lambda stored: stored[:HEADER] + stored[HEADER + SPAN : HEADER + 2 * SPAN]
        + stored[HEADER : HEADER + SPAN] + stored[HEADER + 2 * SPAN :],
        lambda stored: stored + stored[HEADER:],
        lambda stored: stored[:HEADER],
        lambda stored: b"",
    ],
)  # fmt: skip
def test_a_harmed_file_is_refused(scan: Any, ani: Subject, harm: Any) -> None:
    row = kept(scan, ani, 2 * CHUNK + 50)
    path = Path(row.letter.path)
    path.write_bytes(harm(path.read_bytes()))

    with pytest.raises(SealBroken):
        read(row)
    assert ring().broken == {ani.id}


def test_a_file_of_another_row_is_refused(scan: Any, ani: Subject) -> None:
    one, two = kept(scan, ani, 50), kept(scan, ani, 60)
    scan.objects.filter(pk=two.pk).update(letter=one.letter.name)

    with pytest.raises(SealBroken):
        read(scan.objects.get(pk=two.pk))


def test_without_its_key_a_file_is_gone(scan: Any, ani: Subject) -> None:
    row = kept(scan, ani, 50)
    key_destroy(ani.id)

    with pytest.raises(FileErased) as caught:
        read(scan.objects.get(pk=row.pk))
    assert caught.value.status == 410
    with pytest.raises(PersonErased):
        row.letter.save("again.pdf", ContentFile(b"x"))
