"""What a server writes to stderr: one format for our own lines and those of the libraries under us."""

import logging
import sys
from contextvars import ContextVar
from typing import Final

REQUEST_ID: Final[ContextVar[str]] = ContextVar("request_id", default="")
"""Of the request that is being answered; "" outside of one."""
TEXT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
DISCREET: Final = {
    "mcp": logging.WARNING,
    "mcp.server.sse": logging.CRITICAL,
    "sse_starlette": logging.WARNING,
    "faiss": logging.WARNING,
}
"""Loggers that below these levels tell messages of clients (and so their queries), or of their own inside."""


def configure_logs(level: str, style: str) -> None:
    """Send all logs from `level` ("debug", "info", "warning", "error") on to stderr, as "text" or as "json"."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_with_request)
    handler.setFormatter(_json() if style == "json" else logging.Formatter(TEXT))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name, least in DISCREET.items():
        logging.getLogger(name).setLevel(max(least, logging.getLogger().level))


def _with_request(record: logging.LogRecord) -> bool:
    if request_id := REQUEST_ID.get():
        record.request_id = request_id
    return True


def _json() -> logging.Formatter:
    from pythonjsonlogger.core import RESERVED_ATTRS
    from pythonjsonlogger.json import JsonFormatter

    # uvicorn sends the message once more with colours
    return JsonFormatter(
        "%(levelname)s %(name)s %(message)s",
        rename_fields={"levelname": "level", "name": "logger"},
        timestamp="time",
        reserved_attrs=[*RESERVED_ATTRS, "color_message"],
    )
