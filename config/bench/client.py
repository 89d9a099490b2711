"""A small HTTP client for load: keep-alive over plain sockets, so that it costs little."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """Status, body, and the milliseconds it took."""

    status: int
    body: bytes
    ms: float

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


class Client:
    """One connection; `headers` go with every request."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        self.port = port
        self.headers = {"Host": f"127.0.0.1:{port}", **(headers or {})}
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def get(self, path: str) -> Answer:
        """GET a path."""
        return await self._ask("GET", path, b"")

    async def post(self, path: str, body: Any) -> Answer:
        """POST a JSON body."""
        return await self._ask("POST", path, json.dumps(body).encode())

    def close(self) -> None:
        """Hang up."""
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None

    async def _ask(self, method: str, path: str, body: bytes) -> Answer:
        if self.reader is None or self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = [f"{method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in self.headers.items())]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        begun = time.perf_counter()
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        content = await self._body(self.reader, head)
        ms = (time.perf_counter() - begun) * 1000
        if "connection: close" in head:
            self.close()
        return Answer(int(head.split(" ", 2)[1]), content, ms)

    async def _body(self, reader: asyncio.StreamReader, head: str) -> bytes:
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        if "chunked" not in fields.get("transfer-encoding", ""):
            return await reader.readexactly(int(fields.get("content-length", 0)))
        found = b""
        while size := int((await reader.readline()).strip() or b"0", 16):
            found += await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
        return found


def load(clients: Sequence[Client], seconds: float, act: "Act") -> list[Answer]:
    """Every client acts again and again for so long; all answers, in no order."""
    return asyncio.run(_load(clients, seconds, act))


Act = Callable[[Client, int], Awaitable[Answer]]


async def _load(clients: Sequence[Client], seconds: float, act: Act) -> list[Answer]:
    end = time.perf_counter() + seconds

    async def one(client: Client, number: int) -> list[Answer]:
        found = []
        while time.perf_counter() < end:
            found.append(await act(client, number))
            number += len(clients)
        client.close()
        return found

    told = await asyncio.gather(*(one(client, n) for n, client in enumerate(clients)))
    return [answer for answers in told for answer in answers]
