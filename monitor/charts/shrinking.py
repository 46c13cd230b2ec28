"""PNG files made smaller without a change that can be seen: as a palette, packed thoroughly. Pure.

vl-convert packs for speed: its files are five to ten times as large as those of the same picture with its few colours
in a palette, and a mail carries them thousands of times.
"""

import struct
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOURS = 256
_COMMON = 160
_SEEN = 40
"""Of 255, in any of the three colours: less cannot be told apart at the edge of a letter."""
_RGBA = b"\x08\x06\x00\x00\x00"


def small(png: bytes) -> bytes:
    """The same picture in fewer bytes; as it is where it is of another make than vl-convert's."""
    parts = list(_chunks(png))
    head = parts[0][1] if parts else b""
    if head[8:] != _RGBA:
        return png
    width, height = struct.unpack(">II", head[:8])
    raw = np.frombuffer(zlib.decompress(b"".join(data for kind, data in parts if kind == b"IDAT")), dtype=np.uint8)
    lines = raw.reshape(height, 1 + width * 4)
    # Filter 1 says each byte as the difference to the pixel at its left, 0 says it plainly.
    filters = lines[:, 0]
    if filters.max(initial=0) > 1:
        return png
    pixels = lines[:, 1:].reshape(height, width, 4)
    plain = np.where(filters[:, None, None] == 1, np.cumsum(pixels, axis=1, dtype=np.uint8), pixels)
    if plain[:, :, 3].min(initial=255) < 255:
        return png
    if (found := _palette(plain[:, :, :3])) is None:
        return png
    palette, places = found
    rows = np.zeros((height, 1 + width), dtype=np.uint8)
    rows[:, 1:] = places
    extras = [(kind, data) for kind, data in parts if kind == b"pHYs"]
    return _SIGNATURE + b"".join(
        _chunk(kind, data)
        for kind, data in [
            (b"IHDR", head[:8] + b"\x08\x03\x00\x00\x00"),
            *extras,
            (b"PLTE", palette.tobytes()),
            (b"IDAT", zlib.compress(rows.tobytes(), 6)),
            (b"IEND", b""),
        ]
    )


def _palette(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]] | None:
    """The most common colours and some of the rest, and for each pixel the place of its own or of one like it.

    None where some pixel has none that does.
    """
    wide = pixels.reshape(-1, 3).astype(np.uint32)
    codes = (wide[:, 0] << 16) | (wide[:, 1] << 8) | wide[:, 2]
    # Most of a chart is paper: sorting runs of one colour takes a tenth of sorting pixels.
    starts = np.flatnonzero(np.diff(codes, prepend=codes[0] + 1))
    lengths = np.diff(starts, append=codes.size)
    found, places = np.unique(codes[starts], return_inverse=True)
    counts = np.bincount(places, weights=lengths)
    colours = np.stack([found >> 16, (found >> 8) & 255, found & 255], axis=1).astype(np.int16)
    kept = np.argsort(-counts, kind="stable")[:_COMMON]
    apart = np.abs(colours[:, None, :] - colours[None, kept, :]).max(axis=2)
    far, nearest = apart.min(axis=1), apart.argmin(axis=1).astype(np.uint8)
    while far.max() > 0 and kept.size < _COLOURS:
        # The colour that is worst off gets a place of its own.
        kept = np.append(kept, far.argmax())
        apart = np.abs(colours - colours[kept[-1]]).max(axis=1)
        nearest[apart < far] = kept.size - 1
        far = np.minimum(far, apart)
    if far.max() > _SEEN:
        return None
    return colours[kept].astype(np.uint8), np.repeat(nearest[places], lengths).reshape(pixels.shape[:2])


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_SIGNATURE)
    while place + 12 <= len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        yield png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        place += 12 + length


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
