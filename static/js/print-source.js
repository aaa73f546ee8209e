// Puts the page's address below the content, for paper. Only the browser knows it: a share answers under every
// public host name. What is in front of /content/ may be a reader's own pass and is left out.

const source = document.createElement("p")
source.className = "print-source"
source.textContent = location.origin + location.pathname.replace(/^.*?(?=\/content\/)/, "")
document.querySelector(".page-body").append(source)
