"""Promises about what Ruang does not have: each fails the day somebody adds it.

Every search is first tried on a thing of the kind it looks for.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client
from django.test.utils import isolate_apps
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import SessionRecord
from privacy.channels import channels
from privacy.cookies import Kind, declared
from tests.cast import Cast

ROOT = Path(__file__).resolve().parents[2]
ADVERTISING = re.compile(r"advert|(^|_)ad_?(id|unit|slot)|idfa|gaid|adsense|doubleclick|retarget")
PUSH = re.compile(r"web_?push|push_?(token|notif|subscri|device|endpoint)|vapid|fcm|apns|p256dh")
DEVICE = re.compile(r"device_(id|token|model)|imei|android_id|vendor_id|fingerprint_js|os_version")
PLACE = re.compile(r"latitude|longitude|(^|_)(lat|lng|lon)(_|$)|coordinate|geoloc|geo_?point|gps")
SCRIPTS = re.compile(
    r"navigator\.geolocation|PushManager|pushManager|serviceWorker|Notification\.|sendBeacon"
    r"|navigator\.(deviceMemory|userAgentData|plugins|getBattery)|toDataURL"
)
SOCIAL = re.compile(
    r"facebook|fbcdn|twitter\.com|x\.com/(share|intent)|linkedin|instagram|tiktok|addthis|sharethis"
    r"|disqus|pinterest|data-share|fb-like",
    re.IGNORECASE,
)


def fields(extra: type[models.Model] | None = None) -> Iterator[str]:
    """Every column of every installed model."""
    for model in [*apps.get_models(include_auto_created=True), *([extra] if extra else [])]:
        for field in model._meta.get_fields():
            if getattr(field, "concrete", False):
                yield f"{model._meta.label}.{field.name}"


def named(pattern: re.Pattern[str], names: Any) -> list[str]:
    """The names whose last part says what the pattern looks for."""
    return sorted(name for name in names if pattern.search(name.rpartition(".")[2].lower()))


def routes(patterns: Any, before: str = "") -> Iterator[str]:
    """Every address of the site."""
    for pattern in patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            yield here


def sources() -> Iterator[tuple[str, str]]:
    """The scripts and templates of our own."""
    for pattern in ("frontend/static/**/*.js", "*/templates/**/*.html", "*/templates/**/*.txt"):
        for path in ROOT.glob(pattern):
            if ".venv" not in path.parts:
                yield str(path.relative_to(ROOT)), path.read_text()


def holding(pattern: re.Pattern[str], more: tuple[str, str] = ("", "")) -> list[str]:
    """The sources in which the pattern occurs."""
    return [name for name, text in [*sources(), more] if pattern.search(text)]


@pytest.fixture(autouse=True)
def _plain_static(settings: Any) -> None:
    """Plain static addresses: nobody collected files here."""
    storages = dict(settings.STORAGES)
    storages["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = storages
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def tracker() -> Iterator[type[models.Model]]:
    """A table with everything that must not exist."""
    with isolate_apps("privacy"):

        class Tracker(models.Model):
            """What others keep of a telephone."""

            advertising_id = models.CharField(max_length=40)
            push_token = models.CharField(max_length=40)
            device_id = models.CharField(max_length=40)
            latitude = models.FloatField()

            class Meta:
                app_label = "privacy"

            def __str__(self) -> str:
                return str(self.pk)

        yield Tracker


@pytest.mark.parametrize(
    ("pattern", "planted"),
    [
        pytest.param(ADVERTISING, "advertising_id", marks=pytest.mark.promise("P22")),
        pytest.param(PUSH, "push_token", marks=pytest.mark.promise("P39")),
        pytest.param(DEVICE, "device_id", marks=pytest.mark.promise("P40")),
        pytest.param(PLACE, "latitude", marks=pytest.mark.promise("P41")),
    ],
)
def test_no_table_has_a_column_for_it(
    tracker: type[models.Model], pattern: re.Pattern[str], planted: str
) -> None:
    assert named(pattern, fields(tracker)) == [f"privacy.Tracker.{planted}"]

    assert named(pattern, fields()) == []


@pytest.mark.promise("P22")
@pytest.mark.promise("P39")
@pytest.mark.promise("P41")
def test_no_address_serves_it() -> None:
    pattern = re.compile(
        r"advert|(^|/)ads?(/|$)|push|geolocat|position/|nearby|service-?worker|sw\.js"
    )
    planted = ["ads/", "api/v1/push/subscribe", "nearby", "sw.js"]
    assert [one for one in planted if pattern.search(one)] == planted

    found = list(routes(get_resolver().url_patterns))
    assert len(found) > 100
    assert [one for one in found if pattern.search(one)] == []


@pytest.mark.promise("P22")
def test_no_cookie_advertises() -> None:
    assert [cookie.name for cookie in declared().values() if cookie.kind == Kind.INSIGHT]
    assert [cookie.name for cookie in declared().values() if cookie.kind == Kind.MARKETING] == []


@pytest.mark.promise("P39")
@pytest.mark.promise("P40")
@pytest.mark.promise("P41")
def test_no_script_asks_the_device() -> None:
    planted = ("x.js", "navigator.geolocation.getCurrentPosition(keep)")
    assert holding(SCRIPTS, planted) == ["x.js"]
    assert len(list(sources())) > 50

    assert holding(SCRIPTS) == []


@pytest.mark.promise("P23")
def test_no_page_holds_a_share_button_or_asks_a_network() -> None:
    planted = ("x.html", '<iframe src="https://www.facebook.com/plugins/like.php"></iframe>')
    assert holding(SOCIAL, planted) == ["x.html"]

    assert holding(SOCIAL) == []


@pytest.mark.promise("P20")
@pytest.mark.promise("P22")
@pytest.mark.promise("P23")
@pytest.mark.promise("P41")
@pytest.mark.django_db
def test_the_browser_is_told_to_load_nothing_from_others_and_to_ask_no_device(cast: Cast) -> None:
    response = Client().get("/find")
    policy = dict(
        part.strip().split(" ", 1)
        for part in response["Content-Security-Policy"].split(";")
        if " " in part.strip()
    )
    assert policy["default-src"] == "'none'"
    for kind in ("script-src", "style-src", "font-src", "connect-src"):
        assert policy[kind] == "'self'", kind
    assert policy["img-src"] == "'self' data:"
    # Without a directive of their own, frames, workers and media fall under default-src.
    assert {"frame-src", "worker-src", "child-src", "media-src", "object-src"} & set(
        policy
    ) == set()
    asked = response["Permissions-Policy"].split(", ")
    assert {"geolocation=()", "browsing-topics=()"} <= set(asked)


@pytest.mark.promise("P39")
def test_nothing_is_queued_to_a_device() -> None:
    ways = {channel.name for channel in channels()}

    assert "email" in ways
    assert ways <= {"email", "whatsapp"}


@pytest.mark.promise("P39")
def test_no_package_can_push_or_locate() -> None:
    pattern = re.compile(
        r"^(pywebpush|firebase|.*fcm.*|.*apns.*|geoip2|geopy|onesignal)", re.MULTILINE
    )
    assert pattern.search("pywebpush==2.0")

    required = (ROOT / "requirements" / "base.txt").read_text()
    assert "django==" in required
    assert pattern.search(required) is None


@pytest.mark.promise("P41")
@pytest.mark.django_db
def test_no_column_has_the_type_of_a_place() -> None:
    query = """SELECT table_name FROM information_schema.columns
        WHERE udt_name IN ('point', 'geometry', 'geography', 'path', 'polygon', 'circle', 'lseg')
        AND table_schema NOT IN ('pg_catalog', 'information_schema')"""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE planted_place (here point)")
        cursor.execute(query)
        assert cursor.fetchall() == [("planted_place",)]
        cursor.execute("DROP TABLE planted_place")
        cursor.execute(query)
        assert cursor.fetchall() == []


@pytest.mark.promise("P40")
@pytest.mark.django_db
def test_what_is_known_of_a_device_is_gone_at_logout(cast: Cast) -> None:
    client = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"})
    client.force_login(cast.alice, backend="accounts.backends.EmailBackend")
    client.get("/account")
    record = SessionRecord.objects.get(user=cast.alice)
    assert record.device == "Firefox, Linux"

    client.post("/sign-out")
    assert not SessionRecord.objects.filter(user=cast.alice).exists()


@pytest.mark.promise("P40")
@pytest.mark.django_db
def test_the_mark_of_a_browser_changes_at_each_sign_in_and_is_not_stored(cast: Cast) -> None:
    client, marks = Client(), []
    for _n in range(3):
        client.force_login(cast.alice, backend="accounts.backends.EmailBackend")
        client.get("/account")
        marks.append(client.cookies["ruang_device"].value)
        client.post("/sign-out")
    assert len(set(marks)) == 3
    assert all("." not in mark for mark in marks), "one person, one mark"
    halves = {half for mark in marks for half in mark.split("-")}
    assert len(halves) == 6

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" AS t')
            text = " ".join(row[0] for row in cursor.fetchall())
            assert not any(half in text for half in halves), table
