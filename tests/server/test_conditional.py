"""What is sent again, and how it is packed."""

import gzip

import pytest

from soundpalette.server.conditional import conditional

TAG = 'W/"0123"'


def answer(**asked: str) -> tuple[int, str | None]:
    """The status, and the encoding of what was sent."""
    named = {name.replace("_", "-"): value for name, value in asked.items()}
    sent = conditional(named, {"ETag": TAG}, "text/plain", lambda: b"plain", lambda: gzip.compress(b"plain"))
    body = {None: b"plain", "gzip": gzip.compress(b"plain")}[sent.headers.get("content-encoding")]
    assert sent.body == (b"" if sent.status_code == 304 else body)
    assert (sent.headers["etag"], sent.headers["vary"]) == (TAG, "Accept-Encoding")
    return sent.status_code, sent.headers.get("content-encoding")


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip", "br;q=1, GZip; q=0.5", "gzip;q=1.000"])
def test_who_takes_gzip_gets_it(accepted: str) -> None:
    assert answer(accept_encoding=accepted) == (200, "gzip")


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "br, gzip; q=0.000", "*", "gzipped", "identity;q=0"])
def test_who_does_not_gets_it_plain(accepted: str) -> None:
    assert answer(accept_encoding=accepted) == (200, None)


def test_what_is_not_worth_packing_is_plain() -> None:
    sent = conditional({"accept-encoding": "gzip"}, {"ETag": TAG}, "text/plain", lambda: b"plain", None)
    assert (sent.body, sent.headers.get("content-encoding")) == (b"plain", None)


@pytest.mark.parametrize("tags", [TAG, '"0123"', f'"other", {TAG}', "*"])
def test_who_has_it_is_not_sent_it_again(tags: str) -> None:
    assert answer(if_none_match=tags, accept_encoding="gzip") == (304, None)


@pytest.mark.parametrize("tags", ["", '"012"', 'W/"other"', "0123"])
def test_who_has_another_one_is(tags: str) -> None:
    assert answer(if_none_match=tags) == (200, None)
