//! Tables, layouts, tasks.

use super::{check, rich};

const SCROLL: &str =
    r#"<div class="table-scroll" role="region" aria-label="Table" tabindex="0"><table>"#;

#[test]
fn tables_scroll_and_keep_merged_cells_header_cells_and_column_widths() {
    check(
        r#"<table class="wrapped"><colgroup><col style="width: 123.4px;"/><col style="width: 20%"/></colgroup><tbody><tr><th>A</th><th colspan="2">B</th></tr><tr><th>1</th><td rowspan="2" data-highlight-colour="green">2</td></tr></tbody></table>"#,
        &format!(
            r#"{SCROLL}<colgroup><col width="123"><col width="20%"></colgroup><tbody><tr><th scope="col">A</th><th colspan="2" scope="col">B</th></tr><tr><th scope="row">1</th><td class="fill-green" rowspan="2">2</td></tr></tbody></table></div>"#
        ),
    );
}

#[test]
fn row_numbers_are_marked() {
    check(
        r#"<table><tbody><tr><td class="numberingColumn">1</td><td>a</td></tr></tbody></table>"#,
        &format!(
            r#"{SCROLL}<tbody><tr><td class="numbering">1</td><td>a</td></tr></tbody></table></div>"#
        ),
    );
}

#[test]
fn layouts_are_grids_of_cells() {
    check(
        r#"<ac:layout><ac:layout-section ac:type="two_left_sidebar"><ac:layout-cell><p>a</p></ac:layout-cell><ac:layout-cell><p>b</p></ac:layout-cell></ac:layout-section></ac:layout>"#,
        r#"<div class="layouts"><div class="layout layout-two-left-sidebar"><div class="layout-cell"><p>a</p></div><div class="layout-cell"><p>b</p></div></div></div>"#,
    );
}

#[test]
fn a_layout_without_a_type_counts_its_cells() {
    check(
        "<ac:layout><ac:layout-section><ac:layout-cell>a</ac:layout-cell><ac:layout-cell>b</ac:layout-cell><ac:layout-cell>c</ac:layout-cell></ac:layout-section></ac:layout>",
        r#"<div class="layouts"><div class="layout layout-three-equal"><div class="layout-cell">a</div><div class="layout-cell">b</div><div class="layout-cell">c</div></div></div>"#,
    );
}

#[test]
fn section_and_column_macros_are_columns() {
    let columns =
        rich("column", &[("width", "31%")], "a") + &rich("column", &[("width", "200px")], "b");
    check(
        &rich("section", &[], &columns),
        r#"<div class="columns"><div class="column column-30">a</div><div class="column">b</div></div>"#,
    );
}

#[test]
fn task_lists_say_what_is_done_without_form_controls() {
    check(
        "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status><ac:task-body>a</ac:task-body></ac:task><ac:task><ac:task-status>incomplete</ac:task-status><ac:task-body>b</ac:task-body></ac:task></ac:task-list>",
        r#"<ul class="task-list"><li class="task task-done"><span class="task-box" role="img" aria-label="Done">☑</span><div class="task-body">a</div></li><li class="task"><span class="task-box" role="img" aria-label="To do">☐</span><div class="task-body">b</div></li></ul>"#,
    );
}
