"""What machine a figure was taken on: processor, cores, and the vector instructions that decide the speed."""

import os
import platform
from pathlib import Path

FLAGS = ("avx2", "avx512f", "avx_vnni", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_int8", "amx_bf16")


def described() -> str:
    """Return one line: model name, cores, which of the vector instructions there are, Python."""
    named = _cpuinfo()
    flags = set(named.get("flags", named.get("Features", "")).split())
    there = [flag for flag in FLAGS if flag in flags]
    missing = [family for family in ("avx512", "vnni", "amx") if not any(family in flag for flag in there)]
    parts = [
        named.get("model name", platform.machine()),
        f"{cores()} cores",
        " ".join(there) or "no AVX",
        f"no {', '.join(missing)}" if missing else "",
        f"Python {platform.python_version()}",
    ]
    return ", ".join(part for part in parts if part)


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def peak_megabytes() -> float:
    """Most memory that this process has held so far; only where /proc is, else 0."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    rows = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
    return int(rows["VmHWM"].split()[0]) / 1024


def _cpuinfo() -> dict[str, str]:
    path = Path("/proc/cpuinfo")
    if not path.exists():
        return {}
    first = path.read_text(encoding="utf-8").split("\n\n")[0]
    rows = (line.split(":", 1) for line in first.splitlines() if ":" in line)
    return {name.strip(): value.strip() for name, value in rows}
