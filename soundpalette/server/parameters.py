"""How tools publish their parameters: flat and short, as models fill them in best and for the fewest tokens."""

import functools
import inspect
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Final

from soundpalette.core.types import NO_FILTERS, NO_PREFERENCES
from soundpalette.tools import filters, preferences

TAKEN_APART: Final[dict[str, tuple[Any, dict[str, Any]]]] = {
    "filters": (NO_FILTERS, filters.PUBLISHED),
    "preferences": (NO_PREFERENCES, preferences.PUBLISHED),
}
"""By a function's parameter, its default, and what is published of its fields."""


def flat(function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """`function` with its parameters `filters` and `preferences`, where it has them, taken apart into their fields."""
    signature = inspect.signature(function)
    whole = {name: parts for name, parts in TAKEN_APART.items() if name in signature.parameters}
    if not whole:
        return function

    @functools.wraps(function)
    async def call(**arguments: Any) -> Any:
        for name, (default, published) in whole.items():
            values = {field: arguments.pop(field) for field in published}
            arguments[name] = type(default)(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
        return await function(**arguments)

    kept = [parameter for name, parameter in signature.parameters.items() if name not in whole]
    taken_apart = [
        inspect.Parameter(field, inspect.Parameter.KEYWORD_ONLY, default=getattr(default, field), annotation=annotation)
        for default, published in whole.values()
        for field, annotation in published.items()
    ]
    call.__signature__ = signature.replace(parameters=[*kept, *taken_apart])  # type: ignore[attr-defined]
    return call


def inline(schema: dict[str, Any]) -> dict[str, Any]:
    """`schema` with what its `$ref`s name in their places: our models use each other once, and never themselves."""
    parts = schema.get("$defs", {})

    def whole(value: Any) -> Any:
        if isinstance(value, list):
            return [whole(part) for part in value]
        if not isinstance(value, dict):
            return value
        name = value.get("$ref", "").rpartition("/")[2]
        return whole(parts[name]) if name else {key: whole(part) for key, part in value.items() if key != "$defs"}

    found: dict[str, Any] = whole(schema)
    return found


def shorten(schema: dict[str, Any], without: Collection[str] = ("title",)) -> None:
    """Take out, all the way down, what models can do without: fields' own names in capitals, what a model is for."""
    for name, part in list(schema.items()):
        if isinstance(part, dict):
            shorten(part, without)
        elif name in without or (name == "description" and "properties" in schema):
            del schema[name]
