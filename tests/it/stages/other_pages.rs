//! What scrapers get in an article's place, and articles that look like it.

use copydesk::article::{Article, Flag};
use copydesk::stage::{Deadline, RejectReason, Stage, Verdict};
use copydesk::stages::boilerplate::Boilerplate;

fn judged(mut article: Article) -> (Vec<Flag>, Verdict, String) {
    let verdict = Boilerplate::default().apply(&mut article, &Deadline::never());
    let original = article.body().original().expect("the log fits its text");
    assert_eq!(article.body().log().replay(&original).as_deref(), Ok(article.text()));
    (article.flags.clone(), verdict, article.text().to_owned())
}

fn page(title: &str, body: &str) -> Article {
    let menu: String = ["News", "Sport", "Weather", "Tides", "Log in"]
        .iter()
        .map(|name| format!("<li><a href='/{name}'>{name}</a></li>"))
        .collect();
    Article::from_html(format!(
        "<!doctype html><html><head><title>{title}</title></head><body>\
         <nav><ul>{menu}</ul></nav>{body}<footer><p>© 2031 Harbour Post</p></footer></body></html>"
    ))
}

#[track_caller]
fn is_other(article: Article) {
    let shown = article.html.clone().unwrap_or_else(|| article.text().to_owned());
    let (flags, _, text) = judged(article);
    assert!(flags.contains(&Flag::NotAnArticle), "{flags:?} for {shown}\nkept: {text}");
    assert!(!flags.contains(&Flag::Paywalled), "{shown}");
}

#[track_caller]
fn is_article(article: Article) {
    let (flags, verdict, text) = judged(article);
    assert!(!flags.contains(&Flag::NotAnArticle), "taken for no article: {text}");
    assert!(!flags.contains(&Flag::Paywalled), "taken for the beginning of one: {text}");
    assert_eq!(verdict, Verdict::Keep);
}

#[track_caller]
fn is_locked(article: Article) {
    let shown = article.html.clone().unwrap_or_else(|| article.text().to_owned());
    let (flags, verdict, _) = judged(article);
    assert!(flags.contains(&Flag::Paywalled), "{flags:?} for {shown}");
    assert!(!flags.contains(&Flag::NotAnArticle), "{shown}");
    assert_eq!(verdict, Verdict::Keep);
}

#[test]
fn a_page_that_shows_nothing_is_rejected_as_empty() {
    let app = "const start = () => mount(document.getElementById('root'));".repeat(50);
    for html in [
        String::new(),
        "<html><head><title>Harbour Post</title></head></html>".into(),
        "<!doctype html><html><body></body></html>".into(),
        format!(
            "<html><head><title>Harbour Post</title><script>{app}</script></head><body>\
             <noscript>You need to enable JavaScript to run this app.</noscript>\
             <div id='root'></div><script src='/app.js'></script></body></html>"
        ),
        format!("<div id='app'>Loading…</div><script>{app}</script>"),
        "<body><img src='/pier.jpg'><svg><path d='M0 0h9v9'/></svg></body>".into(),
        "<p hidden>The ferry is back.</p>".into(),
        "\0\u{fffd}".into(),
        "<html><head><title>x".into(),
    ] {
        let (flags, verdict, text) = judged(Article::from_html(html.as_str()));
        assert_eq!(verdict, Verdict::Reject(RejectReason::Empty), "{html}\nkept: {text}");
        assert_eq!(flags, [Flag::NotAnArticle], "{html}");
    }
}

#[test]
fn error_pages_are_no_articles() {
    let hint = "<p>Check the address for a mistake, or go back to the front page and try again. \
                You can also search for what you were looking for.</p><form><input></form>";
    for (title, body) in [
        ("Page not found | Harbour Post", format!("<h1>Oh dear</h1>{hint}")),
        ("404", format!("<h1>The tide has taken this page</h1>{hint}")),
        ("Harbour Post", format!("<h1>404</h1>{hint}")),
        ("Error 503 - Harbour Post", "<p>We are mending the nets. Back in an hour.</p>".into()),
        ("Harbour Post", format!("<main><h1>Sorry, we couldn’t find that page</h1>{hint}</main>")),
        ("Access denied", "<p>You may not see this page from where you are. Sorry for that.</p>".into()),
        ("Seite nicht gefunden – Hafenbote", "<p>Die Adresse hat sich vielleicht geändert. Bitte versuchen Sie es über die Startseite.</p>".into()),
        ("Le Courrier du port", "<h1>Page introuvable</h1><p>L’adresse a peut-être changé. Revenez à l’accueil ou lancez une recherche.</p>".into()),
        ("Página no encontrada - El Puerto", "<p>Puede que la dirección haya cambiado. Vuelva a la portada o haga una búsqueda.</p>".into()),
        ("Strona nie istnieje | Kurier Portowy", "<p>Adres mógł się zmienić. Wróć na stronę główną albo skorzystaj z wyszukiwarki.</p>".into()),
        ("Страница не найдена – Портовый вестник", "<p>Возможно, адрес изменился. Вернитесь на главную или воспользуйтесь поиском.</p>".into()),
        ("الصفحة غير موجودة | بريد الميناء", "<p>ربما تغير العنوان. عد إلى الصفحة الرئيسية أو استخدم البحث.</p>".into()),
        ("ページが見つかりません｜港新聞", "<p>アドレスが変わった可能性があります。トップページからお探しください。</p>".into()),
        ("404 找不到頁面 | 港口日報", "<p>網址可能已經變更。請回到首頁，或使用搜尋功能。</p>".into()),
    ] {
        is_other(page(title, &body));
    }
    is_other(Article::from_text(
        "404 Not Found\n\nThe page that you asked for is not on this server. Ask the desk if you think it should be.",
    ));
}

#[test]
fn articles_about_errors_are_articles() {
    let story = "<p>The library put its broken links on the wall this week. Each print shows an \
                 address that once led somewhere, and the year in which it ceased to.</p>\
                 <p>“People laugh, and then they find one that they miss,” says the curator, Ada \
                 Marsh, who began with the pages of a bakery that closed in 2019.</p>\
                 <p>Visitors may add their own. By Sunday forty had done so, among them the former \
                 mayor, whose campaign page now belongs to a seller of shoes.</p>\
                 <p>The show runs until June, after which the prints go back to their finders, and \
                 the frames to the harbour museum that lent them.</p>";
    is_article(page("404: a library mourns its broken links", &format!("<h1>404</h1>{story}")));
    is_article(page("Page not found", &format!("<h1>Page not found</h1>{story}{story}")));
    is_article(page(
        "Error of judgment cost the crew a day",
        "<p>The ferry ran aground on Monday after its master took the wrong light for the pier, an inquiry found. Nobody was hurt.</p>",
    ));
    is_article(page(
        "503 homes to be built on the old quay",
        "<p>The council has agreed to 503 homes on the old quay, a third of them for rent. Work starts in May, and the first tenants move in two years later.</p>",
    ));
    is_article(Article::from_text(
        "500 march through Port Ellery\n\nSome 500 people marched through the harbour on Sunday. The police counted fewer, and made no arrests.",
    ));
}

#[test]
fn robot_checks_and_calls_for_scripts_are_no_articles() {
    for (title, body) in [
        (
            "Just a moment...",
            "<h1>news.example</h1><p>news.example needs to review the security of your connection before proceeding.</p>",
        ),
        (
            "Harbour Post",
            "<h1>Are you a robot?</h1><p>We have seen unusual activity from your network. Tick the box to go on.</p><form><button>I’m not a robot</button></form>",
        ),
        (
            "Harbour Post",
            "<div><p>Please verify you are a human</p><p>Access to this page has been denied because we believe you are using automation tools to browse the website.</p></div>",
        ),
        (
            "Harbour Post",
            "<p>Please enable JavaScript and cookies in your browser, and load the page again.</p>",
        ),
        (
            "Hafenbote",
            "<h1>Kurze Prüfung</h1><p>Bitte bestätigen Sie, dass Sie kein Roboter sind.</p>",
        ),
        ("Portowy Kurier", "<p>Potwierdź, że nie jesteś robotem.</p>"),
        ("港新聞", "<p>続けるには、人間であることを確認してください。</p>"),
        ("항구신문", "<p>계속하려면 로봇이 아닙니다를 눌러 주세요.</p>"),
        ("Вестник порта", "<p>Подтвердите, что вы не робот.</p>"),
    ] {
        is_other(page(title, body));
    }
}

#[test]
fn articles_about_robots_are_articles() {
    let story = "<p>Half of the visitors to the harbour’s booking site last winter were programs, \
                 its operator said on Friday. It has put up a check since.</p>\
                 <p>“I have to prove that I am not a robot before I may take my own ferry,” says Ada \
                 Marsh, who commutes from the island. She counts lamp posts on her phone every \
                 morning, and has missed two sailings over it.</p><p>The operator says that it will \
                 ask less often from May, when a new system tells commuters from touts by their \
                 season tickets. Until then, tickets are sold at the pier as well.</p>";
    is_article(page("“Are you a robot?” ferry asks its commuters", story));
    is_article(page(
        "Ferry asks its commuters",
        &format!("<div>Please enable JavaScript to continue using this application.</div>{story}"),
    ));
    is_article(Article::from_text(
        "I am not a robot, says mayor\n\nThe mayor of Port Ellery told a school class on Monday that she writes her speeches herself.",
    ));
}

#[test]
fn consent_walls_are_no_articles() {
    for body in [
        "<h2>Before you go on</h2><p>We and our 214 partners store and access information on your \
         device, such as cookies, and process personal data to show advertisements that suit you.</p>\
         <p>You can withdraw your consent at any time at the foot of each page. Some partners rely \
         on their legitimate interest, which you may object to.</p>\
         <button>Accept all</button><button>Reject all</button><a href='/more'>Manage cookies</a>",
        "<h2>Ihre Wahl</h2><p>Wir und unsere 96 Partner speichern Cookies auf Ihrem Gerät und \
         verarbeiten personenbezogene Daten, damit Werbung zu Ihnen passt.</p><p>Ihre Einwilligung \
         können Sie jederzeit am Ende jeder Seite widerrufen.</p>\
         <button>Alle akzeptieren</button><button>Ablehnen</button>",
        "<p>Avec votre consentement, nous et nos 120 partenaires utilisons des cookies pour mesurer \
         l’audience et vous proposer des annonces adaptées.</p>\
         <button>Tout accepter</button><a href='#'>Continuer sans accepter</a>",
    ] {
        is_other(page("Harbour Post", body));
    }
}

#[test]
fn articles_about_cookies_and_behind_a_notice_are_articles() {
    let story = "<p>The regulator fined the ferry line on Tuesday for setting cookies before its \
                 passengers had agreed to any. It has a month to pay.</p><p>The cookies told \
                 hotels on the island who was coming, the ruling says, down to the cabin.</p>\
                 <p>The line says that it has switched them off and that it will appeal. A \
                 spokesman, Per Lund, called the fine out of proportion to its turnover.</p>";
    is_article(page("Ferry line fined over cookies", story));
    is_article(page(
        "Ferry line fined",
        "<div class='consent'><p>We use cookies to make the site work and to count readers.</p>\
             <button>Accept</button></div><p>The ferry line was fined on Tuesday for its brakes, \
             which failed twice in March. It has a month to pay.</p><p>The inspectors had warned it \
             in the autumn, the ruling says, and again at Christmas.</p><p>The line will appeal. A \
             spokesman, Per Lund, said that the brakes had been new.</p>",
    ));
}

const HEADLINES: [&str; 12] = [
    "Council agrees to rebuild the ferry pier",
    "Storm tears the roof off the fish market",
    "Two hurt as bus leaves the coast road",
    "School meals to be free from the autumn",
    "Island loses its last doctor at sixty-eight",
    "Museum finds a map behind a mirror",
    "Bakers win the long fight over the oven",
    "Night ferry to run on Sundays again",
    "Police look for owner of forty clocks",
    "Choir sings in the drained dock",
    "Salt price doubles within one month",
    "Lighthouse keeper hands over the lamp",
];

fn cards(teaser: &str) -> String {
    HEADLINES
        .iter()
        .enumerate()
        .map(|(n, headline)| {
            format!("<div class='card'><h3><a href='/{n}'>{headline}</a></h3><p>{teaser}</p></div>")
        })
        .collect()
}

#[test]
fn index_pages_are_no_articles() {
    let teaser = "Nine of fifteen voted for it on Tuesday, and work is to begin in March.";
    is_other(page("Harbour Post", &cards(teaser)));
    is_other(page(
        "Local – Harbour Post",
        &format!(
            "<h1>Local</h1><ul>{}</ul>",
            HEADLINES.map(|headline| format!("<li><a href='/x'>{headline}</a></li>")).concat()
        ),
    ));
    is_other(page(
        "Search: pier",
        &format!(
            "<h1>212 results</h1>{}",
            cards("4 March 2031 … the <b>pier</b> will be closed until …")
        ),
    ));
    let mut front = page("Harbour Post", &cards(teaser));
    front.html = front.html.map(|html| {
        html.replace(
            "<head>",
            "<head><meta property='article:published_time' content='2031-03-04'>",
        )
    });
    front.url = Some("https://harbourpost.example/".into());
    is_other(front);
    let lines: String = HEADLINES.map(|headline| format!("{headline}\n\n")).concat();
    is_other(Article::from_text(lines));
    let teased: String = HEADLINES.map(|headline| format!("{headline}\n{teaser}\n\n")).concat();
    is_other(Article::from_text(teased));
}

#[test]
fn a_brief_among_many_links_is_an_article() {
    let brief = "<h1>Pier closed</h1><p>The ferry pier is closed until Friday after a barge struck \
                 it on Monday night, the harbour master said. Buses run to the old dock instead, \
                 every ten minutes in the morning and every twenty after noon.</p><p>Nobody was \
                 hurt. The barge, the Halvorsen, went on to Port Ellery under its own power, and its \
                 owner has offered to pay for the repairs, which are put at forty thousand crowns.</p>\
                 <p>Divers are to look at the piles on Wednesday. If those are sound the pier will \
                 open a day earlier.</p>";
    is_article(page("Pier closed", &format!("{brief}<h2>More</h2>{}", cards(""))));
}

const BEGINNING: &str = "Somebody is buying road salt. Since February the price of a tonne delivered \
    at Kolvik has more than doubled, in months when the roads are dry and the lorries stand idle.";

#[test]
fn an_article_that_ends_at_an_offer_to_read_on_is_paywalled() {
    for notice in [
        "<div class='box'><p>To continue reading, choose a subscription.</p><button>Subscribe now</button></div>",
        "<section><h2>This article is for subscribers only</h2><p>Four weeks for a crown.</p></section>",
        "<div class='paywall'><h3>Support us</h3><p>Already a subscriber? <a href='/in'>Log in</a></p></div>",
        "<div><p>Jetzt weiterlesen mit HafenPlus</p><a href='/abo'>Abonnieren</a></div>",
        "<p>La suite de cet article est réservée aux abonnés.</p>",
        "<p>Para seguir leyendo, suscríbete</p>",
        "<p>Contenuto riservato agli abbonati</p>",
        "<p>Conteúdo exclusivo para assinantes</p>",
        "<p>Log in om verder te lezen</p>",
        "<p>Aby czytać dalej, wykup dostęp</p>",
        "<p>Материал доступен только по подписке</p>",
        "<p>Haberin devamını okumak için abone olun</p>",
        "<p>هذا المقال متاح للمشتركين فقط</p>",
        "<p>आगे पढ़ने के लिए सदस्यता लें</p>",
        "<p>本文仅供订阅者阅读</p>",
        "<p>この記事は有料会員限定です</p>",
        "<p>유료 회원 전용 기사입니다. 계속 읽으려면 로그인하세요.</p>",
    ] {
        is_locked(page(
            "The quiet corner in salt",
            &format!(
                "<article><h1>The quiet corner in salt</h1><p>{BEGINNING}</p><p>{BEGINNING}</p>{notice}</article>"
            ),
        ));
    }
    is_locked(Article::from_text(format!(
        "The quiet corner in salt\n\n{BEGINNING}\n\nThe warehouses tell the story, and their owners do not.\n\nSubscribe to continue reading\n\nAlready a subscriber? Log in"
    )));
}

#[test]
fn what_a_page_states_about_its_tier_makes_it_paywalled() {
    for statement in [
        "<meta property='article:content_tier' content='locked'>",
        "<meta itemprop='isAccessibleForFree' content='false'>",
        "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"isAccessibleForFree\":\"False\"}</script>",
    ] {
        is_locked(page("Salt", &format!("{statement}<p>{BEGINNING}</p><p>{BEGINNING}</p>")));
    }
    for statement in [
        "<meta property='article:content_tier' content='free'>",
        "<meta property='article:content_tier' content='metered'>",
        "<meta itemprop='isAccessibleForFree' content='true'>",
        "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"isAccessibleForFree\":true}</script>",
    ] {
        is_article(page("Salt", &format!("{statement}<p>{BEGINNING}</p><p>{BEGINNING}</p>")));
    }
}

#[test]
fn offers_of_a_subscription_elsewhere_do_not_make_an_article_paywalled() {
    let paragraphs = format!("<p>{BEGINNING}</p>").repeat(3);
    is_article(page(
        "Salt",
        &format!(
            "<div><a href='/abo'>Subscribe to continue reading without ads</a></div><article><h1>Salt</h1>{paragraphs}</article>"
        ),
    ));
    is_article(page(
        "Salt",
        &format!(
            "<article><h1>Salt</h1>{paragraphs}</article><footer><p>Some articles are for subscribers only.</p></footer>"
        ),
    ));
    let whole: String =
        (1..20).map(|n| format!("<p>{n} tonnes went to Kolvik. {BEGINNING}</p>")).collect();
    is_article(page(
        "Salt",
        &format!(
            "<article><h1>Salt</h1>{whole}</article><p>To continue reading tomorrow, subscribe today.</p>"
        ),
    ));
    is_article(Article::from_text(format!(
        "The paper is for subscribers only from May, its owner said.\n\n{BEGINNING}\n\nReaders have a month to decide, and most have not yet done so.\n\nThe council will hear the owner on Friday, the mayor said. It has no say in the matter."
    )));
}
