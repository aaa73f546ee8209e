// Marks the entry of the table of contents whose section is being read.

const links = new Map()
for (const link of document.querySelectorAll("[data-toc] a")) {
  const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)))
  if (heading) links.set(heading, link)
}

const mark = current => {
  for (const [heading, link] of links) {
    if (heading === current) link.setAttribute("aria-current", "true")
    else link.removeAttribute("aria-current")
  }
}

// The section being read is the last one whose heading has passed the upper third of the window.
const findCurrent = () => {
  const line = window.innerHeight / 3
  return [...links.keys()].filter(heading => heading.getBoundingClientRect().top < line).pop()
}

const observer = new IntersectionObserver(() => mark(findCurrent()), { rootMargin: "0px 0px -66% 0px" })
for (const heading of links.keys()) observer.observe(heading)
