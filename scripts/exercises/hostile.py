"""Requests that no well-meaning program sends, byte by byte, by what is wrong with them."""

from collections.abc import Iterator

HOST = b"Host: localhost\r\n"
SMUGGLED = b"GET /api/v1/verify?code=SMUGGLED&nonce=smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
"""Hidden in a body; who else is told its answer got somebody else's."""

VERIFY = b"/api/v1/verify?code=CDT0101"
PATHS = (b"/", VERIFY, b"/api/v1/institutions?q=hue", b"/nearby?lat=21&lon=105", b"/ogc/collections", b"/reconcile")
PRIVATE = (b"/steward", b"/sign-in", b"/metrics", b"/readyz")
POSTED = (b"/sign-in", b"/api/v1/verify", b"/reconcile", b"/steward/imports", b"/verify/clients")


def all_of_them() -> Iterator[tuple[str, bytes]]:
    """(what is wrong, the bytes to send), about 1,900, always the same."""
    yield from first_lines()
    yield from heads()
    yield from values()
    yield from addresses()
    yield from lengths()
    yield from pieces()


def head(line: bytes, headers: bytes = HOST) -> bytes:
    return line + b"\r\n" + headers + b"\r\n"


def first_lines() -> Iterator[tuple[str, bytes]]:
    """Methods and versions, and what is no request at all."""
    for method in (
        b"get",
        b"TRACE",
        b"CONNECT",
        b"PROPFIND",
        b"PURGE",
        b"DELETE",
        b"G" * 1000,
        b"GE\x00T",
        b"\xff",
        b"",
    ):
        for path in (b"/", VERIFY, b"/api/v1/institutions/CDT0101"):
            yield f"method {method[:12]!r}", head(method + b" " + path + b" HTTP/1.1")
    for version in (
        b"HTTP/0.9",
        b"HTTP/1.0",
        b"HTTP/1.2",
        b"HTTP/2.0",
        b"HTTP/9.9",
        b"http/1.1",
        b"ICY",
        b"",
        b"HTTP/1.1 x",
    ):
        yield f"version {version!r}", head(b"GET / " + version)
    for target in (
        b"*",
        b"localhost:80",
        b"http://localhost/",
        b"http://evil.example/",
        b"//evil.example/",
        b"ftp://x/",
        b"x",
    ):
        for method in (b"GET", b"OPTIONS"):
            yield f"target {target!r}", head(method + b" " + target + b" HTTP/1.1")
    yield "HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9)
    yield "TLS hello", bytes.fromhex("16030100c8010000c40303") + bytes(190)
    yield "nothing but line ends", b"\r\n" * 200
    yield "noise", bytes(range(256)) * 8 + b"\r\n\r\n"
    yield "HTTP/0.9", b"GET /\r\n"
    yield "line feeds alone", b"GET / HTTP/1.1\nHost: localhost\n\n"
    yield "carriage returns alone", b"GET / HTTP/1.1\rHost: localhost\r\r"
    yield "asked in a row", head(b"GET " + VERIFY + b" HTTP/1.1") * 20


def heads() -> Iterator[tuple[str, bytes]]:
    """Headers that are broken, doubled, too many or too long."""
    broken: tuple[bytes, ...] = (
        b"NoColon\r\n",
        b"X : y\r\n",
        b" folded\r\n",
        b"X: a\r\n b\r\n",
        b"X\x00: y\r\n",
        b"X: a\x00b\r\n",
        b": y\r\n",
    )
    broken += (b"X: a\rb\r\n", b"X\xc3\xa9: y\r\n", b"X: \xff\xfe\r\n", b"X: a\nY: b\r\n", b"X(): y\r\n", b"X_Y: z\r\n")
    for one in broken:
        for where in (HOST + one, one + HOST):
            yield f"header {one!r}", head(b"GET / HTTP/1.1", where)
    names = (
        b"",
        b"a b",
        b"a\x00b",
        b"a/b",
        b"a@b",
        b"[::1",
        b"-",
        b"x" * 5000,
        b"evil.example",
        b"\xff",
        b"a:b:c",
        b"a:99999",
    )
    for name in names:
        yield f"host {name[:12]!r}", head(b"GET / HTTP/1.1", b"Host: " + name + b"\r\n")
    yield "no host", head(b"GET / HTTP/1.1", b"")
    yield "two hosts", head(b"GET / HTTP/1.1", HOST + b"Host: evil.example\r\n")
    for size in (9_000, 20_000, 70_000, 500_000):
        yield f"a header of {size}", head(b"GET / HTTP/1.1", HOST + b"X: " + b"a" * size + b"\r\n")
        yield f"an address of {size}", head(b"GET /?q=" + b"a" * size + b" HTTP/1.1")
    for count in (101, 2_000):
        yield f"{count} headers", head(b"GET / HTTP/1.1", HOST + b"".join(b"X%d: y\r\n" % at for at in range(count)))


VALUES = {
    b"Accept": (b"*/*;q=x", b",,,;;;", b"a/b;" * 900, b"application/jose;q=9"),
    b"Accept-Language": (b"vi-" * 900, b"\xff", b"en;q=1e999", b"*;q=-1"),
    b"Accept-Encoding": (b"gzip;q=nan", b"br, \x0b"),
    b"Authorization": (b"Basic x", b"Bearer", b"Bearer \xff", b"Bearer " + b"a" * 6000, b"Negotiate ="),
    b"Connection": (b"Host", b"X-Forwarded-For, Content-Length, Transfer-Encoding", b"upgrade", b"close, keep-alive"),
    b"Content-Type": (b"multipart/form-data", b"text/plain; charset=utf-99", b"application/json; charset=idna", b"/"),
    b"Cookie": (b"person=", b"person=\xff; person=2", b"=;=;=", b"person=" + b"a" * 6000, b'person="\\777"'),
    b"Expect": (b"100-continue", b"200-ok"),
    b"Forwarded": (b"for=evil;host=evil.example;proto=x",),
    b"If-Modified-Since": (b"Thu, 99 Foo 99999 99:99:99 GMT", b"-1"),
    b"If-None-Match": (b'"', b"W/", b'W/"' + b"," * 3000, b"*"),
    b"Origin": (b"null", b"http://[", b"\xff"),
    b"Range": (b"bytes=-", b"bytes=9-1", b"bytes=" + b"0-0," * 1500, b"x"),
    b"Referer": (b"http://[", b"\x01"),
    b"Sec-Fetch-Site": (b"x",),
    b"Upgrade": (b"websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eHg=",),
    b"Upgrade ": (b"x",),
    b"upgrade": (b"h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__",),
    b"X-Forwarded-For": (b"\xff", b"1, " * 1500, b"::1%eth0", b"'"),
    b"X-Forwarded-Host": (b"evil.example", b"[", b"a b"),
    b"X-Forwarded-Proto": (b"javascript", b""),
    b"X-HTTP-Method-Override": (b"DELETE",),
    b"X-Request-Start": (b"t=nan", b"t=1e999", b"t="),
}


def values() -> Iterator[tuple[str, bytes]]:
    """Headers that are read, with what they cannot say, on pages and programs' addresses."""
    for name, said in VALUES.items():
        for value in said:
            for path in (*PATHS, *PRIVATE):
                header = HOST + name + b": " + value + b"\r\n"
                yield f"{name.decode()}: {value[:20]!r}", head(b"GET " + path + b" HTTP/1.1", header)
            for path in POSTED:
                header = HOST + name + b": " + value + b"\r\nContent-Length: 3\r\n"
                yield f"{name.decode()}: {value[:20]!r}", head(b"POST " + path + b" HTTP/1.1", header) + b"a=b"


def addresses() -> Iterator[tuple[str, bytes]]:
    parts: tuple[bytes, ...] = (
        b"%",
        b"%0",
        b"%zz",
        b"%00",
        b"%0d%0aX:%20y",
        b"%ff%fe",
        b"%c0%af",
        b"%ed%a0%80",
        b"%25%30%30",
        b"%u1234",
    )
    parts += (
        b"..",
        b"%2e%2e",
        b"..%2f..%2fetc%2fpasswd",
        b"..\\..",
        b"%5c",
        b";x=y",
        b"/",
        b"//",
        b"\xc3\xa9",
        b"\xff",
        b"\x7f",
    )
    parts += (b"\x01", b"a b", b"'", b'"', b"<script>", b"{}", b"|", b"^", b"`", b"%F0%9F%8F%AB", b"a" * 3000)
    into: tuple[bytes, ...] = (
        b"/%s",
        b"/institutions/%s",
        b"/api/v1/institutions/%s",
        b"/static/%s",
        b"/en/%s",
        b"/data/%s",
        b"/ogc/collections/%s",
    )
    into += (
        b"/api/v1/institutions?q=%s",
        b"/api/v1/institutions?%s=1",
        b"/?q=%s",
        b"/verify?code=%s",
        b"/sign-in?next=%s",
    )
    for part in parts:
        for place in into:
            address = place.replace(b"%s", part)
            yield f"address {address[:40]!r}", head(b"GET " + address + b" HTTP/1.1")


def lengths() -> Iterator[tuple[str, bytes]]:
    """Bodies that are longer or shorter than they say, or say it twice."""
    said = (
        b"-1",
        b"+5",
        b"5, 5",
        b"0x5",
        b"5 5",
        b"\xd9\xa3",
        b"",
        b"18446744073709551616",
        b"9" * 40,
        b"1e3",
        b"2000000",
    )
    for length in said:
        for path in POSTED:
            header = HOST + b"Content-Length: " + length + b"\r\n"
            yield f"length {length!r}", head(b"POST " + path + b" HTTP/1.1", header) + b"a=b&c"
    for first, second in ((5, 5), (5, 6), (0, len(SMUGGLED)), (len(SMUGGLED), 0)):
        header = HOST + b"Content-Length: %d\r\nContent-Length: %d\r\n" % (first, second)
        yield f"lengths {first} and {second}", head(b"POST /sign-in HTTP/1.1", header) + SMUGGLED
    for method in (b"GET", b"HEAD", b"OPTIONS", b"DELETE", b"POST"):
        header = HOST + b"Content-Length: %d\r\n" % len(SMUGGLED)
        for path in (*PATHS, b"/sign-in", b"/no-such-page"):
            yield f"{method.decode()} with a body", head(method + b" " + path + b" HTTP/1.1", header) + SMUGGLED
    yield "less than the length", head(b"POST /sign-in HTTP/1.1", HOST + b"Content-Length: 900\r\n") + b"a=b"


def pieces() -> Iterator[tuple[str, bytes]]:
    """Chunked bodies that are none, and both ways of telling the length at once."""
    codings: tuple[bytes, ...] = (
        b"chunked",
        b"Chunked",
        b"xchunked",
        b"chunked, identity",
        b"identity, chunked",
        b"identity",
        b"gzip, chunked",
    )
    codings += (
        b"chunked\r\nTransfer-Encoding: chunked",
        b"chunked\r\nTransfer-Encoding: x",
        b"\x0bchunked",
        b"chunked;q=1",
        b"",
    )
    hidden = b"0\r\n\r\n" + SMUGGLED
    for coding in codings:
        for name in (b"Transfer-Encoding: ", b"Transfer-Encoding : ", b"Transfer-Encoding:\t", b"Transfer_Encoding: "):
            for length in (b"", b"Content-Length: 4\r\n", b"Content-Length: %d\r\n" % len(hidden)):
                for path in (b"/sign-in", b"/api/v1/verify"):
                    header = HOST + length + name + coding + b"\r\nContent-Type: application/json\r\n"
                    yield f"coding {coding!r} {length!r}", head(b"POST " + path + b" HTTP/1.1", header) + hidden
    bad: tuple[bytes, ...] = (
        b"-1\r\n",
        b"0x2\r\n{}\r\n0\r\n\r\n",
        b"FFFFFFFFFFFFFFFFF\r\n{}",
        b"2;" + b"x" * 20_000 + b"\r\n{}\r\n0\r\n\r\n",
    )
    bad += (
        b"2\r\n{}0\r\n\r\n",
        b"2\n{}\n0\n\n",
        b"\r\n",
        b"g\r\n",
        b"2 \r\n{}\r\n0\r\n\r\n",
        b"2\r\n{}\r\n0\r\nHost: evil\r\n\r\n",
    )
    bad += (
        b"1\r\n[\r\n" * 3000 + b"0\r\n\r\n",
        b"2\r\n{}\r\n00000000000000000000\r\n\r\n",
        b"2\r\n{}\r\n0\r\n" + b"T: x\r\n" * 5000,
    )
    for one in bad:
        for path in POSTED:
            header = HOST + b"Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n"
            yield f"pieces {one[:16]!r}", head(b"POST " + path + b" HTTP/1.1", header) + one
