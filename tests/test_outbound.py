"""What Galley asks of other servers, and whom it does not ask. The servers here are real ones, on this computer."""

import contextlib
import ipaddress
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest

from cms.outbound import Refused, fetch, is_public

TLS = Path(__file__).parent / "corpus" / "tls"
HERE = ipaddress.ip_network("127.0.0.1/32")


@pytest.fixture
def at_home(settings):
    """This computer may be asked."""
    settings.OUTBOUND_NETWORKS = [HERE]


@contextlib.contextmanager
def serving(answer, context=None):
    """A server that reads one request a connection and lets `answer(connection)` reply; gives its port and requests."""
    listener = socket.create_server(("127.0.0.1", 0))
    requests = []

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(5)
                if not context:
                    requests.append(read_request(connection))
                    answer(connection)
                    continue
                with context.wrap_socket(connection, server_side=True) as secured:
                    requests.append(read_request(secured))
                    answer(secured)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], requests
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def read_request(connection):
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        if not part:
            break
        received += part
    return received.decode()


def says(text):
    return lambda connection: connection.sendall(text.encode())


OK = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.1.2.3",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",  # IPv4-compatible, long out of use
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:0:127.0.0.1",  # SIIT
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::808:808",  # NAT64 of a local network
        "100::1",
        "2001::1",  # Teredo, whatever it carries
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:a9fe:a9fe::1",
        "2a00:1450:4001:80b:0:5efe:a00:1",  # ISATAP
        "2a00:1450:4001:80b:200:5efe:10.0.0.1",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ],
)
def test_addresses_of_no_business_of_others_are_not_called(address):
    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(Refused, match="not on the public internet"):
        fetch("http://tube.test/", resolve=lambda host, port: [address])


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "93.184.216.34",
        "2a00:1450:4001:80b::200e",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::1",
    ],
)
def test_addresses_of_the_public_internet_are(address):
    assert is_public(ipaddress.ip_address(address))


def test_one_address_within_is_enough_to_ask_none():
    with pytest.raises(Refused, match="not on the public internet"):
        fetch("http://tube.test/", resolve=lambda host, port: ["8.8.8.8", "10.0.0.1"])


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"])
def test_no_spelling_of_this_computer_is_asked(host):
    with serving(says(OK)) as (port, requests):
        with pytest.raises(Refused):
            fetch(f"http://{host}:{port}/")
        assert requests == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "//example.org/",
        "example.org",
        "http:///path",
        "http://user:word@example.org/",
        "http://user@example.org/",
        "http://example.org:99999/",
        "http://example.org/a b",
        "http://example.org/a\r\nX-Injected: 1",
        "http://exa\\mple.org/",
        "http://[::1/",
        "http://example.org/é",
        "",
    ],
)
def test_what_is_no_web_address_is_not_asked(url):
    with pytest.raises(Refused):
        fetch(url, resolve=lambda host, port: ["8.8.8.8"])


def test_answer_comes_with_status_headers_and_body(at_home):
    with serving(says(OK)) as (port, requests):
        answer = fetch(f"http://tube.test:{port}/oembed?url=x", resolve=lambda host, port: ["127.0.0.1"])
    assert (answer.status, answer.headers["content-type"], answer.body) == (200, "application/json", b"{}")
    first, *lines = requests[0].strip().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert first == "GET /oembed?url=x HTTP/1.1"
    assert headers["Host"] == f"tube.test:{port}"
    assert headers["User-Agent"].startswith("Galley")
    assert "Cookie" not in headers


def test_a_body_is_posted_whole(at_home):
    with serving(says(OK)) as (port, requests):
        fetch(f"http://127.0.0.1:{port}/hook", method="POST", body=b'{"a": 1}', headers={"X-Kind": "story"})
    assert requests[0].startswith("POST /hook HTTP/1.1\r\n")
    assert "Content-Length: 8\r\n" in requests[0]
    assert "X-Kind: story\r\n" in requests[0]


def test_a_name_is_resolved_once(at_home):
    asked = []

    def resolve(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with serving(says(OK)) as (port, _):
        assert fetch(f"http://tube.test:{port}/", resolve=resolve).status == 200
    assert asked == ["tube.test"]


def test_redirect_is_told_and_not_followed(at_home):
    with serving(says("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n")) as (
        port,
        requests,
    ):
        answer = fetch(f"http://127.0.0.1:{port}/")
        assert answer.status == 302
        assert len(requests) == 1


def test_proxies_of_the_environment_are_not_used(at_home, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    with serving(says(OK)) as (port, _):
        assert fetch(f"http://127.0.0.1:{port}/").status == 200


def test_chunked_answer_is_put_together(at_home):
    chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    with serving(says(chunked)) as (port, _):
        assert fetch(f"http://127.0.0.1:{port}/").body == b"abcde"


def endless(start):
    def answer(connection):
        connection.sendall(start)
        while True:
            connection.sendall(b"x" * 65536)

    return answer


@pytest.mark.parametrize(
    "start",
    [
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: ",
        b"",
    ],
)
def test_answer_without_end_is_cut(at_home, start):
    with serving(endless(start)) as (port, _), pytest.raises(Refused):
        fetch(f"http://127.0.0.1:{port}/", max_bytes=200_000)


def test_answer_of_just_the_limit_is_taken(at_home):
    body = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + "x" * 5000
    with serving(says(body)) as (port, _):
        assert len(fetch(f"http://127.0.0.1:{port}/", max_bytes=5000).body) == 5000
        with pytest.raises(Refused, match="more than 4999 bytes"):
            fetch(f"http://127.0.0.1:{port}/", max_bytes=4999)


def drip(start):
    """Sends a byte now and then, each well within any timeout for one read."""

    def answer(connection):
        connection.sendall(start)
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)

    return answer


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "])
def test_answer_that_drips_is_given_up_when_the_time_is_over(at_home, start):
    with serving(drip(start)) as (port, _), pytest.raises(Refused, match="did not answer within"):
        fetch(f"http://127.0.0.1:{port}/", seconds=0.4)


def test_silence_is_given_up(at_home):
    with serving(lambda connection: time.sleep(0.6)) as (port, _), pytest.raises(Refused, match="did not answer"):
        fetch(f"http://127.0.0.1:{port}/", seconds=0.3)


def test_slow_resolver_is_given_up():
    with pytest.raises(Refused, match="no server called"):
        fetch("http://tube.test/", seconds=0.2, resolve=lambda host, port: time.sleep(0.5) or ["8.8.8.8"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", "broke off"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\nshort", "broke off"),
        ("SSH-2.0-OpenSSH_9.2\r\n", "not HTTP"),
        ("", "not HTTP|could not be reached"),
        ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x0b", "compressed"),
    ],
)
def test_answer_that_makes_no_sense_is_none(at_home, text, words):
    with serving(says(text)) as (port, _), pytest.raises(Refused, match=words):
        fetch(f"http://127.0.0.1:{port}/")


def test_nobody_there_is_said_so(at_home):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Refused, match="could not be reached"):
        fetch(f"http://127.0.0.1:{port}/")


def tls():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "tube.test.pem", TLS / "tube.test.key")
    return context


def test_certificate_is_checked_against_the_name_and_not_the_address(at_home, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "tube.test.pem"))
    names = []
    context = tls()
    context.sni_callback = lambda connection, name, context: names.append(name)
    with serving(says(OK), context) as (port, requests):
        assert fetch(f"https://tube.test:{port}/", resolve=lambda host, port: ["127.0.0.1"]).status == 200
        with pytest.raises(Refused, match="no certificate that we can trust"):
            fetch(f"https://other.test:{port}/", resolve=lambda host, port: ["127.0.0.1"])
        assert len(requests) == 1
    assert names == ["tube.test", "other.test"]


def test_certificate_of_nobody_known_is_not_trusted(at_home):
    with serving(says(OK), tls()) as (port, requests):
        with pytest.raises(Refused, match="no certificate that we can trust"):
            fetch(f"https://tube.test:{port}/", resolve=lambda host, port: ["127.0.0.1"])
        assert requests == []
