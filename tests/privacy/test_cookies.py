"""The registry of cookies, and the middleware that holds every answer to it."""

import logging
from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from privacy import cookies
from privacy.cookies import Choices, Cookie, Kind, Place, choices_read, choices_write
from privacy.middleware import CookieMiddleware

COUNTS = Cookie("counts", Kind.INSIGHT, purpose="Counts.", set_by="Here", days=30)
ADVERT = Cookie("advert", Kind.MARKETING, purpose="Sells.", set_by="Here", days=30)


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The product's registry, with a cookie of each optional class."""
    monkeypatch.setattr(cookies, "_declared", dict(cookies.declared()))
    cookies.declare(COUNTS, ADVERT)


def answer(
    view: Callable[[HttpResponse], None], sent: dict[str, str] | None = None, **headers: str
) -> HttpResponse:
    """What the middleware makes of an answer that `view` wrote on."""
    request = RequestFactory().get(
        "/", headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    request.COOKIES.update(sent or {})

    def respond(_request: HttpRequest) -> HttpResponse:
        response = HttpResponse()
        view(response)
        return response

    return CookieMiddleware(respond)(request)


def every(response: HttpResponse) -> None:
    """Sets one of each class, and one nobody declared."""
    for name in ("counts", "advert", "planted", "ruang_theme"):
        response.set_cookie(name, "x", max_age=60)


@pytest.mark.promise("P16")
@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ("", {"ruang_theme"}),
        ("1.none", {"ruang_theme"}),
        ("1.insight", {"ruang_theme", "counts"}),
        ("1.marketing", {"ruang_theme", "advert"}),
        ("1.insight-marketing", {"ruang_theme", "counts", "advert"}),
    ],
)
def test_only_declared_and_allowed_cookies_leave(
    registry: None, choice: str, kept: set[str]
) -> None:
    bare = HttpResponse()
    every(bare)
    assert set(bare.cookies) == {"counts", "advert", "planted", "ruang_theme"}

    assert set(answer(every, {"ruang_choices": choice}).cookies) == kept


@pytest.mark.promise("P21")
@pytest.mark.promise("P22")
@pytest.mark.parametrize("header", ["DNT", "Sec_GPC"])
def test_the_browsers_signal_is_a_no_even_after_a_yes(registry: None, header: str) -> None:
    yes = {"ruang_choices": "1.insight-marketing"}
    assert {"counts", "advert"} <= set(answer(every, yes).cookies)
    assert {"counts", "advert"} <= set(answer(every, yes, **{header: "0"}).cookies)

    assert set(answer(every, yes, **{header: "1"}).cookies) == {"ruang_theme"}


@pytest.mark.parametrize(
    "text",
    [
        "2.insight",
        "99.insight-marketing",
        "0.insight",
        "01.insight",
        "1",
        "1.",
        "1.everything",
        "1.insight-everything",
        "1.essential",
        "1.none-insight",
        "insight",
        "１.insight",
        "\x00",
        "1.insight" * 500,
    ],
)
def test_a_preference_we_did_not_write_is_a_no_and_asked_again(registry: None, text: str) -> None:
    found = choices_read(text)

    assert (found.accepted, found.decided) == (frozenset(), False)
    assert set(answer(every, {"ruang_choices": text}).cookies) == {"ruang_theme"}


@pytest.mark.parametrize("accepted", [set(), {"insight"}, {"marketing"}, {"insight", "marketing"}])
def test_what_is_written_is_read_back(accepted: set[str]) -> None:
    kept = frozenset(accepted)

    assert choices_read(choices_write(kept)) == Choices(kept, decided=True)


def test_deletions_pass_and_withdrawn_cookies_are_deleted(registry: None) -> None:
    def forget(response: HttpResponse) -> None:
        for name in ("advert", "planted", "ruang_theme"):
            response.delete_cookie(name)

    found = answer(forget, {"counts": "x", "planted": "x", "stranger": "x"}).cookies
    assert {name: morsel["max-age"] for name, morsel in found.items()} == {
        "advert": 0,
        "planted": 0,
        "ruang_theme": 0,
        "counts": 0,
    }
    kept = answer(lambda _response: None, {"counts": "x", "ruang_choices": "1.insight"}).cookies
    assert list(kept) == []


def test_a_header_written_by_hand_is_judged_too(registry: None) -> None:
    def write(line: str) -> Callable[[HttpResponse], None]:
        return lambda response: response.headers.__setitem__("Set-Cookie", line)

    assert "Set-Cookie" in answer(write("ruang_theme=dark; Path=/")).headers
    assert "Set-Cookie" not in answer(write("planted=1; Path=/")).headers
    assert "Set-Cookie" not in answer(write("counts=1; Path=/")).headers
    assert "Set-Cookie" in answer(write("counts=1"), {"ruang_choices": "1.insight"}).headers


def test_an_undeclared_cookie_is_logged_by_its_name_alone(
    registry: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "privacy.cookies"):
        answer(lambda response: response.set_cookie("planted", "alice@ruang.test"))
        answer(lambda response: response.set_cookie("counts", "alice@ruang.test"))

    assert len(caplog.messages) == 1
    assert "'planted'" in caplog.text
    assert "alice" not in caplog.text


@pytest.mark.promise("P15")
def test_no_cookie_outlives_its_declaration(registry: None) -> None:
    def long(response: HttpResponse) -> None:
        response.set_cookie("csrftoken", "x", max_age=31_449_600)
        response.set_cookie("ruang_theme", "x", max_age=10**9)
        response.set_cookie("ruang_language", "x", max_age=60)

    found = answer(long).cookies
    assert (found["csrftoken"]["max-age"], found["csrftoken"]["expires"]) == ("", "")
    assert found["ruang_theme"]["max-age"] == 365 * 24 * 3600
    assert found["ruang_language"]["max-age"] == 60


def test_a_name_is_declared_once() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        cookies.declare(Cookie("ruang_theme", Kind.ESSENTIAL, purpose="", set_by=""))


@pytest.mark.promise("P22")
def test_nothing_advertises() -> None:
    kinds = [cookie.kind for cookie in cookies.declared().values()]

    assert Kind.ESSENTIAL in kinds
    assert Kind.MARKETING not in kinds


def test_every_declaration_speaks_both_languages() -> None:
    for (place, name), cookie in cookies.declared().items():
        assert place in Place
        with translation.override("en"):
            english = (str(cookie.purpose), str(cookie.set_by))
        with translation.override("id"):
            indonesian = (str(cookie.purpose), str(cookie.set_by))
        assert all(english), name
        assert all(a != b for a, b in zip(english, indonesian, strict=True)), name
