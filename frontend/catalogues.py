"""Message catalogues: find what the code asks to translate, keep the translations beside it.

Pure files, no gettext programs: messages come from Python through Babel's extractor and
from templates through Django's `templatize`. Each app keeps `<app>/locale/<language>/`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

LANGUAGE: Final = "id"
KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER: Final = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w+\}")
HEADER: Final = {
    "Project-Id-Version": "Ruang",
    "Language": LANGUAGE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


@dataclass(frozen=True, order=True)
class Key:
    """What identifies a message: its context and its singular."""

    context: str
    singular: str


@dataclass
class Found:
    """A message of the code: its plural, and the files that use it."""

    plural: str
    files: list[str]


def catalogue_path(app: Path) -> Path:
    """Where an app keeps its Indonesian messages."""
    return app / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def messages_of(app: Path) -> dict[Key, Found]:
    """Every message the app's Python and templates ask for."""
    found: dict[Key, Found] = {}
    for path in _sources(app):
        name = path.relative_to(app.parent).as_posix()
        for key, plural in _messages_in(path):
            message = found.setdefault(key, Found(plural, []))
            message.plural = message.plural or plural
            if name not in message.files:
                message.files.append(name)
    return found


def _sources(app: Path) -> Iterator[Path]:
    for path in sorted(app.rglob("*")):
        if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
            yield path


def _messages_in(path: Path) -> Iterator[tuple[Key, str]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # The extractor reads Python, where indentation means something: templates have none.
        text = "\n".join(line.lstrip() for line in templatize(text, path.name).splitlines())
    source = BytesIO(text.encode())
    for _line, message, _comments, context in extract("python", source, KEYWORDS):
        first, *rest = message if isinstance(message, tuple) else (message,)
        # With a context Babel repeats it as the first of the tuple.
        if context and first == context and rest:
            first, *rest = rest
        if first:
            yield Key(context or "", first), rest[0] if rest and rest[0] else ""


def catalogue_read(app: Path) -> polib.POFile:
    """The app's catalogue, or an empty one."""
    path = catalogue_path(app)
    if path.exists():
        return polib.pofile(str(path), wrapwidth=0)
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = dict(HEADER)
    return catalogue


def catalogue_update(app: Path) -> polib.POFile:
    """Rewrite the app's catalogue: new messages in, unused ones out, translations kept."""
    found = messages_of(app)
    known = {_key(entry): entry for entry in catalogue_read(app) if not entry.obsolete}
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = dict(HEADER)
    for key in sorted(found):
        catalogue.append(_entry(key, found[key], known.get(key)))
    if found or known:
        path = catalogue_path(app)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = str(catalogue)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    return catalogue


def _key(entry: polib.POEntry) -> Key:
    return Key(entry.msgctxt or "", entry.msgid)


def _entry(key: Key, found: Found, old: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgctxt=key.context or None,
        msgid=key.singular,
        occurrences=[(name, "") for name in found.files],
        flags=["python-format"] if re.search(r"%\(\w+\)|%[sd]", key.singular) else [],
    )
    text = translation(old) if old else ""
    if found.plural:
        entry.msgid_plural = found.plural
        entry.msgstr_plural = {0: text}
    else:
        entry.msgstr = text
    return entry


def translation(entry: polib.POEntry) -> str:
    """The Indonesian text, of a plural too (Indonesian has one form)."""
    if entry.msgid_plural:
        return str(entry.msgstr_plural.get(0, ""))
    return str(entry.msgstr)


def translation_set(entry: polib.POEntry, text: str) -> None:
    """Give a message its Indonesian text."""
    if entry.msgid_plural:
        entry.msgstr_plural = {0: text}
    else:
        entry.msgstr = text


def faults(catalogue: Iterable[polib.POEntry]) -> Iterator[str]:
    """What is wrong with a catalogue: untranslated, fuzzy, or placeholders that differ."""
    for entry in catalogue:
        text = translation(entry)
        if not text:
            yield f"untranslated: {entry.msgid!r}"
        elif entry.fuzzy:
            yield f"fuzzy: {entry.msgid!r}"
        elif _placeholders(text) != _placeholders(entry.msgid_plural or entry.msgid):
            yield f"placeholders differ: {entry.msgid!r} -> {text!r}"


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))
