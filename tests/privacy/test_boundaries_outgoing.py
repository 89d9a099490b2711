"""One gateway for everything that leaves: nobody else can even import the means (P26, P28)."""

import ast
from pathlib import Path

import pytest

from tests.privacy.test_boundaries import ROOT, imports_of

#: Ways to reach another machine, ours or a library's.
MEANS = (
    "smtplib", "django.core.mail", "http.client", "urllib.request", "urllib3", "requests",
    "httpx", "aiohttp", "socket", "ftplib", "imaplib", "poplib", "telnetlib", "xmlrpc",
    "websockets", "asyncio", "paramiko", "anymail",
)  # fmt: skip
#: Who may, and by what. social_core talks to Google itself (accounts/google.py): the
#: processor register has an entry for it, and the sign-in asks it first.
GATEWAYS = {
    "privacy/post.py": {"smtplib", "django.core.mail"},
    "privacy/courier.py": {"http.client"},
}
APPS = ("privacy", "accounts", "billing", "reservations", "support", "frontend", "config")
#: The supervisor, the health check of a container and the benchmarks talk to this machine.
OWN_MACHINE = ("config/runner/", "config/deploy/", "config/bench/")


def means_of(path: Path) -> set[str]:
    """The means of sending that a file imports, in whatever way."""
    found = imports_of(path)
    text = path.read_text()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "__import__":
            found.add(ast.unparse(node.args[0]).strip("'\""))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            found.add(ast.unparse(node.args[0]).strip("'\""))
    return {
        means for means in MEANS for name in found if name == means or name.startswith(f"{means}.")
    }


@pytest.mark.promise("P26")
@pytest.mark.promise("P28")
def test_only_the_gateway_can_reach_another_machine() -> None:
    found = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if not name.startswith(OWN_MACHINE) and (means := means_of(path)):
                found[name] = means
    assert found == GATEWAYS


@pytest.mark.parametrize(
    "code",
    [
        "import requests",
        "from urllib import request",
        "import urllib.request as u",
        "from http.client import HTTPConnection",
        "def f():\n    import httpx",
        "__import__('smtplib')",
        "import importlib\nimportlib.import_module('http.client')",
        "from django.core import mail",
    ],
)
def test_the_scan_sees_every_way_to_import(tmp_path: Path, code: str) -> None:
    path = tmp_path / "sly.py"
    path.write_text(code)
    assert means_of(path)
