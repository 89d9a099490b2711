"""Policy and terms as pages: Markdown to safe HTML, promise tags to links."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from privacy.policy import TAG, Version, sections_of

HELD: Final = "{held}"
CONTACT: Final = "{contact}"
PROMISE: Final = "promise:"
#: Raw HTML in the files is shown as text; addresses of scripts are no links.
MARKDOWN: Final = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True)
class Block:
    """A stretch of text, or the place of the table of what is held."""

    html: SafeString
    held: bool = False


@dataclass(frozen=True)
class Section:
    """One section; the first of a text may have no title."""

    anchor: str
    title: str
    blocks: Sequence[Block]


def sections(version: Version, language: str) -> list[Section]:
    """The version's text in one language, ready for a template."""
    text = version.texts[language]
    head = text.partition("\n## ")[0]
    found = [Section("", "", list(_blocks(head)))] if not text.startswith("## ") else []
    return found + [
        Section(anchor, title, list(_blocks(body))) for anchor, title, body in sections_of(text)
    ]


def tag_link(code: str) -> str:
    """Where the promise of a tag is shown."""
    return f"{reverse('frontend:promises')}#{code}"


def _blocks(body: str) -> Iterator[Block]:
    for number, part in enumerate(body.split(HELD)):
        if number:
            yield Block(mark_safe(""), held=True)  # noqa: S308 - empty
        if part.strip():
            yield Block(markdown(part.strip()))


def markdown(text: str) -> SafeString:
    """Safe HTML of a piece of a policy: no raw HTML, tags linked to their promises."""
    address = settings.PRIVACY_EMAIL
    text = text.replace(CONTACT, f"[{address}](mailto:{address})")
    text = TAG.sub(rf"[\1]({PROMISE}\1)", text)
    found: SafeString = _rendered(text, _("Promise %(code)s and its proof"))
    return found


@lru_cache(maxsize=256)
def _rendered(text: str, label: str) -> SafeString:
    tokens = MARKDOWN.parse(text)
    for token in tokens:
        for child in token.children or ():
            _link(child, label)
    # The renderer escapes all text, and html is off.
    return mark_safe(str(MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})))  # noqa: S308


def _link(token: Token, label: str) -> None:
    href = str(token.attrGet("href") or "")
    if token.type == "link_open" and href.startswith(PROMISE):
        code = re.sub(r"\W", "", href.removeprefix(PROMISE))
        token.attrSet("href", tag_link(code))
        token.attrSet("class", "promise")
        token.attrSet("aria-label", label % {"code": code})
