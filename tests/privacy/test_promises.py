"""The machinery of promises: claims need proof, and the page says what the report says."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from privacy import promise_claims, promises
from privacy.promises import State, report, state_of
from tests.promises import is_whole, missing, note, written

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small house: one file that keeps P38, one test that proves it, one claim."""
    for folder in ("docs", "tests", "privacy"):
        (tmp_path / folder).mkdir()
    (tmp_path / "privacy/gate.py").write_text("")
    (tmp_path / "tests/test_gate.py").write_text(
        'import pytest\n\n@pytest.mark.promise("P38")\ndef test_it():\n    pass\n'
    )
    claim(tmp_path, '[P38]\nkept_in = ["privacy/gate.py"]\n')
    return tmp_path


def claim(root: Path, text: str) -> None:
    """Write the claims."""
    (root / "docs/promises.toml").write_text(text)


def test_every_promise_has_words_in_both_languages_and_a_group() -> None:
    codes = [f"P{n}" for n in range(1, 67)] + [f"L{n}" for n in range(1, 9)]
    assert list(promises.words()) == codes
    for code, entry in promises.words().items():
        assert entry["id"].endswith("."), code
        assert entry["en"].endswith("."), code
        assert entry["id"] != entry["en"], code


def test_what_the_house_claims_stands() -> None:
    assert promise_claims.faults(ROOT) == []
    assert set(promise_claims.claims(ROOT)) <= set(promise_claims.marked(ROOT))
    assert "tests/privacy/test_purposes.py" in promise_claims.marked(ROOT)["P13"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[P39]\nkept_in = ["privacy/gate.py"]\n', 'no test carries promise("P39")'),
        ('[P38]\nkept_in = ["privacy/door.py"]\n', "privacy/door.py, which does not exist"),
        ("[P38]\nkept_in = []\n", "write kept_in ="),
        ("[P38]\n", "write kept_in ="),
        ('[P38]\nkept_in = ["privacy/gate.py"]\nsure = true\n', "and no more"),
        ('[P99]\nkept_in = ["privacy/gate.py"]\n', "there is no promise 'P99'"),
    ],
)
def test_a_claim_without_test_or_code_is_refused(tree: Path, text: str, words: str) -> None:
    assert promise_claims.faults(tree) == []
    claim(tree, text)
    found = promise_claims.faults(tree)
    assert len(found) == 1
    assert words in found[0]


def test_a_mark_of_no_promise_is_refused(tree: Path) -> None:
    (tree / "tests/test_odd.py").write_text('pytestmark = pytest.mark.promise("P380")\n')
    assert promise_claims.faults(tree) == ["tests/test_odd.py: there is no promise 'P380'."]


def test_the_check_fails_with_the_words(tree: Path, settings: Any) -> None:
    call_command("promises")
    settings.BASE_DIR = tree
    claim(tree, '[P1]\nkept_in = ["privacy/gate.py"]\n')
    with pytest.raises(CommandError, match="no test carries"):
        call_command("promises")


def test_a_test_counts_as_passed_when_all_of_it_passed() -> None:
    results: dict[str, dict[str, str]] = {}
    for when in ("setup", "call", "teardown"):
        note(results, "P1", "good", when, "passed")
    note(results, "P1", "skipped", "setup", "skipped")
    note(results, "P1", "unready", "setup", "failed")
    note(results, "P1", "wrong", "call", "failed")
    note(results, "P1", "untidy", "call", "passed")
    note(results, "P1", "untidy", "teardown", "failed")
    assert results["P1"] == {
        "good": "passed",
        "skipped": "skipped",
        "unready": "failed",
        "wrong": "failed",
        "untidy": "failed",
    }


def test_a_whole_run_fails_for_claims_that_it_did_not_prove() -> None:
    results = {"P1": {"a": "passed"}, "P2": {"a": "passed", "b": "failed"}, "P3": {"c": "skipped"}}
    found = missing(["P1", "P2", "P3", "P4"], results)
    assert [line.split()[0] for line in found] == ["P2", "P3", "P4"]
    assert found[2] == "P4 is claimed, and no test of it ran."


@pytest.mark.parametrize(
    ("arguments", "more", "whole"),
    [
        (["-n", "2", "--dist", "loadfile"], {}, True),
        ([], {}, True),
        (["-n", "0", "tests/privacy"], {}, False),
        (["tests/privacy/test_promises.py::test_it"], {}, False),
        ([], {"keyword": "vault"}, False),
        ([], {"markexpr": "not browser"}, False),
        ([], {"maxfail": 1}, False),
        ([], {"collectonly": True}, False),
    ],
)
def test_a_run_of_some_tests_writes_no_report(
    arguments: list[str], more: dict[str, Any], whole: bool
) -> None:
    options = {
        "keyword": "",
        "markexpr": "",
        "deselect": None,
        "maxfail": 0,
        "ignore": None,
        "ignore_glob": None,
        "collectonly": False,
        **more,
    }
    config = SimpleNamespace(
        option=SimpleNamespace(**options), invocation_params=SimpleNamespace(args=arguments)
    )
    assert is_whole(config) is whole  # type: ignore[arg-type]


def test_states_are_honest(tmp_path: Path) -> None:
    assert state_of(True, [True, True]) is State.PROVED
    assert state_of(True, []) is State.NOT_PROVED
    assert state_of(False, [True]) is State.NOT_PROVED
    assert state_of(True, [True, False]) is State.BROKEN
    assert state_of(False, [False]) is State.BROKEN


def test_without_a_report_nothing_is_proved(tmp_path: Path, caplog: Any) -> None:
    found = report(tmp_path / "none.json")
    assert (found.made_at, found.count(State.NOT_PROVED)) == (None, 74)
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    assert report(broken).count(State.NOT_PROVED) == 74
    assert "cannot be read" in caplog.text


def test_the_report_says_what_the_run_found(tmp_path: Path) -> None:
    results = {"P27": {"test_a": "passed"}, "P13": {"test_b": "failed"}, "P10": {"c": "passed"}}
    kept = {"P27": {"kept_in": ["privacy/purposes.py"]}, "P13": {"kept_in": ["x"]}}
    path = tmp_path / "report.json"
    path.write_text(json.dumps(written(kept, results, "abc")))
    found = report(path)
    states = {each.code: each.state for each in found.promises}
    assert (states["P27"], states["P13"], states["P10"]) == ("proved", "broken", "not_proved")
    assert (found.count(State.PROVED), found.commit) == (1, "abc")
    assert found.made_at is not None
    kept_promise = next(each for each in found.promises if each.code == "P27")
    assert kept_promise.kept_in == ("privacy/purposes.py",)
    assert [(test.name, test.passed) for test in kept_promise.tests] == [("test_a", True)]
