// Writes down what embed.js tells the page.

const told = document.querySelector(".told")

for (const name of ["ready", "navigated", "locked", "expired", "error"]) {
  document.addEventListener(`vestibule:${name}`, ({ detail }) => {
    const entry = document.createElement("li")
    const { title, path, reason, code } = detail
    entry.textContent = [name, title, path, reason, code].filter(Boolean).join(" · ")
    told.prepend(entry)
    while (told.children.length > 12) told.lastChild.remove()
  })
}
