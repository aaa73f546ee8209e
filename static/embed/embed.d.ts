// Types of embed.js. Put this file among your sources: it declares the global `Vestibule`, the element
// <vestibule-share>, the events, and the module under any address that ends in /embed.mjs.

declare namespace Vestibule {
  /** Follows a frame; an earlier connection of the same frame ends. */
  function connect(frame: HTMLIFrameElement, options?: Options): Connection

  interface Options {
    /** Instead of the attribute `data-unlock-url`. */
    getUnlockUrl?: GetUnlockUrl
    /** The most the frame is high, in pixels; what is longer scrolls inside. Never more than 20000. */
    maxHeight?: number
  }

  interface Connection {
    readonly frame: HTMLIFrameElement
    /** Asks for a fresh unlock URL now and opens the page that was shown. */
    renew(): void
    /** Forgets the frame, which stays as it is. */
    disconnect(): void
  }

  /** Answers an address of the share with a fresh unlock token, made by your own server. */
  type GetUnlockUrl = (request: UnlockRequest) => string | URL | Promise<string | URL>

  interface UnlockRequest {
    /** The share's UUID, if it is known. */
    readonly share: string | undefined
    /** The page that is opened again, if there was one. */
    readonly path: string | undefined
    readonly reason: "load" | "locked" | "expired" | "request"
    /** Aborted when the frame is gone. */
    readonly signal: AbortSignal
  }

  interface EventDetail {
    readonly share: string | undefined
    /** Path and query of the page at the portal, without anything that opens it. */
    readonly path: string | undefined
    readonly title: string | undefined
  }

  interface LockedDetail extends EventDetail {
    /** Why the unlock token was refused, if there was one, such as "expired". */
    readonly code: string | undefined
  }

  /**
   * `page`: the portal shows an error. `no_answer`: the frame is blocked or the portal is down. `unlock_url`: there was
   * no fresh unlock URL, see `cause`. `renewal_refused`: it did not open the share, see `code`. `too_many_renewals`:
   * six in five minutes were not enough.
   */
  type Reason = "page" | "no_answer" | "unlock_url" | "renewal_refused" | "too_many_renewals"

  interface ErrorDetail extends EventDetail {
    readonly reason: Reason
    readonly code?: string
    readonly cause?: unknown
  }

  interface EventMap {
    /** A page of the share is shown. */
    "vestibule:ready": CustomEvent<EventDetail>
    /** It is another page than before. Then the frame's top is scrolled into view, unless the default is prevented. */
    "vestibule:navigated": CustomEvent<EventDetail>
    /** The password page is shown. */
    "vestibule:locked": CustomEvent<LockedDetail>
    /** The pass has run out while the page stands. */
    "vestibule:expired": CustomEvent<EventDetail>
    "vestibule:error": CustomEvent<ErrorDetail>
  }

  /** Attributes of <vestibule-share>, for JSX: `interface IntrinsicElements { "vestibule-share": Vestibule.Attributes }` */
  interface Attributes {
    src?: string
    title?: string
    lang?: string
    /** An address of your site that answers `{ "url": "…" }`. */
    "unlock-url"?: string
    "max-height"?: number | string
  }
}

/** `<vestibule-share src="…" title="…" lang="…" unlock-url="…" max-height="…">`; `src` or a way to unlock is needed. */
interface VestibuleShareElement extends HTMLElement {
  src: string | null
  /** Instead of the attribute `unlock-url`. */
  getUnlockUrl: Vestibule.GetUnlockUrl | null | undefined
  readonly maxHeight: string | null
  renew(): void
}

interface HTMLElementTagNameMap {
  "vestibule-share": VestibuleShareElement
}

// Bubbling, so they can be heard on every element and on the document.
interface HTMLElementEventMap extends Vestibule.EventMap {}
interface DocumentEventMap extends Vestibule.EventMap {}

interface Window {
  readonly Vestibule: typeof Vestibule
}

declare module "*/embed.mjs" {
  export const connect: typeof Vestibule.connect
}
