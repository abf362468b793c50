"""A road to AWS on which a program is killed at a chosen call: before the call arrives, or before its answer does."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


@dataclass
class Road:
    """Passes every call on to `endpoint`, counts them, and kills at call number `deadly`."""

    endpoint: str
    url: str = ""
    calls: int = 0
    deadly: int = 0
    victim: "subprocess.Popen[str] | None" = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def arm(self, deadly: int) -> None:
        """Count from the beginning; 0 kills nobody."""
        self.calls, self.deadly, self.victim = 0, deadly, None

    def kill(self) -> None:
        """End the victim and what it started, without a word."""
        if self.victim and self.victim.poll() is None:
            os.killpg(self.victim.pid, signal.SIGKILL)


@contextmanager
def road_to(endpoint: str) -> Iterator[Road]:
    """A road to an endpoint, on loopback."""
    road = Road(endpoint)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(road))
    road.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield road
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(road: Road) -> type[BaseHTTPRequestHandler]:
    class Handler(_Passing):
        pass

    Handler.road = road
    return Handler


class _Passing(BaseHTTPRequestHandler):
    road: Road

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.road.lock:
            self.road.calls += 1
            deadly, number = self.road.calls == self.road.deadly, self.road.calls
        if deadly and number % 2:
            self.road.kill()
            return
        status, headers, content = self._ask(body)
        if deadly:
            self.road.kill()
            return
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _pass_on  # noqa: N815  the server's names

    def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        target = urlsplit(self.road.endpoint)
        connection = HTTPConnection(target.hostname or "", target.port)
        headers = {name: value for name, value in self.headers.items() if name != "Connection"}
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        kept = [one for one in answer.getheaders() if one[0].lower() not in HOP_BY_HOP]
        return answer.status, kept, content

    def log_message(self, *_: object) -> None:
        """Calls are counted, not told."""

    def handle(self) -> None:
        try:
            super().handle()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
