"""Charts: what they show, that the program itself stays light, and that a drawing that hangs ends."""

import contextlib
import json
import os
import re
import socket
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from monitor.charts import Painter, ladder, png, svg, volume
from monitor.charts.ladder import STEPS, height, trail
from monitor.charts.shrinking import small
from monitor.charts.theme import DARK, LIGHT, darkened
from monitor.charts.volume import daily
from monitor.chronicle.climbing import HEIGHT
from monitor.digest import viewing
from monitor.errors import ChartError
from monitor.records.telling.digests import DayCount
from tests.render_builders import LADDER, PERIOD, VOLUME, moment

EVIL = "</svg><script>alert(1)</script>'\"]; datum"


@pytest.fixture(scope="module")
def painter() -> Iterator[Painter]:
    with Painter() as painter:
        yield painter


def _size(picture: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def test_days_without_articles_stand_there_as_zero() -> None:
    counts = [
        DayCount(day=date(2026, 11, 26), topic="talks", count=4),
        DayCount(day=date(2026, 11, 1), topic="x", count=9),
    ]
    rows = daily(counts, last=None)
    assert len({row["day"] for row in rows}) == 14
    assert {row["day"]: row["total"] for row in rows} == {
        **{f"2026-11-{day}": 0 for day in range(13, 26)},
        "2026-11-26": 4,
    }
    assert {row["topic"] for row in rows} == {"Talks", "Missile aid"}


def test_topics_keep_their_colour_and_the_many_go_together() -> None:
    counts = [DayCount(day=date(2026, 11, 26), topic=f"topic_{number}", count=1) for number in range(9)]
    rows = [row for row in daily(counts, last=date(2026, 11, 26)) if row["day"] == "2026-11-26"]
    assert [row["topic"] for row in rows] == ["Talks", "Missile aid", "topic 0", "topic 1", "other"]
    assert [row["count"] for row in rows] == [0, 0, 1, 1, 7]
    assert rows[0]["total"] == 9


def test_no_counts_make_an_empty_chart() -> None:
    assert daily([], last=None) == []
    assert len(daily([], last=date(2026, 3, 1))) == 28


def test_the_rungs_are_the_chronicles() -> None:
    words = {step.replace("_", " "): number for step, number in HEIGHT.items()}
    assert {step: height(step) for step in STEPS} == words
    assert viewing.STEPS == STEPS
    assert height("in_use") == 6
    assert height("refused") == height("paused") == 0


def test_a_trail_begins_with_what_stood_and_ends_with_what_stands() -> None:
    rows = trail(LADDER[0], moment(11, 1), moment(11, 26))
    assert [row["step"] for row in rows] == ["requested", "announced", "considered", "considered"]
    assert rows[0]["at"] == moment(11, 1).timestamp() * 1000
    assert [row["turn"] for row in rows] == [False, True, True, False]


def test_a_trail_that_is_all_later_shows_where_it_stands() -> None:
    rows = trail(LADDER[0], moment(9, 1), moment(9, 20))
    assert [row["step"] for row in rows] == ["considered", "considered"]


def test_a_ladder_without_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one weapon"):
        ladder([])


def test_charts_are_drawn_small_and_the_same_every_time(painter: Painter) -> None:
    specs = {"ladder": ladder(LADDER * 3, until=PERIOD.end), "volume": volume(VOLUME)}
    first = painter.png(specs, dark=True)
    assert painter.png({"volume": volume(VOLUME)})["volume"] == first["volume"]
    assert list(first) == ["ladder", "ladder-dark", "volume", "volume-dark"]
    for picture in first.values():
        assert picture.startswith(b"\x89PNG")
        assert len(picture) < 40_000
        assert 900 < _size(picture)[0] <= 1152
    assert first["volume"] != first["volume-dark"]


def test_a_drawing_says_the_days_the_rungs_and_the_counts(painter: Painter) -> None:
    drawn = painter.svg({"volume": volume(VOLUME), "ladder": ladder(LADDER, until=PERIOD.end)})
    shown = drawn["volume"].decode()
    for word in (">12 Nov<", ">25<", ">Talks<", ">Missile aid<", ">0<"):
        assert word in shown, word
    shown = drawn["ladder"].decode()
    for word in (
        "Tomahawk missiles – ▼ considered · United States to Ukraine",
        ">announced<",
        ">refused<",
        ">considered<",
    ):
        assert word in shown, word
    assert LIGHT.down in shown


def test_days_on_which_something_happened_are_numbered_above_their_bars(painter: Painter) -> None:
    days = [count.day for count in VOLUME]
    marked = volume(VOLUME, marks=[max(days), min(days) - timedelta(days=99), max(days)])
    drawn = painter.svg({"marked": marked, "plain": volume(VOLUME)})
    assert marked["height"] > volume(VOLUME)["height"]
    found = re.findall(rb">([0-9])</text>", drawn["marked"])
    assert b"3" in found
    assert len(found) == len(re.findall(rb">([0-9])</text>", drawn["plain"])) + 2


def test_light_and_dark_are_one_definition_in_other_colours() -> None:
    for light, dark in (
        (volume(VOLUME), volume(VOLUME, dark=True)),
        (ladder(LADDER), ladder(LADDER, dark=True)),
    ):
        assert json.loads(darkened(json.dumps(light))) == dark
        assert dark["background"] == DARK.back
        plain = re.sub("#[0-9a-f]{6}", "", json.dumps(dark))
        assert plain == re.sub("#[0-9a-f]{6}", "", json.dumps(light))
        of_dark = {DARK.back, DARK.ink, DARK.soft, DARK.rule, DARK.up, DARK.down, *DARK.series}
        assert set(re.findall("#[0-9a-f]{6}", json.dumps(dark))) <= of_dark


def test_a_drawing_for_dark_paper_has_the_dark_specifications_colours(painter: Painter) -> None:
    both = painter.svg({"volume": volume(VOLUME)}, dark=True)
    assert both["volume-dark"] == painter.svg({"x": volume(VOLUME, dark=True)})["x"]


def test_the_specifications_are_valid() -> None:
    import altair as alt

    for spec in (ladder(LADDER), volume(VOLUME), volume([])):
        alt.Chart.from_dict(spec, validate=True)


def test_hostile_names_are_drawn_as_text(painter: Painter) -> None:
    line = replace(
        LADDER[0], item=EVIL, donor=EVIL, step=EVIL, trail=((moment(11, 3), EVIL), (moment(11, 9), "announced"))
    )
    counts = [replace(count, topic=EVIL) for count in VOLUME]
    drawn = painter.svg({"ladder": ladder([line], until=PERIOD.end), "volume": volume(counts)})
    assert all(b"<script" not in picture for picture in drawn.values())


def test_a_specification_fetches_nothing(painter: Painter) -> None:
    asked = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)

        def listen() -> None:
            try:
                server.accept()[0].close()
            except TimeoutError:
                return
            asked.set()

        listener = threading.Thread(target=listen)
        listener.start()
        spec = volume(VOLUME)
        spec["data"] = {"url": f"http://127.0.0.1:{server.getsockname()[1]}/data.json"}
        spec.pop("datasets", None)
        with contextlib.suppress(ChartError):
            painter.png({"volume": spec})
        listener.join()
    assert not asked.is_set()


def test_a_specification_that_is_none_is_refused_and_the_process_goes_on(painter: Painter) -> None:
    with pytest.raises(ChartError, match=r"charts broken: vl-convert refused: .*without pictures"):
        painter.png({"broken": {"mark": 7}})
    assert painter.svg({"volume": volume(VOLUME)})["volume"].startswith(b"<svg")


def test_nothing_to_draw_starts_nothing() -> None:
    assert png({}) == {}
    assert svg({}) == {}


@pytest.mark.alone
def test_a_drawing_that_takes_too_long_is_ended() -> None:
    started = time.monotonic()
    with pytest.raises(ChartError, match=r"not drawn within 0.05 s"), Painter(deadline=0.05) as painter:
        painter.png({"volume": volume(VOLUME)})
    assert time.monotonic() - started < 5
    assert painter.pid is None


@pytest.mark.alone
def test_a_process_that_was_killed_is_started_anew() -> None:
    with Painter() as painter:
        painter.svg({"volume": volume(VOLUME)})
        assert painter.pid is not None
        os.kill(painter.pid, 9)
        time.sleep(0.2)
        assert painter.svg({"volume": volume(VOLUME)})


@pytest.mark.alone
def test_a_process_without_work_is_let_go() -> None:
    with Painter(idle=0.2) as painter:
        painter.svg({"volume": volume(VOLUME)})
        limit = time.monotonic() + 10
        while painter.pid is not None and time.monotonic() < limit:
            time.sleep(0.05)
        assert painter.pid is None


def test_a_process_that_cannot_start_is_a_chart_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere"))
    with pytest.raises(ChartError, match="did not start"):
        png({"volume": volume(VOLUME)})


def test_importing_charts_and_digest_loads_neither_altair_nor_vl_convert() -> None:
    code = "import monitor.charts, monitor.digest.pictures, monitor.digest.render, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert {"altair", "vl_convert", "pandas"} & set(done.stdout.split()) == set()


def _png(pixels: "np.ndarray[Any, Any]") -> bytes:
    """As vl-convert writes: eight bits RGBA, every line as differences to the left."""
    rows, columns, _ = pixels.shape
    left = np.concatenate([np.zeros((rows, 1, 4), np.uint8), pixels[:, :-1]], axis=1)
    lines = np.concatenate([np.ones((rows, 1), np.uint8), (pixels - left).reshape(rows, -1)], axis=1)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">II", columns, rows) + b"\x08\x06\x00\x00\x00"
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(lines.tobytes()))
        + chunk(b"IEND", b"")
    )


def _read(picture: bytes) -> "np.ndarray[Any, Any]":
    """The colours of a picture with a palette."""
    place, parts = 8, dict[bytes, bytes]()
    while place < len(picture):
        (length,) = struct.unpack(">I", picture[place : place + 4])
        kind, data = picture[place + 4 : place + 8], picture[place + 8 : place + 8 + length]
        assert struct.unpack(">I", picture[place + 8 + length : place + 12 + length])[0] == zlib.crc32(kind + data)
        parts[kind] = data
        place += 12 + length
    width, rows = struct.unpack(">II", parts[b"IHDR"][:8])
    lines = np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(rows, 1 + width)
    return np.frombuffer(parts[b"PLTE"], np.uint8).reshape(-1, 3)[lines[:, 1:]]


def test_a_shrunk_picture_has_the_same_colours() -> None:
    pixels = np.random.default_rng(1).integers(0, 4, (20, 30, 4), dtype=np.uint8) * 80
    pixels[:, :, 3] = 255
    whole = _png(pixels)
    assert (_read(small(whole)) == pixels[:, :, :3]).all()
    assert len(small(whole)) < len(whole)


def test_a_picture_of_many_colours_keeps_nearly_the_same() -> None:
    pixels = np.full((40, 40, 4), 255, np.uint8)
    pixels[:, :, 0] = np.arange(1600).reshape(40, 40) % 256
    pixels[:, :, 1] = 7 * (np.arange(1600).reshape(40, 40) // 800)
    told = _read(small(_png(pixels)))
    assert 0 < np.abs(told.astype(int) - pixels[:, :, :3]).max() <= 40


def test_a_picture_that_a_palette_would_spoil_stays_as_it_is() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (60, 60, 4), dtype=np.uint8)
    pixels[:, :, 3] = 255
    assert small(_png(pixels)) == _png(pixels)


def test_what_is_no_such_picture_stays_as_it_is() -> None:
    clear = np.zeros((4, 4, 4), np.uint8)
    assert small(_png(clear)) == _png(clear)
    assert small(b"") == b""
    assert small(b"\x89PNG\r\n\x1a\n") == b"\x89PNG\r\n\x1a\n"


def test_a_long_climb_is_shown_from_two_months_back() -> None:
    old = replace(LADDER[0], trail=((datetime(2025, 1, 1, tzinfo=UTC), "requested"), (moment(11, 20), "announced")))
    spec = ladder([old], until=PERIOD.end)
    text = str(spec)
    assert str(int((PERIOD.end - timedelta(days=60)).timestamp() * 1000)) in text
    assert str(int(datetime(2025, 1, 1, tzinfo=UTC).timestamp() * 1000)) not in text
