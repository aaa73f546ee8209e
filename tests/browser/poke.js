// Does to the content what a reader could do: hovers, focuses, clicks, unfolds. Plain links stay where they are; a
// javascript: link is followed, because following it is what must do nothing.

addEventListener("click", event => {
  const link = event.target.closest("a, area")
  if (link && !/^javascript:/i.test(link.href)) event.preventDefault()
}, true)
addEventListener("submit", event => event.preventDefault(), true)

const done = arguments[arguments.length - 1]
const content = document.querySelectorAll(".page-body *, .page-head *, .share-tree *, .page-toc *, body > :not(header, main, .sheet)")
for (const element of content) {
  for (const type of ["mouseover", "mouseenter", "pointerenter", "focus", "toggle", "wheel", "animationstart", "load"]) {
    element.dispatchEvent(new Event(type, { bubbles: true, cancelable: true }))
  }
  if (element.matches("a, area, button, input, summary, [tabindex], [onclick], text")) {
    element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, view: window }))
  }
}
setTimeout(done, 50)
