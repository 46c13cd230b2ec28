"""Markup and formulas, as strangers write them, in every field that they can reach."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from lxml import html

from monitor.records.feedback import Judgement, Verdict
from monitor.store import Store
from proof.nobody_world import Tally, World
from tests.dashboard_builders import NOW
from tests.dashboard_doors import Way
from tests.store_builders import entity
from tests.telling_builders import add_rule, arrive, at, meeting, nothing, outlet, weave
from tests.woven_builders import quote, reaction, step

MARK = "xssq7"
"""Stands in every payload: as a function that would run, a name of an element or attribute, a header."""
MARKUP = (
    f"<script>{MARK}()</script>",
    f'"><script>{MARK}()</script>',
    f"'><svg/onload={MARK}()>",
    f"<img src=x onerror={MARK}()>",
    f'" onmouseover="{MARK}()" x="',
    f"' autofocus onfocus={MARK}() '",
    f"<svg><script>{MARK}()</script></svg>",
    f"<svg><animate onbegin={MARK}() attributeName=x dur=1s>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={MARK}()>",
    f"</title><script>{MARK}()</script>",
    f"</textarea><script>{MARK}()</script>",
    f"--><script>{MARK}()</script><!--",
    f"]]><script>{MARK}()</script>",
    f"<![CDATA[<script>{MARK}()</script>]]>",
    f"<iframe srcdoc='<script>parent.{MARK}()</script>'></iframe>",
    f"<a href=javascript:{MARK}()>x</a>",
    f"<a href='java\tscript:{MARK}()'>x</a>",
    f"javascript:{MARK}()//",
    f"data:text/html,<script>{MARK}()</script>",
    f"<form action=javascript:{MARK}()><button>x",
    f"<base href=//{MARK}.example/>",
    f"<link rel=stylesheet href=//{MARK}.example/x.css>",
    f"<style>@import '//{MARK}.example/x'</style>",
    f'<div style="background:url(//{MARK}.example/x)">',
    f"<meta http-equiv=refresh content='0;url=//{MARK}.example/'>",
    f"<object data=//{MARK}.example/></object><embed src=//{MARK}.example/>",
    f"<details open ontoggle={MARK}()>",
    f"<video><source onerror={MARK}()>",
    f"<noscript><p title='</noscript><img src=x onerror={MARK}()>'>",
    f"<template><script>{MARK}()</script></template>",
    f"&lt;script&gt;{MARK}()&lt;/script&gt;",
    f"&#60;script&#62;{MARK}()&#60;/script&#62;",
    f"%3Cscript%3E{MARK}()%3C/script%3E",
    f"\\u003cscript\\u003e{MARK}()\\u003c/script\\u003e",
    f"\uff1cscript\uff1e{MARK}()\uff1c/script\uff1e",
    f"+ADw-script+AD4-{MARK}()+ADw-/script+AD4-",
    f"<scr\x00ipt>{MARK}()</scr\x00ipt>",
    f"\u202e<script>{MARK}()</script>",
    f"{{{{ self.__init__.__globals__ }}}} {MARK}",
    f"{{% import os %}} ${{{MARK}()}} #{{{MARK}()}} <%= {MARK} %>",
    f"{{{{constructor.constructor('{MARK}()')()}}}}",
    f"a\r\nX-{MARK}: 1\r\n\r\n<script>{MARK}()</script>",
    f"a\nBcc: {MARK}@evil.example",
    f"a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:{MARK}\r\nATTENDEE:mailto:{MARK}@evil.example",
    f"=?utf-8?q?a=0d=0aBcc:_{MARK}@evil.example?=",
)
FORMULAS = (
    f"=cmd|'/C {MARK}'!A0",
    f'=HYPERLINK("//{MARK}.example","x")',
    f"+{MARK}+cmd|' /C calc'!A0",
    f"-2+3+{MARK}",
    f"@SUM({MARK})",
    f"\t={MARK}",
    f"\r={MARK}",
    f"\n={MARK}",
    f"  ={MARK}",
    f"\uff1d{MARK}",
    f'"={MARK}"',
    f";={MARK}",
    f",={MARK}",
)
CORPUS = (*MARKUP, *FORMULAS)
_LOADS = ("src", "srcset", "action", "formaction", "data", "poster", "background", "xlink:href")
LINKS = ("javascript:", "data:", "vbscript:")
"""Addresses that run something."""


def write(store: Store, corpus: Sequence[str]) -> None:
    """Each payload in every field of an article and of what is found in it, and of what people keep."""
    for n, words in enumerate(corpus):
        outlet(store, f"evil{n}", title=words, outlet=words, homepage=words, family=words[:60])
        found = nothing(
            entities=(entity(words, None, (0, 4)), entity(words, None, (0, 4), type_="organisation")),
            quotes=(quote(words, speaker=words, speaker_id=None, channel=words, about=(words,)),),
            events=(meeting(where=words, participants=(words, "Vladimir Putin")),),
            aid=(step(words, item=words, donor=words, recipient=words),),
            reactions=(reaction(words, by=words, by_id=None, about=words),),
        )
        when = at(1, 0) + (at(2, 8) - at(1, 0)) / len(corpus) * n
        url = words if n % 3 == 0 else f"https://evil{n}.example/{n}?q={words}"
        arrive(
            store, f"e{n}", found, when=when, by=f"evil{n}", title=words, text=f"{words}\n\n{words} They met.", url=url
        )
        store.views.save("Ada", words[:100].strip() or "a", "/matches", f"search={words}")
        article = store.findings.last_matches(1)[0].article_id
        store.labels.add(
            Judgement(article=article, verdict=Verdict.KEEP, person="Ada", note=words), now=NOW, audited=True
        )
        if n < 20:
            add_rule(store, re.sub(r"\s+", " ", words)[:60].strip(), target=f"https://desk.example/{n}")
    weave(store)


def things(here: World) -> Iterator[Mapping[str, object]]:
    """Ids of all that was written."""
    store = here.store
    kinds: dict[str, Sequence[object]] = {
        "article_id": [each.article_id for each in store.findings.last_matches(200)],
        "story_id": [each.id for each in store.chronicle.stories(limit=200)],
        "event_id": [each.id for each in store.chronicle.happenings(limit=200)],
        "statement_id": [each.id for each in store.chronicle.statements(limit=200)],
        "item_key": sorted({each.item_key for each in store.board.ladder.page(now=NOW).cells}),
        "entity_id": [each.id for each in store.board.entities.page().entities],
        "feed_id": [each.id for each in store.feeds.all()],
    }
    for name, ids in kinds.items():
        yield from ({**here.things, name: each} for each in ids)


def asked(here: World, given: Sequence[Mapping[str, object]], chosen: str) -> Iterator[tuple[Way, str]]:
    """Every page whose path begins so, of each thing."""
    seen = set[str]()
    for way, each in product(here.ways, given):
        path = way.at(each)
        if not way.changes and way.path.startswith(chosen) and path not in seen and way.path != "/live":
            seen.add(path)
            yield way, path


def harmless(tally: Tally, told: str, body: bytes) -> None:
    """Nothing in the page runs, loads from elsewhere, or has a name that a stranger gave it."""
    for element in html.fromstring(body).iter():
        if not isinstance(element.tag, str):
            tally.expect(MARK not in (element.text or ""), f"{told}: a comment {element.text!r}")
            continue
        given = {name.lower(): value for name, value in element.attrib.items()}
        named = MARK in element.tag or any(MARK in name or name.startswith("on") or name == "style" for name in given)
        runs = element.tag in {"script", "style"} and (bool((element.text or "").strip()) or not given.get("src"))
        strange = element.tag in {"iframe", "object", "embed", "base", "math", "template", "details-x", "video"}
        loads = any(MARK in given.get(name, "").partition("?")[0] for name in _LOADS)
        links = given.get("href", "").strip().lower().startswith(LINKS)
        tally.expect(not (named or runs or strange or loads or links), f"{told}: {html.tostring(element)[:150]!r}")
