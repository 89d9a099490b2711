"""Clients that ask again until they are answered, as the proofs by kill -9 need them."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from config.bench.client import Answer, Client

#: An answer that tells a client to ask again: the server could not, and changed nothing.
AGAIN = 503


@dataclass
class Patient:
    """One client with its key. A broken connection or a 503 is followed by the same request."""

    client: Client
    statuses: Counter[int] = field(default_factory=Counter)
    cut_off: int = 0

    async def book(self, body: dict[str, str], key: str, seconds: float = 90) -> Answer:
        """Ask with this Idempotency-Key until there is an answer that is final."""
        self.client.headers["Idempotency-Key"] = key
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            answer = await self._once("POST", "/api/v1/reservations", body)
            if answer is not None and answer.status != AGAIN:
                return answer
            await asyncio.sleep(0.1)
        raise TimeoutError(f"No answer for {seconds} s: {dict(self.statuses)}")

    async def look(self, path: str) -> int:
        """The status of one GET; 0 when the connection broke."""
        answer = await self._once("GET", path, None)
        return 0 if answer is None else answer.status

    async def _once(self, method: str, path: str, body: Any) -> Answer | None:
        try:
            asked = self.client.get(path) if method == "GET" else self.client.post(path, body)
            answer = await asyncio.wait_for(asked, 30)
        except (OSError, EOFError):
            self.client.close()
            self.cut_off += 1
            return None
        self.statuses[answer.status] += 1
        return answer
