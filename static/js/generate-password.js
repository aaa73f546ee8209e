// Fills a password field with a strong password and shows it, so that it can be copied before it is saved.

// No letters or digits that look alike; 20 of these 56 are 116 bits.
const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
const length = 20

// Numbers from the end of the byte range would favour the first letters, so they are drawn again.
const draw = () => {
  const fair = 256 - (256 % letters.length)
  let password = ""
  while (password.length < length) {
    const [byte] = crypto.getRandomValues(new Uint8Array(1))
    if (byte < fair) password += letters[byte % letters.length]
  }
  return password
}

for (const button of document.querySelectorAll("[data-generate-password]")) {
  const field = document.getElementById(button.dataset.generatePassword)
  const show = document.querySelector(`[data-show-password][aria-controls="${field.id}"]`)
  button.addEventListener("click", () => {
    field.value = draw()
    if (field.type === "password") show?.click()
    field.focus()
    field.select()
  })
  button.hidden = false
}
