"""A web server on this machine that serves one file, and misbehaves as it is told to, request by request."""

import hashlib
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

PATIENCE_S = 30.0  # that a stalled answer lasts, should nobody hang up


@dataclass(frozen=True)
class Answer:
    """How one request is answered; by default as it should be."""

    status: int = 0  # of an error, or of a redirect to ``location``
    location: str = ""
    retry_after: str = ""
    body: bytes | None = None  # in place of the file
    tagged: bool = True  # says which version it sends, and heeds If-Range
    ranges: bool = True  # heeds Range
    content_range: str = ""  # in place of the true one
    content_encoding: str = ""
    cut: int | None = None  # bytes of the body after which it ends
    stall: bool = False  # it then falls silent, rather than hanging up
    lie: int = 0  # bytes that it claims beyond those it has
    length: bool = True  # says how long it is
    endless: bool = False  # goes on for ever


@dataclass
class Served:
    """The file, the ``answers`` still to come (then every one is as it should be), and the requests so far."""

    body: bytes
    answers: list[Answer] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    url: str = ""
    over: Event = field(default_factory=Event)

    def next(self) -> Answer:
        """How the next request is answered."""
        return self.answers.pop(0) if self.answers else Answer()


@contextmanager
def serving(body: bytes, *answers: Answer) -> Iterator[Served]:
    """A server for the time of the block; its ``url`` is that of the file, any other path is the file, too."""
    served = Served(body, list(answers))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(served))
    served.url = f"http://127.0.0.1:{server.server_port}/file.zip"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(served: Served) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            asked = self.headers.get("Range", "")
            served.ranges.append(asked)
            answer = served.next()
            try:
                if answer.status:
                    self._refuse(answer)
                else:
                    self._send(answer, served.body if answer.body is None else answer.body, asked)
            except OSError:
                pass  # who asked has hung up
            self.close_connection = True

        def _refuse(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in (("Location", answer.location), ("Retry-After", answer.retry_after)):
                if value:
                    self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _send(self, answer: Answer, body: bytes, asked: str) -> None:
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            start = _start(asked) if answer.ranges else 0
            if answer.tagged and self.headers.get("If-Range", tag) != tag:
                start = 0
            if start and start >= len(body):
                return self._beyond(body)
            told = answer.content_range or f"bytes {start}-{len(body) - 1}/{len(body) + answer.lie}"
            headers = {
                "ETag": tag if answer.tagged else "",
                "Content-Encoding": answer.content_encoding,
                "Content-Range": told if start else "",
                "Content-Length": str(len(body) - start + answer.lie) if answer.length and not answer.endless else "",
            }
            self.send_response(206 if start else 200)
            for name, value in headers.items():
                if value:
                    self.send_header(name, value)
            self.end_headers()
            self._pour(answer, body[start:])

        def _beyond(self, body: bytes) -> None:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(body)}")
            self.end_headers()

        def _pour(self, answer: Answer, rest: bytes) -> None:
            self.wfile.write(rest if answer.cut is None else rest[: answer.cut])
            while answer.endless:
                self.wfile.write(rest)
            if answer.stall:
                served.over.wait(PATIENCE_S)
            self.connection.shutdown(socket.SHUT_RDWR)

    return Handler


def _start(asked: str) -> int:
    """The first byte of ``bytes=N-``; 0 where nothing is asked."""
    found = re.fullmatch(r"bytes=(\d+)-", asked)
    return int(found[1]) if found else 0
