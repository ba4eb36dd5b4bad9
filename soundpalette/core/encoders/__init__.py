"""The encoders, by name. Importing this package imports no torch."""

from typing import TYPE_CHECKING, Any, Final, Literal, overload

from soundpalette.core.encoders.base import Encoder
from soundpalette.core.threads import set_threads
from soundpalette.errors import EncoderError

if TYPE_CHECKING:
    from soundpalette.core.encoders.clamp3 import Clamp3Encoder
    from soundpalette.core.encoders.compact import CompactEncoder

NAMES: Final = ("compact", "clamp3")


@overload
def load_encoder(name: Literal["compact"], **options: Any) -> "CompactEncoder": ...
@overload
def load_encoder(name: Literal["clamp3"], **options: Any) -> "Clamp3Encoder": ...
@overload
def load_encoder(name: str, **options: Any) -> Encoder: ...
def load_encoder(name: str, **options: Any) -> Encoder:
    """The encoder `name`, no tower loaded yet; `options` are those of its module's `load`. Raises EncoderError."""
    set_threads()
    if name == "compact":
        from soundpalette.core.encoders import compact

        return compact.load(**options)
    if name == "clamp3":
        from soundpalette.core.encoders import clamp3

        return clamp3.load(**options)
    raise EncoderError(f"there is no encoder {name!r}; take one of {', '.join(NAMES)}")
