"""Words for those who act: capitals, peoples, short names, alliances, and what says where instead of who. Data."""

import re

CAPITALS = {
    "Washington, D.C.": "US",
    "London": "GB",
    "Berlin": "DE",
    "Paris": "FR",
    "Kyiv": "UA",
    "Moscow": "RU",
    "Warsaw": "PL",
    "Oslo": "NO",
    "Rome": "IT",
    "Madrid": "ES",
    "Stockholm": "SE",
    "Copenhagen": "DK",
    "The Hague": "NL",
    "Ottawa": "CA",
    "Tokyo": "JP",
    "Canberra": "AU",
    "Ankara": "TR",
    "Vilnius": "LT",
    "Riga": "LV",
    "Tallinn": "EE",
    "Helsinki": "FI",
    "Prague": "CZ",
    "Sofia": "BG",
    "Bucharest": "RO",
    "Athens": "GR",
    "Bratislava": "SK",
    "Budapest": "HU",
    "Seoul": "KR",
    "Jerusalem": "IL",
}
ALLIANCES = {
    "NATO": "NATO allies",
    "European Union": "European Union",
    "European Commission": "European Union",
    "Group of Seven": "G7",
}
OFFICES = re.compile(
    r"residence|government|legislature|armed force|military command|political party|presidential|ministry|advisory"
)
_PEOPLES = {
    "US": "US U.S U.S. USA American Americans Republican Republicans Democrat Democrats GOP Congress Capitol "
    "Washington Pentagon Senate House Rep Sen America",
    "GB": "UK U.K U.K. Britain British Britons",
    "DE": "Germany German Germans Bundestag Bundeswehr",
    "FR": "French France",
    "RU": "Russia Russian Russians Kremlin Moscow",
    "UA": "Ukraine Ukrainian Ukrainians Kyiv Kiev Zelensky Zelenskyy Zelenskiy",
    "NL": "Dutch Netherlands",
    "NO": "Norwegian Norwegians Norway",
    "SE": "Swedish Swedes Sweden",
    "DK": "Danish Danes Denmark",
    "IT": "Italian Italians Italy",
    "ES": "Spanish Spain",
    "PT": "Portuguese Portugal",
    "PL": "Polish Poles Poland",
    "GR": "Greek Greeks Greece",
    "RO": "Romanian Romanians Romania",
    "BG": "Bulgarian Bulgaria",
    "CZ": "Czech Czechs Czechia",
    "SK": "Slovak Slovaks Slovakia",
    "HU": "Hungarian Hungarians Hungary",
    "FI": "Finnish Finns Finland",
    "LT": "Lithuanian Lithuanians Lithuania",
    "LV": "Latvian Latvians Latvia",
    "EE": "Estonian Estonians Estonia",
    "BE": "Belgian Belgians Belgium",
    "CH": "Swiss Switzerland",
    "CA": "Canadian Canadians Canada",
    "AU": "Australian Australians Australia",
    "JP": "Japanese Japan",
    "KR": "Seoul",
    "TW": "Taiwan Taiwanese",
    "TR": "Turkish Turkey Türkiye",
    "IL": "Israel Israeli Israelis",
    "SA": "Saudi Saudis",
    "IR": "Iranian Iranians Iran",
    "CN": "China Chinese Beijing",
    "KP": "Pyongyang",
}
CODES = {word: code for code, words in _PEOPLES.items() for word in words.split()}
WORD = re.compile(r"(?<![\w-])[A-Z][\w.]*\w(?![\w-])")
GROUP = re.compile(
    r"\b(?:the )?(?P<whose>Western|western|West|NATO|Nato|European|Europe|Nordic|Baltic|G7|G-7|EU)\b"
    r"(?P<kind>[- ](?i:allies|ally|partners?|backers?|countries|nations|members?|governments|states|supporters|"
    r"leaders|"
    r"capitals|allied nations?))?"
    r"|\b(?P<plain>[Aa]llies|[Pp]artners|[Bb]ackers|[Ss]upporters)\b"
)
GROUPS = {
    "western": "Western allies",
    "west": "Western allies",
    "nato": "NATO allies",
    "european": "European allies",
    "europe": "European allies",
    "nordic": "Nordic countries",
    "baltic": "Baltic countries",
    "g7": "G7",
    "g-7": "G7",
    "eu": "European Union",
}
# They name a group only with a noun behind them.
ADJECTIVES = frozenset(("western", "european", "nordic", "baltic"))
LOCATIVE = re.compile(
    r"\b(?:(?:left|leav\w+|flew|fl(?:y|ies|ying)|travel\w*|head\w*|go(?:es|ing)?|back|return\w*) (?:for|to|"
    r"from)|in|at|near|"
    r"visit(?:s|ed|ing)?|trip to|into|inside|across|over|of|outside)\W+(?:the\W+)?$",
    re.IGNORECASE,
)
