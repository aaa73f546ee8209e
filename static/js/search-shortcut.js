// The "/" key moves to the search box, as on many sites, unless the reader is typing somewhere.

const box = document.querySelector("[data-search-shortcut]")

const isTyping = element => element.matches("input, textarea, select") || element.isContentEditable

document.addEventListener("keydown", event => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return
  if (!box || isTyping(event.target)) return
  event.preventDefault()
  box.focus()
  box.select()
})
