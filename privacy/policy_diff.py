"""The readable difference between two versions: sentence by sentence, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from privacy.policy import TAG, Version, sections_of

Kind = Literal["same", "new", "gone", "edit"]
SENTENCE: Final = re.compile(r".+?[.!?](?:\s*\[[PL]\d+\])*(?=\s|$)", re.DOTALL)
#: Two sentences count as one edited sentence when this much of them is alike.
ALIKE: Final = 0.6


@dataclass(frozen=True)
class Part:
    """A run of words that both have ("same"), only the new one ("new"), only the old ("gone")."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Change:
    """One sentence: the same, new, gone, or edited; `tags` are the promises it ends in."""

    kind: Kind
    parts: tuple[Part, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True)
class SectionChange:
    """A section that either version has, with its sentences."""

    anchor: str
    title: str
    changes: tuple[Change, ...]

    @property
    def count(self) -> int:
        """How many sentences differ."""
        return sum(change.kind != "same" for change in self.changes)


def difference(old: Version, new: Version, language: str) -> list[SectionChange]:
    """What changed from `old` to `new` in one language, in the new one's order of sections."""
    before = _by_section(old.texts[language])
    after = _by_section(new.texts[language])
    found = []
    for anchor in [*after, *(anchor for anchor in before if anchor not in after)]:
        title = (after.get(anchor) or before[anchor])[0]
        changes = _changes(before.get(anchor, ("", []))[1], after.get(anchor, ("", []))[1])
        found.append(SectionChange(anchor, title, tuple(changes)))
    return found


def sentences(text: str) -> list[str]:
    """The sentences of a Markdown text, each with the tags that follow it."""
    found = []
    for paragraph in re.split(r"\n\s*\n", text):
        line = " ".join(paragraph.split())
        end = 0
        for match in SENTENCE.finditer(line):
            found.append(match[0].strip())
            end = match.end()
        if rest := line[end:].strip():
            found.append(rest)
    return found


def _by_section(text: str) -> dict[str, tuple[str, list[str]]]:
    head = text.partition("\n## ")[0] if not text.startswith("## ") else ""
    found = {"": ("", sentences(head))} if head.strip() else {}
    return found | {
        anchor: (title, sentences(body.replace("{held}", "")))
        for anchor, title, body in sections_of(text)
    }


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            yield from (_change("same", (Part("same", _plain(line)),), line) for line in new[c:d])
        else:
            yield from _replaced(old[a:b], new[c:d])


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """Sentences that gave way to others: those alike are edits, the rest gone or new."""
    left = list(old)
    for line in new:
        near = max(left, key=lambda other: _likeness(other, line), default=None)
        if near is None or _likeness(near, line) < ALIKE:
            yield _change("new", (Part("new", _plain(line)),), line)
            continue
        for gone in left[: left.index(near)]:
            yield _change("gone", (Part("gone", _plain(gone)),), gone)
        del left[: left.index(near) + 1]
        yield _change("edit", tuple(_words(_plain(near), _plain(line))), line)
    for gone in left:
        yield _change("gone", (Part("gone", _plain(gone)),), gone)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()


def _words(old: str, new: str) -> Iterator[Part]:
    a, b = old.split(), new.split()
    for kind, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Part("same", " ".join(a[i:j]))
            continue
        if j > i:
            yield Part("gone", " ".join(a[i:j]))
        if m > k:
            yield Part("new", " ".join(b[k:m]))


def _change(kind: Kind, parts: tuple[Part, ...], line: str) -> Change:
    return Change(kind, parts, tuple(TAG.findall(line)))


def _plain(line: str) -> str:
    """The sentence without its tags and marks of Markdown."""
    return " ".join(re.sub(r"[*_`]", "", TAG.sub("", line)).replace(" ,", ",").split())
