"""Walks through every page a browser can reach, and writes down what is left in it."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import BrowserContext, Page, Response

from privacy import cookies
from privacy.cookies import Choices, Place, cookie_named

#: Answered by something other than a page, or by a page of a development installation.
SKIPPED = ("/dev/", "/oauth/", "/admin/logout", "/metrics", "/static/", "/media/")
#: How many pages of one route are tried before it counts as closed to this person.
MOST_TRIES = 3
STORES = """() => ({
    localStorage: Object.keys(localStorage),
    sessionStorage: Object.keys(sessionStorage),
})"""
LINKS = """(links) => links.map((a) => [
    a.getAttribute("href"), a.getAttribute("rel") ?? "", a.getAttribute("referrerpolicy") ?? "",
])"""
OTHERS = """async () => {
    const workers = await (navigator.serviceWorker?.getRegistrations() ?? []);
    const databases = await indexedDB.databases();
    const caches_ = globalThis.caches ? await caches.keys() : [];
    return [...workers.map(() => "worker"), ...databases.map((one) => one.name), ...caches_];
}"""


@dataclass
class Seen:
    """What a walk found: routes, names set by answers, names kept, and what is wrong."""

    routes: set[str] = field(default_factory=set)
    kept: set[tuple[Place, str]] = field(default_factory=set)
    wrong: set[str] = field(default_factory=set)
    outside: set[str] = field(default_factory=set)


def routes_without_parameters() -> Iterator[str]:
    """The address of every route of the pages that needs nothing filled in."""
    for address, name in _routes(get_resolver().url_patterns, ""):
        if "<" not in address and name and not address.startswith(("admin/", "api/", "oauth/")):
            yield f"/{address}"


def _routes(patterns: Iterable[object], before: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern), pattern.name or ""


class Walk:
    """One person's walk. `scripts`: whether storage can be asked; `choices`: what is allowed."""

    def __init__(self, context: BrowserContext, base: str, choices: Choices) -> None:
        self.context, self.base, self.choices = context, base, choices
        self.seen = Seen()
        context.on("response", self._response)

    def walk(self, page: Page, seeds: Iterable[str], *, scripts: bool = True) -> Seen:
        """Open each seed, then one page of every further route that is linked to."""
        queue, tried = deque(seeds), Counter[str]()
        while queue:
            address = queue.popleft()
            route = route_of(address)
            if route is None or route in self.seen.routes or tried[route] == MOST_TRIES:
                continue
            tried[route] += 1
            if not _opened(page, address):
                continue
            self.seen.routes.add(route)
            self.look(page, scripts=scripts)
            queue.extend(self.links(page))
        return self.seen

    def look(self, page: Page, *, scripts: bool = True) -> None:
        """Compare what the browser keeps now with the registry."""
        for cookie in self.context.cookies():
            name = str(cookie.get("name"))
            self.seen.kept.add((Place.COOKIE, name))
            self._judge(Place.COOKIE, name, page.url)
            declared = cookie_named(name)
            if declared and declared.most_seconds == 0 and cookie.get("expires", -1) != -1:
                self.seen.wrong.add(f"{name} outlives the browser")
        if not scripts:
            return
        for place, names in page.evaluate(STORES).items():
            for name in names:
                self.seen.kept.add((Place(place), name))
                self._judge(Place(place), name, page.url)
        self.seen.wrong |= {f"{name} on {page.url}" for name in page.evaluate(OTHERS)}

    def _judge(self, place: Place, name: str, where: str) -> None:
        declared = cookies.declared().get((place, name))
        if declared is None:
            self.seen.wrong.add(f"{place} {name} is not declared, on {urlsplit(where).path}")
        elif not self.choices.allows(declared.kind):
            self.seen.wrong.add(f"{place} {name} was not allowed, on {urlsplit(where).path}")

    def _response(self, response: Response) -> None:
        """A cookie that lives from one answer to the next is seen in the header alone."""
        for header in response.headers_array():
            if header["name"].lower() == "set-cookie" and "Max-Age=0" not in header["value"]:
                name = header["value"].partition("=")[0]
                self.seen.kept.add((Place.COOKIE, name))
                self._judge(Place.COOKIE, name, response.url)

    def links(self, page: Page) -> list[str]:
        """The page's links to pages of ours; those to other sites are written down."""
        found = []
        for href, rel, policy in page.locator("a[href]").evaluate_all(LINKS):
            parts = urlsplit(href)
            if parts.netloc and f"{parts.scheme}://{parts.netloc}" != self.base:
                self.seen.outside.add(f"{href} {rel} {policy}")
            elif parts.path.startswith("/"):
                found.append(parts._replace(scheme="", netloc="", fragment="").geturl())
        return found


def route_of(address: str) -> str | None:
    """The pattern an address belongs to, or None for what is no page."""
    path = urlsplit(address).path
    if path.startswith(SKIPPED) or path.endswith((".ics", ".svg", ".pdf", ".json", ".png")):
        return None
    try:
        return resolve(path).route
    except Resolver404:
        return None


def _opened(page: Page, address: str) -> bool:
    """Whether the address answers with a page, which then is open."""
    # Asked first: a refusal without a body or a download would end the browser's own visit.
    answer = page.request.get(address, max_redirects=0)
    kind = answer.headers.get("content-type", "")
    if answer.status != 200 or not kind.startswith("text/html"):
        return False
    page.goto(address)
    return True
