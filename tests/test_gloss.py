"""Ukrainian and Russian headlines word for word in English."""

import gc
import re
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.records.articles import Article
from monitor.understand.dictionary import FILES, all_lemmas, dictionary, folded
from monitor.understand.gloss import LANGUAGES, article_gloss, gloss
from monitor.understand.topics import evidence

KNOWLEDGE = Path(__file__).resolve().parents[1] / "monitor/understand/knowledge"
UKRAINIAN = {
    "Візит Зеленського до Вашингтона": "Visit of Zelensky to Washington",
    "Трамп і Путін провели телефонну розмову про припинення вогню в Україні": (
        "Trump and Putin held phone call about ceasefire in Ukraine"
    ),
    "Німеччина передасть Україні дві системи Patriot": "Germany will transfer to Ukraine two Patriot systems",
    "Німеччина не передасть Україні Taurus": "Germany will not transfer to Ukraine Taurus",
    "Зустріч перенесено, переговори відкладено": "Meeting postponed, talks postponed",
    "Білий дім: у Білому домі чекають на візит": "White House: in White House expect on visit",
    "Зеленський зустрівся з Віткоффом і Кушнером у Берліні": "Zelensky met with Witkoff and Kushner in Berlin",
    "Пентагон схвалив продаж крилатих ракет ERAM": "Pentagon approved sale of ERAM cruise missiles",
    "Президент України Володимир Зеленський прибув до Лондона": (
        "President of Ukraine Volodymyr Zelensky arrived to London"
    ),
    "Мирні переговори у Стамбулі завершилися без результату": "Peace talks in Istanbul ended without result",
    "США призупинили постачання ракет-перехоплювачів для ППО": (
        "US paused supply interceptor missiles for air defence"
    ),
    "Суд заарештував ексміністра": "Court arrested ex-minister",
    "У Львові відкрили новий музей": "In Lviv opened new museum",
}
RUSSIAN = {
    "Визит Зеленского в Вашингтон": "Visit of Zelensky to Washington",
    "Трамп поговорил по телефону с Путиным и Зеленским": "Trump spoke by phone with Putin and Zelensky",
    'США передадут Украине крылатые ракеты "Томагавк"': 'US will transfer to Ukraine cruise missiles "Tomahawk"',
    "По словам Дмитрия Пескова, Москва получила предложения": "According to Dmitry Peskov, Moscow received proposals",
    "Киев отверг мирный план Трампа": "Kyiv rejected peace plan of Trump",
    "Прекращение огня в Донбассе": "Ceasefire in Donbas",
    "Пентагон приостановил поставки Киеву": "Pentagon paused supplies to Kyiv",
    "Силы ПВО сбили 55 украинских беспилотников": "Air defence forces shot down 55 Ukrainian drones",
    "Визит Уиткоффа в Россию состоится на следующей неделе": "Visit of Witkoff to Russia will take place next week",
    "Киев не будет отдавать Донбасс": "Kyiv will not give up Donbas",
    "Сборная проиграла матч": "Team lost match",
}
GOLDEN = [("uk", *pair) for pair in UKRAINIAN.items()] + [("ru", *pair) for pair in RUSSIAN.items()]
CYRILLIC = re.compile(r"[а-яіїєґё]", re.IGNORECASE)
LETTERS = "абвгґдеєёжзиіїйклмнопрстуфхцчшщъыьэюяЗПТУКЄЇ'’-– .,:«»\"\nPatriot12"
headlines = st.text(alphabet=LETTERS, max_size=120)
# Ways to make a rule go over the same letters again and again.
HOSTILE = {
    "one word without an end": "а",
    "a compound without an end": "мир-",
    "adjectives without a noun": "мирний ",
    "nouns without a verb": "угода ",
    "the beginning of a phrase over and over": "гарантії ",
    "a surname's ending over and over": "Ськ",
    "stress marks": "а\u0301",
    "apostrophes": "м'я",
    "weapons after nouns": "ракета Patriot ",
    "prepositions": "у з ",
    "prefixes": "екс",
    "quotation marks": "«",
    "empty lines": "мир\n\n",
    "abbreviations that English spells out": "ОП ",
    "abbreviations after nouns": "війська ЗРК ",
}


@pytest.fixture(scope="module", autouse=True)
def _word_lists_are_there() -> None:
    """Unfold the word lists first: no single example should pay for them."""
    for language in LANGUAGES:
        dictionary(language)


def english(text: str, language: str) -> str:
    return gloss(text, language).text


@pytest.mark.parametrize(("language", "headline", "rendered"), GOLDEN)
def test_a_headline_is_rendered_word_for_word(language: str, headline: str, rendered: str) -> None:
    assert english(headline, language) == rendered


@pytest.mark.parametrize(
    ("language", "word", "latin"),
    [
        ("uk", "Згурський Йосипенко", "Zghursky Yosypenko"),
        ("uk", "Щерба Юхим з Яготина", "Shcherba Yukhym with Yahotyna"),
        ("uk", "Знам'янка", "Znamianka"),
        ("ru", "Щёкино", "Shchyokino"),
        ("ru", "Подъездной Елисеев", "Podyezdnoy Yeliseyev"),
        ("ru", "ЖЗЛ", "ZHZL"),
    ],
)
def test_an_unknown_word_is_spelt_in_latin_letters_with_its_capitals(language: str, word: str, latin: str) -> None:
    assert english(word, language) == latin


def test_a_capital_tells_a_name_from_a_common_word() -> None:
    assert english("ракети «Нептун»", "uk") == 'missiles "Neptune"'
    assert english("погода: град і дощ", "uk").endswith("rain")
    assert "US" not in english("сша", "uk")


def test_apostrophes_stress_marks_and_yo_do_not_hide_a_word() -> None:
    assert english("прем’єр-міністр", "uk") == english("прем'єр-міністр", "uk") == "prime minister"
    assert english("ра\u0301да", "uk") == "council"
    assert english("самолёт", "ru") == english("самолет", "ru") == "aircraft"


def test_a_language_without_word_lists_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'be'"):
        english("Мінск", "be")


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=st.text(max_size=200))
def test_any_text_is_rendered_within_its_bound(language: str, text: str) -> None:
    assert len(english(text, language)) <= 12 * len(text) + 20


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=headlines)
def test_no_letter_of_either_alphabet_is_left_and_rendering_again_changes_nothing(language: str, text: str) -> None:
    once = english(text, language)
    assert not CYRILLIC.search(once)
    assert english(once, language) == once
    assert len(once) <= 12 * len(text) + 20


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"], max_codepoint=0x3FF), max_size=120))
def test_text_without_cyrillic_letters_is_left_as_it_is(language: str, text: str) -> None:
    assert english(text, language) == text


def _source(text: str, language: str, words: str) -> str:
    """What of ``text`` the given words of its gloss come from."""
    made = gloss(text, language)
    at = made.text.index(words)
    start, end = made.source(at, at + len(words))
    return text[start:end]


@pytest.mark.parametrize(
    ("words", "source"),
    [
        ("Germany", "Німеччина"),
        ("will", "передасть"),
        ("to Ukraine", "Україні"),
        ("Patriot", "систе\u0301ми Patriot"),
        ("two Patriot systems", "дві систе\u0301ми Patriot"),
        ("ceasefire", "припинення вогню"),
        (": ", ": "),
    ],
)
def test_words_of_the_gloss_lead_back_to_the_words_they_render(words: str, source: str) -> None:
    text = "Німеччина передасть Україні дві систе\u0301ми Patriot: «припинення вогню»"
    assert _source(text, "uk", words) == source


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=headlines)
def test_every_part_of_a_gloss_has_its_source_and_pieces_follow_one_another(language: str, text: str) -> None:
    made = gloss(text, language)
    ends = [0, *(piece.end for piece in made.pieces)]
    assert all(end <= piece.start <= piece.end for end, piece in zip(ends, made.pieces, strict=False))
    for at in range(len(made.text)):
        start, end = made.source(at, at + 1)
        assert 0 <= start < end <= len(text)
    assert made.source(0, len(made.text))[1] <= len(text)


@given(title=headlines, text=headlines)
def test_an_article_is_rendered_part_by_part_and_its_offsets_count_in_the_document(title: str, text: str) -> None:
    article = Article(id="1", title=title, text=text, language="uk")
    rendered, made = article_gloss(article)
    assert (rendered.title, rendered.text) == (english(title, "uk"), english(text, "uk"))
    assert made.text == rendered.document
    for part in (piece for piece in gloss(text, "uk").pieces if piece.start < piece.end):
        at = len(rendered.document) - len(rendered.text) + part.start
        start, end = made.source(at, at + 1)
        shift = len(article.document) - len(article.text)
        assert (start - shift, end - shift) == (part.source_start, part.source_end)


def test_evidence_found_in_the_gloss_is_a_sentence_of_the_original() -> None:
    article = Article(
        id="1",
        title="Огляд дня",
        text="У Києві дощ. Трамп і Путін домовилися про переговори. Ціни зросли.",
        language="uk",
    )
    rendered, made = article_gloss(article)
    at = rendered.document.index("talks")
    shares = [(*made.source(at, at + 5), 0.9), (*made.source(0, 4), 0.1)]
    found = evidence(article.document, shares)
    assert found is not None
    assert found.text == "Трамп і Путін домовилися про переговори."


def test_an_article_in_another_language_is_left_as_it_is() -> None:
    article = Article(id="1", title="Мінск", text="Менск", language="be")
    rendered, made = article_gloss(article)
    assert rendered is article
    assert made.source(2, 5) == (2, 5)


@pytest.mark.parametrize("language", LANGUAGES)
def test_latin_words_numbers_and_signs_keep_their_place(language: str) -> None:
    assert english("Reuters: PAC-3 — 5,5% … Ціна", language).startswith("Reuters: PAC-3 — 5,5% … ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_of_the_word_lists_is_found_by_its_own_form(language: str) -> None:
    known = dictionary(language)
    words = known.readings.keys() | known.prepositions.keys()
    for lemma in all_lemmas(language):
        first = folded(lemma.split()[0].removeprefix("="), language)
        assert first in (known.phrases if " " in lemma else words), lemma


def test_a_name_of_the_knowledge_base_needs_no_row_of_its_own() -> None:
    rows = "".join((KNOWLEDGE / file).read_text(encoding="utf-8") for file in FILES)
    assert "Гнатов" not in rows
    assert "Авдіївка" not in rows
    assert english("заява Андрія Гнатова", "uk") == "statement of Andrii Hnatov"
    assert english("бої біля Авдіївки, каже Гнатов", "uk") == "battles near Avdiivka, says Hnatov"


@pytest.mark.parametrize("file", FILES)
def test_a_row_of_the_word_lists_is_written_in_its_own_alphabets(file: str) -> None:
    tables = tomllib.loads((KNOWLEDGE / file).read_text(encoding="utf-8"))
    for section, rows in tables.items():
        for english, row in rows.items():
            ukrainian, slash, russian = row.partition("/")
            assert slash, (section, english)
            assert not re.search(r"[ыэёъ]", ukrainian, re.IGNORECASE), (section, english)
            assert not re.search(r"[іїєґ']", russian, re.IGNORECASE), (section, english)
            assert not CYRILLIC.search(english), (section, english)


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_have_more_than_a_thousand_entries(language: str) -> None:
    assert len(set(all_lemmas(language))) > 1200


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", HOSTILE.values(), ids=HOSTILE)
def test_a_long_hostile_text_takes_time_in_proportion(part: str, language: str) -> None:
    short, long = part * (2_000 // len(part)), part * (16_000 // len(part))
    assert len(english(long, language)) <= 12 * len(long) + 20
    # Eight times the text; anything quadratic would take sixty-four times as long.
    assert _seconds(long, language) < 24 * _seconds(short, language) + 0.01


def test_a_headline_takes_less_than_a_millisecond() -> None:
    text = "\n".join(UKRAINIAN)
    assert _seconds(text, "uk") / len(UKRAINIAN) < 0.001


def _seconds(text: str, language: str) -> float:
    """Best of four, without garbage collection: the machine of a test run may be busy with other work."""
    gc.disable()
    try:
        return min(_once(text, language) for _ in range(4))
    finally:
        gc.enable()


def _once(text: str, language: str) -> float:
    start = time.process_time()
    gloss(text, language)
    return time.process_time() - start
