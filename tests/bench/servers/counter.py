"""A proxy that writes down what passes: requests are counted by somebody who is not the tool that is measured."""

import http.client
import http.server
import ssl
import threading
import urllib.parse

#: Headers that are about one connection, and not about the message.
HOP = {"host", "connection", "content-length", "transfer-encoding", "keep-alive"}


class Counter:
    """Forwards to `target`, whose certificate `authority` has signed; on a free port of this machine, without TLS."""

    def __init__(self, target: str, authority: str) -> None:
        self.seen: list[tuple[str, str]] = []
        url = urllib.parse.urlsplit(target)
        context = ssl.create_default_context(cafile=authority)
        seen = self.seen
        upstream = threading.local()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def forward(self) -> None:
                seen.append((self.command, self.path))
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length) if length else None
                headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
                if getattr(upstream, "connection", None) is None:
                    upstream.connection = http.client.HTTPSConnection(url.hostname, url.port, context=context)
                try:
                    upstream.connection.request(self.command, self.path, body, headers)
                    answer = upstream.connection.getresponse()
                    content = answer.read()
                except (OSError, http.client.HTTPException):
                    # What the server has closed meanwhile is opened anew: the caller must not see it.
                    upstream.connection = http.client.HTTPSConnection(url.hostname, url.port, context=context)
                    upstream.connection.request(self.command, self.path, body, headers)
                    answer = upstream.connection.getresponse()
                    content = answer.read()
                self.send_response_only(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in HOP:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = forward

            def log_message(self, *_: object) -> None:
                """Nothing is said: the list is what is kept."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Take no more requests."""
        self.server.shutdown()
        self.server.server_close()
