//! The README keeps its word: every setting is in it, and its snippet opens a share. Those in other languages are
//! the sites of `examples/`, tested in `client_sites`.

use std::collections::BTreeSet;
use std::process::Command;

use clap::CommandFactory as _;
use vestibule::cli::Cli;

use crate::support::Portal;

const README: &str = include_str!("../../README.md");

#[test]
fn every_setting_is_in_the_readme() {
    let mut settings = BTreeSet::new();
    collect_settings(&Cli::command(), &mut settings);
    let missing: Vec<_> = settings
        .iter()
        .filter(|name| !README.contains(&format!("`{name}`")))
        .collect();
    assert!(settings.len() > 15, "{settings:?}");
    assert_eq!(missing, Vec::<&String>::new());
}

#[test]
fn the_readme_invents_no_setting() {
    let mut settings = BTreeSet::new();
    collect_settings(&Cli::command(), &mut settings);
    let named = README
        .split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'))
        .filter(|word| word.starts_with("VESTIBULE_"));
    let invented: BTreeSet<_> = named.filter(|name| !settings.contains(*name)).collect();
    assert_eq!(invented, BTreeSet::new());
}

fn collect_settings(command: &clap::Command, settings: &mut BTreeSet<String>) {
    let variables = command.get_arguments().filter_map(clap::Arg::get_env);
    settings.extend(variables.map(|name| name.to_string_lossy().into_owned()));
    for below in command.get_subcommands() {
        collect_settings(below, settings);
    }
}

#[tokio::test]
async fn the_shell_snippet_opens_a_share() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let output = Command::new("sh")
        .args(["-c", &snippet("sh")])
        .env("PORTAL", portal.url(""))
        .env("SHARE", share.id.to_string())
        .env("UNLOCK_SECRET", share.unlock_secret.to_hex())
        .output()
        .unwrap();
    let answer = String::from_utf8(output.stdout).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 303"),
        "{answer}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The only block of code in this language.
fn snippet(language: &str) -> String {
    let fence = format!("```{language}\n");
    let mut blocks = README.split(&fence).skip(1);
    let block = blocks
        .next()
        .unwrap()
        .split("```")
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(blocks.count(), 0, "two blocks of {language}");
    block
}
