"""A stand-in for the messenger's HTTP interface that checks the protocol and misbehaves."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN, PHONE_ID, SECRET, VERIFY = "wa-token", "1055501", "wa-app-secret", "wa-verify"


@dataclass
class Provider:
    """What it got, and how it answers next: a status, "silence", "garbage" or "hangup"."""

    url: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    moods: list[Any] = field(default_factory=list)

    def wrong(self, path: str, headers: Any, body: dict[str, Any]) -> str:
        """What breaks the provider's documented protocol, or ""."""
        rules = {
            "path": path == f"/v23.0/{PHONE_ID}/messages",
            "token": headers.get("Authorization") == f"Bearer {TOKEN}",
            "type": headers.get("Content-Type") == "application/json",
            "product": body.get("messaging_product") == "whatsapp",
            "to": str(body.get("to", "")).isdigit(),
            "kind": body.get("type") in {"text", "template"},
            "text": body.get("type") != "text" or 0 < len(body["text"]["body"]) <= 4096,
            "template": body.get("type") != "template" or self._template(body["template"]),
        }
        return ", ".join(name for name, holds in rules.items() if not holds)

    def _template(self, template: dict[str, Any]) -> bool:
        (part,) = template["components"]
        filled = all(one["type"] == "text" and one["text"] for one in part["parameters"])
        known = template["name"] == "ruang_answer" and template["language"]["code"] in {"id", "en"}
        return known and part["type"] == "body" and len(part["parameters"]) == 2 and filled


class Server(ThreadingHTTPServer):
    """The stand-in's server."""

    daemon_threads = True

    def __init__(self, state: Provider) -> None:
        self.state = state
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    """One call; the server carries the provider's self.server.state."""

    server: "Server"

    def do_POST(self) -> None:  # noqa: N802 - the name http.server calls
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fault = self.server.state.wrong(self.path, self.headers, body)
        if fault:
            self.server.state.faults.append(fault)
            self._answer(400, {"error": {"code": 100, "message": fault}})
            return
        self._behave(self.server.state.moods.pop(0) if self.server.state.moods else 200, body)

    def _behave(self, mood: Any, body: dict[str, Any]) -> None:
        if not isinstance(mood, tuple):
            self.server.state.taken.append(body)
        if mood in {"silence", "hangup"}:
            time.sleep(1.6 if mood == "silence" else 0)
            self.close_connection = True
        elif mood == "garbage":
            self._send(200, b"<html>a proxy's page</html>")
        elif mood == 200:
            self._answer(200, {"messages": [{"id": f"wamid.{len(self.server.state.taken)}"}]})
        else:
            status, code = mood
            self._answer(status, {"error": {"code": code, "message": "to +6281234567801"}})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self._send(status, json.dumps(body).encode())

    def _send(self, status: int, raw: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_words: Any) -> None:
        """Silent."""


@contextmanager
def provider() -> Iterator[Provider]:
    """The stand-in, running on loopback."""
    state = Provider()
    server = Server(state)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/v23.0"
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


def incoming(key: str, text: str = "Halo", *, at: float | None = None, **more: Any) -> Any:
    """A webhook with one message, as the provider sends it."""
    message = {
        "from": "6281234567801",
        "id": key,
        "timestamp": str(int(at or time.time())),
        "type": "text",
        "text": {"body": text},
    } | more
    return envelope(contacts=[{"wa_id": "6281234567801", "profile": {"name": "Alice"}}],
                    messages=[message])  # fmt: skip


def report(key: str, status: str, *, ours: str = "", at: float | None = None) -> Any:
    """A webhook with one delivery report."""
    found = {"id": key, "status": status, "timestamp": str(int(at or time.time()))}
    found["recipient_id"] = "6281234567801"
    if ours:
        found["biz_opaque_callback_data"] = ours
    return envelope(statuses=[found])


def envelope(**value: Any) -> Any:
    """What stands around each event."""
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": PHONE_ID}} | value
    change = {"field": "messages", "value": value}
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    """The header by which the provider signs."""
    mac = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={mac}"}
