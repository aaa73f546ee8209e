//! A fake Confluence to try things against by hand, the same one that the tests use:
//!
//!     cargo run --example fake_confluence -- --cloud --port 9000
//!     cargo run --example fake_confluence -- --data-center --pages 1000
//!
//! It prints its URLs, credentials and pages, takes orders from the terminal (`help` names them), and stays up until
//! Ctrl-C.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a program for developers, which stops when it cannot start"
)]

use std::net::IpAddr;
use std::thread;

use clap::Parser;
use fake_confluence::app::lifecycle::Ids;
use fake_confluence::credentials::{
    CLIENT_ID, CLIENT_SECRET, CLOUD_ID, EMAIL, PASSWORD, PERSONAL_ACCESS_TOKEN, SCOPED_TOKEN,
    SERVICE_ACCOUNT_TOKEN, SITE_TOKEN,
};
use fake_confluence::fake::FakeConfluence;
use fake_confluence::wiki::{PORTAL, Wiki};
use tokio::sync::mpsc;

#[derive(Parser)]
struct Arguments {
    /// Confluence Cloud
    #[arg(
        long,
        required_unless_present = "data_center",
        conflicts_with = "data_center"
    )]
    cloud: bool,
    /// Confluence Data Center, below /confluence
    #[arg(long)]
    data_center: bool,
    /// The port of the site; any free one unless given
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// So many more pages in the Demo Space
    #[arg(long, default_value_t = 0)]
    pages: usize,
    /// Whether visitors may look without a credential
    #[arg(long)]
    anonymous: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments = Arguments::parse();
    let mut wiki = Wiki::sample();
    let home = wiki.home("DS");
    wiki.add_tree(home, arguments.pages);
    let setup = if arguments.cloud {
        FakeConfluence::cloud()
    } else {
        FakeConfluence::data_center()
    };
    let fake = setup.wiki(wiki).port(arguments.port).start();
    if arguments.anonymous {
        fake.allow_anonymous();
    }
    println!("Base URL                {}", fake.base_url());
    println!("Token URL               {}", fake.token_url());
    if arguments.cloud {
        print_cloud(&fake);
    } else {
        println!("Personal access token   {PERSONAL_ACCESS_TOKEN}");
        println!("User name, password     {PORTAL}, {PASSWORD}");
    }
    println!("OAuth client id         {CLIENT_ID}");
    println!("OAuth client secret     {CLIENT_SECRET}");
    fake.wiki(|wiki| {
        for page in wiki.contents.values().take(20) {
            println!("{:?} {} {}", page.kind, page.id, page.title);
        }
    });
    let mut orders = orders();
    loop {
        tokio::select! {
            Some(order) = orders.recv() => println!("{}", obey(&fake, &order).await),
            end = tokio::signal::ctrl_c() => break end.unwrap(),
        }
    }
    for violation in fake.take_violations() {
        println!("Against the specification: {violation}");
    }
}

/// The lines of the terminal, read on a thread because nothing else can wait for them.
fn orders() -> mpsc::UnboundedReceiver<String> {
    let (sender, orders) = mpsc::unbounded_channel();
    thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    orders
}

const HELP: &str = "\
install URL             our app, from its descriptor; then enable, disable, uninstall, rotate
import | import-changed the site is replaced by a copy of itself, with its page ids or with others
frame PATH NAME         the URL of a page of the app as Confluence opens it for somebody
refusals                why tokens of the app were refused
login NAME ADDRESS      Data Center: the cookie of a single sign-on at an address
trust ADDRESS           Data Center: a proxy that Crowd believes";

/// What came of an order.
async fn obey(fake: &FakeConfluence, order: &str) -> String {
    let words: Vec<&str> = order.split_whitespace().collect();
    let needs_app = matches!(
        words.first(),
        Some(&("enable" | "disable" | "uninstall" | "rotate" | "frame"))
    );
    if needs_app && fake.installation().is_none() {
        return "The app is not installed.".to_owned();
    }
    let status = match *words {
        ["install", url] => match has_descriptor(url).await {
            true => fake.install(url).await,
            false => return format!("There is no descriptor at {url}/atlassian-connect.json."),
        },
        ["enable"] => fake.enable().await,
        ["disable"] => fake.disable().await,
        ["uninstall"] => fake.uninstall().await,
        ["rotate"] => fake.rotate_secret().await,
        _ => return obey_silently(fake, &words),
    };
    format!("The app answered {status}.")
}

async fn has_descriptor(app: &str) -> bool {
    let answer = reqwest::get(format!("{app}/atlassian-connect.json")).await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

/// Orders of which the app hears nothing.
fn obey_silently(fake: &FakeConfluence, words: &[&str]) -> String {
    let is_person = |name: &str| fake.wiki(|wiki| wiki.person(name).is_some());
    let is_address = |text: &str| text.parse::<IpAddr>().is_ok();
    match *words {
        ["import"] => fake.import_site(Ids::Kept),
        ["import-changed"] => fake.import_site(Ids::Changed),
        ["trust", address] if is_address(address) => fake.trust_proxy(address),
        ["frame", path, name] if is_person(name) => return fake.framed_url(path, name),
        ["refusals"] => return fake.refusals().join("\n"),
        ["login", name, address] if is_person(name) && is_address(address) => {
            return format!("crowd.token_key={}", fake.log_in(name, address));
        }
        _ => return HELP.to_owned(),
    }
    "Done.".to_owned()
}

fn print_cloud(fake: &FakeConfluence) {
    println!("Gateway URL             {}", fake.gateway_url());
    println!("Authorize URL           {}", fake.authorize_url());
    println!("Install keys URL        {}", fake.gateway_url());
    println!("Impersonation URL       {}", fake.impersonation_url());
    println!("Forge keys URL          {}", fake.forge_keys_url());
    println!("Cloud id                {CLOUD_ID}");
    println!("E-mail address          {EMAIL}");
    println!("Token without scopes    {SITE_TOKEN}");
    println!("Token with scopes       {SCOPED_TOKEN}");
    println!("Service account token   {SERVICE_ACCOUNT_TOKEN}");
}
