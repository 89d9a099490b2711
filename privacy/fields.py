"""Sealed fields: stored as AES-256-GCM under the key of the person whose data it is.

    email = SealedEmailField(_("e-mail address"))          # with a blind index
    phone = SealedTextField(_("phone"), max_length=32, blank=True)
    answers = SealedJSONField(default=dict)

The model's entry in the data map says whose key it is (`subject`) and `sealed=True`. A row
loads with ciphertext; the first read of an attribute opens it, and the keys of all rows
loaded so far come in one statement. Written by save() and bulk_create() only: `update()`
does not know the row, so it takes nothing but an empty text. docs/privacy.md has the
recipe.

Reading gives the plain value, ERASED when the person's key was destroyed, or raises
VaultUnavailable (503) or SealBroken (409, alarms).
"""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, Never, cast
from uuid import UUID

from django import forms
from django.core.exceptions import FieldError
from django.core.validators import EmailValidator, MaxLengthValidator
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext_lazy as _

from privacy import datamap
from privacy.json_fields import keys_check
from privacy.vault import alarm
from privacy.vault.columns import blind_index, column_of
from privacy.vault.errors import PersonErased, SealBroken
from privacy.vault.keys import Destroyed
from privacy.vault.moving import normalise
from privacy.vault.ring import ring
from privacy.vault.seal import BLIND, bound_to, unseal

if TYPE_CHECKING:
    Field = models.Field[Any, Any]
    Lookup = models.Lookup[Any]
else:
    Field, Lookup = models.Field, models.Lookup

#: What a sealed text reads as once its key was destroyed: a word in the reader's language.
ERASED: Final = cast(str, _("erased"))


class ErasedJSON(dict[str, Any]):
    """What a sealed JSON value reads as once its key was destroyed: every key says so."""

    def __missing__(self, _key: str) -> str:
        return ERASED

    def get(self, _key: str, _default: Any = None) -> Any:
        """Never a silent default."""
        return ERASED

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        return str(ERASED)


def is_erased(value: object) -> bool:
    """Whether a value read from a sealed field says that it was erased."""
    return value is ERASED or isinstance(value, ErasedJSON)


class Sealed:
    """The ciphertext of one value as it was loaded; the row is needed to open it."""

    __slots__ = ("cipher", "plain")

    def __init__(self, cipher: bytes) -> None:
        self.cipher = cipher
        self.plain: Any = None

    def __repr__(self) -> str:
        return "<sealed>"

    def __str__(self) -> Never:
        raise TypeError("A sealed value is read from its row, not by values() or values_list().")

    def __reduce__(self) -> tuple[type["Sealed"], tuple[bytes]]:
        # A pickled or copied row carries the ciphertext alone.
        return Sealed, (self.cipher,)


class SealedAttribute(DeferredAttribute):
    """Opens the value when it is read, and keeps it on the row."""

    field: "SealedField"

    def __get__(self, row: models.Model | None, owner: type[models.Model] | None = None) -> Any:
        if row is None:
            return self
        name = self.field.attname
        if name not in row.__dict__:
            super().__get__(row, owner)
        value = row.__dict__[name]
        return self._opened(row, value) if isinstance(value, Sealed) else value

    def __set__(self, row: models.Model, value: Any) -> None:
        name = self.field.attname
        if is_erased(value) and isinstance(row.__dict__.get(name), Sealed):
            return
        row.__dict__[name] = value
        if isinstance(value, Sealed):
            ring().note(row, person_loaded)

    def _opened(self, row: models.Model, value: Sealed) -> Any:
        if value.plain is None:
            value.plain = self.field.open(row, value.cipher)
            if not self.field.immutable and not is_erased(value.plain):
                # What can be changed in place is sealed anew when the row is saved.
                row.__dict__[self.field.attname] = value.plain
        return value.plain


class SealedField(Field):
    """What the sealed fields share; use one of those below."""

    #: The data map must say `sealed=True` of this field, and of no other.
    sealed = True
    immutable = True
    indexed = False
    descriptor_class = SealedAttribute
    empty_strings_allowed = True

    def get_internal_type(self) -> str:
        """Stored as bytea."""
        return "BinaryField"

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        """Ciphertext, to be opened by the row; None and empty are not sealed."""
        if value is None:
            return None
        return Sealed(bytes(value)) if len(value) else self.empty()

    def get_prep_value(self, value: Any) -> Any:
        """Ciphertext or nothing. Raises TypeError for a plain value: only a row can seal it."""
        if value is None or isinstance(value, bytes):
            return value
        if isinstance(value, Sealed):
            return value.cipher
        if value == self.empty() and value == "":
            return b""
        raise TypeError(
            f"{self} is sealed: set it on the row and save() that. "
            "update() takes only an empty text, look-ups only what has a blind index."
        )

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Bytes as the driver wants them."""
        value = value if prepared else self.get_prep_value(value)
        return None if value is None else connection.Database.Binary(value)

    def pre_save(self, row: models.Model, add: bool) -> bytes | None:
        """The ciphertext of what the row holds; unchanged when it was never read or set."""
        value = row.__dict__.get(self.attname)
        if isinstance(value, Sealed):
            return value.cipher
        if is_erased(value):
            raise PersonErased
        if value is None or (isinstance(value, str) and value == ""):
            return None if value is None else b""
        return self.seal(row, value)

    def seal(self, row: models.Model, value: Any) -> bytes:
        """The column's bytes for this value in this row; makes the person's key when missing."""
        before = self.blind_of(value) if self.indexed else b""
        return column_of(self.map_id(), row.pk, person_of(row), self.to_bytes(value), before)

    def open(self, row: models.Model, column: bytes) -> Any:
        """The value of the column's bytes; ERASED without a key. Raises SealBroken."""
        person = person_of(row)
        key = ring().key(person)
        if isinstance(key, Destroyed):
            return self.erased()
        before, envelope = (column[:BLIND], column[BLIND:]) if self.indexed else (b"", column)
        bound = bound_to(self.map_id(), row.pk, before)
        plain = None if key is None else unseal(key, envelope, bound)
        if plain is None:
            what = "key_lost" if key is None else "seal_broken"
            alarm.ring_alarm(what, field=self.map_id(), row=str(row.pk), person=person)
            raise SealBroken
        return self.from_bytes(plain)

    def map_id(self) -> str:
        """The stable identifier of the field in the data map."""
        return datamap.field_id(self.model._meta.label_lower, self.name)

    def blind_of(self, value: str) -> bytes:
        """The blind index of a value, as BlindOf reads it; empty for an empty one."""
        return blind_index(self.map_id(), normalise(value))

    def value_to_string(self, obj: models.Model) -> Never:
        """Serializers would write it in the plain."""
        raise TypeError(f"{self} is sealed and is not serialized.")

    # What differs from field to field.
    def empty(self) -> Any:
        """What an empty column reads as."""
        return ""

    def erased(self) -> Any:
        """What a column reads as after the key was destroyed."""
        return ERASED

    def to_bytes(self, value: Any) -> bytes:
        """The plain bytes of a value."""
        return str(value).encode()

    def from_bytes(self, plain: bytes) -> Any:
        """The value of plain bytes."""
        return plain.decode()


class SealedTextField(SealedField):
    """Text. `indexed=True` adds a blind index, so that equality can be asked for."""

    def __init__(self, *args: Any, indexed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indexed = indexed
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def deconstruct(self) -> Any:
        """Migrations need to know of the index: it changes the bytes."""
        name, path, args, kwargs = super().deconstruct()
        if self.indexed:
            kwargs["indexed"] = True
        return name, path, args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        """A text field, in ModelForms."""
        return super().formfield(
            **{"form_class": forms.CharField, "max_length": self.max_length, **kwargs}
        )


class SealedEmailField(SealedTextField):
    """An e-mail address, found by its blind index whatever its case.

    `filter(email=…)`, `email__iexact` and `email__in` work; nothing else does. For
    uniqueness: `UniqueConstraint(BlindOf("email"), name=…)`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 254)
        kwargs["indexed"] = True
        super().__init__(*args, **kwargs)
        self.validators.append(EmailValidator())

    def deconstruct(self) -> Any:
        """An address is always indexed."""
        name, path, args, kwargs = super().deconstruct()
        del kwargs["indexed"]
        return name, path, args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        """An e-mail field, in ModelForms."""
        return super().formfield(**{"form_class": forms.EmailField, **kwargs})


class SealedJSONField(SealedField):
    """Anything JSON can say. Changes made in place are sealed by the next save()."""

    immutable = False

    def empty(self) -> Any:
        """An empty column was never given a value."""
        return None

    def erased(self) -> Any:
        """A mapping whose every key says that it was erased."""
        return ErasedJSON()

    def to_bytes(self, value: Any) -> bytes:
        """UTF-8 without spaces. Raises UndeclaredKey for a key the data map does not name."""
        keys_check(self.model._meta.label, self.name, value)
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def from_bytes(self, plain: bytes) -> Any:
        """What was stored."""
        return json.loads(plain)


class BlindOf(models.Func):
    """The blind index of a sealed field as an expression, for constraints and indexes."""

    template = f"SUBSTRING(%(expressions)s FROM 1 FOR {BLIND})"
    arity = 1
    output_field = models.BinaryField()


class BlindLookup(Lookup):
    """Equality by the blind index; the plain value never reaches the database."""

    lookup_name = "exact"

    def get_prep_lookup(self) -> Any:
        """The blind index of what is looked for."""
        return self._blinded(self.rhs)

    def get_db_prep_lookup(self, value: Any, connection: Any) -> Any:
        """Bytes go as they are."""
        return "%s", [value]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Compares the column's first bytes, as the index of BlindOf does."""
        left, params = self.process_lhs(compiler, connection)
        start = BlindOf.template % {"expressions": left}
        return f"{start} = %s", (*params, self.rhs)

    def _blinded(self, value: Any) -> bytes:
        field = self.lhs.output_field
        if not isinstance(value, str):
            raise FieldError(f"{field} is sealed: compare it with a text.")
        if value and not field.indexed:
            raise FieldError(f"{field} is sealed and has no blind index to look it up by.")
        return cast(bytes, field.blind_of(value))


class BlindInsensitive(BlindLookup):
    """The same: a blind index knows no case."""

    lookup_name = "iexact"


class BlindIn(BlindLookup):
    """One of several, by the blind index."""

    lookup_name = "in"

    def get_prep_lookup(self) -> Any:
        """The blind indexes of all of them."""
        if not isinstance(self.rhs, Iterable) or isinstance(self.rhs, str):
            raise FieldError(f"{self.lhs.output_field} is sealed: `in` takes a list of texts.")
        return [self._blinded(value) for value in self.rhs]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """One array, however many."""
        left, params = self.process_lhs(compiler, connection)
        start = BlindOf.template % {"expressions": left}
        return f"{start} = ANY(%s)", (*params, self.rhs)


class NoLookup(Lookup):
    """A look-up that ciphertext cannot answer."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        raise FieldError(f"{lhs.output_field} is sealed: only equality can be asked for.")


for _lookup in (BlindLookup, BlindInsensitive, BlindIn):
    SealedField.register_lookup(_lookup)
for _name in ("contains", "icontains", "startswith", "istartswith", "endswith", "iendswith",
              "regex", "iregex", "gt", "gte", "lt", "lte", "range"):  # fmt: skip
    SealedField.register_lookup(NoLookup, _name)


def person_of(row: models.Model) -> UUID:
    """Whose key seals the row, by the data map's path. Raises FieldError when nobody's."""
    person = _follow(row, loaded_only=False)
    if person is None:
        raise FieldError(f"{row._meta.label} has a sealed field and leads to no person.")
    return person


def person_loaded(row: models.Model) -> UUID | None:
    """The same as far as the row and what was loaded with it tells; asks no database."""
    return _follow(row, loaded_only=True)


def _follow(row: Any, *, loaded_only: bool) -> UUID | None:
    path = datamap.entries()[row._meta.label_lower].subject
    if path == datamap.SELF:
        return cast(UUID, row.pk)
    *steps, last = path.split(".")
    for step in steps:
        field = row._meta.get_field(step)
        if loaded_only and not field.is_cached(row):
            return None
        row = getattr(row, step)
        if row is None:
            return None
    name = row._meta.get_field(last).attname
    if loaded_only and name not in row.__dict__:
        return None
    return cast("UUID | None", getattr(row, name))


def sealed_prefetch(rows: Sequence[models.Model]) -> None:
    """Load what leads from these rows to their people, when it lies more than one step away.

    Needed only where the query had no select_related() for it; keys come by themselves.
    """
    for model in {type(row) for row in rows}:
        path = datamap.entries()[model._meta.label_lower].subject
        steps = path.split(".")[:-1] if path != datamap.SELF else []
        if steps:
            same = [row for row in rows if type(row) is model]
            models.prefetch_related_objects(same, "__".join(steps))


def blind_of(model: type[models.Model], name: str, value: str) -> bytes:
    """The blind index that BlindOf(name) gives for this value in rows of the model."""
    return cast(SealedField, model._meta.get_field(name)).blind_of(value)


def seal_people(people: Iterable[UUID]) -> None:
    """Fetch or make the keys of many people in one statement, before a bulk_create()."""
    ring().prepare(set(people))


PersonOf = Callable[[models.Model], UUID | None]
