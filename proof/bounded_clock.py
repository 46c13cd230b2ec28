"""A clock that several processes read and one winds on: weeks go by in an hour."""

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

_AHEAD = struct.Struct("=d")


class WoundClock:
    """Runs as any clock, ahead of it by as many seconds as the file at ``path`` says."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_AHEAD.pack(0.0))
        with path.open("r+b") as file:
            self._held = mmap.mmap(file.fileno(), _AHEAD.size)

    @property
    def ahead(self) -> float:
        """Seconds ahead of the real time."""
        found: tuple[float] = _AHEAD.unpack_from(self._held)
        return found[0]

    def now(self) -> datetime:
        """The moment it shows, aware UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    def wind(self, seconds: float) -> None:
        """Wind it on, for everybody."""
        _AHEAD.pack_into(self._held, 0, self.ahead + seconds)
