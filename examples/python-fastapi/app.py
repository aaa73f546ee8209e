"""A client site with FastAPI. Every view of the page signs a token of its own."""

import os
import time

import jwt  # PyJWT
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse

PORTAL = os.environ.get("VESTIBULE_URL", "https://portal.example.com")
SHARE = os.environ.get("VESTIBULE_SHARE", "00000000-0000-0000-0000-000000000000")
# The key is the 32 bytes that the 64 hex digits stand for, not their text.
KEY = bytes.fromhex(os.environ["VESTIBULE_UNLOCK_SECRET"])
# A cached answer holds a token that has run out.
NO_STORE = {"Cache-Control": "no-store"}

app = FastAPI()


def unlock_url() -> str:
    # Whole seconds. The portal takes 60 of them and no leeway: 5 are for clocks that disagree.
    now = int(time.time())
    claims = {"iss": SHARE, "nbf": now - 5, "exp": now + 55}
    token = jwt.encode(claims, KEY, algorithm="HS256")
    return f"{PORTAL}/content/{SHARE}?unlock={token}"


# Whoever gets these two answers can read the share: put them behind your own sign-in.
@app.get("/")
def page() -> HTMLResponse:
    html = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Client site</title>
<h1>Client site</h1>
<iframe data-vestibule data-unlock-url="/unlock-url" src="{unlock_url()}" title="Manual"
        style="width:100%;height:80vh;border:0" referrerpolicy="strict-origin" allow="fullscreen"
        sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads"></iframe>
<script src="{PORTAL}/embed.js" async></script>
</html>"""
    return HTMLResponse(html, headers=NO_STORE)


@app.get("/unlock-url")
def fresh_unlock_url() -> JSONResponse:
    return JSONResponse({"url": unlock_url()}, headers=NO_STORE)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
