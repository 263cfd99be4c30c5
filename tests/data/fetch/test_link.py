import io
import socket
from email.message import Message
from urllib.error import URLError
from urllib.request import Request

import pytest

from partimento.data.fetch.link import Redirects, Unreachable, _lost, checked_url, total_of
from partimento.errors import InputError

REFUSED = [
    "",
    "file:///etc/passwd",
    "ftp://example.org/x",
    "example.org/x.zip",
    "http://",
    "https://:80/x",
    "http://name:word@example.org/",
    "http://example.org:port/",
    "http://example.org:99999/",
    "http://[::1/x",
    "http://example.org/a b",
    "http://example.org/a\r\nX: y",
    "http://exämple.org/",
    "http://example.org/" + "a" * 2000,
]


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_is_no_web_address_is_refused_in_one_line(url):
    with pytest.raises(InputError, match="https://HOST or http://HOST is needed") as refusal:
        checked_url(url)
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 400


@pytest.mark.parametrize("url", ["http://example.org/x.zip", "https://[::1]:8080/", "HTTPS://EXAMPLE.ORG/?a=b"])
def test_a_web_address_is_taken_as_it_is(url):
    assert checked_url(url) == url


def test_a_secure_address_does_not_lead_to_an_open_one():
    assert checked_url("https://example.org/", secure=True)
    with pytest.raises(InputError, match="https://HOST is needed"):
        checked_url("http://example.org/", secure=True)


@pytest.mark.parametrize(("before", "after"), [("https", "http"), ("http", "file"), ("http", "ftp")])
def test_a_redirect_is_held_against_the_address_that_it_comes_from(before, after):
    asked = Request(f"{before}://example.org/")
    with pytest.raises(InputError, match="https://HOST"):
        Redirects().redirect_request(asked, io.BytesIO(), 302, "", Message(), f"{after}://example.org/x")


@pytest.mark.parametrize(
    ("text", "total"), [("bytes 0-4/10", 10), ("bytes */10", 10), ("bytes 5-9/*", -1), ("", -1), ("bytes 0-4/-3", -1)]
)
def test_the_length_is_read_from_a_content_range(text, total):
    assert total_of(text) == total


@pytest.mark.parametrize(
    "reason", [socket.gaierror(-2, "Name or service not known"), ConnectionRefusedError(111, "no")]
)
def test_no_server_at_all_is_told_from_a_connection_that_is_lost(reason):
    assert isinstance(_lost("http://example.org/", URLError(reason)), Unreachable)
    assert not isinstance(_lost("http://example.org/", URLError(ConnectionResetError(104, "reset"))), Unreachable)
