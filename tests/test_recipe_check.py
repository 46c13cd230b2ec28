"""The check of the training examples, on small made folders: what is planted must be found, and nothing else."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.recipe.check import examine, main
from models.recipe.diversity import distinct, quantiles
from models.recipe.shingles import inside, near, same, shingles, words

ORCHARD = "Growers along the river counted their losses after a frost that split blossoms on nine farms in one night."
FERRY = "Passengers slept on the car deck while the ferry waited outside the harbour for a wind that would not drop."
LIBRARY = "A library in the hills lends seeds in spring and takes jars of beans back when the first snow has fallen."


def article(number: int, text: str, **changes: Any) -> dict[str, Any]:
    row = {"id": f"made-{number:04}", "style": "wire", "title": f"Title {number}", "text": text, "talks": 0}
    return {**row, "missile_aid": 0, "clause": "ordinary", **changes}


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder of examples without a fault."""
    write(tmp_path / "own/articles/one.jsonl", [article(1, ORCHARD), article(2, FERRY, talks=1)])
    (tmp_path / "own/entities").mkdir()
    (tmp_path / "own/entities/lines.txt").write_text(
        "The mayor of [Rosk](place) met [Ada Holm](person).\n", encoding="utf-8"
    )
    return tmp_path / "own"


def add(own: Path, *rows: dict[str, Any]) -> None:
    write(own / "articles/two.jsonl", list(rows))


def kinds(own: Path, outside: Path | None = None) -> list[tuple[str, str]]:
    return [(fault.kind, fault.place) for fault in examine(own, outside).faults]


def test_sound_examples_have_no_fault(own: Path) -> None:
    assert kinds(own) == []


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"talks": 3}, "grade"),
        ({"talks": True}, "grade"),
        ({"missile_aid": "2"}, "grade"),
        ({"style": "haiku"}, "style"),
        ({"text": "  "}, "line"),
        ({"title": None}, "line"),
        ({"id": "made-0001"}, "id"),
    ],
)
def test_a_wrong_field_is_found_where_it_stands(own: Path, change: dict[str, Any], kind: str) -> None:
    add(own, {**article(3, LIBRARY), **change})
    assert kinds(own) == [(kind, "articles/two.jsonl:1")]


@pytest.mark.parametrize("line", ["{not json", "[1, 2]", '"text"'])
def test_a_line_that_is_no_article_is_found_and_the_rest_is_read(own: Path, line: str) -> None:
    path = own / "articles/two.jsonl"
    path.write_text(f"{line}\n{json.dumps(article(3, LIBRARY))}\n", encoding="utf-8")
    report = examine(own, None)
    assert [(fault.kind, fault.place) for fault in report.faults] == [("line", "articles/two.jsonl:1")]
    assert [file.items for file in report.diversity.files] == [2, 1, 1]


@pytest.mark.parametrize(
    "line",
    [
        "A broken [Rosk(place) mark.",
        "A broken [Rosk](town) mark.",
        "A broken [[Rosk](place)] mark.",
        "A broken [Rosk] (place) mark.",
        "A broken [](place) mark.",
        "A broken [ Rosk](place) mark.",
    ],
)
def test_a_broken_mark_is_found(own: Path, line: str) -> None:
    (own / "entities/more.txt").write_text(f"{line}\n", encoding="utf-8")
    assert kinds(own) == [("mark", "entities/more.txt:1")]


def test_an_odd_mark_is_a_note_and_no_fault(own: Path) -> None:
    lines = "He left [rosk](place) early.\nA [Rosk](place)er waved.\nShe saw [Ada Holm](person).\nAda Holm sat down.\n"
    (own / "entities/more.txt").write_text(lines, encoding="utf-8")
    report = examine(own, None)
    assert report.faults == ()
    assert [(note.kind, note.place) for note in report.notes] == [
        ("inside a word", "entities/more.txt:2"),
        ("lower case", "entities/more.txt:1"),
        ("unmarked", "entities/more.txt:4"),
    ]


def test_the_same_example_in_another_file_is_found_whatever_its_punctuation(own: Path) -> None:
    add(own, article(3, ORCHARD.replace(",", ";").upper(), title="Title 1"))
    assert kinds(own) == [("duplicate", "articles/two.jsonl:1")]


def test_the_same_very_short_line_is_a_note(own: Path) -> None:
    (own / "entities/more.txt").write_text("[ROSK](place) May 3\n[Rosk](place) , May 3\n", encoding="utf-8")
    report = examine(own, None)
    assert report.faults == ()
    assert [(note.kind, note.place) for note in report.notes] == [("duplicate", "entities/more.txt:2")]


def test_a_nearly_equal_example_is_a_fault_and_told_with_its_likeness(own: Path) -> None:
    add(own, article(3, ORCHARD.replace("one night", "a night")))
    report = examine(own, None)
    assert [(fault.kind, fault.place) for fault in report.faults] == [("near-duplicate", "articles/two.jsonl:1")]
    pair = report.near[0]
    assert (pair.kind, pair.first, pair.second) == ("near", "articles/one.jsonl:1", "articles/two.jsonl:1")
    assert 0.3 <= pair.likeness < 1


def test_an_example_that_holds_another_is_a_fault_however_long_it_is(own: Path) -> None:
    rest = " ".join(f"Word{number} and word{number + 1} met." for number in range(60))
    add(own, article(3, f"{rest} {FERRY}"))
    (pair,) = examine(own, None).near
    assert (pair.kind, pair.first, pair.second) == ("inside", "articles/one.jsonl:2", "articles/two.jsonl:1")
    assert kinds(own) == [("near-duplicate", "articles/two.jsonl:1")]


def test_a_few_usual_words_make_no_near_duplicate(own: Path) -> None:
    (own / "entities/more.txt").write_text("Beaten for the first time since [May](place).\n", encoding="utf-8")
    add(own, article(3, f"For the first time since the flood: {LIBRARY}"))
    assert kinds(own) == []


def test_too_few_examples_are_a_fault(own: Path) -> None:
    told = [(fault.kind, fault.place, fault.message) for fault in examine(own, None, (3, 1)).faults]
    assert told == [("count", "articles", "has 2 examples; there must be at least 3")]


def test_a_sentence_taken_from_an_evaluation_set_is_a_leak(own: Path, tmp_path: Path) -> None:
    write(tmp_path / "data/articles/dev.jsonl", [{"id": "d1", "title": "Notes", "text": f"This week. {LIBRARY}"}])
    add(own, article(3, f"It was cold. {LIBRARY} Nobody minds."))
    report = examine(own, tmp_path / "data")
    assert [(fault.kind, fault.place) for fault in report.faults] == [("leak", "articles/two.jsonl:1")]
    assert "articles/dev.jsonl (d1)" in report.faults[0].message


@pytest.mark.parametrize("place", ["frozen.jsonl", "evaluation/held.jsonl"])
def test_what_we_measure_on_ourselves_is_kept_apart_too(own: Path, place: str) -> None:
    write(own / place, [article(9, f"{LIBRARY} So it goes.")])
    add(own, article(3, LIBRARY))
    assert kinds(own) == [("leak", "articles/two.jsonl:1")]


def test_tokens_of_an_annotated_set_are_read_as_text(own: Path, tmp_path: Path) -> None:
    tokens = "Snow closed the upper road .".split()
    write(tmp_path / "data/ner/conll2003/dev.jsonl", [{"tokens": tokens, "tags": ["O"] * len(tokens)}])
    (own / "entities/more.txt").write_text("Snow closed the upper road.\n", encoding="utf-8")
    assert set(kinds(own, tmp_path / "data")) == {("leak", "entities/more.txt:1")}


def test_a_page_kept_for_measuring_is_compared(own: Path, tmp_path: Path) -> None:
    path = tmp_path / "data/pages/article_extraction/ground-truth.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"k": {"articleBody": f"By hand. {LIBRARY}"}}), encoding="utf-8")
    add(own, article(3, LIBRARY))
    assert kinds(own, tmp_path / "data") == [("leak", "articles/two.jsonl:1")]


ITEM = f"<item><title>Seeds &amp;amp; beans</title><description><![CDATA[<p>{LIBRARY}</p>]]></description></item>"
ENTRY = (
    f'<entry xmlns="http://www.w3.org/2005/Atom"><summary type="html">&lt;b&gt;{LIBRARY}&lt;/b&gt;</summary></entry>'
)


@pytest.mark.parametrize(
    ("place", "body"),
    [
        ("feeds/outlets/one.xml", f"<rss><channel>{ITEM}</channel></rss>".encode()),
        ("feeds/fastfeedparser/benchmark_data/one.gz", gzip.compress(f"<feed>{ENTRY}</feed>".encode())),
    ],
)
def test_entries_of_feeds_are_compared_without_their_markup(own: Path, tmp_path: Path, place: str, body: bytes) -> None:
    path = tmp_path / "data" / place
    path.parent.mkdir(parents=True)
    path.write_bytes(body)
    add(own, article(3, LIBRARY))
    report = examine(own, tmp_path / "data")
    assert [(leak.set, leak.hard) for leak in report.leaks] == [(str(Path(place).parent), True)]


def test_a_feed_that_is_no_xml_has_no_entries(own: Path, tmp_path: Path) -> None:
    (tmp_path / "data/feeds/outlets").mkdir(parents=True)
    (tmp_path / "data/feeds/outlets/odd.xml").write_bytes(b"nothing of the kind")
    assert examine(own, tmp_path / "data").compared == {}


def test_a_title_of_the_same_words_is_a_leak(own: Path, tmp_path: Path) -> None:
    row = {"id": "s1", "title": "Frozen lake swallows delivery van", "text": "Short."}
    write(tmp_path / "data/stories/s.jsonl", [row])
    add(own, article(3, LIBRARY, title="Delivery van swallows the frozen lake"))
    assert kinds(own, tmp_path / "data") == [("leak", "articles/two.jsonl:1")]


def test_one_shared_run_of_eight_words_is_told_and_no_fault(own: Path, tmp_path: Path) -> None:
    row = {"id": "q", "title": "", "text": "lends seeds in spring and takes jars of"}
    write(tmp_path / "data/quotes/q.jsonl", [row])
    add(own, article(3, LIBRARY))
    report = examine(own, tmp_path / "data")
    assert report.faults == ()
    assert [(leak.place, leak.hard) for leak in report.leaks] == [("articles/two.jsonl:1", False)]


def test_an_offices_name_is_no_leak(own: Path, tmp_path: Path) -> None:
    name = "the Federal Office for the Protection of the Constitution"
    write(tmp_path / "data/gold/dev.jsonl", [{"id": "g", "title": "", "text": f"We asked {name} twice."}])
    add(own, article(3, f"A clerk of {name} sold his boat."))
    assert examine(own, tmp_path / "data").leaks == ()


def test_wording_of_what_may_be_trained_on_is_told_apart(own: Path, tmp_path: Path) -> None:
    write(tmp_path / "data/articles/train.jsonl", [{"id": "t1", "title": "", "text": LIBRARY}])
    add(own, article(3, LIBRARY))
    report = examine(own, tmp_path / "data")
    assert report.faults == ()
    assert [(leak.trained, leak.hard) for leak in report.leaks] == [(True, True)]


def test_a_split_called_test_is_never_opened(own: Path, tmp_path: Path) -> None:
    write(tmp_path / "data/ner/conll2003/test.jsonl", [])
    (tmp_path / "data/ner/conll2003/test.jsonl").write_text("not to be read", encoding="utf-8")
    assert examine(own, tmp_path / "data").compared == {}


def test_the_command_ends_with_one_only_for_faults(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nothing = ["--own", str(own), "--data", str(own / "entities"), "--articles", "2", "--sentences", "1"]
    assert main(nothing) == 0
    assert "0 faults" in capsys.readouterr().out
    assert main([*nothing, "--articles", "3"]) == 1
    capsys.readouterr()
    add(own, article(1, LIBRARY))
    assert main([*nothing, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["faults"][0]["kind"] == "id"
    assert told["diversity"]["clauses"] == {"ordinary": 3}


def test_a_data_folder_that_is_not_there_is_told(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--own", str(own), "--data", str(own / "nowhere")])
    assert "nowhere is no folder" in capsys.readouterr().err


def test_brackets_in_an_example_do_not_upset_the_tables(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "entities/more.txt").write_text("A broken [/Rosk](town) mark.\n", encoding="utf-8")
    assert main(["--own", str(own), "--data", str(own / "entities")]) == 1
    assert "[/Rosk]" in capsys.readouterr().out


word_lists = st.lists(st.lists(st.sampled_from(["a", "b", "c"]), max_size=9), max_size=6)


@settings(deadline=None)
@given(word_lists)
def test_the_index_finds_the_pairs_that_comparing_all_finds(documents: list[list[str]]) -> None:
    sets = [shingles(document, 3) for document in documents]
    expected = {
        (first, second): len(sets[first] & sets[second]) / len(sets[first] | sets[second])
        for second in range(len(sets))
        for first in range(second)
        if sets[first] & sets[second]
    }
    found = {(pair.first, pair.second): pair.likeness for pair in near(documents, size=3, bar=0.5)}
    assert found == {pair: likeness for pair, likeness in expected.items() if likeness >= 0.5}


@settings(deadline=None)
@given(word_lists)
def test_a_text_within_another_is_found_whole(documents: list[list[str]]) -> None:
    grown = [*documents, *([*document, "d", "e"] for document in documents)]
    found = {(pair.first, pair.second) for pair in inside(grown, size=2, bar=1.0)}
    for number, document in enumerate(documents):
        assert ((number, number + len(documents)) in found) == (len(document) >= 2)


@settings(deadline=None)
@given(word_lists)
def test_groups_of_the_same_words_hold_nothing_else(documents: list[list[str]]) -> None:
    for group in same(documents):
        assert len(group) > 1
        assert len({tuple(documents[number]) for number in group}) == 1


@settings(deadline=None)
@given(st.text())
def test_words_do_not_change_when_read_again(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)


def test_distinct_ratio_counts_within_the_budget() -> None:
    assert distinct([["a", "b", "a"], ["c", "c"]], 1) == 3 / 5
    assert distinct([["a", "b", "a"], ["c", "c"]], 1, budget=2) == 1.0
    assert distinct([], 2) == 1.0


def test_quantiles_are_values_that_occur() -> None:
    assert quantiles([5, 1, 9], (0.0, 0.5, 1.0)) == (1, 5, 9)
    assert quantiles([]) == ()
