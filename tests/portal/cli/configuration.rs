//! What the commands say about their configuration.

use std::collections::BTreeSet;

use clap::CommandFactory as _;
use vestibule::cli::Cli;

use crate::support::{Ran, vestibule};

#[test]
fn every_wrong_variable_is_named_at_once_and_no_secret_is_printed() {
    let wrong = [
        ("DATABASE_URL", "mysql://root:swordfish@host/db"),
        ("VESTIBULE_SECRET_KEY", "swordfish and not hexadecimal"),
        ("VESTIBULE_PREVIOUS_SECRET_KEY", "swordfish"),
        ("VESTIBULE_CONFLUENCE_NETWORKS", "10.0.0.0/99"),
        ("VESTIBULE_ATLASSIAN_API_URL", "api.example.com"),
        (
            "VESTIBULE_ATLASSIAN_AUTH_URL",
            "https://auth.example.com/path",
        ),
        ("VESTIBULE_BASE_URL", "portal.example.com"),
        ("VESTIBULE_LISTEN", "everywhere"),
        ("VESTIBULE_EMBED_WILDCARDS", "maybe"),
        ("VESTIBULE_AUDIT_ADDRESSES", "maybe"),
        ("VESTIBULE_HOSTS", "docs.example.com/path"),
        ("VESTIBULE_TRUSTED_PROXIES", "10.0.0.0/99"),
        ("VESTIBULE_DATABASE_CONNECTIONS", "none"),
        ("VESTIBULE_UPLOAD_LIMIT_MIB", "0"),
        ("VESTIBULE_APP_ADMIN_GROUPS", "wiki-admins"),
        ("VESTIBULE_OIDC_ISSUER", "login.example.com"),
        ("VESTIBULE_OIDC_SCOPES", "openid,email"),
        ("VESTIBULE_OIDC_GROUPS_CLAIM", ""),
        ("VESTIBULE_OIDC_NAME", ""),
        ("VESTIBULE_SSO_URL", "wiki.example.com"),
        ("VESTIBULE_SSO_COOKIES", "crowd token"),
        ("VESTIBULE_SSO_ADMIN_GROUPS", ","),
        ("VESTIBULE_SSO_COOKIE_DOMAIN", "example"),
        ("VESTIBULE_OBJECT_STORE", "ftp://bucket"),
        ("VESTIBULE_S3_ENDPOINT", "no url"),
    ];
    let mut serve = vestibule(&["serve"]);
    serve
        .envs(wrong)
        .env("VESTIBULE_OIDC_CLIENT_SECRET", "swordfish")
        .env("VESTIBULE_S3_ACCESS_KEY_ID", "swordfish");
    let refused = Ran::of(&mut serve);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""));
    for (variable, _) in wrong {
        let line = format!("\n  {variable}: ");
        assert!(
            refused.stderr.contains(&line),
            "{variable}: {}",
            refused.stderr
        );
    }
    assert!(
        refused
            .stderr
            .contains("\n  VESTIBULE_S3_ACCESS_KEY_ID: goes together with")
    );
    assert!(!refused.stderr.contains("swordfish"), "{}", refused.stderr);
}

#[test]
fn what_is_missing_is_told_with_how_to_set_it() {
    let refused = Ran::of(&mut vestibule(&["serve"]));
    assert_eq!(refused.code, Some(2));
    for part in [
        "DATABASE_URL: is missing",
        "VESTIBULE_SECRET_KEY: is missing; make one with: openssl rand -hex 64",
    ] {
        assert!(refused.stderr.contains(part), "{}", refused.stderr);
    }
}

#[test]
fn the_help_names_every_environment_variable_and_shows_no_value_of_a_secret_one() {
    let commands: [&[&str]; 18] = [
        &[],
        &["serve"],
        &["demo"],
        &["migrate"],
        &["import"],
        &["connection", "add"],
        &["connection", "test"],
        &["connection", "list"],
        &["connection", "refresh"],
        &["admin", "add"],
        &["token", "add"],
        &["unlock-link"],
        &["check-token"],
        &["audit", "verify"],
        &["audit", "head"],
        &["audit", "export"],
        &["audit", "prune"],
        &["audit", "erase-person"],
    ];
    let secret = [
        "DATABASE_URL",
        "VESTIBULE_SECRET_KEY",
        "VESTIBULE_PREVIOUS_SECRET_KEY",
        "VESTIBULE_S3_ACCESS_KEY_ID",
        "VESTIBULE_OIDC_CLIENT_SECRET",
    ];
    let mut help = String::new();
    for command in commands {
        let mut asked = vestibule(&[command, &["--help"]].concat());
        asked.envs(secret.map(|name| (name, "swordfish")));
        asked.env("VESTIBULE_S3_SECRET_ACCESS_KEY", "swordfish");
        let ran = Ran::of(&mut asked);
        assert_eq!(ran.code, Some(0), "{command:?}: {}", ran.stderr);
        help.push_str(&ran.stdout);
    }
    // Lines break anywhere.
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let variables = variables_of(&Cli::command());
    assert!(variables.len() > 15, "{variables:?}");
    for name in variables {
        let named = [format!("[env: {name}]"), format!("[env: {name}=")];
        assert!(named.iter().any(|text| help.contains(text)), "{name}");
    }
    assert!(!help.contains("swordfish"));
}

/// Those of the command and of all below it; each must be explained.
fn variables_of(command: &clap::Command) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for argument in command.get_arguments() {
        if let Some(name) = argument.get_env() {
            assert!(argument.get_help().is_some(), "{name:?}");
            names.insert(name.to_string_lossy().into_owned());
        }
    }
    let below = command.get_subcommands().flat_map(variables_of);
    names.extend(below);
    names
}
