// Every page of the app: asks the portal, through Atlassian, for an address that is good once and for whoever looks at the
// page, and shows it in a frame.

import { invokeRemote, view } from "@forge/bridge"

// Keys of the modules in manifest.yml, and what the portal shows there.
const VIEWS = {
  "share-byline": "share",
  "share-menu": "share",
  "share-space": "space",
  "share-admin": "admin",
}

const say = text => {
  document.getElementById("message").textContent = text
}

const show = url => {
  const frame = document.createElement("iframe")
  frame.title = "External shares"
  frame.allow = "clipboard-write"
  frame.src = url
  document.body.replaceChildren(frame)
}

// What came back, whether the bridge has read the JSON already or not.
const read = body => (typeof body === "string" ? JSON.parse(body) : body) ?? {}

const open = async () => {
  const { moduleKey, extension } = await view.getContext()
  const { body } = await invokeRemote({
    path: "/forge/session",
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: {
      view: VIEWS[moduleKey],
      pageId: extension.content?.id,
      spaceKey: extension.space?.key,
    },
  })
  const answer = read(body)
  if (answer.url) show(answer.url)
  else say(answer.detail ?? "The portal did not answer. Reload the page in a minute.")
}

open().catch(() => say("The portal could not be reached. Reload the page in a minute."))
