"""Where an outlet's day begins and ends: its time zone, by the name or the address it is known under. Pure.

A newsroom writes "Monday" by its own clock. The table says which: first outlets and hosts whose country the address
does not tell, then top-level domains. What nobody knows is UTC.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.urls import host

COUNTRIES = {
    "AE": "Asia/Dubai", "AT": "Europe/Vienna", "AU": "Australia/Sydney", "BE": "Europe/Brussels", "BG": "Europe/Sofia",
    "BR": "America/Sao_Paulo", "BY": "Europe/Minsk", "CA": "America/Toronto", "CH": "Europe/Zurich",
    "CN": "Asia/Shanghai", "CZ": "Europe/Prague", "DE": "Europe/Berlin", "DK": "Europe/Copenhagen",
    "EE": "Europe/Tallinn", "ES": "Europe/Madrid", "EU": "Europe/Brussels", "FI": "Europe/Helsinki",
    "FR": "Europe/Paris", "GB": "Europe/London", "GE": "Asia/Tbilisi", "GR": "Europe/Athens", "HK": "Asia/Hong_Kong",
    "HR": "Europe/Zagreb", "HU": "Europe/Budapest", "ID": "Asia/Jakarta", "IE": "Europe/Dublin",
    "IL": "Asia/Jerusalem", "IN": "Asia/Kolkata", "IR": "Asia/Tehran", "IT": "Europe/Rome", "JP": "Asia/Tokyo",
    "KR": "Asia/Seoul", "KZ": "Asia/Almaty", "LT": "Europe/Vilnius", "LV": "Europe/Riga", "MD": "Europe/Chisinau",
    "MX": "America/Mexico_City", "NG": "Africa/Lagos", "NL": "Europe/Amsterdam", "NO": "Europe/Oslo",
    "NZ": "Pacific/Auckland", "PH": "Asia/Manila", "PK": "Asia/Karachi", "PL": "Europe/Warsaw", "PT": "Europe/Lisbon",
    "QA": "Asia/Qatar", "RO": "Europe/Bucharest", "RS": "Europe/Belgrade", "RU": "Europe/Moscow", "SA": "Asia/Riyadh",
    "SE": "Europe/Stockholm", "SG": "Asia/Singapore", "SK": "Europe/Bratislava", "TH": "Asia/Bangkok",
    "TR": "Europe/Istanbul", "TW": "Asia/Taipei", "UA": "Europe/Kyiv", "UN": "America/New_York",
    "US": "America/New_York", "VN": "Asia/Ho_Chi_Minh", "ZA": "Africa/Johannesburg",
}  # fmt: skip
"""ISO 3166-1 code (and EU, UN) to the zone in which its newsrooms sit; the capital's or the largest one's."""

_DOMAINS = {"uk": "GB", "gov": "US", "mil": "US", "edu": "US", "us": "US", "eu": "EU"}
"""Top-level domains that are not a country's code in small letters."""
# These are sold to anybody, or tell no place.
_NO_PLACE = frozenset({"io", "me", "tv", "co", "ai", "fm", "ws", "cc", "int"})

_OUTLETS = {
    "US": "abcnews apnews associatedpress atlanticcouncil axios barrons bloomberg breakingdefense breitbart buzzfeed "
    "cbs cbsnews cepa cnbc cnn defensenews defenseone dailybeast thedailybeast epochtimes foreignpolicy forbes fortune "
    "foxnews foxbusiness hill thehill huffpost jamestown latimes losangelestimes militarytimes msnbc nbc nbcnews "
    "newsmax newsweek newyorker newyorkpost nypost newyorktimes nyt nytimes nyt-world npr pbs pbsnewshour politico "
    "rferl semafor slate stripes theatlantic thedispatch thewarzone time truthsocial trumpstruth twz understandingwar "
    "instituteforthestudyofwar upi usatoday usni usninews vice voanews voa voiceofamerica vox wallstreetjournal wsj "
    "warontherocks washingtonpost washingtontimes washingtonexaminer whitehouse statedepartment yahoo yahoonews",
    "GB": "bbc bbcnews bbc-world dailymail dailymailonline daily-mail economist theeconomist eveningstandard express "
    "financialtimes ft gbnews guardian theguardian independent theindependent itv inews lbc metro middleeasteye mirror "
    "reuters rusi sky skynews spectator standard sun thesun telegraph thetelegraph thetimes thomsonreuters",
    "UA": "euromaidanpress interfaxukraine interfax-ukraine kyivindependent kyivpost militarnyi newvoiceofukraine nv "
    "presidentofukraine suspilne ukrainskapravda ukrainianpravda europeanpravda ukrinform unian united24media "
    "eurointegration pravda",
    "RU": "kremlin rt russiatoday ria rianovosti sputnik sputniknews sputnikglobe tass interfax lenta themoscowtimes "
    "moscowtimes news-pravda",
    "LV": "meduza novayagazetaeurope theins theinsider lsm",
    "FR": "afp euronews france24 lemonde rfi",
    "BE": "euractiv euobserver nato politico-eu brusselstimes",
    "DE": "deutschewelle dw dw-world spiegel bild",
    "TR": "anadolu anadoluagency aa dailysabah hurriyetdailynews trtworld trt",
    "QA": "aljazeera al-jazeera",
    "SA": "arabnews alarabiya",
    "AE": "gulfnews khaleejtimes thenational thenationalnews wionews-ae",
    "IL": "haaretz jpost jpost-me jerusalempost timesofisrael ynet ynetnews",
    "IN": "hindustantimes indianexpress indiaexpress indiatoday indiatimes ndtv thehindu thehindubusinessline "
    "timesofindia wion wionews theprint firstpost indiandefensenews",
    "PK": "dawn geonews",
    "CN": "cgtn chinadaily globaltimes xinhua xinhuanet",
    "HK": "hongkongfp scmp southchinamorningpost",
    "JP": "asahi japantimes kyodo kyodonews mainichi nhk nhkworld nikkei nikkeiasia",
    "KR": "koreaherald koreatimes yonhap",
    "SG": "channelnewsasia cna straitstimes",
    "AU": "abcnewsaustralia sbsnews smh sydneymorningherald theage theaustralian theconversation news9",
    "NZ": "nzherald rnz stuff",
    "CA": "cbc cbcnews ctvnews globalnews globeandmail theglobeandmail nationalpost thestar",
    "IE": "irishtimes rte rtenews",
    "HU": "dailynewshungary hungarytoday",
    "PL": "notesfrompoland tvpworld",
    "RO": "romania-insider",
    "ES": "elpais",
    "IT": "ansa",
    "CH": "swissinfo",
}  # fmt: skip
_COUNTRY_OF = {name: country for country, names in _OUTLETS.items() for name in names.split()}

# So long a first word is an outlet's initials and stands for it: "BBC Radio 4", "CNN International".
_INITIALS = 4


def zone_of(source: str = "", url: str = "", country: str = "") -> str:
    """The IANA name of the zone in which an outlet writes: by its country where it is known, its name, its address."""
    known = country.upper() if country.upper() in COUNTRIES else ""
    found = known or next((code for code in _countries(source, url)), "")
    return COUNTRIES.get(found, "UTC")


def _countries(source: str, url: str) -> Iterator[str]:
    name = source.lower().partition("(")[0].strip()
    hosts = [name] if "." in name and " " not in name else []
    hosts += [host(url)] if url else []
    if not hosts:
        yield from _named(name)
    for address in hosts:
        yield from _placed(address.split("."))


def _named(name: str) -> Iterator[str]:
    together = "".join(letter for letter in name if letter.isalnum() or letter == "-")
    first = name.split(" ")[0]
    for form in (together, together.removeprefix("the"), first if len(first) <= _INITIALS else ""):
        if form in _COUNTRY_OF:
            yield _COUNTRY_OF[form]


def _placed(labels: list[str]) -> Iterator[str]:
    last = labels[-1]
    code = "" if last in _NO_PLACE or len(labels) < 2 else _DOMAINS.get(last, last.upper())
    if code in COUNTRIES:
        yield code
    for label in reversed(labels[:-1]):
        if label in _COUNTRY_OF:
            yield _COUNTRY_OF[label]


@lru_cache(maxsize=128)
def _clock(zone: str) -> tzinfo:
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # A machine without time zone data, or a name that nobody knows: the world's own clock.
        return UTC


def local_day(published: datetime, zone: str) -> date:
    """The day on which something was published, by the outlet's clock.

    A time of midnight sharp in UTC, or none with a zone, is a date that lost its time: its day stays.
    """
    if published.tzinfo is None or (published.utcoffset() is not None and not any(published.timetuple()[3:6])):
        return published.date()
    if zone == "UTC":
        return published.date()
    try:
        return published.astimezone(_clock(zone)).date()
    except OverflowError:
        return published.date()
