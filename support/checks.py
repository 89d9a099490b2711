"""No text of ours may say that nobody else can read what passes through a messenger (P43).

While a provider stands in between, that is untrue. The check runs with the others, at the
start of server and worker and in CI, and refuses the start.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

#: Ways of saying it, in both languages.
CLAIMS: Final = re.compile(
    r"end[- ]to[- ]end|ujung[- ]ke[- ]ujung|"
    r"only (?:your|you and|the recipient'?s)\s+(?:own\s+)?(?:device|we)\b[^.]{0,60}read|"
    r"(?:nobody|no one) else (?:can|could) read|read by [^.]{0,60}(?:nobody|no one) else|"
    r"hanya (?:perangkat|gawai|ponsel) (?:Anda|Anda dan)\b|"
    r"hanya Anda dan kami yang (?:dapat|bisa) membaca|"
    r"tidak ada (?:orang|pihak) lain yang (?:dapat|bisa) membaca",
    re.IGNORECASE,
)
SUFFIXES: Final = frozenset({".md", ".html", ".txt", ".po", ".toml"})


@register()
def messenger_claims(**_: Any) -> list[CheckMessage]:
    """Every text that claims it, while a messenger is on; nothing is read while it is off."""
    if not settings.WHATSAPP_TOKEN:
        return []
    return [
        Error(
            f"{path} says that nobody else can read a message: {words!r}.",
            hint="WhatsApp goes through a provider, who can. Change the sentence (promise P43).",
            id="support.E001",
        )
        for path, words in claims_in(texts())
    ]


def texts() -> Iterator[Path]:
    """Policies, templates and translations of our own apps."""
    base = Path(settings.BASE_DIR)
    for config in apps.get_app_configs():
        folder = Path(config.path)
        if folder.parent == base:
            for part in ("templates", "policies", "locale", "."):
                found = (folder / part).rglob("*") if part != "." else folder.glob("*.toml")
                yield from (path for path in found if path.suffix in SUFFIXES)


def claims_in(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """(path, the words) of each claim; line breaks count as spaces."""
    for path in paths:
        text = " ".join(path.read_text(encoding="utf-8").split())
        for found in CLAIMS.finditer(text):
            yield path, found[0]
