// Lets the reader see the password while typing it. Without scripts the button stays hidden.

for (const button of document.querySelectorAll("[data-show-password]")) {
  const field = document.getElementById(button.getAttribute("aria-controls"))

  const show = visible => {
    field.type = visible ? "text" : "password"
    button.setAttribute("aria-pressed", String(visible))
  }

  button.addEventListener("click", () => {
    show(field.type === "password")
    field.focus()
  })
  // A field sent as text could be kept by the browser's form history.
  field.form.addEventListener("submit", () => show(false))
  button.hidden = false
}
