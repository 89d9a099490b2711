"""What docs/promises.toml claims, and whether the test suite still stands behind it."""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from privacy import promises


def claims(root: Path) -> Mapping[str, Mapping[str, Any]]:
    """The claimed promises with the files that keep them."""
    found: dict[str, Mapping[str, Any]] = tomllib.loads(
        (root / "docs" / "promises.toml").read_text("utf-8")
    )
    return found


def marked(root: Path) -> Mapping[str, set[str]]:
    """By promise, the test files in which a mark `promise("P38")` names it."""
    found: dict[str, set[str]] = {}
    for path in sorted((root / "tests").rglob("test_*.py")):
        for code in _marks(ast.parse(path.read_text("utf-8"))):
            found.setdefault(code, set()).add(str(path.relative_to(root)))
    return found


def _marks(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "promise"
        ):
            for argument in node.args:
                if isinstance(argument, ast.Constant):
                    yield str(argument.value)


def faults(root: Path) -> list[str]:
    """Every claim that nothing stands behind, and every mark of no promise, in words."""
    known, found, marks = promises.words(), claims(root), marked(root)
    wrong = [
        f"{path}: there is no promise {code!r}."
        for code, paths in sorted(marks.items())
        if code not in known
        for path in sorted(paths)
    ]
    for code, claim in found.items():
        if code not in known:
            wrong.append(f"docs/promises.toml: there is no promise {code!r}.")
        elif code not in marks:
            wrong.append(
                f'{code} is claimed in docs/promises.toml, but no test carries promise("{code}").'
            )
        wrong += _claim_faults(root, code, claim)
    return wrong


def _claim_faults(root: Path, code: str, claim: Mapping[str, Any]) -> Iterator[str]:
    files = claim.get("kept_in")
    if set(claim) != {"kept_in"} or not isinstance(files, list) or not files:
        yield f'{code}: write kept_in = ["privacy/gate.py"] in docs/promises.toml, and no more.'
        return
    for name in files:
        if not (root / str(name)).is_file():
            yield f"{code} is said to be kept in {name}, which does not exist."
