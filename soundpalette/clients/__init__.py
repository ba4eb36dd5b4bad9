"""MCP clients on this machine, and the entry that makes them start our server."""

from soundpalette.clients.change import Change, plan
from soundpalette.clients.places import FORMS, Client, Machine, place

__all__ = ["FORMS", "Change", "Client", "Machine", "place", "plan"]
