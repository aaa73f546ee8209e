// A client site with Express. Every view of the page signs a token of its own.
import express from "express"
import jwt from "jsonwebtoken"

const PORTAL = process.env.VESTIBULE_URL ?? "https://portal.example.com"
const SHARE = process.env.VESTIBULE_SHARE ?? "00000000-0000-0000-0000-000000000000"
// The key is the 32 bytes that the 64 hex digits stand for, not their text.
const KEY = Buffer.from(process.env.VESTIBULE_UNLOCK_SECRET ?? "", "hex")
if (KEY.length !== 32) throw new Error("VESTIBULE_UNLOCK_SECRET must be 64 hex digits")

const unlockUrl = () => {
  // Whole seconds. The portal takes 60 of them and no leeway: 5 are for clocks that disagree.
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: SHARE, nbf: now - 5, exp: now + 55 }
  const token = jwt.sign(claims, KEY, { algorithm: "HS256", noTimestamp: true })
  return `${PORTAL}/content/${SHARE}?unlock=${token}`
}

const page = () => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Client site</title>
<h1>Client site</h1>
<iframe data-vestibule data-unlock-url="/unlock-url" src="${unlockUrl()}" title="Manual"
        style="width:100%;height:80vh;border:0" referrerpolicy="strict-origin" allow="fullscreen"
        sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads"></iframe>
<script src="${PORTAL}/embed.js" async></script>
</html>`

const app = express()

// Whoever gets these two answers can read the share: put them behind your own sign-in.
// A cached answer holds a token that has run out, so no cache may keep them.
app.get("/", (request, response) => {
  response.set("Cache-Control", "no-store").send(page())
})

app.get("/unlock-url", (request, response) => {
  response.set("Cache-Control", "no-store").json({ url: unlockUrl() })
})

app.listen(process.env.PORT ?? 3000, "127.0.0.1")
