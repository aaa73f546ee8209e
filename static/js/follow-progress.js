// Shows what is under way without reloading the page: takes the marked part from a fresh copy of it until nothing is
// under way any more; a page that shows more at the end of it is then loaded anew. Without scripts the page reloads
// itself.

const PAUSE = 4000
// The browser may hold another session for tabs.
const headers = self === top ? {} : { "x-vestibule-framed": "1" }

const follow = async () => {
  const part = document.querySelector("[data-follow-progress]")
  if (!part) return
  // What somebody is selecting or typing there stays; a page out of sight can wait.
  if (document.hidden || part.contains(document.activeElement)) return followSoon()
  try {
    const answer = await fetch(location.pathname, { headers, redirect: "error" })
    if (!answer.ok) return
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id)
    if (!fresh) return
    const isDone = !("followProgress" in fresh.dataset)
    if (isDone && part.dataset.followProgress === "reload") return location.reload()
    part.replaceWith(document.importNode(fresh, true))
  } catch {
    // The network is gone for a moment, or the session has ended: the next click says which.
  }
  followSoon()
}

const followSoon = () => setTimeout(follow, PAUSE)

followSoon()
