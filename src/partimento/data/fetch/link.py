"""Asking for a file by HTTP and nothing else: which addresses are asked, and what an answer that is none means."""

import socket
import ssl
from collections.abc import Mapping
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from ...errors import InputError, WorkFailed
from ...version import version

SCHEMES = ("https", "http")
TEMPORARY = {408, 425, 429}  # and 500 or more: the same request may be answered later
OUT_OF_RANGE = 416
LONGEST_URL = 2000


class Interrupted(Exception):
    """A transfer that did not come to its end and may be tried again; ``pause_s`` as the server asked for."""

    def __init__(self, reason: str, pause_s: float = 0.0) -> None:
        super().__init__(reason)
        self.pause_s = pause_s


class Unreachable(Interrupted):
    """No server: no such host, or none that listens there. A slip of the pen is likelier than bad luck."""


class BeyondEnd(Exception):
    """The server says that nothing comes after what is already here; ``total`` is its length, -1 unknown."""

    def __init__(self, total: int) -> None:
        self.total = total


class Redirects(HTTPRedirectHandler):
    """Follows redirects to addresses that ``checked_url`` lets pass, up to ten of them."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """The request that follows. Raises InputError for an address that is not followed."""
        checked_url(newurl, secure=req.type == "https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def checked_url(url: str, *, secure: bool = False) -> str:
    """``url``, if it is asked for: by http or https with a host; ``secure``: by https only. Raises InputError."""
    schemes = SCHEMES[:1] if secure else SCHEMES
    try:
        parts = urlsplit(url)
        sound = parts.scheme in schemes and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:  # a port that is none, half a bracket
        sound = False
    if not sound or len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        wanted = " or ".join(f"{scheme}://HOST" for scheme in schemes)
        raise InputError(f"{url[:200]!r}: not fetched from; {wanted} is needed, in ASCII and without a password")
    return url


def ask(url: str, headers: Mapping[str, str], timeout_s: float) -> HTTPResponse:
    """The answer to a GET request, its body not yet read. ``timeout_s`` holds for every single wait.

    Raises Interrupted, BeyondEnd, InputError for an address or a redirect that is refused, and WorkFailed for an
    answer that would be the same again.
    """
    told = {"User-Agent": f"partimento/{version()}", "Accept-Encoding": "identity", **headers}
    try:
        answer: HTTPResponse = _opener().open(Request(checked_url(url), headers=told), timeout=timeout_s)
    except HTTPError as error:
        with error:
            raise _meaning(url, error) from error
    except (OSError, HTTPException) as error:
        raise _lost(url, error) from error
    except ValueError as error:  # a host name that no resolver takes
        raise InputError(f"{url}: can't be asked for ({error}); check the address") from error
    return answer


def _opener() -> OpenerDirector:
    """The schemes http and https with the proxies of the environment: no files, no FTP, no cookies, no passwords."""
    opener = OpenerDirector()
    for handler in (ProxyHandler, HTTPHandler, HTTPSHandler, HTTPDefaultErrorHandler, HTTPErrorProcessor, Redirects):
        opener.add_handler(handler())
    return opener


def _meaning(url: str, error: HTTPError) -> Exception:
    """What an answer other than 2xx asks for."""
    said = f"the server answers {error.code} {error.reason}"
    if error.code == OUT_OF_RANGE:
        return BeyondEnd(total_of(error.headers.get("Content-Range", "")))
    if error.code < 400:
        return InputError(f"{url}: leads to an address that is not followed, or in circles; check the address")
    if error.code in TEMPORARY or error.code >= 500:
        return Interrupted(said, _seconds(error.headers.get("Retry-After", "")))
    return WorkFailed(f"{url}: {' '.join(said.split())}; check the address, or give another one with --url")


def _lost(url: str, error: OSError | HTTPException) -> Exception:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return WorkFailed(f"{url}: its certificate is not trusted ({reason.verify_message}); check clock and network")
    unreachable = isinstance(reason, socket.gaierror | ConnectionRefusedError)
    return Unreachable(words(reason)) if unreachable else Interrupted(words(reason))


def words(reason: object) -> str:
    """Why a connection ended, for people."""
    if isinstance(reason, TimeoutError):
        return "no answer in time"
    return getattr(reason, "strerror", None) or str(reason) or "the connection ended"


def _seconds(text: str) -> float:
    """A Retry-After in seconds; a date counts as not said."""
    return float(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0.0


def total_of(content_range: str) -> int:
    """The length of the whole file by a Content-Range, ``bytes 5-9/10`` or ``bytes */10``; -1: not said."""
    total = content_range.rpartition("/")[2].strip()
    return int(total) if total.isascii() and total.isdigit() and len(total) < 19 else -1
