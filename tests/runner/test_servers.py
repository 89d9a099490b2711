"""The embedded servers: begun whole or not at all, mended, or explained."""

import json
import os
import shutil
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from config.runner.children import Guard
from config.runner.paths import NEEDED_BYTES, ROOT, check_space, prepare_var
from config.runner.servers import Servers
from config.runner.stack import throwaway_stack
from config.runner.trouble import Trouble
from tests.runner.harness import OURS, fresh_folder, rows, survivors, wait_for, write_rows

pytestmark = pytest.mark.runner


@contextmanager
def servers(var: Path, *names: str) -> Iterator[dict[str, str]]:
    """Servers that keep their data, for a block."""
    guard = Guard()
    one = Servers(var, list(names), guard=guard)
    try:
        yield one.start()
    finally:
        one.stop()
        guard.close()


def test_throwaway_stack_serves_and_leaves_nothing() -> None:
    with fresh_folder() as var:
        with throwaway_stack(var) as found:
            for name, role in (("DATABASE_URL", "ruang"), ("VAULT_DATABASE_URL", "ruang_vault")):
                with psycopg.connect(found[name]) as connection:
                    row = connection.execute("SELECT current_user, current_database()").fetchone()
                assert row == (role, role)
            with redis.Redis.from_url(found["CELERY_BROKER_URL"]) as broker:
                assert broker.ping() is True
            port = urlsplit(found["EMAIL_URL"]).port or 0
            with smtplib.SMTP("127.0.0.1", port) as smtp:
                smtp.sendmail(
                    "a@ruang.test", ["b@ruang.test"], "Subject: Halo\r\n\r\nApa kabar\r\n"
                )
            kept = list((var / "mail").glob("*.eml"))
            assert len(kept) == 1
            assert "X-Envelope-To: b@ruang.test" in kept[0].read_text()
            assert "Subject: Halo" in kept[0].read_text()
            assert kept[0].stat().st_mode & 0o777 == 0o600
        assert survivors(var) == []


def test_one_role_cannot_enter_the_database_of_the_other() -> None:
    with fresh_folder() as var, throwaway_stack(var) as found:
        url = found["DATABASE_URL"].removesuffix("/ruang") + "/ruang_vault"
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(url)
        with psycopg.connect(found["DATABASE_URL"]) as connection:
            row = connection.execute(
                "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
        assert row == (False,)


def test_password_is_asked_for() -> None:
    with fresh_folder() as var, throwaway_stack(var) as found:
        port = urlsplit(found["DATABASE_URL"]).port
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(f"postgresql://ruang:wrong@127.0.0.1:{port}/ruang")


def test_half_made_cluster_is_made_anew() -> None:
    with fresh_folder() as var:
        prepare_var(var)
        (var / "postgres.new-killed").mkdir()
        (var / "postgres.new-killed" / "PG_VERSION").write_text("18\n")
        with servers(var, "postgres") as found:
            write_rows(found["DATABASE_URL"], 1)
            assert rows(found["DATABASE_URL"]) == 1
        assert not (var / "postgres.new-killed").exists()
        assert (var / "postgres" / "PG_VERSION").exists()


def test_lost_passwords_are_set_anew_without_losing_data() -> None:
    with fresh_folder() as var:
        with servers(var, "postgres") as found:
            write_rows(found["DATABASE_URL"], 3)
        (var / "secrets" / "postgres.json").unlink()
        with servers(var, "postgres") as after:
            assert after["DATABASE_URL"] != found["DATABASE_URL"]
            assert rows(after["DATABASE_URL"]) == 3


def test_damaged_cluster_is_explained_and_not_touched() -> None:
    with fresh_folder() as var:
        with servers(var, "postgres"):
            pass
        control = var / "postgres" / "global" / "pg_control"
        control.write_bytes(b"")
        with pytest.raises(Trouble) as trouble, servers(var, "postgres"):
            pass
        assert "PostgreSQL cannot start from" in trouble.value.sentence
        assert f"mv {var} {var}.damaged" in trouble.value.way_out
        assert control.exists()


def test_other_major_version_is_explained() -> None:
    with fresh_folder() as var:
        with servers(var, "postgres"):
            pass
        (var / "postgres" / "PG_VERSION").write_text("17\n")
        with pytest.raises(Trouble, match="was written by PostgreSQL 17"), servers(var, "postgres"):
            pass


def test_damaged_broker_file_is_set_aside() -> None:
    with fresh_folder() as var:
        with servers(var, "valkey"):
            pass
        for path in (var / "valkey" / "appendonlydir").iterdir():
            path.write_bytes(b"rubbish\n" * 20)
        with (
            servers(var, "valkey") as found,
            redis.Redis.from_url(found["CELERY_BROKER_URL"]) as broker,
        ):
            assert broker.ping() is True
        assert len(list(var.glob("valkey.damaged-*"))) == 1


def test_full_disk_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    blocks = NEEDED_BYTES // 4096

    def disk(free: int) -> os.statvfs_result:
        return os.statvfs_result((4096, 4096, 10**6, free, free, 0, 0, 0, 0, 255))

    with pytest.raises(Trouble) as trouble:
        check_space(tmp_path, lambda folder: disk(blocks - 1))
    assert f"The disk of {tmp_path} is full" in trouble.value.sentence
    assert "Free some space" in trouble.value.way_out
    check_space(tmp_path, lambda folder: disk(blocks))


def test_var_that_is_a_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    with pytest.raises(Trouble, match="is not a folder"):
        prepare_var(tmp_path / "var")


def test_commands_start_servers_for_their_own_duration() -> None:
    script = (
        "import json, os, sys\n"
        "from config.runner.stack import ensure_environment\n"
        "ensure_environment()\n"
        "names = ('DATABASE_URL', 'SECRET_KEY')\n"
        "print(json.dumps({name: os.environ[name] for name in names}), flush=True)\n"
        "sys.stdin.read()\n"
    )
    with fresh_folder() as var:
        environment = {k: v for k, v in os.environ.items() if k not in OURS}
        environment["RUANG_VAR"] = str(var)

        def command() -> "subprocess.Popen[str]":
            return subprocess.Popen(
                [sys.executable, "-c", script],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )

        with command() as first, command() as second:
            assert first.stdout is not None
            assert second.stdout is not None
            one, two = json.loads(first.stdout.readline()), json.loads(second.stdout.readline())
            assert one == two
            first.kill()
            first.wait()
            write_rows(two["DATABASE_URL"], 2)
            assert rows(two["DATABASE_URL"]) == 2
            second.kill()
        assert wait_for(lambda: not survivors(var), 10), survivors(var)
        shutil.rmtree(var)
