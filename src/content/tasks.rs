//! Task lists. Read-only: form controls do not pass the sanitizer, so a box is a sign with a spoken name.

use super::dom::Element;
use super::renderer::Renderer;

pub(super) fn render(r: &mut Renderer<'_>, list: &Element) {
    r.wrap("ul", &[("class", "task-list")], |r| {
        for task in list.elements() {
            match task.name.as_str() {
                "ac:task" => render_task(r, task),
                "ac:task-list" => r.wrap("li", &[("class", "task-group")], |r| render(r, task)),
                _ => r.wrap("li", &[], |r| r.element(task)),
            }
        }
    });
}

fn render_task(r: &mut Renderer<'_>, task: &Element) {
    let status = task.child("ac:task-status").map(Element::text);
    let done = status.is_some_and(|status| status.trim() == "complete");
    let (class, sign, spoken) = if done {
        ("task task-done", "☑", "Done")
    } else {
        ("task", "☐", "To do")
    };
    r.wrap("li", &[("class", class)], |r| {
        let look = [
            ("class", "task-box"),
            ("role", "img"),
            ("aria-label", spoken),
        ];
        r.wrap("span", &look, |r| r.out.label(sign));
        r.wrap("div", &[("class", "task-body")], |r| {
            if let Some(body) = task.child("ac:task-body") {
                r.nodes(&body.children);
            }
        });
    });
}
