"""Catches the mail of a development installation: one file a message in var/mail.

Run by path with the folder and the port. Nothing leaves this machine: what the product
would send to people stands here to be read. Messages name people, so the folder is
private and messages older than a week are deleted.
"""

import asyncio
import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

KEEP_SECONDS = 7 * 24 * 3600
SIZE_LIMIT = 35 * 1024 * 1024


class Folder:
    """Writes each message whole: under a hidden name first, then renamed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep one message with its envelope, so that blind copies can be seen too."""
        self.count += 1
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        name = f"{moment}-{self.count:06d}.eml"
        head = f"X-Envelope-From: {envelope.mail_from}\r\n"
        head += f"X-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        content = envelope.content or b""
        data = content if isinstance(content, bytes) else content.encode()
        try:
            self._write(name, head.encode() + data)
        except OSError as error:
            print(f"A message could not be kept: {error}", flush=True)
            return "452 Insufficient system storage"
        print(f"kept {name}", flush=True)
        return "250 OK"

    def _write(self, name: str, data: bytes) -> None:
        """Write and rename; a reader never sees half a message."""
        hidden = self.folder / f".{name}"
        try:
            with os.fdopen(os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
                f.write(data)
            hidden.rename(self.folder / name)
        except OSError:
            hidden.unlink(missing_ok=True)
            raise


def forget_old(folder: Path) -> None:
    """Delete messages older than a week, and what a killed catcher left half-written."""
    limit = time.time() - KEEP_SECONDS
    for path in folder.glob("*.eml"):
        if path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
    for path in folder.glob(".*.eml"):
        path.unlink(missing_ok=True)


async def serve(folder: Path, port: int) -> None:
    """Listen until asked to end."""
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, done.set)
    handler = Folder(folder)

    def conversation() -> SMTP:
        """One per connection. The name is given, since looking it up may ask the network."""
        return SMTP(
            handler,
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
            hostname="ruang.test",
            loop=loop,
        )

    server = await loop.create_server(conversation, "127.0.0.1", port)
    await done.wait()
    server.close()


def main() -> None:
    """The folder and the port are the arguments."""
    folder = Path(sys.argv[1])
    forget_old(folder)
    asyncio.run(serve(folder, int(sys.argv[2])))


if __name__ == "__main__":
    main()
