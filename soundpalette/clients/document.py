"""A JSON file of somebody else's, changed in one place: every other character stays as it is.

JSON with comments is read through a mask that has spaces in their place, so that positions in both texts are the same.
"""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from soundpalette.errors import InstallError

INDENT: Final = "  "
_STRING: Final = r'"(?:[^"\\]|\\.)*"'
_COMMENT: Final = re.compile(rf"{_STRING}|//[^\r\n]*|/\*.*?\*/", re.S)
_TRAILING: Final = re.compile(rf"{_STRING}|,(?=\s*[}}\]])", re.S)
_INDENT: Final = re.compile(r'\n([ \t]+)"')
_DECODER: Final = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Member:
    """A key of an object, and where its value begins and ends."""

    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Braces:
    """Where an object begins and where its closing brace is, and its members in order."""

    start: int
    close: int
    members: tuple[Member, ...]

    def last(self, key: str) -> Member | None:
        """Of keys that stand twice the last one counts, as for every reader."""
        return next((member for member in reversed(self.members) if member.key == key), None)


@dataclass(frozen=True)
class Document:
    """A JSON text; with `comments` one in which comments and trailing commas may stand, as VS Code reads it."""

    text: str
    comments: bool = False

    def with_entry(self, section: str, name: str, entry: dict[str, Any]) -> str:
        """The text with `entry` under `name` in the object under `section`; the same text where it is there already.

        What is missing is added behind the rest; an older entry keeps the keys that are not ours. Raises InstallError
        where the text is not JSON, or something else stands where an object is wanted.
        """
        if not self.text.strip():
            return self._written({section: {name: entry}}, 0) + self._newline
        whole = self._braces(self._start, self._value)
        outer = whole.last(section)
        if outer is None:
            return self._added(whole, section, {name: entry}, 0)
        servers = self._value[section]
        inner = self._braces(outer.start, servers, section)
        old = inner.last(name)
        if old is None:
            return self._added(inner, name, entry, 1)
        merged = _merged(servers[name], entry)
        if merged == servers[name]:
            return self.text
        return self.text[: old.start] + self._written(merged, 2) + self.text[old.end :]

    @cached_property
    def _bare(self) -> str:
        """The text without comments."""
        return _COMMENT.sub(_spaces, self.text) if self.comments else self.text

    @cached_property
    def _mask(self) -> str:
        """The text as strict JSON."""
        return _TRAILING.sub(_spaces, self._bare) if self.comments else self.text

    @cached_property
    def _value(self) -> Any:
        try:
            return json.loads(self._mask)
        except (ValueError, RecursionError) as error:
            raise InstallError(f"it is not valid JSON ({error})") from error

    @cached_property
    def _start(self) -> int:
        return _past_space(self._mask, 0)

    @cached_property
    def _newline(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    @cached_property
    def _indent(self) -> str:
        found = _INDENT.search(self.text)
        return found[1] if found else INDENT

    def _braces(self, start: int, value: object, name: str = "it") -> Braces:
        if not isinstance(value, dict):
            raise InstallError(f"{name} is no object ({{...}}) there")
        members = []
        at = _past_space(self._mask, start + 1)
        while self._mask[at] == '"':
            key, colon = _DECODER.raw_decode(self._mask, at)
            begin = _past_space(self._mask, _past_space(self._mask, colon) + 1)
            _, end = _DECODER.raw_decode(self._mask, begin)
            members.append(Member(key, begin, end))
            at = _past_space(self._mask, end)
            at = _past_space(self._mask, at + 1) if self._mask[at] == "," else at
        return Braces(start, at, tuple(members))

    def _added(self, braces: Braces, key: str, value: dict[str, Any], depth: int) -> str:
        """With a new last member, behind comments that follow the last one."""
        behind = braces.members[-1].end if braces.members else braces.start + 1
        followed = "," in self._bare[behind : braces.close]
        comma = "" if followed or not braces.members else ","
        rest = self.text[behind : braces.close]
        kept = rest.rstrip()
        pad = self._newline + self._indent * depth
        end = rest[len(kept) :] if "\n" in rest[len(kept) :] else pad
        member = f"{pad}{self._indent}{json.dumps(key)}: {self._written(value, depth + 1)}"
        return f"{self.text[:behind]}{comma}{kept}{member}{end}{self.text[braces.close :]}"

    def _written(self, value: dict[str, Any], depth: int) -> str:
        lines = json.dumps(value, indent=self._indent, ensure_ascii=False).split("\n")
        return (self._newline + self._indent * depth).join(lines)


def _merged(old: object, new: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(old, dict) or "command" not in old:  # none, or one that is reached by its address
        return new
    env = {**old["env"], **new.get("env", {})} if isinstance(old.get("env"), dict) else new.get("env")
    return {**old, **new} | ({} if env is None else {"env": env})


def _past_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _spaces(found: re.Match[str]) -> str:
    """Spaces of the same length in place of what was found, but for strings and line ends."""
    return found[0] if found[0].startswith('"') else re.sub(r"[^\r\n]", " ", found[0])
