// Scrolls a long tree, not the window, to the page being read.

const tree = document.querySelector(".share-tree .fold")
const current = tree?.querySelector("[aria-current]")

if (current && tree.scrollHeight > tree.clientHeight) {
  const distance = current.getBoundingClientRect().top - tree.getBoundingClientRect().top
  tree.scrollTop += distance - tree.clientHeight / 3
}
