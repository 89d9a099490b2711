"""Collects the results of tests that prove promises, and writes the promise report.

Loaded by `-p tests.promises`. A run of the whole suite writes the report that the public
page is made from (PROMISE_REPORT, privacy/promise_report.json unless set), and fails when
the tests of a promise claimed in docs/promises.toml did not all run and pass. A run of
some tests writes nothing: it proves nothing about the others.
"""

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from privacy import promise_claims

ROOT = Path(__file__).resolve().parent.parent
PROPERTY = "promise"
#: By promise and test: passed, failed, or skipped.
_results: dict[str, dict[str, str]] = {}


def is_whole(config: pytest.Config) -> bool:
    """Whether this run takes in every test: nothing named, chosen or left out."""
    chosen = config.option.keyword or config.option.markexpr or config.option.deselect
    chosen = chosen or config.option.maxfail
    ignored = config.option.ignore or config.option.ignore_glob
    named = [name for name in config.invocation_params.args if _names_tests(str(name))]
    return not (chosen or ignored or named or config.option.collectonly)


def _names_tests(argument: str) -> bool:
    return argument.startswith("tests/") or ".py" in argument


def report_path() -> Path:
    """Where the report goes."""
    return Path(os.environ.get("PROMISE_REPORT") or ROOT / "privacy" / "promise_report.json")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Write the test's promises into what xdist carries to the controller."""
    for mark in item.iter_markers("promise"):
        for code in mark.args:
            if (PROPERTY, code) not in item.user_properties:
                item.user_properties.append((PROPERTY, code))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note how a marked test went; a failed set-up or tear-down is a failed test."""
    for name, code in report.user_properties:
        if name == PROPERTY:
            note(_results, str(code), report.nodeid, report.when or "", report.outcome)


def note(results: dict[str, dict[str, str]], code: str, test: str, when: str, outcome: str) -> None:
    """Keep the worst that happened; only a finished call counts as passed."""
    tests = results.setdefault(code, {})
    if outcome != "passed":
        tests[test] = outcome
    elif when == "call":
        tests.setdefault(test, "passed")


def missing(claims: Any, results: dict[str, dict[str, str]]) -> list[str]:
    """The claimed promises that this run did not prove, in words."""
    wrong = []
    for code in claims:
        tests = results.get(code, {})
        bad = sorted(test for test, outcome in tests.items() if outcome != "passed")
        if not tests:
            wrong.append(f"{code} is claimed, and no test of it ran.")
        elif bad:
            wrong.append(f"{code} is claimed, and these did not pass: {', '.join(bad)}")
    return wrong


def written(claims: Any, results: dict[str, dict[str, str]], commit: str) -> dict[str, Any]:
    """The report's content."""
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit,
        "claims": {code: dict(claim) for code, claim in claims.items()},
        "tests": results,
    }


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """On the controller of a whole run: write the report, and fail for lost proofs."""
    if hasattr(session.config, "workerinput") or not is_whole(session.config):
        return
    if exitstatus not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        return
    claims = promise_claims.claims(ROOT)
    text = json.dumps(written(claims, _results, _commit()), indent=1, sort_keys=True)
    scratch = report_path().with_suffix(".new")
    scratch.write_text(text + "\n", encoding="utf-8")
    scratch.replace(report_path())
    lost = missing(claims, _results)
    if lost:
        session.config.stash[_LOST] = lost
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


_LOST = pytest.StashKey[list[str]]()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say which claimed promises are not proved."""
    for line in config.stash.get(_LOST, []):
        terminalreporter.write_line(f"PROMISE NOT KEPT: {line}", red=True)


def _commit() -> str:
    """The commit that was tested, with a + when files differ from it; "" outside git."""
    found = _git("rev-parse", "HEAD")
    return found + ("+" if found and _git("status", "--porcelain") else "")


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else ""
