// Runs in every document before its own scripts: whatever calls one of these has executed.

for (const name of ["alert", "confirm", "prompt", "print", "open"]) {
  window[name] = () => console.error("EXECUTED " + name)
}
