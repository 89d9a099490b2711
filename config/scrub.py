"""Keeps personal data out of the log (trap 5, promise P44): what a line may still say.

An exception's words often repeat what a person typed ("Key (email)=(…) already exists"),
so a logged exception keeps its type, its SQLSTATE and constraint, and the places in the
code it went through; never its words. Addresses, phone numbers, network addresses and the
secrets of links are cut out of every line.
"""

import logging
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from traceback import extract_tb
from types import TracebackType
from typing import Any, Final

import psycopg
import structlog

#: Patterns and what stands in the line instead.
MARKS: Final = (
    (re.compile(r"[^\s@<>\"'(),;:=]+@[^\s@<>\"'(),;:=]+\.\w+"), "[address]"),
    # Signed values and secrets: in paths, queries and anywhere else. Identifiers stay.
    (
        re.compile(r"(?<![\w-])(?![0-9a-f]{8}-)(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{24,}[\w:.-]*"),
        "[secret]",
    ),
    (re.compile(r"(?<![\w.:])(?!127\.|0\.0\.0\.0)\d{1,3}(?:\.\d{1,3}){3}(?![\w.])"), "[ip]"),
    (re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){3,7}:?[0-9a-fA-F]{1,4}(?![\w:])"), "[ip]"),
    (re.compile(r"(?<![\w+-])(?:\+|0)\d(?:[ -]?\d){7,13}(?![\w-])"), "[phone]"),
)
#: What Celery hands to its log lines besides names: arguments, results and exceptions.
SPOKEN: Final = frozenset({"exc", "traceback", "args", "kwargs", "return_value", "data"})


class Formatter(structlog.stdlib.ProcessorFormatter):
    """Structlog's formatter, which never sees the words of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; the record itself stays as it is, for other handlers."""
        copy = logging.makeLogRecord(record.__dict__)
        copy.args = _args(copy.args)
        if isinstance(copy.msg, BaseException):
            copy.msg = name_of(copy.msg)
        return super().format(copy)


def scrub(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    """The processor before the renderer: the exception as places, marks for what is personal."""
    error = _error(event.pop("exc_info", None))
    spoken = sorted(_words(error), key=len, reverse=True) if error else []
    for key, value in event.items():
        if isinstance(value, str) and not key.startswith("_"):
            event[key] = _tame(value, spoken)
    event.pop("stack_info", None)
    if error is not None:
        event["exception"] = "\n".join(trace(error))
    return event


def trace(error: BaseException) -> Iterator[str]:
    """Where an exception came through and what it was, innermost cause first."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from trace(cause)
        yield "which led to"
    for frame in extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
    yield name_of(error)


def name_of(error: BaseException) -> str:
    """An exception without its words: its type, and of a database error code and constraint."""
    kind = type(error)
    name = (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )
    if isinstance(error, psycopg.Error) and error.sqlstate:
        constraint = error.diag.constraint_name
        return f"{name} {error.sqlstate}" + (f" {constraint}" if constraint else "")
    return name


def hooks_install() -> None:
    """Let uncaught exceptions of this process and its threads end as scrubbed lines too."""
    sys.excepthook = _uncaught
    threading.excepthook = lambda given: _uncaught(
        given.exc_type, given.exc_value or given.exc_type(), given.exc_traceback
    )


def _uncaught(
    kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("uncaught").critical("A process or thread ended.", exc_info=error)


def _args(args: Any) -> Any:
    if isinstance(args, Mapping):
        return {key: "…" if key in SPOKEN else _value(value) for key, value in args.items()}
    return tuple(map(_value, args)) if isinstance(args, tuple) else args


def _value(value: Any) -> Any:
    return name_of(value) if isinstance(value, BaseException) else value


def _error(given: Any) -> BaseException | None:
    if given is True:
        given = sys.exc_info()
    if isinstance(given, tuple):
        given = given[1]
    return given if isinstance(given, BaseException) else None


def _words(error: BaseException) -> Iterator[str]:
    """Every text by which a line could repeat what the exceptions say."""
    for one in (error, error.__cause__, error.__context__):
        if one is not None:
            yield from (text for text in (str(one), repr(one)) if text.strip())


def _tame(text: str, spoken: list[str]) -> str:
    for words in spoken:
        if len(words) > 2:
            text = text.replace(words, "…")
    for pattern, mark in MARKS:
        text = pattern.sub(mark, text)
    return text
