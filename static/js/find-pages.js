// Searches for pages while somebody types, and names the share after the chosen page. Without scripts the Search
// button sends the form.

const part = document.querySelector("[data-find-pages]")
const connection = document.getElementById("connection")
const query = document.getElementById("query")
const found = part?.querySelector("[data-found]")
const name = document.querySelector("[data-name-from-page]")

let waiting
let running

const find = async () => {
  running?.abort()
  running = new AbortController()
  const chosen = found.querySelector(":checked")?.value ?? ""
  const asked = new URLSearchParams({ connection: connection.value, query: query.value, page: chosen })
  try {
    const answer = await fetch(`${part.dataset.findPages}?${asked}`, { signal: running.signal, redirect: "error" })
    if (!answer.ok) return
    found.replaceChildren(document.createRange().createContextualFragment(await answer.text()))
    nameAfterPage()
  } catch {
    // Another letter was typed, or the network is gone: the button still works.
  }
}

const findSoon = () => {
  clearTimeout(waiting)
  waiting = setTimeout(find, 200)
}

// Only a name that this script wrote is written over.
const nameAfterPage = () => {
  const title = found.querySelector(":checked")?.dataset.title
  if (!title || (name.value !== "" && name.value !== name.dataset.written)) return
  name.value = title.slice(0, name.maxLength)
  name.dataset.written = name.value
}

// A space has no page to be named after; an empty name becomes the space's.
const nameAfterScope = event => {
  if (event.target.name !== "scope") return
  if (event.target.value !== "space") nameAfterPage()
  else if (name.value === name.dataset.written) name.value = ""
}

if (part) {
  query.addEventListener("input", findSoon)
  connection.addEventListener("change", find)
  found.addEventListener("change", nameAfterPage)
  query.addEventListener("keydown", event => {
    if (event.key !== "Enter") return
    event.preventDefault()
    find()
  })
  part.closest("form").addEventListener("change", nameAfterScope)
  nameAfterPage()
}
