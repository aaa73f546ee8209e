//! Who uses what of whom below `src`: every import and every path in a file, led to the file that declares the item,
//! through all re-exports.

use std::collections::{BTreeMap, BTreeSet};

use super::sources;
use super::tokens::{self, Token};

/// Where an item lives: the number of its file, and its name there (empty for the module itself).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Item {
    pub(crate) file: usize,
    pub(crate) name: String,
}

pub(crate) struct Module {
    /// Below `src`.
    pub(crate) file: String,
    /// `["shares", "store"]`; empty for `lib.rs`.
    path: Vec<String>,
    pub(crate) tokens: Vec<Token>,
    imports: Vec<Import>,
}

/// One leaf of a `use`.
struct Import {
    path: Vec<String>,
    /// What the file calls it.
    name: String,
    is_public: bool,
}

/// All production code of the crate. What only tests compile is left out, with the files that hold it.
pub(crate) struct Modules {
    pub(crate) all: Vec<Module>,
    by_path: BTreeMap<Vec<String>, usize>,
}

impl Modules {
    pub(crate) fn read() -> Self {
        let mut test_paths = Vec::new();
        let mut all = Vec::new();
        for file in sources().into_iter().filter(|file| file.path != "main.rs") {
            let path = module_path(&file.path);
            let (tokens, for_tests) = tokens::production(&file.text);
            for name in for_tests {
                let mut of_tests = path.clone();
                of_tests.push(name);
                test_paths.push(of_tests);
            }
            let (imports, tokens) = take_imports(tokens);
            all.push(Module {
                file: file.path,
                path,
                tokens,
                imports,
            });
        }
        all.retain(|module| !test_paths.iter().any(|test| module.path.starts_with(test)));
        all.sort_by(|one, other| one.file.cmp(&other.file));
        let numbered = all.iter().enumerate();
        let by_path = numbered
            .map(|(at, module)| (module.path.clone(), at))
            .collect();
        Self { all, by_path }
    }

    /// What a file names of others and of its own. A re-export alone is no use: whoever takes it from there uses the
    /// file that declares it.
    pub(crate) fn used_by(&self, file: usize) -> BTreeSet<Item> {
        let module = &self.all[file];
        let words: BTreeSet<&str> = module.tokens.iter().filter_map(Token::word).collect();
        let imported = module
            .imports
            .iter()
            .filter(|import| !import.is_public || words.contains(import.name.as_str()));
        let mut used: BTreeSet<Item> = imported
            .filter_map(|import| self.resolve(file, &import.path))
            .collect();
        used.extend(self.named_in(file, &module.tokens));
        used
    }

    pub(crate) fn files_used_by(&self, file: usize) -> BTreeSet<usize> {
        self.used_by(file).iter().map(|item| item.file).collect()
    }

    /// Whether a file is the module that another one lies below.
    pub(crate) fn is_above(&self, file: usize, other: usize) -> bool {
        self.all[other].path.starts_with(&self.all[file].path)
    }

    /// What some tokens of a file name, by a path or by what the file has imported.
    pub(crate) fn named_in(&self, file: usize, tokens: &[Token]) -> BTreeSet<Item> {
        let mut found = BTreeSet::new();
        for (at, token) in tokens.iter().enumerate() {
            let before = at.checked_sub(1).map(|before| &tokens[before]);
            let is_inside = before.is_some_and(|token| *token == Token::Colons || token.is('.'));
            if token.word().is_none() || is_inside {
                continue;
            }
            let mut path = Vec::new();
            let mut rest = tokens[at..].iter();
            while let Some(word) = rest.next().and_then(Token::word) {
                path.push(word.to_owned());
                if rest.next() != Some(&Token::Colons) {
                    break;
                }
            }
            let is_imported = || self.import_of(file, &path[0]).is_some();
            if path.len() > 1 || is_imported() {
                found.extend(self.resolve(file, &path));
            }
        }
        found
    }

    /// The item that a path means in a file, if it is one of ours.
    fn resolve(&self, file: usize, path: &[String]) -> Option<Item> {
        self.absolute(file, path, 0)
            .and_then(|path| self.locate(&path, 0))
    }

    fn import_of(&self, file: usize, name: &str) -> Option<&Import> {
        let imports = &self.all[file].imports;
        imports.iter().find(|import| import.name == name)
    }

    /// From the root of the crate.
    fn absolute(&self, file: usize, path: &[String], depth: usize) -> Option<Vec<String>> {
        let module = &self.all[file].path;
        let (first, rest) = path.split_first()?;
        if depth > 8 {
            return None;
        }
        let mut start = module.clone();
        match first.as_str() {
            "crate" => start = Vec::new(),
            "self" => {}
            "super" => {
                start.pop()?;
                let above = rest.iter().take_while(|word| *word == "super").count();
                start.truncate(start.len() - above);
                start.extend_from_slice(&rest[above..]);
                return Some(start);
            }
            child if self.has_child(module, child) => start.push(first.clone()),
            name => {
                let import = self.import_of(file, name)?;
                // `use url::url` would lead to itself.
                if import.path.first() == Some(first) {
                    return None;
                }
                start = self.absolute(file, &import.path, depth + 1)?;
            }
        }
        start.extend_from_slice(rest);
        Some(start)
    }

    fn has_child(&self, module: &[String], name: &str) -> bool {
        let mut child = module.to_vec();
        child.push(name.to_owned());
        self.by_path.contains_key(&child)
    }

    fn locate(&self, path: &[String], depth: usize) -> Option<Item> {
        let known = (0..=path.len())
            .rev()
            .find(|length| self.by_path.contains_key(&path[..*length]))?;
        let file = self.by_path[&path[..known]];
        let Some(name) = path.get(known) else {
            return Some(Item {
                file,
                name: String::new(),
            });
        };
        if let Some(import) = self.import_of(file, name)
            && depth < 8
        {
            let mut onward = self.absolute(file, &import.path, 0)?;
            onward.extend_from_slice(&path[known + 1..]);
            return self.locate(&onward, depth + 1);
        }
        // The root declares no items; what is below it is a room, or nothing of ours.
        (known > 0).then(|| Item {
            file,
            name: name.clone(),
        })
    }
}

/// `shares/store.rs` and `shares/store/mod.rs` are both `shares::store`.
fn module_path(file: &str) -> Vec<String> {
    let stem = file.trim_end_matches(".rs");
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    match stem {
        "lib" => Vec::new(),
        _ => stem.split('/').map(str::to_owned).collect(),
    }
}

/// Splits the `use` declarations of a file from the rest.
fn take_imports(tokens: Vec<Token>) -> (Vec<Import>, Vec<Token>) {
    let mut imports = Vec::new();
    let mut others = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        // `impl Trait + use<'a>` is no import.
        let is_import = tokens[at].word() == Some("use")
            && tokens.get(at + 1).is_some_and(|next| !next.is('<'));
        if !is_import {
            others.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let is_public = match at.checked_sub(1).map(|before| &tokens[before]) {
            Some(Token::Word(before)) => before == "pub",
            Some(before) => before.is(')'),
            None => false,
        };
        let length = tokens[at..].iter().position(|token| token.is(';')).unwrap();
        let mut tree = &tokens[at + 1..at + length];
        read_tree(&mut tree, &[], is_public, &mut imports);
        at += length + 1;
    }
    (imports, others)
}

/// One branch of a `use` tree, up to the `,` or `}` behind it.
fn read_tree(rest: &mut &[Token], above: &[String], is_public: bool, into: &mut Vec<Import>) {
    let mut path = above.to_vec();
    while let Some((token, after)) = rest.split_first() {
        match token {
            Token::Word(word) if word == "as" => {
                let name = after[0].word().unwrap().to_owned();
                *rest = &after[1..];
                into.push(Import {
                    path,
                    name,
                    is_public,
                });
                return;
            }
            Token::Word(word) => {
                *rest = after;
                if word != "self" || path.is_empty() {
                    path.push(word.clone());
                }
            }
            Token::Mark('{') => {
                *rest = after;
                while !rest[0].is('}') {
                    read_tree(rest, &path, is_public, into);
                    if rest[0].is(',') {
                        *rest = &rest[1..];
                    }
                }
                *rest = &rest[1..];
                return;
            }
            Token::Mark(',' | '}') => break,
            _ => *rest = after,
        }
    }
    let name = path.last().unwrap().clone();
    into.push(Import {
        path,
        name,
        is_public,
    });
}
