// Puts a Copy button on every block of code. Only where the browser offers a clipboard, which in a frame it may not.

const copy = async (button, code) => {
  const label = await navigator.clipboard.writeText(code.textContent).then(() => "Copied", () => "Not allowed here")
  button.textContent = label
  setTimeout(() => { button.textContent = "Copy" }, 2000)
}

const addButton = code => {
  const block = code.parentElement
  const button = document.createElement("button")
  button.type = "button"
  button.className = "copy-code"
  button.textContent = "Copy"
  button.setAttribute("aria-live", "polite")
  button.addEventListener("click", () => copy(button, code))

  const holder = document.createElement("div")
  holder.className = "copy-code-holder"
  block.replaceWith(holder)
  holder.append(block, button)
}

if (navigator.clipboard) {
  for (const code of document.querySelectorAll(".page-content pre > code")) addButton(code)
}
