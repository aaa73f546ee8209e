// Searches for pages while somebody types, opens a wiki's tree in place, and names the share after the chosen page.
// Without scripts each button sends the form.

const part = document.querySelector("[data-find-pages]")
const connection = document.getElementById("connection")
const query = document.getElementById("query")
const found = part?.querySelector("[data-found]")
const name = document.querySelector("[data-name-from-page]")
// The browser may hold another session for tabs.
const headers = self === top ? {} : { "x-vestibule-framed": "1" }

let waiting
let running

const find = async (below = "") => {
  running?.abort()
  running = new AbortController()
  const chosen = found.querySelector(":checked")?.value ?? ""
  const asked = new URLSearchParams({ connection: connection.value, query: query.value, page: chosen, below })
  try {
    const answer = await fetch(`${part.dataset.findPages}?${asked}`, { headers, signal: running.signal, redirect: "error" })
    if (!answer.ok) return
    found.replaceChildren(document.createRange().createContextualFragment(await answer.text()))
    nameAfterPage()
  } catch {
    // Another letter was typed, or the network is gone: the button still works.
  }
}

const findSoon = () => {
  clearTimeout(waiting)
  waiting = setTimeout(find, 300)
}

// A part of the tree; from its top the search begins anew.
const open = event => {
  const button = event.target.closest("[data-below]")
  if (!button) return
  event.preventDefault()
  if (button.dataset.below === "") query.value = ""
  find(button.dataset.below).then(() => found.querySelector("[data-below]:last-of-type, input")?.focus())
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

// The spaces of a site are listed with the form, so another connection needs it anew.
const choose = () => document.querySelector("[data-choose-connection]")?.click()

if (part) {
  query.addEventListener("input", findSoon)
  connection.addEventListener("change", choose)
  found.addEventListener("change", nameAfterPage)
  found.addEventListener("click", open)
  query.addEventListener("keydown", event => {
    if (event.key !== "Enter") return
    event.preventDefault()
    find()
  })
  part.closest("form").addEventListener("change", nameAfterScope)
  nameAfterPage()
}
