// Copy buttons: of a field by its id, or of a text the button carries. Without scripts they stay hidden and the field
// can be selected by hand.

const said = document.createElement("p")
said.className = "visually-hidden"
said.setAttribute("role", "status")
document.body.append(said)

const showCopied = button => {
  const label = button.firstChild
  button.dataset.label ??= label.textContent
  label.textContent = "Copied"
  said.textContent = "Copied"
  clearTimeout(button.timer)
  button.timer = setTimeout(() => {
    label.textContent = button.dataset.label
    said.textContent = ""
  }, 2000)
}

// Over plain http, and in a frame whose site does not lend its clipboard, there is the older way. Where that is closed as
// well, the text is selected, ready for Ctrl+C.
const copyField = (field, button) => {
  field.focus()
  field.select()
  if (document.execCommand("copy")) showCopied(button)
  else said.textContent = "Selected. Press Ctrl+C to copy."
}

const selectText = text => {
  const field = document.createElement("textarea")
  field.value = text
  field.className = "visually-hidden"
  document.body.append(field)
  field.select()
  const copied = document.execCommand("copy")
  field.remove()
  return copied
}

const copy = async button => {
  const field = document.getElementById(button.dataset.copy)
  const text = field ? field.value : button.dataset.copyText
  try {
    await navigator.clipboard.writeText(text)
    showCopied(button)
  } catch {
    if (field) copyField(field, button)
    else if (selectText(text)) showCopied(button)
  }
}

for (const button of document.querySelectorAll("[data-copy], [data-copy-text]")) {
  button.addEventListener("click", () => copy(button))
  button.hidden = false
}

for (const field of document.querySelectorAll("[data-select-all]")) {
  field.addEventListener("focus", () => field.select())
}
