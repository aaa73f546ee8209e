//! Who may frame what, and every other header that a browser's protection depends on, whole: one golden table over
//! kinds of answers, lists of origins and places where the answer is shown.

use std::fmt::Write as _;

use reqwest::Method;
use vestibule::shares::embed_origins::EmbedOrigins;
use vestibule::shares::share::Share;

use crate::support::{Answer, Portal, Shown, Visitor, path};

const PLACES: [Shown; 3] = [Shown::Document, Shown::Iframe, Shown::Unsaid];

/// Lists of origins, and what `frame-ancestors` makes of them.
const LISTS: [(&[&str], &str); 3] = [
    (&[], "'none'"),
    (
        &["https://intranet.example.com", "http://localhost:3000"],
        "https://intranet.example.com http://localhost:3000",
    ),
    (&["*"], "*"),
];

/// Long values, which the table names by a word.
const NAMED: [(&str, &str); 2] = [
    (
        "{page}",
        "default-src 'none'; img-src 'self'; media-src 'self'; font-src 'self'; style-src 'self'; script-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-src 'none'",
    ),
    (
        "{features}",
        "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), clipboard-write=(self), \
         display-capture=(), encrypted-media=(), fullscreen=(self), geolocation=(), gyroscope=(), hid=(), \
         idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), \
         picture-in-picture=(self), publickey-credentials-create=(), publickey-credentials-get=(), \
         screen-wake-lock=(), serial=(), storage-access=(), usb=(), window-management=(), xr-spatial-tracking=()",
    ),
];

/// Of the content and its transport; other tests look at them.
const LEFT_OUT: [&str; 16] = [
    "accept-ranges",
    "allow",
    "connection",
    "content-disposition",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "etag",
    "location",
    "retry-after",
    "server-timing",
    "set-cookie",
    "transfer-encoding",
    "vestibule-unlock",
    "x-request-id",
];

/// Sets of headers, each named by a letter where it first comes up.
#[derive(Default)]
struct Golden {
    table: String,
    sets: Vec<String>,
}

impl Golden {
    /// One line of the table: the letters of the given answers.
    fn add(&mut self, kind: &str, answers: &[(Answer, &str)]) {
        let cells: Vec<String> = answers
            .iter()
            .map(|(answer, ancestors)| {
                format!("{} {}", answer.status, self.letter(answer, ancestors))
            })
            .collect();
        let line = cells.chunks(PLACES.len()).map(|chunk| chunk.join("  "));
        let line = line.collect::<Vec<_>>().join("    ");
        writeln!(self.table, "{kind:24}{line}").unwrap();
    }

    fn letter(&mut self, answer: &Answer, ancestors: &str) -> char {
        let set = set_of(answer, ancestors);
        let known = self.sets.iter().position(|known| *known == set);
        let number = known.unwrap_or_else(|| {
            self.sets.push(set);
            self.sets.len() - 1
        });
        char::from(b'A' + u8::try_from(number).unwrap())
    }

    fn finish(self) -> String {
        let mut text = self.table;
        for (number, set) in (b'A'..).zip(self.sets) {
            write!(text, "\n{}\n{set}", char::from(number)).unwrap();
        }
        text
    }
}

/// One header a line. The share's origins are left to the table's heading, long values to [`NAMED`].
fn set_of(answer: &Answer, ancestors: &str) -> String {
    let mut lines: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()))
        .map(|(name, value)| format!("  {name}: {}\n", value.to_str().unwrap()))
        .map(|line| {
            line.replace(
                &format!("frame-ancestors {ancestors}"),
                "frame-ancestors {origins}",
            )
        })
        .map(without_share)
        .map(|line| {
            NAMED
                .iter()
                .fold(line, |line, (word, text)| line.replace(text, word))
        })
        .collect();
    lines.sort();
    lines.concat()
}

/// The address for reports without the share's id.
fn without_share(line: String) -> String {
    let reports = "report-uri /content/";
    match line.split_once(reports) {
        Some((before, after)) => {
            let (_, below) = after.split_once('/').unwrap();
            format!("{before}{reports}{{share}}/{below}")
        }
        None => line,
    }
}

/// What is asked for, given a visitor who is in or out.
#[derive(Clone, Copy)]
enum Ask {
    Get(&'static str),
    /// The same when the visitor has it already.
    GetAgain(&'static str),
    Unlock,
    WrongPassword,
    RightPassword,
    SignOut,
    File(u64, &'static str),
    /// As a part of a page.
    Picture(u64, &'static str),
}

const OUT: [(&str, Ask); 5] = [
    ("password page", Ask::Get("")),
    ("wrong password", Ask::WrongPassword),
    ("refused token", Ask::Get("?unlock=x")),
    ("accepted token", Ask::Unlock),
    ("accepted password", Ask::RightPassword),
];

const IN: [(&str, Ask); 11] = [
    ("page", Ask::Get("")),
    ("page, unchanged", Ask::GetAgain("")),
    ("slash at the end", Ask::Get("/")),
    ("search", Ask::Get("/search?q=a")),
    ("no such page", Ask::Get("/999")),
    (
        "picture, opened",
        Ask::File(1_310_750, "network-overview.png"),
    ),
    (
        "picture in a page",
        Ask::Picture(1_310_750, "network-overview.png"),
    ),
    ("svg, opened", Ask::File(1_310_731, "tern-22-parts.svg")),
    (
        "pdf, opened",
        Ask::File(1_310_780, "tern-22-data-sheet.pdf"),
    ),
    (
        "another file, opened",
        Ask::File(1_310_780, "mounting-template.zip"),
    ),
    ("sign-out", Ask::SignOut),
];

async fn ask(portal: &Portal, visitor: &Visitor, share: &Share, ask: Ask) -> Answer {
    let base = path(share);
    match ask {
        Ask::Get(below) => visitor.get(&format!("{base}{below}")).await,
        Ask::GetAgain(below) => {
            let address = format!("{base}{below}");
            let etag = visitor.get(&address).await;
            let etag = etag.header("etag").unwrap();
            visitor.get(&address).header("if-none-match", etag).await
        }
        Ask::Unlock => {
            let token = crate::support::token(share);
            visitor.get(&format!("{base}?unlock={token}")).await
        }
        Ask::WrongPassword => visitor.enter(share, "wrong").await,
        Ask::RightPassword => visitor.enter(share, crate::support::PASSWORD).await,
        Ask::SignOut => visitor.post(&format!("{base}/session/end"), &[]).await,
        Ask::File(page, name) => visitor.get(&portal.db_file(share, page, name)).await,
        Ask::Picture(page, name) => {
            let address = portal.db_file(share, page, name);
            visitor
                .get(&address)
                .header("sec-fetch-dest", "image")
                .await
        }
    }
}

#[tokio::test]
async fn the_headers_of_every_kind_of_answer_below_a_share() {
    let portal = Portal::with_sample().await;
    let shares = LISTS.map(|(list, _)| {
        portal.db_share(|new| {
            new.embed_origins = EmbedOrigins::parse(list.iter().copied()).unwrap();
        })
    });
    let closed = LISTS.map(|(list, _)| {
        portal.db_share(|new| {
            new.embed_origins = EmbedOrigins::parse(list.iter().copied()).unwrap();
            new.enabled = false;
        })
    });
    let mut golden = Golden::default();
    writeln!(
        golden.table,
        "{:24}{:23}{:23}*",
        "", "no origins", "listed origins"
    )
    .unwrap();
    writeln!(
        golden.table,
        "{:24}{}",
        "",
        ["tab    frame  unsaid "; 3].join("  ")
    )
    .unwrap();
    for (kind, is_in, what) in OUT
        .map(|(kind, what)| (kind, false, what))
        .into_iter()
        .chain(IN.map(|(kind, what)| (kind, true, what)))
    {
        let mut answers = Vec::new();
        for (share, (_, ancestors)) in shares.iter().zip(LISTS) {
            for shown in PLACES {
                let visitor = portal.visitor_in(shown);
                if is_in {
                    visitor.unlock(share).await;
                }
                answers.push((ask(&portal, &visitor, share, what).await, ancestors));
            }
        }
        golden.add(kind, &answers);
    }
    let mut answers = Vec::new();
    for (share, (_, ancestors)) in closed.iter().zip(LISTS) {
        for shown in PLACES {
            let visitor = portal.visitor_in(shown);
            answers.push((ask(&portal, &visitor, share, Ask::Get("")).await, ancestors));
        }
    }
    golden.add("closed share", &answers);
    insta::assert_snapshot!(golden.finish());
}

#[tokio::test]
async fn the_headers_of_every_kind_of_answer_outside_a_share() {
    let portal = Portal::with_sample().await;
    let mut golden = Golden::default();
    writeln!(golden.table, "{:24}tab    frame  unsaid", "").unwrap();
    let stylesheet = vestibule::web::assets::url("css/visitor.css");
    for (kind, method, address) in [
        ("start", Method::GET, "/"),
        ("no such address", Method::GET, "/nothing"),
        ("no such share", Method::GET, "/content/nonsense"),
        (
            "another spelling",
            Method::GET,
            "/content/0A000000-0000-4000-8000-000000000000",
        ),
        ("wrong method", Method::DELETE, "/"),
        ("/access, incomplete", Method::GET, "/access"),
        (
            "/access",
            Method::GET,
            "/access?uuid=0a000000-0000-4000-8000-000000000000",
        ),
        ("stylesheet", Method::GET, stylesheet.as_str()),
        ("favicon", Method::GET, "/favicon.ico"),
        ("admin, signed out", Method::GET, "/admin"),
        ("admin, sign-in", Method::GET, "/admin/sign-in"),
        ("api, no token", Method::GET, "/api/v1/shares"),
        ("api, no such address", Method::GET, "/api/v1/nothing"),
        ("api, reference", Method::GET, "/api/docs/"),
        ("api, to the reference", Method::GET, "/api/docs"),
        ("health", Method::GET, "/healthz"),
    ] {
        let mut answers = Vec::new();
        for shown in PLACES {
            let visitor = portal.visitor_in(shown);
            let answer = visitor.request(method.clone(), address).await;
            answers.push((answer, ""));
        }
        golden.add(kind, &answers);
    }
    insta::assert_snapshot!(golden.finish());
}

/// Two policies would both count.
#[tokio::test]
async fn a_page_has_one_policy() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| new.embed_origins = EmbedOrigins::Any);
    let answer = portal.visitor_in(Shown::Iframe).get(&path(&share)).await;
    let policies = answer.headers.get_all("content-security-policy");
    assert_eq!(policies.iter().count(), 1);
}
