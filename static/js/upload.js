// Says at once when a file is too large, and that an import takes a while. Without scripts the server says so.

const mebibytes = bytes => Math.round(bytes / (1 << 20)).toLocaleString("en")

for (const form of document.querySelectorAll("[data-upload]")) {
  const field = form.querySelector("[data-upload-limit]")
  const state = form.querySelector("[data-upload-state]")
  const button = form.querySelector("button[type=submit]")
  const limit = Number(field.dataset.uploadLimit)

  field.addEventListener("change", () => {
    const size = field.files[0]?.size ?? 0
    const tooLarge = size > limit
    field.setCustomValidity(tooLarge ? `This file has ${mebibytes(size)} MiB; at most ${mebibytes(limit)} MiB are accepted.` : "")
    if (tooLarge) field.reportValidity()
  })

  form.addEventListener("submit", () => {
    button.disabled = true
    state.textContent = "The export is being uploaded and imported. Please keep this page open; a large one takes some minutes."
  })

  // Coming back by the browser's Back button shows the form as it was.
  addEventListener("pageshow", () => {
    button.disabled = false
    state.textContent = ""
  })
}
