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

    def __init__(self, base: str, authority: Path) -> None:
        self.base = base
        self.headers: dict[str, str] = {}
        context = ssl.create_default_context(cafile=str(authority))
        # No proxy: both servers are on this machine.
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )

    def send(self, method: str, path: str, data: bytes | None = None, kind: str = "application/json"):
        """Send a request; an answer above 299 is an `HTTPError`."""
        headers = self.headers | ({"Content-Type": kind} if data is not None else {})
        request = urllib.request.Request(self.base + path, data, headers, method=method)  # noqa: S310
        return self.opener.open(request, timeout=30)

    def call(self, method: str, path: str, body: dict | None = None, also: tuple[int, ...] = ()):
        """Send JSON, return the answer and its headers; statuses in `also` are no failure."""
        data = json.dumps(body).encode() if body is not None else None
        try:
            with self.send(method, path, data) as answer:
                text = answer.read()
                return (json.loads(text) if text else None), answer.headers
        except urllib.error.HTTPError as error:
            if error.code in also:
                return None, error.headers
            raise Failure(f"{method} {self.base}{path}: {error.code} {error.read()[:500].decode(errors='replace')}") from error

    def form(self, path: str, **fields: str) -> dict:
        """Post a form, return the JSON answer."""
        kind = "application/x-www-form-urlencoded"
        with self.send("POST", path, urllib.parse.urlencode(fields).encode(), kind) as answer:
            return json.load(answer)

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
