"""Records to bytes and back: what is frozen in the database, such as a digest and its rendering.

The bytes are JSON behind zlib. Each record is read back by its own types, so what was damaged, or written before a
record had all of its fields, is refused and never half read.
"""

import dataclasses
import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

from pydantic import ConfigDict, TypeAdapter
from pydantic_core import PydanticSerializationError, ValidationError

from monitor.errors import StoreError
from monitor.store.columns import storable

T = TypeVar("T")

# Level 6 takes twice the time of 3 for a twentieth less; a morning packs one digest for each stream.
_LEVEL = 3


def as_json(record: object) -> bytes:
    """``record``, a frozen dataclass or a tuple of strings, as JSON; bytes in it as base64url."""
    kind: Any = tuple[str, ...] if isinstance(record, tuple) else type(record)
    adapter = _adapter(kind)
    try:
        listed = adapter.dump_json((record,))
    except PydanticSerializationError:
        # A lone surrogate, which no page shows and no database stores.
        listed = adapter.dump_json((_mended(record),))
    return listed[1:-1]


def packed(record: object) -> bytes:
    """``record`` as bytes to be kept."""
    return zlib.compress(as_json(record), _LEVEL)


def unpacked(kind: type[T], data: bytes, *, what: str) -> T:
    """The record of ``kind`` in ``data``. Raises StoreError naming ``what`` when it is no such record any more."""
    try:
        found: tuple[T] = _adapter(cast(Any, kind)).validate_json(b"[%b]" % zlib.decompress(data))
    except (zlib.error, ValidationError) as error:
        raise StoreError(
            f"{what} holds no readable {_name(kind)} ({_in_short(error)}): it was damaged, or packed by another "
            "version of this program. Put a backup back with `monitor db restore`."
        ) from error
    return found[0]


@lru_cache(maxsize=16)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Built at first use: it takes some milliseconds."""
    # Around the record stands a list of one, because a bare dataclass takes no settings from here.
    return TypeAdapter(tuple[kind], config=ConfigDict(ser_json_bytes="base64", val_json_bytes="base64"))


def _mended(value: Any) -> Any:
    """``value`` with every text in it as the database would store it."""
    if isinstance(value, str):
        return storable(value) if type(value) is str else value
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return type(value)(map(_mended, value))  # type: ignore[call-arg]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: _mended(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return type(value)(**fields)
    return value


def _name(kind: Any) -> str:
    return str(kind.__name__).lower() if isinstance(kind, type) else "list"


def _in_short(error: Exception) -> str:
    """Where it breaks, and how; never what stands there."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"][1:])
        return f"{place}: {first['msg']}" if place else str(first["msg"])
    return str(error)
