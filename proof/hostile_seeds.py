"""What the search for hostile input begins with: ordinary inputs, invented, and pieces that have meaning somewhere."""

from tests.extractpages import BODY, NEWS, html
from tests.test_sources import ATOM, JSON, RDF, RSS, SITEMAP

_SAID = ("next Friday", "the end of October 2025", "15-17 October", "two and a half weeks ago", "since 10:30 a.m. GMT")
_HEADERS = (
    'max-age=300, s-maxage="60"\n20',
    "no-cache\nThu, 31 Dec 9998 23:59:59 -0100",
    '<https://hub.example/>; rel="hub", </f>; rel=self; anchor="#a"\n1',
    "gzip\nFri, 20 Nov 2026 11:00:00 GMT",
    "sha256=" + "0" * 64 + "\n0",
)
_DATES = (
    "Mon, 23 Nov 2026 09:30:00 +0200",
    "Fri, 31 Dec 9999 23:59:59 -0100",
    "2026-11-23T09:30:00.5+02:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "23 Nov 2026 04:30 EST",
    "2026-W48-1",
    "1795426200",
    "November 23, 2026 at 9:30 p.m. EST",
    "/2025/aug/17/",
    "2025-10-01..7d",
    "Mon Nov 23 09:30:00 2026",
)
_ROBOTS = "User-agent: *\nDisallow: /a*b$\nCrawl-delay: 5\nUser-agent: talks-monitor\nAllow: /\nRequest-rate: 1/5m\n"
_PAGE = html("".join(f"<p>{line}</p>" for line in BODY), head="<meta property='og:title' content='x'>", ld=NEWS)
_OPML = (
    '<opml version="2.0"><head><title>t</title></head><body><outline text="Folder"><outline type="rss" text="News" '
    'xmlUrl="https://news.example/rss" htmlUrl="https://news.example/" language="en" kind="media" country="UA"/>'
    "</outline></body></opml>"
)
_TOML = (
    'contact = "a"\nkeep_days = 1.5\n[languages.de]\nroute = "translate"\nmodel = "m"\n[thresholds]\ntalks = 0.5\n',
    'smtp_port = 25\nmail_from = "Desk <desk@example.org>"\nallow_private_hosts = ["10.0.0.0/8"]\nhost_gap = inf\n',
)

TEXTS: dict[str, tuple[str, ...]] = {
    "searches": (
        'topic:talks who:"Marco Rubio" -outlet:guardian',
        'said:Putin about:Tomahawk (war* OR "no fly zone") date:7d',
        "NOT (country:UA lang:uk) AND date:2025-10-01..2025-10-20",
        "is:state OR who:Q7747",
    ),
    "dates in feeds": _DATES,
    "dates in pages": _DATES,
    "dates in headers": (*_DATES, "120", "Friday, 20-Nov-26 11:00:00 GMT"),
    "dates in words": _SAID,
    "web addresses": (
        "https://www.News.example:443/a/../b/index.html?utm_source=x&id=1#part",
        "http://user:pass@m.bücher.example/%7Eme/a.amp.html?ref=rss\n/feeds/rss",
        "https://[::1]:8080/a//b?q=%zz\n//cdn.example/a",
        "feed://news.example./\njavascript:alert(1)",
    ),
    "mail addresses": (
        "desk@example.org",
        'The "Desk" <desk+news@bücher.example>',
        '"quoted part"@example.org',
        "a@[127.0.0.1]",
        "поштa@приклад.укр",
    ),
    "headers": _HEADERS,
    "options": (
        "22-7 Europe/Kyiv",
        "match, status; all",
        "90s",
        "https://desk.example/hook",
        "whsec_QUJD",
        "ntfy://a/b",
    ),
    "mails": (
        "Subject\nDesk <desk@example.org>\nText of the mail\n.\n",
        "=?utf-8?q?x?=\r\nBcc: a@example.org\nÄ <ä@bücher.example>\nТекст",
    ),
    "robots.txt": (_ROBOTS,),
    "texts": (
        "Mr. Smith said: “No.” Then he left… (At 10 a.m.)\n\nNext.",
        "<p>They <b>met</b>.<script>x()</script>&amp;lt;<a href='/b' onclick=x>",
        "a\u00ad\u200b\u202eb\r\ne\u0301 The post x appeared first on y",
    ),
    "charsets": (
        'text/xml; charset="windows-1251"\n<?xml version="1.0" encoding="koi8-r"?><a>слово</a>',
        "text/html; charset=utf-16\n<meta charset=iso-8859-1>é",
        "charset=utf-7\n+AGE-",
        "charset=punycode\nabc-def",
    ),
    "feeds": (RSS, ATOM, JSON, RDF, SITEMAP),
    "lists of feeds": (_OPML,),
    "settings": _TOML,
    "bodies that are sent to us": (
        "Content-Length: 3\n\nabc",
        "Transfer-Encoding: chunked\n\n3\r\nabc\r\n0\r\n\r\n",
        "hub.mode=subscribe&hub.topic=https://news.example/rss&hub.challenge=abc&hub.lease_seconds=60\n\n",
        "/websub/" + "a" * 43 + "\n\n",
    ),
    "feeds that we publish": ("Title & more\nhttps://news.example/a?b=c&d\n“Evidence” ]]> <b>", "\x00\nuk\n\ud800"),
}
BYTES: dict[str, tuple[bytes, ...]] = {
    "pages": (_PAGE,),
    "packed bodies": (
        b"gzip\n" + bytes.fromhex("1f8b08000000000000034b4c4a06002ab6c23503000000".replace(" ", "")),
        b"br\n" + bytes.fromhex("0b0180616263 03".replace(" ", "")),
        b"zstd\n" + bytes.fromhex("28b52ffd200319000061 6263".replace(" ", "")),
        b"deflate\n" + bytes.fromhex("789c4b4c4a0600024d0127"),
    ),
}
SEEDS: dict[str, tuple[bytes, ...]] = {
    **{name: tuple(each.encode("utf-8", "surrogatepass") for each in texts) for name, texts in TEXTS.items()},
    **BYTES,
}

_XML = (
    "<![CDATA[ ]]> <!-- --> <!DOCTYPE <!ENTITY &amp; &lt; &#x0; &#55296; xml:base= xml:lang= xmlns= <rss> <feed> "
    "<item> <entry> <guid> <link> <pubDate> <content:encoded> <dc:date> encoding= <urlset> <news:news> <?xml ?>"
).split(" ")
_TIMES = (
    "Mon, Fri, Jan Dec Sept GMT EST +1400 -1200 +0200 T00:00 Z 0001 9999 24:00 :60 -W53 p.m. .. today 9999d ٣".split()
)
TOKENS: dict[str, tuple[str, ...]] = {
    "searches": tuple(
        'AND OR NOT ( ) " * - topic: who: said: about: outlet: country: lang: date: is: state 7d'.split()
    ),
    "dates in feeds": tuple(_TIMES),
    "dates in pages": tuple(_TIMES),
    "dates in headers": tuple(_TIMES),
    "dates in words": tuple(
        "next last this the of week weekend month year ago later early mid end October Friday two half a few since "
        "until between and from to Christmas Easter quarter decade morning".split()
    ),
    "web addresses": tuple(
        "http:// https:// :// [:: ] @ % %00 %2f ?utm_ &amp # .. // .amp index.html xn-- ß 。".split()
    ),
    "mail addresses": ("@", '"', "<", ">", "xn--", "\\", "[", "ß", "。", "\u0130", "..", " "),
    "headers": ('rel="hub"', "max-age=", "<", ">;", "anchor=", '\\"', "no-store", ", "),
    "options": ("-", "Europe/Kyiv", "all", "match", "24", "whsec_", "://", "@here"),
    "robots.txt": (
        "User-agent: *",
        "Disallow: ",
        "Allow: ",
        "Crawl-delay: ",
        "Request-rate: ",
        "/",
        "*",
        "$",
        "%2F",
        "\n",
    ),
    "texts": ("<script>", "<!--", "-->", "<p ", "&lt;", "&#", "…", ". ", "\n\n", "e\u0301", "\u202e", "read more"),
    "charsets": (
        *("charset=", "encoding=", "utf-16", "utf-32", "utf-7", "iso-2022-jp", "hz", "idna", "punycode", "gb18030"),
        *(
            "unicode_escape",
            "raw_unicode_escape",
            "undefined",
            "rot13",
            "base64",
            "uu",
            "mbcs",
            "cp037",
            "<meta ",
            "<?xml ",
        ),
    ),
    "feeds": (*_XML, '"version"', '"items"', '"date_published"', "1e999", "null", "[[", "{}"),
    "lists of feeds": ("<outline ", "xmlUrl=", "title=", "type=", "</outline>", "<!ENTITY", "&#0;", "url="),
    "pages": (
        *("<p>", "<div>", "<article>", "<script type=application/ld+json>", "</script>", "<meta ", "<time datetime="),
        *(
            "<base href=",
            "<link rel=canonical href=",
            "itemprop=",
            "@graph",
            "<table>",
            "<br>",
            "<!--",
            "<svg>",
            "[[[[",
        ),
    ),
    "bodies that are sent to us": (
        *("Content-Length: ", "Transfer-Encoding: chunked", "Content-Encoding: gzip", "\n\n", "\r\n", "hub.mode="),
        *("hub.topic=", "hub.challenge=", "&", "ffffffff"),
    ),
    "settings": (
        *("= ", "[languages.", "]", '"', "inf", "nan", "1e400", "0x", "1979-05-27", "[[", "{", "}", "_", "true"),
        *("thresholds", "smtp_port", "proxy", "public_url", "keep_days"),
    ),
}
