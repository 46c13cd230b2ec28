"""The words that walls are made of, in the languages of the feeds: English, German, French, Russian, Ukrainian."""

import re
import sys


class Words:
    """Any of some expressions, in any case.

    Looked for in the text in small letters: that is four times as quick as an expression that passes over case, for
    then the letters which it may begin with are known.
    """

    def __init__(self, *parts: str) -> None:
        self._any = re.compile("|".join(parts), re.MULTILINE)

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """The first of them in ``text[start:end]``, in small letters."""
        return self._any.search(text[start:end].lower())


STATUS_TITLE = Words(
    r"^(?:http )?error:? [45]\d\d\b",
    r"^(?:http )?[45]\d\d(?:$| ?[-–—|:!.]| (?:error|not found|forbidden|bad|service|internal|gateway|page|unauthor))",
    r"^(?:page |article |story |content |file )?(?:not found|no longer available)\b",
    r"^(?:oops!? ?)?page (?:unavailable|error|doesn.t exist|does not exist)",
    r"^(?:we.re )?(?:sorry, ?)?(?:this|the|that) (?:page|content) (?:can.?t|could not|cannot|isn.t|is no)",
    r"^(?:service (?:temporarily )?unavailable|bad gateway|gateway time-?out|internal server error|too many requests)",
    r"^access (?:to this page )?(?:has been )?(?:denied|blocked)\s*(?:$|[-–—|.])",
    r"^(?:403 )?forbidden\s*(?:$|[-–—|.])",
    r"^(?:the |this |our )?(?:web)?site (?:is )?(?:under|down for|undergoing) (?:scheduled )?maintenance",
    r"^(?:scheduled|under) maintenance",
    r"^unavailable (?:for legal reasons|in your (?:region|country|location))",
    r"^(?:ошибка|помилка|fehler|erreur) [45]\d\d\b",
    r"^(?:страница не найдена|сторінк[ау] не знайден[оа]|seite (?:wurde )?nicht gefunden|page (?:non trouvée|"
    r"introuvable))",
    r"^(?:сайт временно недоступен|(?:ведутся )?технические работы|технічні роботи|wartungsarbeiten|site en "
    r"maintenance)",
    r"^(?:доступ (?:запрещ[её]н|ограничен|заборонено|обмежено)|zugriff verweigert|accès (?:refusé|interdit))",
)
STATUS_TEXT = Words(
    r"the (?:page|article|story|link) (?:that )?you(?:.re|.ve| are| were| have)? (?:requested|looking|trying|follow)",
    r"(?:page|url) (?:was|could|can) ?not (?:be )?found",
    r"you don.t have permission to access",
    r"(?:not available|unavailable) (?:in|from) (?:your (?:country|region|location)|the european)",
    r"(?:european economic area|gdpr).{0,200}(?:cannot|unable to) grant (?:you )?access",
    r"currently (?:down for|undergoing) (?:scheduled )?maintenance",
    r"(?:can.?t|could not|couldn.t|cannot|unable to) find (?:the|that|this) (?:page|article|story)",
    r"(?:page|article|story) (?:is no longer available|no longer exists|has been (?:removed|deleted|moved))",
    r"access to this (?:page|site) (?:has been|is) (?:denied|blocked)",
    r"(?:страниц[аы]|такой страницы)\b.{0,60}(?:не найден|не существует|удален|больше нет)",
    r"сторінк[аиу]\b.{0,60}(?:не знайден|не існує|видален|більше немає)",
    r"(?:ведутся|проводятся) технические работы|(?:тривають|проводяться) технічні роботи",
    r"die (?:angeforderte |gesuchte |aufgerufene )?seite (?:wurde nicht|konnte nicht|existiert nicht|ist nicht)",
    r"la page (?:demandée|que vous (?:cherchez|recherchez|demandez))",
)
CHALLENGE_TITLE = Words(
    r"^just a moment\b",
    r"^attention required",
    r"^(?:one moment,? please|please wait\b.{0,20}$|checking your browser)",
    r"^are you (?:a |not a )?(?:robot|human)\?",
    r"^(?:robot (?:check|challenge)|human verification|bot (?:check|verification)|client challenge)",
    r"^security (?:check|verification)\b.{0,30}$",
    r"^verify(?:ing)? (?:that )?you(?: are|.re) (?:a )?human",
    r"^(?:pardon our interruption|ddos-guard|captcha\s*(?:$|[-–—|:])|you have been blocked|request unsuccessful)",
    r"^(?:please )?enable (?:javascript|cookies)\s*(?:$|[-–—|:.!]|to |and |in )",
    r"^(?:проверка (?:браузера|безопасности)|вы не робот|перевірка (?:браузера|безпеки)|ви не робот)",
    r"^(?:sicherheitsüberprüfung|sind sie ein (?:mensch|roboter)|(?:nur )?einen moment|un instant|vérification de "
    r"sécurité)",
)
CHALLENGE_TEXT = Words(
    r"(?:verify(?:ing)?|confirm|prove|sure|checking)(?: that| if)? you(?: are|.re) (?:not )?(?:a )?(?:human|robot|bot)",
    r"checking (?:if the site connection is secure|your browser)",
    r"needs to review the security of your connection",
    r"enable (?:javascript|js|cookies)(?: and (?:javascript|cookies))?(?: (?:in|on) your browser)? to "
    r"(?:continue|proceed|view|use|access|run)",
    r"enable (?:javascript|js|cookies)(?: and (?:javascript|cookies))?(?: (?:in|on) your browser)? and "
    r"(?:reload|refresh|disable any ad)",
    r"(?:javascript|js) is (?:disabled|not available|required)",
    r"requires javascript",
    r"unusual (?:traffic|activity) from your",
    r"automated (?:access|requests|queries)",
    r"complete the (?:security check|captcha)",
    r"incapsula incident|cloudflare ray id|ddos protection by",
    r"you are using automation tools",
    r"press (?:and|&) hold|slide (?:right )?to (?:verify|complete)",
    r"something about your browser made us think|(?:detected|noticed) (?:unusual|suspicious) (?:activity|traffic)",
    r"(?:подтвердите|докажите),? что вы (?:не робот|человек)|проверяем ваш браузер|включите (?:в браузере )?javascript",
    r"(?:підтвердіть|доведіть),? що ви (?:не робот|людина)|перевіряємо ваш браузер|увімкніть (?:у браузері "
    r")?javascript",
    r"dass sie (?:ein mensch|kein roboter) sind|javascript (?:zu )?aktivieren|aktivieren sie (?:bitte )?javascript",
    r"vous (?:êtes (?:bien )?(?:un )?humain|n.êtes pas un robot)|activ(?:er|ez) javascript",
)
CONSENT_PLACE = Words(
    r"^(?:consent|guce|cmp|privacy-?consent|myprivacy)\.",
    r"/(?:collectconsent|consent|cookie-?wall|privacy-?(?:wall|gate))(?:/|$)",
)
CONSENT_TITLE = Words(
    r"^before you continue",
    r"^(?:we value )?your privacy\b",
    r"^(?:cookies?|privacy|consent) (?:consent|settings|preferences|notice|choices|wall|management)",
    r"^(?:we use cookies|manage (?:your )?(?:cookies|consent))",
    r"is part of the .{0,30}family of brands",
    r"^(?:datenschutz|zustimmung|consentement)",
    r"^(?:прежде чем (?:продолжить|перейти)|перш ніж (?:продовжити|перейти)|bevor sie (?:fortfahren|zu)|avant "
    r"d.accéder)",
    r"^(?:согласие на|настройки (?:файлов )?cookie|згода на|налаштування (?:файлів )?cookie|werbefrei|mit werbung)",
)
CONSENT_WORDS = Words(
    r"\bcookies?\b",
    r"\bconsent",
    r"privacy (?:policy|settings|preferences|notice|choices)",
    r"your (?:privacy|personal data)",
    r"legitimate interest",
    r"\bvendors?\b",
    r"our (?:\d+ )?partners",
    r"(?:accept|reject|refuse|agree to) all",
    r"personali[sz]ed (?:ads|advertising|content)",
    r"\b(?:store|process)\b.{0,40}\b(?:device|data)\b",
    r"einwilligung|zustimmung|datenschutz|consentement",
    r"файл\w* cookie|куки|согласи[еяю]|персональн\w+ данн|политик\w+ конфиденциальности|(?:принять|отклонить) вс[её]",
    r"згод[ауи]\b|персональн\w+ дан|політик\w+ конфіденційності|(?:прийняти|відхилити) (?:все|усе|всі)",
    r"einwillig|zustimm|personenbezogen|alle (?:akzeptieren|ablehnen)|werbung und tracking|nutzungsprofil",
    r"consentir|accepter (?:et|tout)|(?:tout refuser|refuser tout)|données personnelles|traceurs|politique de "
    r"confidentialité",
)
LOGIN_TITLE = Words(
    r"^(?:please )?(?:log|sign)[ -]?in(?:$| ?[-–—|:]| to (?:continue|read|your|view|access))",
    r"^(?:login|sign ?up|register|create (?:an |your )?account)\s*(?:$|[-–—|:])",
    r"^(?:вход|войти|авторизация|регистрация|вхід|увійти|авторизація|реєстрація)\s*(?:$|[-–—|:]|на сайт)",
    r"^(?:anmelden|anmeldung|einloggen|connexion|se connecter|identifiez-vous)\s*(?:$|[-–—|:])",
)
PAYWALL = Words(
    r"(?:subscribe|sign up|register|log ?in|sign in|create (?:a free|an) account)(?: now| today)? (?:to|and) "
    r"(?:continue|keep|read|unlock|view|access|get (?:full|unlimited))",
    r"already (?:a subscriber|have an account|subscribed)",
    r"(?:for|available to) (?:paid |premium )?(?:subscribers|members)(?: only)?[.!]?$",
    r"subscribers?[- ]only",
    r"(?:reached|used|exceeded) your .{0,40}(?:free articles|article limit|limit)",
    r"to (?:read|unlock|access) (?:the full|the rest|this (?:article|story|content))",
    r"continue reading (?:this|your) article",
    r"start your (?:free )?trial",
    r"this (?:content|article|story) is (?:reserved )?(?:for|only|exclusive)",
    r"unlimited (?:digital )?access",
    r"(?:nur|exklusiv) für abonnenten|jetzt (?:abonnieren|weiterlesen|testen)|weiterlesen mit\b|bereits (?:ein "
    r"abo|abonnent)",
    r"réservé (?:aux|à nos) abonnés|il vous reste \d+ ?% de cet article|abonnez-vous pour (?:lire|continuer)|déjà "
    r"abonné",
    r"(?:доступ\w+|открыт\w*) только (?:для )?подписчик|оформите подписку|чтобы (?:дочитать|читать (?:дальше|"
    r"полностью))",
    r"доступн\w+ (?:лише|тільки) (?:для )?(?:перед)?платник|оформіть (?:перед)?плату|щоб (?:дочитати|читати "
    r"(?:далі|повністю))",
)
