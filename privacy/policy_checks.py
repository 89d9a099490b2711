"""What is wrong with the policy files, said at start-up and by `make check`."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from django.core.checks import CheckMessage, Error, register

from privacy import policy
from privacy.promises import words
from privacy.purposes import PURPOSES

#: Sentences of other services' policies that must never stand in ours: untrue here, or a
#: trick. The promise that each would break stands beside it.
NEVER: Final = (
    ("P12", r"in its entirety|secara keseluruhan profil"),
    ("P18", r"must (accept|enable|allow) cookies|wajib (menerima|mengaktifkan) kuki"),
    ("P19", r"not linked to (any )?personal|tidak (di)?(kaitkan|hubungkan|terkait) dengan data"),
    ("P21", r"(do not|does not|don't) (respond|react) to|tidak menanggapi (sinyal )?do not"),
    ("P43", r"only your device and ours|hanya (perangkat|gawai) (anda|kami) dan"),
    ("P43", r"end-to-end|ujung ke ujung"),
    ("P57", r"under (the age of )?13|bawah 13"),
    ("P64", r"by (using|continuing|accessing|browsing)|use means accept|continued use"),
    ("P64", r"dengan menggunakan (layanan|situs)|terus menggunakan"),
)


@register()
def policies_are_usable(**_: Any) -> list[CheckMessage]:
    """Every version has both halves with the same tags, and the newest covers every purpose."""
    return [
        Error(fault, hint="docs/privacy.md tells how a version is written.", id="privacy.E020")
        for fault in faults()
    ]


def faults(folder: Path = policy.FOLDER) -> list[str]:
    """What is wrong with the policy files, in words."""
    try:
        found = policy.load(folder)
    except policy.PolicyFault as fault:
        return [str(fault)]
    return list(_faults(found))


def _faults(found: Mapping[str, tuple[policy.Version, ...]]) -> Iterator[str]:
    for versions in found.values():
        for version in versions:
            yield from _version_faults(version)
    newest = found[policy.POLICY][-1]
    if missing := sorted(set(PURPOSES) - set(newest.purposes)):
        yield f"policy-{newest.number} does not cover {', '.join(missing)}: write a new version."


def _version_faults(version: policy.Version) -> Iterator[str]:
    name = f"{version.document}-{version.number}"
    if unknown := sorted({*version.purposes, *version.asks_again} - set(PURPOSES)):
        yield f"{name}: there is no purpose {', '.join(unknown)}."
    for language, text in version.texts.items():
        here = f"{name}.{language}.md"
        anchors = tuple(anchor for anchor, _t, _b in policy.sections_of(text))
        if version.document == policy.POLICY and anchors != policy.SECTIONS:
            yield f"{here} must have the sections {', '.join(policy.SECTIONS)}, in this order."
        if unknown := sorted(set(policy.TAG.findall(text)) - set(words())):
            yield f"{here}: there is no promise {', '.join(unknown)}."
        yield from (f"{here} says what {code} forbids." for code in forbidden(text))


def forbidden(text: str) -> list[str]:
    """The promises that a sentence of the text would break."""
    plain = " ".join(text.lower().split())
    return [code for code, pattern in NEVER if re.search(pattern, plain)]
