"""Every page a tenant or visitor can open, and what every one of them must be."""

from collections import Counter
from html.parser import HTMLParser
from typing import Any

VOID_INPUTS = {"hidden", "submit", "button"}


class Outline(HTMLParser):
    """Collects what a well-made page is judged by."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.language = ""
        self.titles: list[str] = []
        self.headings = 0
        self.ids: Counter[str] = Counter()
        self.faults: list[str] = []
        self.fields: list[dict[str, str]] = []
        self.labels: set[str] = set()
        self._labelling = 0
        self._title = False
        self._forms: list[dict[str, Any]] = []
        self.forms: list[dict[str, Any]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self._general(tag, found)
        if tag == "html":
            self.language = found.get("lang", "")
        elif tag == "title" and not self._forms:
            self._title = True
        elif tag == "h1":
            self.headings += 1
        elif tag == "label":
            self._labelling += 1
            self.labels.add(found.get("for", ""))
        elif tag == "form":
            self._forms.append({"method": found.get("method", "get").lower(), "token": False})
            self.forms.append(self._forms[-1])
        elif tag in {"input", "select", "textarea"}:
            self._field(found)

    def _general(self, tag: str, found: dict[str, str]) -> None:
        if "id" in found:
            self.ids[found["id"]] += 1
        self.faults += [f"{tag} {name}" for name in found if name.startswith("on")]
        if "style" in found or tag == "style":
            self.faults.append(f"{tag} has a style")
        if tag == "script" and "src" not in found:
            self.faults.append("inline script")
        if tag == "a" and not found.get("href"):
            self.faults.append("link without address")
        if tag == "img" and "alt" not in found:
            self.faults.append("image without text")

    def _field(self, found: dict[str, str]) -> None:
        if found.get("name") == "csrfmiddlewaretoken" and self._forms:
            self._forms[-1]["token"] = True
        if found.get("type") not in VOID_INPUTS:
            self.fields.append({**found, "inside": "yes" if self._labelling else ""})

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._labelling -= 1
        elif tag == "form" and self._forms:
            self._forms.pop()
        elif tag == "title":
            self._title = False

    def handle_data(self, data: str) -> None:
        if self._title:
            self.titles.append(data)

    def wrong(self, language: str) -> list[str]:
        """Everything that is wrong, in words."""
        found = list(self.faults)
        if self.language != language:
            found.append(f"lang is {self.language!r}")
        if len(self.titles) != 1 or not self.titles[0].replace("· Ruang", "").strip():
            found.append(f"title is {self.titles}")
        if self.headings != 1:
            found.append(f"{self.headings} h1")
        found += [f"id {name} twice" for name, count in self.ids.items() if count > 1]
        found += [
            f"field {field.get('name')} has no label"
            for field in self.fields
            if not (field["inside"] or field.get("aria-label") or field.get("id") in self.labels)
        ]
        found += [
            "post form without token"
            for form in self.forms
            if form["method"] == "post" and not form["token"]
        ]
        return found
