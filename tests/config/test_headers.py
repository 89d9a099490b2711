"""Headers, cookies and TLS of a public site, by its real settings (OWASP ASVS 4.0.3, level 2)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from config import headers
from tests.api.conftest import key_of
from tests.cast import Cast, person
from tests.live import database_urls

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import json, sys, warnings
import django
warnings.filterwarnings("ignore")
django.setup()
from django.test import Client
from accounts.models import User
out = {}
parts = ("secure", "httponly", "samesite", "path", "domain")
user = User.objects.get(full_name="Header Person")
for name, path, who, secure in json.loads(sys.argv[1]):
    browser = Client(raise_request_exception=False, headers={"Host": "ruang.test"})
    if who:
        browser.force_login(user, backend="accounts.backends.EmailBackend")
    answer = browser.get(path, secure=secure)
    out[name] = {
        "status": answer.status_code,
        "headers": {key.lower(): value for key, value in answer.headers.items()},
        "cookies": {
            key: {part: morsel[part] for part in parts}
            for key, morsel in {**browser.cookies, **answer.cookies}.items()
        },
    }
print(json.dumps(out))
"""
PAGES = (
    ("home", "/", False, True),
    ("sign_in", "/sign-in", False, True),
    ("account", "/account", True, True),
    ("reservations", "/reservations", True, True),
    ("api", "/api/v1/locations", False, True),
    ("me", "/api/v1/me", True, True),
    ("missing", "/there-is-nothing", False, True),
    ("api_missing", "/api/v1/nothing", False, True),
    ("api_nul", "/api/v1/locations?q=%00", False, True),
    ("admin", "/admin/", False, True),
    ("plain_http", "/find", False, False),
)


@pytest.fixture
def answers(transactional_db: None, tmp_path: Path) -> dict[str, Any]:
    """What a site at https://ruang.test answers, its settings read from the environment."""
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        call_command("collectstatic", interactive=False, verbosity=0)
    person("header@ruang.test", name="Header Person")
    environment = {
        **os.environ,
        "SITE_URL": "https://ruang.test",
        "ALLOWED_HOSTS": "ruang.test",
        **database_urls(),
        "RUANG_DEVELOPMENT": "0",
        "LOG_LEVEL": "CRITICAL",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(PAGES)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.promise("P44")
def test_a_public_site_keeps_to_the_standard(answers: dict[str, Any]) -> None:
    assert {name: answer["status"] for name, answer in answers.items()} == {
        "home": 200, "sign_in": 200, "account": 200, "reservations": 200, "api": 200, "me": 200,
        "missing": 404, "api_missing": 404, "api_nul": 400, "admin": 302, "plain_http": 301,
    }  # fmt: skip
    for name, answer in answers.items():
        got = answer["headers"]
        if name == "plain_http":
            # 9.1.1: never in the clear.
            assert got["location"] == "https://ruang.test/find"
            continue
        # 14.4.1 to 14.4.7.
        assert "charset=utf-8" in got["content-type"] or "json" in got["content-type"], name
        assert got["x-content-type-options"] == "nosniff", name
        assert got["strict-transport-security"] == (
            "max-age=31536000; includeSubDomains; preload"
        ), name
        assert got["referrer-policy"] == "same-origin", name
        assert "frame-ancestors 'none'" in got["content-security-policy"], name
        assert "unsafe-inline" not in got["content-security-policy"].partition("style-src")[0]
        assert got["x-frame-options"] == "DENY", name
        assert got["cross-origin-opener-policy"] == "same-origin", name
        assert got["cross-origin-resource-policy"] == "same-origin", name
        assert "geolocation=()" in got["permissions-policy"], name
        # 14.3.3: no version of any part.
        assert not {"server", "x-powered-by"} & set(got), name


def test_what_a_signed_in_person_sees_is_kept_nowhere(answers: dict[str, Any]) -> None:
    for name in ("account", "reservations", "me"):
        assert "no-store" in answers[name]["headers"]["cache-control"], name
    assert "no-store" not in answers["home"]["headers"].get("cache-control", "")


def test_cookies_are_bound_to_this_host_and_hidden_from_scripts(answers: dict[str, Any]) -> None:
    session = answers["account"]["cookies"]["__Host-ruang_session"]
    token = answers["sign_in"]["cookies"]["__Host-ruang_csrf"]
    for cookie in (session, token):
        # 3.4.1 to 3.4.5.
        assert cookie == {
            "secure": True, "httponly": True, "samesite": "Lax", "path": "/", "domain": "",
        }  # fmt: skip
    assert answers["home"]["cookies"] == {} or set(answers["home"]["cookies"]) == {
        "__Host-ruang_csrf"
    }


def test_an_answer_that_says_how_it_may_be_kept_is_left_alone(
    cast: Cast, plain_static: None
) -> None:
    browser = Client()
    browser.force_login(cast.alice, backend="accounts.backends.EmailBackend")
    assert "max-age" in browser.get(f"/spaces/{cast.room.slug}/plan.svg")["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_an_answer_to_a_key_is_kept_nowhere_either(cast: Cast, plain_static: None) -> None:
    key = key_of(cast.alice)
    answer = Client(headers={"Authorization": f"Bearer {key}"}).get("/api/v1/locations")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"


def test_no_device_is_ever_asked(cast: Cast, plain_static: None) -> None:
    policy = Client().get("/find")["Permissions-Policy"]
    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(policy.split(", "))
    assert len(headers.DEVICES) == policy.count("=()")
