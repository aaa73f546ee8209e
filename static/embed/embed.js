// Follows framed shares: <vestibule-share unlock-url="…"> or <iframe data-vestibule src="…">. The frame gets the height
// of its content, events say what it shows, and a fresh unlock URL opens it when it is locked or the pass has run out.
// How to use it: /docs/embedding. Types: /embed.d.ts.

(() => {
  "use strict"
  if (window.Vestibule) return

  const MAX_HEIGHT = 20000
  // After that the frame counts as blocked, or the portal as down.
  const ANSWER_WITHIN_MS = 8000
  // At most so many fresh unlock URLs in such a time.
  const MAX_RENEWALS = 6
  const RENEWAL_WINDOW_MS = 5 * 60 * 1000
  const SANDBOX = "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads"

  // The URL and the share of an address; nothing if it names no share.
  const placeOf = address => {
    try {
      const url = new URL(address, document.baseURI)
      const [, share] = /^\/(?:e\/[^/]+\/)?content\/([\da-f-]{36})(?:\/|$)/i.exec(url.pathname)
      return /^https?:$/.test(url.protocol) ? { url, share: share.toLowerCase() } : undefined
    } catch {}
  }

  // The page that was shown, with the token of the fresh unlock URL.
  const deepLink = (fresh, path) => {
    const token = fresh.url.searchParams.get("unlock")
    const page = token && path && placeOf(new URL(path, fresh.url))
    if (!page || page.share !== fresh.share || page.url.origin !== fresh.url.origin) return fresh.url.href
    page.url.searchParams.set("unlock", token)
    return page.url.href
  }

  // For sites without code: an address that answers { "url": "…" }.
  const asker = address => address && (async ({ signal }) => {
    const answer = await fetch(address, { cache: "no-store", credentials: "same-origin", signal })
    if (!answer.ok) throw new Error(`${address} answers ${answer.status}`)
    return (await answer.json()).url
  })

  const connections = new Map()

  class Connection {
    #host; #frame; #options
    #end = new AbortController()
    #silence
    // Where the frame is: the origin of the portal, the share, the page and its title.
    #portal; #share; #path; #title
    // The last word and its document, whether it came since an address was opened, and the page that was open last.
    #heard; #answered; #opened
    // "tried" until a page opens; "failed" when the fresh unlock URL led to a locked page.
    #renewal
    #asking = false
    #renewals = []

    constructor(host, frame, options) {
      this.#host = host
      this.#frame = frame
      this.#options = options
      connections.get(frame)?.disconnect()
      connections.set(frame, this)
      const { signal } = this.#end
      window.addEventListener("message", event => this.#hear(event), { signal })
      frame.addEventListener("load", () => this.#greet(), { signal })
      if (!frame.getAttribute("src")) {
        const place = placeOf(options.src)
        if (place) {
          this.#settle(place)
          this.#path = place.url.pathname + place.url.search
        }
        this.#renew("load")
      } else if (frame.contentWindow && frame.contentDocument?.URL !== "about:blank") {
        this.#greet()
      }
    }

    get frame() { return this.#frame }

    renew() {
      this.#renewal = undefined
      this.#renew("request")
    }

    disconnect() {
      this.#end.abort()
      clearTimeout(this.#silence)
      if (connections.get(this.#frame) === this) connections.delete(this.#frame)
    }

    // Another share in the same frame begins anew.
    #settle({ url, share }) {
      if (this.#portal === url.origin && this.#share === share) return
      this.#portal = url.origin
      this.#share = share
      this.#heard = this.#answered = this.#opened = this.#path = this.#title = undefined
    }

    // A frame without allow-same-origin has no origin: it cannot be addressed, and speaks as "null".
    #isOpaque() {
      const { sandbox } = this.#frame
      return sandbox.length > 0 && !sandbox.contains("allow-same-origin")
    }

    #greet() {
      const place = placeOf(this.#frame.src)
      if (!place) return
      this.#settle(place)
      if (!this.#isOpaque()) this.#frame.contentWindow.postMessage({ type: "vestibule:hello", v: 1 }, this.#portal)
      clearTimeout(this.#silence)
      // Later it may show a file, which says nothing.
      if (!this.#answered) this.#silence = setTimeout(() => this.#fail("no_answer"), ANSWER_WITHIN_MS)
    }

    #hear({ source, origin, data }) {
      const place = placeOf(this.#frame.src)
      if (!place || source !== this.#frame.contentWindow) return
      if (origin !== (this.#isOpaque() ? "null" : place.url.origin) || data?.v !== 1) return
      this.#settle(place)
      const [, word] = /^vestibule:(ready|locked|expired|error|size)$/.exec(data.type) ?? []
      if (word === "size") return this.#resize(data.height)
      const heard = `${data.id} ${word}`
      // A document that was greeted says everything again.
      if (!word || heard === this.#heard) return
      clearTimeout(this.#silence)
      this.#heard = heard
      this.#answered = true
      this.#path = `${data.path}`
      this.#title = `${data.title}`
      this.#tell(word, data.code)
    }

    #tell(word, code) {
      if (word === "error") return this.#fail("page", { code })
      this.#emit(word, { code })
      if (word === "ready") {
        this.#renewal = undefined
        this.#frame.title ||= this.#title
        const before = this.#opened
        this.#opened = this.#path
        if (before && before !== this.#path) this.#followLink()
      } else if (!this.#renewal) {
        this.#renew(word)
      } else if (this.#renewal === "tried") {
        this.#renewal = "failed"
        this.#fail("renewal_refused", { code })
      }
    }

    // The next page begins at its top.
    #followLink() {
      const wanted = this.#emit("navigated")
      if (wanted && this.#frame.getBoundingClientRect().top < 0) this.#frame.scrollIntoView()
    }

    #resize(height) {
      if (!Number.isFinite(height)) return
      const { style, offsetHeight, clientHeight } = this.#frame
      const border = getComputedStyle(this.#frame).boxSizing === "border-box" ? offsetHeight - clientHeight : 0
      const most = Math.min(+this.#options.maxHeight || MAX_HEIGHT, MAX_HEIGHT)
      style.height = `${Math.min(Math.max(height, 0), most) + border}px`
    }

    async #renew(reason) {
      const { getUnlockUrl } = this.#options
      if (!getUnlockUrl || this.#asking) return
      const now = Date.now()
      this.#renewals = this.#renewals.filter(at => now - at < RENEWAL_WINDOW_MS)
      if (this.#renewals.length >= MAX_RENEWALS) return this.#fail("too_many_renewals")
      this.#renewals.push(now)
      this.#asking = true
      const { signal } = this.#end
      try {
        const fresh = placeOf(await getUnlockUrl({ share: this.#share, path: this.#path, reason, signal }))
        if (signal.aborted) return
        const isOther = this.#share && (fresh?.share !== this.#share || fresh.url.origin !== this.#portal)
        if (!fresh || isOther) throw new Error("This is no unlock URL of the share")
        this.#settle(fresh)
        this.#open(deepLink(fresh, this.#path))
        // The first load is no renewal: its token may have aged in a slow page.
        if (reason !== "load") this.#renewal = "tried"
      } catch (cause) {
        if (!signal.aborted) this.#fail("unlock_url", { cause })
      } finally {
        this.#asking = false
      }
    }

    // The locked page does not stay in the history, where "back" would find it.
    #open(address) {
      this.#answered = false
      if (this.#frame.getAttribute("src")) this.#frame.contentWindow.location.replace(address)
      else this.#frame.src = address
    }

    #fail(reason, more) { this.#emit("error", { reason, ...more }) }

    #emit(name, more) {
      const detail = { share: this.#share, path: this.#path, title: this.#title, ...more }
      const event = new CustomEvent(`vestibule:${name}`, { bubbles: true, composed: true, cancelable: true, detail })
      return this.#host.dispatchEvent(event)
    }
  }

  const connect = (frame, { getUnlockUrl, maxHeight } = {}) => new Connection(frame, frame, {
    get getUnlockUrl() { return getUnlockUrl ?? asker(frame.dataset.unlockUrl) },
    get maxHeight() { return maxHeight ?? frame.dataset.maxHeight },
  })

  class VestibuleShare extends HTMLElement {
    static observedAttributes = ["src", "title", "lang", "unlock-url"]
    #connection
    #getUnlockUrl

    get getUnlockUrl() { return this.#getUnlockUrl ?? asker(this.getAttribute("unlock-url")) }
    set getUnlockUrl(given) {
      this.#getUnlockUrl = given
      if (!this.#connection) this.#begin()
    }

    get src() { return this.getAttribute("src") }
    set src(address) { this.setAttribute("src", address) }
    get maxHeight() { return this.getAttribute("max-height") }

    renew() { this.#connection?.renew() }

    connectedCallback() {
      // Set before this script was there, it hides the accessor.
      if (Object.hasOwn(this, "getUnlockUrl")) {
        const given = this.getUnlockUrl
        delete this.getUnlockUrl
        this.#getUnlockUrl = given
      }
      this.#begin()
    }

    disconnectedCallback() {
      this.#connection?.disconnect()
      this.#connection?.frame.remove()
      this.#connection = undefined
    }

    attributeChangedCallback(name) {
      if (name === "src") this.disconnectedCallback()
      if (this.#connection) this.#describe(this.#connection.frame)
      else this.#begin()
    }

    #describe(frame) {
      frame.title = this.title || frame.title
      frame.lang = this.lang
    }

    #begin() {
      const { getUnlockUrl, src } = this
      if (this.#connection || !this.isConnected || !(getUnlockUrl || src)) return
      const frame = document.createElement("iframe")
      this.#describe(frame)
      // A token lives for a minute: a frame with one does not wait until it is seen.
      frame.loading = getUnlockUrl || src.includes("unlock=") ? "eager" : "lazy"
      frame.referrerPolicy = "strict-origin"
      frame.allow = "fullscreen"
      frame.sandbox = SANDBOX
      Object.assign(frame.style, { display: "block", width: "100%", border: 0 })
      if (!getUnlockUrl) frame.src = src
      this.append(frame)
      this.#connection = new Connection(this, frame, this)
    }
  }

  // Frames come and go while the page lives; one may be connected before it is there.
  const frames = document.getElementsByTagName("iframe")
  const look = () => {
    for (const frame of frames) {
      if ("vestibule" in frame.dataset && !connections.has(frame)) connect(frame)
    }
    for (const [frame, connection] of connections) {
      if (frame.isConnected) connection.wasThere = true
      else if (connection.wasThere) connection.disconnect()
    }
  }

  window.Vestibule = { connect }
  customElements.define("vestibule-share", VestibuleShare)
  new MutationObserver(look).observe(document, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-vestibule"],
  })
  look()
})()
