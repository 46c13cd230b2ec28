"""Walls in several languages and of several makers, and the articles that look like them."""

import pytest

from monitor.records.articles import PageKind
from tests.extractpages import BODY, NEWS, html, page_of

STORY = "".join(f"<p>{line}</p>" for line in BODY)
CHECKS = {
    "Cloudflare": html(
        "<noscript><p>JavaScript and cookies are needed to go "
        "on.</p></noscript><script>window._cf_chl_opt={};</script>",
        title="Just a moment...",
    ),
    "Cloudflare, another language": html(
        "<div class='main'></div><script>window._cf_chl_opt={};</script>", title="news.example"
    ),
    "DataDome": html(
        "<p id='cmsg'>Please enable JS and disable any ad blocker</p>"
        "<script src='https://ct.captcha-delivery.com/c.js'></script>",
        title="news.example",
    ),
    "PerimeterX": html(
        "<div id='px-captcha'></div><p>Press &amp; Hold to confirm you are a human (and not a bot).</p>",
        title="Access to this page has been denied",
    ),
    "Akamai": html(
        "<h1>Access Denied</h1><p>You don't have permission to access this address on this server.</p>"
        "<p>Reference #18.2f0d1002</p>",
        title="Access Denied",
    ),
    "Incapsula": html(
        "<iframe src='/_Incapsula_Resource?x=1'>Request unsuccessful. Incapsula incident ID: 7-1</iframe>", title=""
    ),
    "German": html("<p>Bitte bestätigen Sie, dass Sie kein Roboter sind.</p>", title="news.example"),
    "French": html("<p>Vérifiez que vous n'êtes pas un robot pour continuer.</p>", title="news.example"),
    "Russian": html("<p>Подтвердите, что вы не робот, и страница откроется.</p>", title="Проверка"),
    "Ukrainian": html("<p>Перевіряємо ваш браузер. Це триватиме кілька секунд.</p>", title="news.example"),
    "needs JavaScript": html(
        "<p>You need to enable JavaScript to run this app.</p><div id='root'></div>", title="News"
    ),
}
CONSENTS = {
    "Google": html(
        "<h1>Before you continue to the search</h1><p>We use cookies and data to keep services running.</p>"
        "<p>If you choose to accept all, we will also use cookies to show personalised ads.</p>",
        title="Before you continue",
    ),
    "Google in Ukrainian": html(
        "<h1>Перш ніж перейти</h1><p>Ми використовуємо файли cookie й дані, щоб надавати послуги.</p>"
        "<p>Натисніть «Прийняти все», щоб дати згоду на персоналізовану рекламу.</p>",
        title="Перш ніж перейти до пошуку",
    ),
    "OneTrust": html(
        "<div id='onetrust-consent-sdk'><h2>About your privacy</h2><p>We and our 412 partners store data on your "
        "device.</p>"
        "<p>Some vendors rely on legitimate interest.</p><p>You may accept all or manage your consent.</p></div>",
        title="News Example",
    ),
    "Sourcepoint in German": html(
        "<h1>Werbefrei lesen oder mit Werbung</h1><p>Mit Ihrer Einwilligung verarbeiten wir personenbezogene Daten.</p>"
        "<p>Unsere Partner nutzen Cookies. Sie können alle akzeptieren oder ein Abo wählen.</p>"
        "<p>Ihre Zustimmung können Sie in der Datenschutzerklärung widerrufen.</p>",
        title="news.example",
    ),
    "French": html(
        "<p>Nos partenaires déposent des cookies et traceurs.</p><p>Vous pouvez tout refuser ou consentir.</p>"
        "<p>Voir notre politique de confidentialité.</p>",
        title="news.example",
    ),
    "Russian": html(
        "<p>Этот сайт использует файлы cookie.</p><p>Мы обрабатываем персональные данные с вашего согласия.</p>"
        "<p>Нажмите «Принять все» или откройте настройки.</p>",
        title="news.example",
    ),
}
GONE = {
    "English": html("<h1>Sorry</h1><p>We could not find the page that was asked for.</p>", title="News Example"),
    "moved": html("<p>This article is no longer available. Try the front page.</p>", title="News Example"),
    "Russian": html("<h1>404</h1><p>Такой страницы больше нет.</p>", title="Страница не найдена"),
    "Ukrainian": html("<p>Сторінку не знайдено. Спробуйте пошук.</p>", title="Новини"),
    "German": html("<p>Die gesuchte Seite existiert nicht mehr.</p>", title="Nachrichten"),
    "French": html("<p>La page que vous recherchez a disparu.</p>", title="Actualités"),
    "maintenance": html("<p>На сайте ведутся технические работы.</p>", title="Новости"),
}
PAYWALLS = {
    "English": "Subscribe to continue reading. Already a subscriber? Log in.",
    "German": "Dieser Text ist nur für Abonnenten. Jetzt weiterlesen mit einem Zugang.",
    "French": "Cet article est réservé aux abonnés. Il vous reste 80 % de cet article.",
    "Russian": "Материал доступен только подписчикам. Оформите подписку, чтобы дочитать.",
    "Ukrainian": "Стаття доступна лише передплатникам. Щоб дочитати, увійдіть.",
}


@pytest.mark.parametrize("maker", CHECKS)
def test_bot_checks_of_many_makers_are_walls(maker: str) -> None:
    page = page_of(CHECKS[maker])
    assert page.kind is PageKind.WALL
    assert page.reason.startswith(("bot check", "status page"))


@pytest.mark.parametrize("maker", CONSENTS)
def test_consent_pages_are_walls_in_any_language(maker: str) -> None:
    page = page_of(CONSENTS[maker])
    assert page.kind is PageKind.WALL
    assert page.reason.startswith("consent page")


@pytest.mark.parametrize("language", GONE)
def test_pages_that_say_they_are_gone_with_status_200_are_walls(language: str) -> None:
    page = page_of(GONE[language])
    assert page.kind is PageKind.WALL
    assert page.reason.startswith("status page")


@pytest.mark.parametrize("language", PAYWALLS)
def test_a_paywall_with_one_open_sentence_is_a_wall(language: str) -> None:
    page = page_of(html(f"<article><p>{BODY[0]}</p><div class='wall'><p>{PAYWALLS[language]}</p></div></article>"))
    assert page.kind is PageKind.WALL
    assert page.reason.startswith("paywall")


@pytest.mark.parametrize("language", PAYWALLS)
def test_a_metered_article_with_a_long_open_beginning_stays_an_article(language: str) -> None:
    page = page_of(
        html(f"<article>{STORY}<p>{PAYWALLS[language]}</p></article>", ld=NEWS | {"isAccessibleForFree": False})
    )
    assert page.kind is PageKind.ARTICLE
    assert all(line in page.text for line in BODY)


@pytest.mark.parametrize(
    ("title", "line"),
    [
        (
            "Captchas fail to stop bots",
            "Readers are asked to confirm that you are a human, and machines now answer better.",
        ),
        (
            "Why cookie banners may go",
            "The draft would let browsers give or refuse consent to cookies once for all sites.",
        ),
        (
            "Enable JavaScript? A court says no",
            "Sites may not demand that users enable JavaScript to view public notices.",
        ),
        (
            "404 days of war",
            "The page you requested was not found, the archive answered for two years, the group said.",
        ),
    ],
)
def test_articles_about_walls_stay_articles(title: str, line: str) -> None:
    for stated in (NEWS, None):
        page = page_of(html(f"<article><p>{line}</p>{STORY}<p>{line}</p></article>", title=title, ld=stated))
        assert (page.kind, page.reason) == (PageKind.ARTICLE, "")


def test_a_check_that_guards_a_comment_form_does_not_make_a_wall_of_a_news_flash() -> None:
    body = f"<article><p>{BODY[0]}</p></article><form><div class='g-recaptcha'></div></form>"
    assert page_of(html(body, ld=NEWS)).kind is PageKind.ARTICLE
