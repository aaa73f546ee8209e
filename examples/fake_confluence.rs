//! A fake Confluence to try things against by hand, the same one that the tests use:
//!
//!     cargo run --example fake_confluence -- --cloud --port 9000
//!     cargo run --example fake_confluence -- --data-center --pages 1000
//!
//! It prints its URLs, credentials and pages, and stays up until Ctrl-C.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a program for developers, which stops when it cannot start"
)]

#[path = "../tests/fake_confluence/mod.rs"]
#[expect(dead_code, reason = "what only tests need")]
mod fake_confluence;

use clap::Parser;
use fake_confluence::credentials::{
    CLIENT_ID, CLIENT_SECRET, CLOUD_ID, EMAIL, PASSWORD, PERSONAL_ACCESS_TOKEN, SCOPED_TOKEN,
    SERVICE_ACCOUNT_TOKEN, SITE_TOKEN,
};
use fake_confluence::fake::FakeConfluence;
use fake_confluence::wiki::{PORTAL, Wiki};

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
    tokio::signal::ctrl_c().await.unwrap();
    for violation in fake.take_violations() {
        println!("Against the specification: {violation}");
    }
}

fn print_cloud(fake: &FakeConfluence) {
    println!("Gateway URL             {}", fake.gateway_url());
    println!("Authorize URL           {}", fake.authorize_url());
    println!("Cloud id                {CLOUD_ID}");
    println!("E-mail address          {EMAIL}");
    println!("Token without scopes    {SITE_TOKEN}");
    println!("Token with scopes       {SCOPED_TOKEN}");
    println!("Service account token   {SERVICE_ACCOUNT_TOKEN}");
}
