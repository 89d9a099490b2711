"""The log keeps no personal data: not in words, not in exceptions, not from the worker."""

import io
import json
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from celery import shared_task
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import Organisation
from config import scrub
from tests.cast import Cast

MARKERS = ("Siti Marker", "siti.marker@lontar.example", "+62 812-3456-7890", "203.0.113.77")
WORDS = "{} wrote from {} and {} at {}".format(*MARKERS)
Lines = Callable[[], str]


def _fail(words: str = WORDS) -> None:
    raise ValueError(words)


@shared_task(name="tests.config.failing")
def failing(words: str) -> None:
    """A task that fails with the words it was given."""
    _fail(words)


@pytest.fixture(params=["text", "json"])
def lines(request: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """What the process would write on standard error, with the log as configured."""
    from config import logs  # noqa: PLC0415 - configures logging when called

    monkeypatch.setenv("LOG_FORMAT", request.param)
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    logs.configure({})
    stream = io.StringIO()
    handler = next(h for h in root.handlers if isinstance(h.formatter, scrub.Formatter))
    handler.setStream(stream)  # type: ignore[attr-defined]
    yield stream.getvalue
    root.handlers[:] = before
    root.setLevel(level)


def _clean(written: str) -> None:
    for marker in MARKERS:
        assert marker not in written
        assert json.dumps(marker)[1:-1] not in written


def test_an_exception_says_what_and_where_and_not_its_words(lines: Lines) -> None:
    try:
        _fail()
    except ValueError as error:
        logging.getLogger("reservations").exception("Broken: %s", error)
        logging.getLogger("reservations").error("Broken: %s", error)
        logging.getLogger("reservations").error(error)
    written = lines()
    assert written.count("ValueError") >= 3
    assert "test_scrub.py" in written
    assert "_fail" in written
    _clean(written)


def test_causes_are_named_and_stay_silent_too(lines: Lines) -> None:
    try:
        try:
            _fail()
        except ValueError as cause:
            raise RuntimeError(f"because of {cause}") from cause
    except RuntimeError:
        logging.getLogger("reservations").exception("Broken")
    written = lines()
    assert "ValueError" in written
    assert "RuntimeError" in written
    _clean(written)


def test_addresses_numbers_and_secrets_are_cut_out_of_words(lines: Lines) -> None:
    secret = "MDE5ODdmMmE0MjQy:1vXyZ9-Qw3rTyU1oPaSdFgHjKl2zXcVbNm"
    number = uuid4()
    said = logging.getLogger("accounts")
    said.error("mail to %s from %s", MARKERS[1], MARKERS[3])
    said.error("call %s or 081234567890, 2001:db8:0:1::77", MARKERS[2])
    said.error("GET /verify/%s for %s at 127.0.0.1", secret, number)
    written = lines()
    for mark in ("[address]", "[ip]", "[phone]", "[secret]", str(number), "127.0.0.1"):
        assert mark in written
    for hidden in (*MARKERS[1:], secret, "081234567890", "2001:db8"):
        assert hidden not in written


def test_a_database_error_keeps_its_constraint_and_loses_the_value(db: None, lines: Lines) -> None:
    one, other = Organisation.objects.create(name="A"), Organisation.objects.create(name="B")
    try:
        with transaction.atomic():
            Organisation.objects.filter(id=other.id).update(id=one.id)
    except IntegrityError:
        logging.getLogger("accounts").exception("Not stored")
    written = lines()
    assert "23505 accounts_organisation_pkey" in written
    assert str(one.id) not in written


@pytest.mark.usefixtures("plain_static")
def test_a_page_that_breaks_leaves_no_marker(
    cast: Cast, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_more: Any) -> None:
        _fail()

    monkeypatch.setattr("frontend.views.home.render", broken)
    browser = Client(raise_request_exception=False)
    answer = browser.get("/", {"q": MARKERS[0]}, headers={"X-Forwarded-For": MARKERS[3]})
    assert answer.status_code == 500
    _clean(answer.content.decode())
    written = lines()
    assert "ValueError" in written
    assert "home.py" in written
    _clean(written)


def test_a_task_that_breaks_leaves_no_marker(lines: Lines) -> None:
    failing.apply(args=[WORDS])
    written = lines()
    assert "tests.config.failing" in written
    assert "ValueError" in written
    _clean(written)


def test_an_uncaught_exception_of_a_thread_leaves_no_marker(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.excepthook", None)
    monkeypatch.setattr(threading, "excepthook", None)
    scrub.hooks_install()
    thread = threading.Thread(target=_fail)
    thread.start()
    thread.join()
    written = lines()
    assert "ValueError" in written
    _clean(written)


def test_without_the_scrubber_the_markers_would_be_there() -> None:
    stream = io.StringIO()
    plain = logging.getLogger("tests.control")
    plain.propagate = False
    plain.addHandler(logging.StreamHandler(stream))
    try:
        _fail()
    except ValueError as error:
        plain.exception("Broken: %s", error)
    assert all(marker in stream.getvalue() for marker in MARKERS)
