"""Answers that whoever has them already is not sent again, and that are sent compressed to whoever takes that."""

from collections.abc import Callable, Mapping

from fastapi import Response


def conditional(
    asked: Mapping[str, str],
    headers: Mapping[str, str],
    media_type: str,
    plain: Callable[[], bytes],
    packed: Callable[[], bytes] | None,
) -> Response:
    """304 where the `asked` headers name the tag in `headers`, else what is `packed` by gzip (None: not worth it) where
    they take that, else the `plain` bytes. Only what is sent is made."""
    sent = {**headers, "Vary": "Accept-Encoding"}
    if _names(asked.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=sent)
    if packed is not None and _takes_gzip(asked.get("accept-encoding", "")):
        return Response(packed(), headers={**sent, "Content-Encoding": "gzip"}, media_type=media_type)
    return Response(plain(), headers=sent, media_type=media_type)


def _names(tags: str, tag: str) -> bool:
    """Whether an If-None-Match header names `tag`, weakly compared (RFC 9110, section 13.1.2)."""
    return any(one.strip().removeprefix("W/") in ("*", tag.removeprefix("W/")) for one in tags.split(","))


def _takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header takes gzip (RFC 9110, section 12.5.3); the wildcard is not counted."""
    for one in accepted.lower().split(","):
        name, _, weight = one.replace(" ", "").partition(";")
        if name == "gzip":
            return weight.rstrip("0.") != "q="
    return False
