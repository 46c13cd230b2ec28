"""A wall clock that is set from outside, for a real process: a few lines of C in front of the C library.

Debian's libfaketime cannot be used for this: left to its defaults it shifts the monotonic clock as well, which no
machine does when its clock is set; told to leave that one alone, it refuses ``time.sleep`` (0.9.10, EINVAL).
"""

import mmap
import os
import struct
import subprocess
from datetime import timedelta
from pathlib import Path

_SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

static volatile int64_t *ahead;
static int (*real)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("CLOCK_AHEAD");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    real = dlsym(RTLD_NEXT, "clock_gettime");
    if (file < 0) return;
    void *mapped = mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
    if (mapped != MAP_FAILED) ahead = mapped;
}

int clock_gettime(clockid_t which, struct timespec *at) {
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real(which, at);
    if (!failed && ahead && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) at->tv_sec += *ahead;
    return failed;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    struct timespec now;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now)) return -1;
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}
"""


class WallClock:
    """Sets the wall clock of processes that are started with its environment."""

    def __init__(self, folder: Path) -> None:
        self._library, self._file = folder / "clock.so", folder / "ahead"
        source = folder / "clock.c"
        source.write_text(_SOURCE, encoding="utf-8")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", self._library, source, "-ldl"], check=True)
        self._file.write_bytes(struct.pack("=q", 0))
        with self._file.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 8)

    def environment(self) -> dict[str, str]:
        """What a process needs to believe this clock."""
        return os.environ | {"LD_PRELOAD": str(self._library.resolve()), "CLOCK_AHEAD": str(self._file.resolve())}

    def set(self, ahead: timedelta) -> None:
        """Set it so far ahead of the true time, or back; at once, for every process."""
        self._map[:] = struct.pack("=q", round(ahead.total_seconds()))
