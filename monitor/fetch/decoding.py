"""Content codings, undone in small steps: no input, however packed, makes more than a few megabytes at a time.

httpx would decode each chunk whole, and chains of codings too: 64 KB on the wire can be 64 GB in memory.
"""

import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]
import zstandard

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
GZIP_MAGIC = b"\x1f\x8b\x08"
_STEP_OUT = 1 << 18
# Zstandard has no output limit; a block is at least three bytes and gives at most 128 KB.
_ZSTD_STEP_IN = 128
_ZSTD_WINDOW = 1 << 27


class DecodingError(Exception):
    """The body is not what its Content-Encoding says."""


class Decoder(Protocol):
    """Undoes one content coding."""

    def decode(self, data: bytes) -> Iterator[bytes]:
        """Decoded pieces of at most a few megabytes. Raises DecodingError."""
        ...

    def finish(self) -> None:
        """Raises DecodingError when the coded stream stopped short."""
        ...


class Plain:
    """No coding."""

    def decode(self, data: bytes) -> Iterator[bytes]:
        """The data itself."""
        yield data

    def finish(self) -> None:
        """Nothing can be missing."""


class Inflate:
    """gzip and deflate, the latter with or without its zlib header; members of a gzip file one after another."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._window = zlib.MAX_WBITS | 16 if gzip else zlib.MAX_WBITS
        self._stream = zlib.decompressobj(self._window)
        self._fresh = True

    def decode(self, data: bytes) -> Iterator[bytes]:
        """Inflate ``data``."""
        more_inside = False
        while data or more_inside:
            if self._stream.eof:
                if not (self._gzip and data.startswith(GZIP_MAGIC[:2])):
                    return
                self._stream = zlib.decompressobj(self._window)
            piece = self._step(data)
            data = self._stream.unconsumed_tail or self._stream.unused_data
            # A full step may leave output inside although all input is taken.
            more_inside = len(piece) == _STEP_OUT and not self._stream.eof
            if piece:
                yield piece

    def _step(self, data: bytes) -> bytes:
        try:
            piece = self._stream.decompress(data, _STEP_OUT)
        except zlib.error as error:
            if self._gzip or not self._fresh:
                raise DecodingError(f"not valid {'gzip' if self._gzip else 'deflate'} data: {error}") from error
            self._fresh = False
            self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._step(data)
        self._fresh = False
        return piece

    def finish(self) -> None:
        """A stream that stopped short raises; one without any byte is an empty body."""
        if not self._fresh and not self._stream.eof:
            raise DecodingError("the compressed data stop before their end")


class Brotli:
    """br."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()
        self._fresh = True

    def decode(self, data: bytes) -> Iterator[bytes]:
        """Decompress ``data``."""
        try:
            self._fresh = self._fresh and not data
            piece = self._stream.process(data, output_buffer_limit=_STEP_OUT)
            while piece or not self._stream.can_accept_more_data():
                yield piece
                piece = self._stream.process(b"", output_buffer_limit=_STEP_OUT)
        except brotli.error as error:
            raise DecodingError(f"not valid brotli data: {error}") from error

    def finish(self) -> None:
        """A stream that stopped short raises; one without any byte is an empty body."""
        if not self._fresh and not self._stream.is_finished():
            raise DecodingError("the compressed data stop before their end")


class Zstandard:
    """zstd."""

    def __init__(self) -> None:
        self._stream = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
        self._fresh = True

    def decode(self, data: bytes) -> Iterator[bytes]:
        """Decompress ``data``."""
        try:
            for start in range(0, len(data), _ZSTD_STEP_IN):
                if self._stream.eof:
                    return
                self._fresh = False
                if piece := self._stream.decompress(data[start : start + _ZSTD_STEP_IN]):
                    yield piece
        except zstandard.ZstdError as error:
            raise DecodingError(f"not valid zstd data: {error}") from error

    def finish(self) -> None:
        """A stream that stopped short raises; one without any byte is an empty body."""
        if not self._fresh and not self._stream.eof:
            raise DecodingError("the compressed data stop before their end")


def decoder(content_encoding: str) -> Decoder:
    """The decoder of a Content-Encoding header. Raises DecodingError for a chain or an unknown coding."""
    codings = [item.strip().lower() for item in content_encoding.split(",")]
    match [coding for coding in codings if coding not in {"", "identity"}]:
        case []:
            return Plain()
        case ["gzip" | "x-gzip"]:
            return Inflate(gzip=True)
        case ["deflate"]:
            return Inflate(gzip=False)
        case ["br"]:
            return Brotli()
        case ["zstd"]:
            return Zstandard()
        case _:
            raise DecodingError(f"Content-Encoding {content_encoding[:60]!r} is not one that was asked for")


def gunzip(data: bytes, *, max_bytes: int) -> bytes:
    """The content of a gzip file. Raises DecodingError when it is damaged or larger than ``max_bytes``."""
    stream = Inflate(gzip=True)
    pieces = bytearray()
    for piece in stream.decode(data):
        pieces += piece
        if len(pieces) > max_bytes:
            raise DecodingError(f"larger than {max_bytes} bytes when unpacked")
    stream.finish()
    return bytes(pieces)
