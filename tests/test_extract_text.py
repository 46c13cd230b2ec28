"""What is in the text of a page and what is not, over the layouts that pages have."""

import pytest

from monitor.extract import furniture
from monitor.extract.boxes import mark_breaks, unmark_breaks
from monitor.extract.tree import parse
from monitor.records.articles import PageKind
from monitor.records.feeds import Document
from tests.extractpages import BODY, NEWS, html, page_of

P = [f"<p>{line}</p>" for line in BODY]
MENU = "<nav><ul><li><a href='/'>Front page</a></li><li><a href='/world'>World news desk</a></li></ul></nav>"
END = "<footer><p>All of this outlet's pages are made by a small staff in a small town near the sea.</p></footer>"
FURNITURE = {
    "newsletter": "<div class='c-newsletterBox'><p>Our morning letter brings the day's most important stories to "
    "you.</p></div>",
    "share bar": "<ul class='share-tools'><li>Share on one network</li><li>Share on another network</li></ul>",
    "related": "<div class='related-stories'><h3>Also here</h3><p><a href='/b'>An earlier round of talks ended "
    "badly</a></p></div>",
    "caption": "<figure><img src='a.jpg'><figcaption>Envoys at a long table. Photo: A. Maker</figcaption></figure>",
    "cookies": "<div id='cookie-banner'><p>This outlet keeps small files in your browser to count its "
    "readers.</p></div>",
    "comments": "<section class='comments'><p>First! I have been saying this for years and nobody listened to "
    "me.</p></section>",
    "read more": "<p>Read more: what the first round of talks brought</p>",
    "bio": "<div class='author-bio'><p>Ada Reporter has written about diplomacy for this outlet since 2011.</p></div>",
    "credit": "<p>Photo: A. Maker / Example Pictures</p>",
    "ad": "<div class='ad-slot'><p>Advertisement</p></div>",
    "letter line": "<p>Sign up for our weekly newsletter</p>",
    "Russian": "<p>Читайте также: что принёс первый раунд</p>",
    "Ukrainian": "<p>Підписуйтесь на наш канал</p>",
    "German": "<p>Lesen Sie auch: Was die erste Runde brachte</p>",
}
LAYOUTS = {
    "article": "<main><article><h1>Envoys meet in Geneva</h1>{}</article></main>",
    "nested boxes": "<div id='page'><div class='col-8'><div class='story-body'>{}</div></div></div>",
    "form around all": "<form id='aspnetForm'><div><div class='text'>{}</div></div></form>",
    "table": "<table><tr><td>Menu</td><td>{}</td></tr></table>",
    "has-sidebar": "<div class='layout has-sidebar'><div>{}</div></div>",
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("stated", [NEWS, None])
def test_every_paragraph_is_in_the_text_and_no_menu_whatever_the_layout(layout: str, stated: object) -> None:
    page = page_of(html(MENU + LAYOUTS[layout].format("".join(P)) + END, ld=stated))
    assert page.kind is PageKind.ARTICLE
    assert page.text == "\n".join(BODY)


@pytest.mark.parametrize("name", FURNITURE)
def test_what_stands_around_an_article_is_not_in_its_text(name: str) -> None:
    box = FURNITURE[name]
    page = page_of(html(f"{MENU}<article>{''.join(P[:3])}{box}{''.join(P[3:])}{box}</article>{END}", ld=NEWS))
    assert page.text == "\n".join(BODY)


@pytest.mark.parametrize(
    "wrap", ["<div class='paragraph'>{}</div>", "<div><p>{}</p></div>", "{}<br><br>", "<p>{}<br></p>"]
)
def test_paragraphs_are_found_however_they_are_written(wrap: str) -> None:
    text = page_of(html(f"{MENU}<div class='body'>{''.join(wrap.format(line) for line in BODY)}</div>{END}")).text
    assert [line for line in text.split("\n") if line] == list(BODY)


def test_quotations_and_lists_of_the_body_are_kept_and_a_pulled_quote_is_not_written_twice() -> None:
    quote = "We came to listen, and we will come back when there is something to sign, the chief envoy said."
    items = ["Prisoners are to be exchanged before the winter.", "Grain ships are to pass without inspection."]
    pulled = f"<blockquote class='pullquote'>{BODY[3][:60]}</blockquote>"
    listed = "".join(f"<li>{item}</li>" for item in items)
    body = f"{''.join(P[:3])}<blockquote><p>{quote}</p></blockquote><ul>{listed}</ul>{pulled}{''.join(P[3:])}"
    text = page_of(html(f"<article>{body}</article>", ld=NEWS)).text
    assert text.split("\n") == [*BODY[:3], quote, *items, *BODY[3:]]


def test_a_slogan_that_is_repeated_between_paragraphs_is_there_once_at_most() -> None:
    slogan = "<div>News Example is free for all and paid for by those who can spare something.</div>"
    text = page_of(html(f"<article>{slogan.join(P)}</article>", ld=NEWS)).text
    assert text.count("free for all") <= 1
    assert all(line in text for line in BODY)


def test_a_heading_with_nothing_under_it_is_left_out_and_others_are_kept() -> None:
    body = f"{''.join(P[:3])}<h2>What comes next</h2>{''.join(P[3:])}<h2>Keep in touch with us</h2>"
    assert page_of(html(f"<article>{body}</article>")).text.split("\n") == [*BODY[:3], "What comes next", *BODY[3:]]


def test_markup_and_entities_in_titles_become_characters() -> None:
    head = '<meta property="og:title" content="Talks &lt;b&gt;end&lt;/b&gt; &amp;amp; begin">'
    page = page_of(html(f"<article>{''.join(P)}</article>", head=head))
    assert page.title == "Talks end & begin"


def test_a_relative_canonical_link_becomes_an_address() -> None:
    page = page_of(html(f"<article>{''.join(P)}</article>", head='<link rel="canonical" href="../../a">'))
    assert page.url == "https://news.example/world/2026/a"


@pytest.mark.parametrize(
    "sentence",
    [
        "Watch the border, the minister told his officers, and shoot at nothing that does not shoot at you.",
        "Share prices of arms makers fell in Frankfurt on Monday after the first reports about the talks.",
        "Photographs of the meeting show three men at a table that is far too long for them.",
        "Related to this is the matter of the frozen reserves, on which the delegations did not touch.",
        "Follow the money, the chief investigator said, and you will find who paid for the drones.",
        "Comments by the president on Sunday had raised hopes that the sides would meet again soon.",
        "Подробнее о плане министр обещал рассказать на следующей неделе, когда вернутся послы.",
    ],
)
def test_sentences_that_begin_like_furniture_are_no_furniture(sentence: str) -> None:
    assert not furniture.is_line(sentence)


def test_line_breaks_are_white_space_again_when_the_quick_reader_is_done() -> None:
    document = Document(key="k", url="", final_url="", status=200, body=html("<p>one<br>two</p>"))
    tree, _ = parse(document, "k")
    mark_breaks(tree)
    unmark_breaks(tree)
    assert tree.find("body").text_content().split() == ["one", "two"]
