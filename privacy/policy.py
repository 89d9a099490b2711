"""The policy and the terms: Markdown in both languages, read from privacy/policies/.

A version is a pair of files, `policy-3.id.md` and `policy-3.en.md`, with a front matter in
TOML between two lines `+++`. It is never edited once it is announced; a new one is written
(docs/privacy.md tells how). Each sentence that promises something ends in its promise's
tag, `[P38]`. `policy_faults` holds what is wrong with the files; a start-up check and
`make check` refuse them.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from privacy import clock
from privacy.errors import DomainError, NotFound
from privacy.models import PolicyNotice

FOLDER: Final = Path(__file__).parent / "policies"
LANGUAGES: Final = ("id", "en")
POLICY: Final = "policy"
TERMS: Final = "terms"
DOCUMENTS: Final = (POLICY, TERMS)
NAME: Final = re.compile(r"(policy|terms)-([1-9]\d*)\.(id|en)\.md")
FRONT: Final = re.compile(r"\+\+\+\n(.*?)\n\+\+\+\n(.*)", re.DOTALL)
TAG: Final = re.compile(r"\[([PL]\d+)\]")
HEADING: Final = re.compile(r"^## (.+?) \{#([a-z-]+)\}$", re.MULTILINE)
#: What a policy states, in this order (promise P65).
SECTIONS: Final = ("uses", "recipients", "choices", "security", "correction")
#: How long before a version takes effect the last notice of it has gone out.
NOTICE: Final = timedelta(days=14)
EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: What both halves of a version must say alike.
SHARED: Final = ("effective_at", "material", "purposes", "asks_again")


class PolicyFault(ValueError):
    """A policy file that cannot be used, with the sentence that says why."""


class PolicyOutdated(DomainError):
    """A form of another version than the one in force: its answer counts for nothing (409)."""

    code = "policy_outdated"
    status = 409


@dataclass(frozen=True)
class Version:
    """One version of a document.

    `hash` is SHA-256, in hexadecimal, over both halves as they lie in the files. `purposes`
    are those it covers; `asks_again` those whose use it changes so much that an earlier
    answer no longer stands (promise P59). `material` says whether people are told and asked
    to accept again; `titles`, `summaries`, `texts` (Markdown) and `sources` (the whole files)
    are by language.
    """

    document: str
    number: int
    hash: str
    effective_at: datetime
    material: bool
    purposes: tuple[str, ...]
    asks_again: tuple[str, ...]
    titles: Mapping[str, str]
    summaries: Mapping[str, str]
    texts: Mapping[str, str]
    sources: Mapping[str, str]

    def covers(self, purpose: str) -> bool:
        """Whether data collected under this version may serve the purpose."""
        return purpose in self.purposes


def load(folder: Path = FOLDER) -> Mapping[str, tuple[Version, ...]]:
    """Every version by document, oldest first. Raises PolicyFault for files that do not fit."""
    halves: dict[tuple[str, int], dict[str, str]] = {}
    for path in sorted(folder.iterdir()):
        match = NAME.fullmatch(path.name)
        if match is None:
            raise PolicyFault(f"{path.name} is no policy file: write policy-N.id.md or .en.md.")
        document, number, language = match.groups()
        halves.setdefault((document, int(number)), {})[language] = path.read_text("utf-8")
    found: dict[str, list[Version]] = {document: [] for document in DOCUMENTS}
    for (document, number), texts in sorted(halves.items()):
        found[document].append(_version(document, number, texts))
    for document, versions in found.items():
        if [version.number for version in versions] != list(range(1, len(versions) + 1)):
            raise PolicyFault(f"The versions of {document} must be numbered 1, 2, 3, … .")
        if not versions:
            raise PolicyFault(f"There is no {document}-1.id.md.")
    return {document: tuple(versions) for document, versions in found.items()}


def _version(document: str, number: int, raw: Mapping[str, str]) -> Version:
    name = f"{document}-{number}"
    for language in LANGUAGES:
        if language not in raw:
            raise PolicyFault(f"{name} lacks its half {name}.{language}.md.")
    fronts, texts = {}, {}
    for language in LANGUAGES:
        fronts[language], texts[language] = _split(f"{name}.{language}.md", raw[language])
    for key in SHARED:
        if fronts["id"][key] != fronts["en"][key]:
            raise PolicyFault(f"{name}: the halves differ in {key!r}.")
    _alike(name, texts)
    digest = hashlib.sha256("\0".join(raw[language] for language in LANGUAGES).encode("utf-8"))
    front = fronts["id"]
    return Version(
        document=document,
        number=number,
        hash=digest.hexdigest(),
        effective_at=front["effective_at"],
        material=front["material"],
        purposes=tuple(front["purposes"]),
        asks_again=tuple(front["asks_again"]),
        titles={language: fronts[language]["title"] for language in LANGUAGES},
        summaries={language: fronts[language]["summary"] for language in LANGUAGES},
        texts=texts,
        sources=dict(raw),
    )


def _split(name: str, raw: str) -> tuple[dict[str, Any], str]:
    match = FRONT.fullmatch(raw)
    if match is None:
        raise PolicyFault(f"{name} must begin with a front matter between two lines +++.")
    try:
        front = tomllib.loads(match[1])
    except tomllib.TOMLDecodeError as error:
        raise PolicyFault(f"{name}: the front matter is no TOML: {error}") from None
    kinds: dict[str, type] = {
        "title": str,
        "summary": str,
        "effective_at": datetime,
        "material": bool,
        "purposes": list,
        "asks_again": list,
    }
    for key, kind in kinds.items():
        if not isinstance(front.get(key), kind):
            raise PolicyFault(f"{name}: the front matter lacks {key!r}, a {kind.__name__}.")
    if front["effective_at"].tzinfo is None:
        raise PolicyFault(f"{name}: effective_at must name its offset.")
    return front, match[2].strip() + "\n"


def _alike(name: str, texts: Mapping[str, str]) -> None:
    """Both halves have the same sections and, in each, the same tags in the same order."""
    ours, theirs = (list(sections_of(texts[language])) for language in LANGUAGES)
    if [anchor for anchor, _t, _b in ours] != [anchor for anchor, _t, _b in theirs]:
        raise PolicyFault(f"{name}: the halves have different sections.")
    for (anchor, _t, mine), (_a, _u, other) in zip(ours, theirs, strict=True):
        if TAG.findall(mine) != TAG.findall(other):
            raise PolicyFault(f"{name}: the tags of {anchor!r} differ between the halves.")


def sections_of(text: str) -> Iterator[tuple[str, str, str]]:
    """(anchor, title, Markdown) of each section `## Title {#anchor}`, in order."""
    parts = HEADING.split(text)
    for title, anchor, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        yield anchor, title, body.strip()


@cache
def versions() -> Mapping[str, tuple[Version, ...]]:
    """The versions that this code was built with."""
    return load()


def version_get(document: str, number: int) -> Version:
    """One version, in force or not. Raises NotFound."""
    found = versions().get(document, ())
    if not 1 <= number <= len(found):
        raise NotFound(_("There is no such version."))
    return found[number - 1]


@dataclass(frozen=True)
class Timeline:
    """A document's versions, and from when each is in force; None while it cannot be."""

    versions: tuple[Version, ...]
    starts: tuple[datetime | None, ...]

    def at(self, moment: datetime) -> Version:
        """The version in force at an instant; the first one before all."""
        begun = [start is not None and start <= moment for start in self.starts]
        # A version that was never announced does not hold up a later one.
        return self.versions[max(index for index, runs in enumerate(begun) if runs or index == 0)]


def timeline(document: str = POLICY) -> Timeline:
    """From when each version is in force; not while its notice is not out (promise P61).

    The first needs no notice: nobody has agreed to anything before it. A later one is in
    force from the instant it names, at the earliest NOTICE after the last notice had gone
    out, and never if its text is not the one that was announced.
    """
    found = versions()[document]
    if len(found) == 1:
        return Timeline(found, (EVER,))
    notices = {row.version: row for row in PolicyNotice.objects.filter(document=document)}
    starts: list[datetime | None] = [EVER]
    for version in found[1:]:
        notice = notices.get(version.number)
        out = notice.finished_at if notice is not None and notice.hash == version.hash else None
        starts.append(max(version.effective_at, out + NOTICE) if out else None)
    return Timeline(found, tuple(starts))


def current(document: str = POLICY) -> Version:
    """The version in force now."""
    return timeline(document).at(clock.now())


def stands(purpose: str, under: Version, now: Version) -> bool:
    """Whether what was collected or agreed to under one version may serve the purpose now.

    It must have covered the purpose, and no version since may have changed that use so much
    that people are asked again (promises P58, P59).
    """
    since = versions()[POLICY][under.number : now.number]
    changed = any(purpose in version.asks_again for version in since)
    return now.covers(purpose) and under.covers(purpose) and not changed


def require_current(document: str, number: int, digest: str) -> Version:
    """The version in force, if the form was of it. Raises PolicyOutdated with the new one."""
    version = current(document)
    if (number, digest) != (version.number, version.hash):
        raise outdated(version)
    return version


def outdated(version: Version) -> PolicyOutdated:
    """The refusal of a form that was not of this version, naming it."""
    return PolicyOutdated(
        _("The text has changed since this form was opened. Read the present one and answer."),
        extra={
            "document": version.document,
            "policy_version": version.number,
            "policy_hash": version.hash,
        },
    )
