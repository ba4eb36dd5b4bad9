"""How tools publish their parameters: flat and short, as models fill them in best and for the fewest tokens."""

import functools
import inspect
from collections.abc import Awaitable, Callable, Collection
from typing import Any

from soundpalette.core.types import NO_FILTERS, Filters
from soundpalette.tools.filters import PUBLISHED


def flat(function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """`function` with its parameter `filters`, where it has one, taken apart into those of `tools.filters`."""
    signature = inspect.signature(function)
    if "filters" not in signature.parameters:
        return function

    @functools.wraps(function)
    async def call(**arguments: Any) -> Any:
        filters = Filters(**{name: arguments.pop(name) for name in PUBLISHED})
        return await function(**arguments, filters=filters)

    kept = [parameter for name, parameter in signature.parameters.items() if name != "filters"]
    taken_apart = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=getattr(NO_FILTERS, name), annotation=published)
        for name, published in PUBLISHED.items()
    ]
    call.__signature__ = signature.replace(parameters=[*kept, *taken_apart])  # type: ignore[attr-defined]
    return call


def shorten(schema: dict[str, Any], without: Collection[str] = ("title",)) -> None:
    """Take out, all the way down, what models can do without: fields' own names in capitals, what a model is for."""
    for name, part in list(schema.items()):
        if isinstance(part, dict):
            shorten(part, without)
        elif name in without or (name == "description" and "properties" in schema):
            del schema[name]
