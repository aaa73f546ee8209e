//! Inside a room files use each other in one direction only: whoever reads one need not read those above it.

use std::collections::BTreeSet;

use super::assert_none;
use super::modules::Modules;

/// Places where a ring is the matter itself.
const BY_NATURE: &[(&str, &str)] = &[(
    "content/",
    "content holds macros, and macros hold content: what renders one calls what renders the other",
)];

/// Each of them is to be taken apart; this table goes with the last one.
const RINGS_OF_TODAY: &[&[&str]] = &[&[
    "admin/connections/installation.rs",
    "admin/connections/live.rs",
    "admin/connections/notices.rs",
    "admin/connections/show.rs",
]];

/// Files that use their own children, and lend them what they declare themselves. To be taken apart as well.
const FAMILIES_OF_TODAY: &[&[&str]] = &[
    &[
        "admin/connections/installation.rs",
        "admin/connections/live.rs",
        "admin/connections/notices.rs",
        "admin/connections/show.rs",
    ],
    &["admin/shares/list.rs", "admin/shares/list/of_sharer.rs"],
    &[
        "demo/private_postgres.rs",
        "demo/private_postgres/leftover.rs",
        "demo/private_postgres/place.rs",
        "demo/private_postgres/watchdog.rs",
    ],
];

#[test]
fn no_files_use_each_other_in_a_ring() {
    let modules = Modules::read();
    let use_of = |file: usize| {
        let mut used = modules.files_used_by(file);
        used.retain(|other| !modules.is_above(*other, file));
        used
    };
    assert_no_ring(&modules, use_of, RINGS_OF_TODAY);
}

/// A parent that declares or re-exports a child does not use it; one that works with its items does.
#[test]
fn no_child_uses_a_parent_that_uses_it() {
    let modules = Modules::read();
    let known: Vec<&[&str]> = [RINGS_OF_TODAY, FAMILIES_OF_TODAY].concat();
    assert_no_ring(&modules, |file| modules.files_used_by(file), &known);
}

#[track_caller]
fn assert_no_ring(modules: &Modules, uses: impl Fn(usize) -> BTreeSet<usize>, known: &[&[&str]]) {
    let uses: Vec<BTreeSet<usize>> = (0..modules.all.len()).map(uses).collect();
    let mut problems = Vec::new();
    for ring in rings(&uses) {
        let files: Vec<&str> = ring
            .iter()
            .map(|file| modules.all[*file].file.as_str())
            .collect();
        let is_by_nature = BY_NATURE
            .iter()
            .any(|(place, _)| files.iter().all(|file| file.starts_with(place)));
        let is_known = known
            .iter()
            .any(|known| files.iter().all(|file| known.contains(file)));
        if !is_by_nature && !is_known {
            problems.push(format!("a ring: {}", files.join(", ")));
            problems.extend(uses_within(modules, &ring));
        }
    }
    assert_none(&problems);
}

/// Files that reach each other, two and more.
fn rings(uses: &[BTreeSet<usize>]) -> Vec<BTreeSet<usize>> {
    let count = uses.len();
    let reached: Vec<BTreeSet<usize>> = (0..count).map(|file| reached_from(file, uses)).collect();
    let mut found = Vec::new();
    let mut placed = BTreeSet::new();
    for file in 0..count {
        let ring: BTreeSet<usize> = reached[file]
            .iter()
            .copied()
            .filter(|other| reached[*other].contains(&file))
            .chain([file])
            .collect();
        if ring.len() > 1 && placed.insert(ring.clone()) {
            found.push(ring);
        }
    }
    found
}

fn reached_from(start: usize, uses: &[BTreeSet<usize>]) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(file) = open.pop() {
        open.extend(uses[file].iter().filter(|next| reached.insert(**next)));
    }
    reached
}

fn uses_within(modules: &Modules, ring: &BTreeSet<usize>) -> Vec<String> {
    let mut uses = Vec::new();
    for file in ring {
        for item in modules.used_by(*file) {
            if item.file != *file && ring.contains(&item.file) {
                uses.push(format!(
                    "    {} uses {} of {}",
                    modules.all[*file].file,
                    if item.name.is_empty() {
                        "the module"
                    } else {
                        &item.name
                    },
                    modules.all[item.file].file,
                ));
            }
        }
    }
    uses
}
