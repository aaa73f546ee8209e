//! Who changes what the database holds: the rooms of the use cases, and what has to be counted at the door.

use std::collections::{BTreeMap, BTreeSet};

use super::assert_none;
use super::modules::{Item, Modules};
use super::tokens::{self, Token};

/// Rooms that may call whatever changes something.
const WRITERS: &[&str] = &["sharing/", "sync/", "cloud_app/", "connections/"];

/// The rooms with the tables.
const BELOW: &[&str] = &["guess_limit.rs", "accounts/", "audit/", "pages/", "shares/"];

/// What is counted, used up and forgotten at the door, for everybody who knocks: nobody has decided anything.
const AT_THE_DOOR: &[(&str, &[&str], &str)] = &[
    (
        "audit/store/showings.rs",
        &["forget_showings"],
        "which showings of past hours were recorded; the record itself stays",
    ),
    (
        "audit/store/tallies.rs",
        &["settle_tallies"],
        "what strangers did in past hours becomes events of the portal's own",
    ),
    (
        "guess_limit.rs",
        &["charge", "give_back", "forget_full"],
        "each guess counts, whoever makes it",
    ),
    (
        "shares/store/frames.rs",
        &[
            "use_nonce",
            "keep_pass",
            "find_pass",
            "end_pass",
            "forget_old",
        ],
        "tickets, nonces and keys of readers, each used once or until its end",
    ),
    (
        "shares/store/events.rs",
        &["record_events", "forget_events"],
        "the counters of what readers do",
    ),
    (
        "accounts/store/account.rs",
        &["replace_outdated_hash"],
        "the same password hashed as today",
    ),
    (
        "shares/store.rs",
        &["replace_outdated_hash"],
        "the same password hashed as today",
    ),
    (
        "accounts/store/person.rs",
        &["keep_credentials", "forget_credentials"],
        "what a session has of its person at the site",
    ),
    (
        "accounts/store/api_token.rs",
        &["record_use"],
        "the last use of a token",
    ),
];

/// Those that have not gone to a use case yet; this table goes with the last one.
const CALLERS_OF_TODAY: &[&str] = &[];

#[test]
fn only_use_cases_change_what_is_stored() {
    let modules = Modules::read();
    let changing = changing(&modules);
    let mut problems = Vec::new();
    for (file, module) in modules.all.iter().enumerate() {
        let may = WRITERS.iter().chain(CALLERS_OF_TODAY);
        if is_below(&module.file) || may.clone().any(|place| module.file.starts_with(place)) {
            continue;
        }
        for item in modules.used_by(file) {
            if changing.contains(&item) && !is_at_the_door(&modules, &item) {
                problems.push(format!(
                    "{}: {} of {} changes something",
                    module.file, item.name, modules.all[item.file].file
                ));
            }
        }
    }
    assert_none(&problems);
}

fn is_at_the_door(modules: &Modules, item: &Item) -> bool {
    let file = modules.all[item.file].file.as_str();
    AT_THE_DOOR
        .iter()
        .any(|(store, functions, _)| *store == file && functions.contains(&item.name.as_str()))
}

/// Below the use cases: what changes something there may be called there, and counts as a change itself.
fn is_below(file: &str) -> bool {
    BELOW.iter().any(|place| file.starts_with(place))
        && !WRITERS.iter().any(|place| file.starts_with(place))
}

/// What changes something by itself or by what it calls, except at the door.
fn changing(modules: &Modules) -> BTreeSet<Item> {
    let mut parts: BTreeMap<Item, Vec<Token>> = BTreeMap::new();
    for (file, module) in modules.all.iter().enumerate() {
        if is_below(&module.file) {
            for (name, tokens) in parts_of(&module.tokens) {
                parts.insert(Item { file, name }, tokens);
            }
        }
    }
    let mut changing: BTreeSet<Item> = parts
        .iter()
        .filter(|(_, tokens)| changes_by_itself(tokens))
        .map(|(item, _)| item.clone())
        .collect();
    loop {
        let before = changing.len();
        for (item, tokens) in &parts {
            let is_change = |used: &Item| changing.contains(used) && !is_at_the_door(modules, used);
            let mut words = tokens.iter().filter_map(Token::word);
            let by_neighbour = words.any(|word| {
                is_change(&Item {
                    file: item.file,
                    name: word.to_owned(),
                })
            });
            if by_neighbour || modules.named_in(item.file, tokens).iter().any(is_change) {
                changing.insert(item.clone());
            }
        }
        if changing.len() == before {
            return changing;
        }
    }
}

/// Functions with their bodies, and constants and macros with what they stand for.
fn parts_of(tokens: &[Token]) -> Vec<(String, Vec<Token>)> {
    let mut parts = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let name = match token.word() {
            Some("fn" | "const") => tokens.get(at + 1),
            Some("macro_rules") => tokens.get(at + 2),
            _ => None,
        };
        if let Some(name) = name.and_then(Token::word) {
            let end = tokens::end_of_item(tokens, at);
            parts.push((name.to_owned(), tokens[at + 1..end].to_vec()));
        }
    }
    parts
}

fn changes_by_itself(tokens: &[Token]) -> bool {
    tokens.iter().enumerate().any(|(at, token)| match token {
        Token::Word(word) if word == "insert_into" => true,
        Token::Word(word) if word == "update" || word == "delete" => {
            let is_method = at > 0 && tokens[at - 1].is('.');
            !is_method && tokens.get(at + 1).is_some_and(|next| next.is('('))
        }
        Token::Text(text) => changes_in_sql(text),
        _ => false,
    })
}

fn changes_in_sql(text: &str) -> bool {
    let text = text.to_lowercase();
    let words: Vec<&str> = text
        .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| !word.is_empty())
        .collect();
    words.iter().enumerate().any(|(at, word)| {
        let before = at.checked_sub(1).map(|before| words[before]);
        let after = words.get(at + 1).copied();
        match *word {
            "insert" => after == Some("into"),
            "delete" => after == Some("from"),
            // `for update` only locks, and `do update` follows an insert.
            "update" => after.is_some() && !matches!(before, Some("for" | "do")),
            "truncate" => true,
            _ => false,
        }
    })
}

#[test]
fn what_stands_at_the_door_is_there_and_changes_something() {
    let modules = Modules::read();
    let changing = changing(&modules);
    let mut problems = Vec::new();
    for (store, functions, _) in AT_THE_DOOR {
        for function in *functions {
            let is_there = changing
                .iter()
                .any(|item| modules.all[item.file].file == *store && item.name == **function);
            if !is_there {
                problems.push(format!("{store}: no {function} that changes something"));
            }
        }
    }
    assert_none(&problems);
}

/// A call of a method does not say whose it is, so that nobody could follow it here.
#[test]
fn what_changes_something_is_a_function_of_its_own() {
    let modules = Modules::read();
    let changing = changing(&modules);
    let mut problems = Vec::new();
    for module in modules.all.iter().filter(|module| is_below(&module.file)) {
        let tokens = &module.tokens;
        let mut at = 0;
        while at < tokens.len() {
            let item = &tokens[at..tokens::end_of_item(tokens, at)];
            at += item.len();
            if !is_impl(item) {
                continue;
            }
            for (name, _) in parts_of(item) {
                let is_changing = changing
                    .iter()
                    .any(|item| modules.all[item.file].file == module.file && item.name == name);
                if is_changing {
                    problems.push(format!(
                        "{}: the method {name} changes something",
                        module.file
                    ));
                }
            }
        }
    }
    assert_none(&problems);
}

fn is_impl(item: &[Token]) -> bool {
    let starts = [
        "const", "enum", "fn", "impl", "mod", "pub", "static", "struct",
    ];
    let mut words = item.iter().filter_map(Token::word);
    words.find(|word| starts.contains(word)) == Some("impl")
}
