// Tells the site around a framed share what is shown: ready, locked or error, the height, and when the pass runs out.
// It speaks only to origins that may frame the share, answers a "vestibule:hello", and takes no command.
// The other end is /embed.js.

const { share, state, code, origins } = document.querySelector("meta[name=vestibule-frame]").dataset
const listed = origins.split(" ")
const around = window.parent
// Lets the site tell a second document from the first one said twice.
const id = `${performance.timeOrigin}`

// Origins that are known before anybody has said hello. Most browsers tell which of them is there.
const ancestor = location.ancestorOrigins?.[0]
let targets = listed.filter(origin => !origin.includes("*") && (!ancestor || origin === ancestor))

// A wildcard stands for any labels in its place; alone, for any site. A page without an origin cannot be addressed.
const isListed = origin => origin !== "null" && listed.some(entry => {
  const [begin, end] = entry.split("*")
  return end === undefined ? origin === entry : origin.startsWith(begin) && origin.endsWith(end)
})

// The address without what could open the share: a key before /content/, and the parameters of the way in.
const cleanPath = address => {
  const { pathname, searchParams } = new URL(address, location.href)
  for (const name of ["unlock", "h"]) searchParams.delete(name)
  const query = String(searchParams)
  return pathname.replace(/^\/e\/[^/]+(?=\/)/, "") + (query && `?${query}`)
}

// After a wrong password only the form knows which page was asked for.
const wanted = state === "locked" ? document.querySelector("form [name=next]") : null
const path = () => cleanPath(wanted?.value ?? location.href)

const say = (type, more) => {
  const message = { type: `vestibule:${type}`, v: 1, share, id, ...more }
  for (const origin of targets) around.postMessage(message, origin)
}

const words = { open: "ready", locked: "locked", error: "error" }
let word = words[state]
const sayState = () => say(word, { path: path(), title: document.title, code })

// The height of the content, which does not depend on the frame's, and of a bar to scroll sideways, if there is one.
let height = 0
const measure = () => {
  const bar = window.innerHeight - document.documentElement.clientHeight
  return Math.ceil(document.body.getBoundingClientRect().height + bar)
}
const saySize = () => {
  height = measure()
  say("size", { height })
}

// Milliseconds since 1970 at which the pass runs out, if one let the reader in.
let end
const [navigation] = performance.getEntriesByType("navigation")
const timeLeft = async () => {
  const pass = navigation?.serverTiming?.find(entry => entry.name === "pass")
  if (pass || navigation?.responseStart > 0) return pass?.duration
  // Firefox hides the timings of a page that another site has opened, also from the page itself.
  const answer = await fetch(location.href, { method: "HEAD", cache: "no-store" })
  return /\bpass;dur=(\d+)/.exec(answer.headers.get("server-timing"))?.[1]
}

// A longer wait overflows the browser's timer.
const LONGEST_WAIT = 2 ** 31 - 1
let timer
// Timers sleep with a hidden page, and a page that nobody looks at needs no fresh pass.
const watchPass = () => {
  clearTimeout(timer)
  if (word === "expired" || document.hidden) return
  const left = end - Date.now()
  if (left > 0) {
    timer = setTimeout(watchPass, Math.min(left, LONGEST_WAIT))
  } else {
    word = "expired"
    sayState()
  }
}

const answerHello = ({ source, origin, data }) => {
  if (source !== around || data?.type !== "vestibule:hello" || !isListed(origin)) return
  targets = [origin]
  // The site follows the height, so nothing in here scrolls by itself any more.
  document.documentElement.classList.add("followed")
  sayState()
  saySize()
}

if (around !== window) {
  window.addEventListener("message", answerHello)
  sayState()
  new ResizeObserver(() => { if (measure() !== height) saySize() }).observe(document.body)
  // A sandbox without our origin may not ask. Then the pass is over at the next step.
  const left = word === "ready" && await timeLeft().catch(() => undefined)
  if (left) {
    end = Date.now() + Number(left)
    document.addEventListener("visibilitychange", watchPass)
    watchPass()
  }
}
