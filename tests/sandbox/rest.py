"""A small client of both servers' JSON interfaces, trusting the sandbox' private CA only."""

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from sandbox import processes
from sandbox.failure import Failure


class Client:
    """Sends requests to one server."""

    def __init__(self, base: str, authority: Path, patience: float = 30) -> None:
        self.base = base
        self.patience = patience
        self.headers: dict[str, str] = {}
        context = ssl.create_default_context(cafile=str(authority))
        # No proxy: both servers are on this machine.
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )

    def send(self, method: str, path: str, data: bytes | None = None, kind: str = "application/json"):
        """Send a request; an answer above 299 is an `HTTPError`."""
        headers = self.headers | ({"Content-Type": kind} if data is not None else {})
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        return self.opener.open(request, timeout=self.patience)

    def call(self, method: str, path: str, data: bytes | None = None, kind: str = "application/json"):
        """Send a request; the answer's JSON and headers."""
        try:
            with self.send(method, path, data, kind) as answer:
                text = answer.read()
                return (json.loads(text) if text else None), answer.headers
        except urllib.error.HTTPError as error:
            said = error.read()[:500].decode(errors="replace")
            raise Failure(f"{method} {self.base}{path}: {error.code} {said}") from error

    def send_json(self, method: str, path: str, body: dict):
        """Send JSON; the answer's JSON and headers."""
        return self.call(method, path, json.dumps(body).encode())

    def send_form(self, path: str, **fields: str):
        """Post a form; the answer's JSON and headers."""
        return self.call("POST", path, urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded")

    def answers(self, path: str) -> bool:
        """Whether the server answers this path with success: Keycloak listens, with 503, before it is ready."""
        try:
            self.send("GET", path).close()
        except OSError:
            return False
        return True

    def wait(self, path: str, seconds: float, server: processes.Server) -> None:
        """Wait until the path answers; at once an error when the server is gone."""

        def ready() -> bool:
            if server.pid() is None:
                raise Failure(f"{server.name} has ended before it was ready")
            return self.answers(path)

        processes.wait(ready, seconds, f"{server.name} did not answer {self.base}{path}")
