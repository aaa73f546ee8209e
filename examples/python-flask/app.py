"""A client site with Flask. Every view of the page signs a token of its own."""

import os
import time

import jwt  # PyJWT
from flask import Flask, jsonify, render_template_string

PORTAL = os.environ.get("VESTIBULE_URL", "https://portal.example.com")
SHARE = os.environ.get("VESTIBULE_SHARE", "00000000-0000-0000-0000-000000000000")
# The key is the 32 bytes that the 64 hex digits stand for, not their text.
KEY = bytes.fromhex(os.environ["VESTIBULE_UNLOCK_SECRET"])

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Client site</title>
<h1>Client site</h1>
<iframe data-vestibule data-unlock-url="/unlock-url" src="{{ url }}" title="Manual"
        style="width:100%;height:80vh;border:0" referrerpolicy="strict-origin" allow="fullscreen"
        sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads"></iframe>
<script src="{{ portal }}/embed.js" async></script>
</html>"""

app = Flask(__name__)


def unlock_url():
    # Whole seconds. The portal takes 60 of them and no leeway: 5 are for clocks that disagree.
    now = int(time.time())
    claims = {"iss": SHARE, "nbf": now - 5, "exp": now + 55}
    token = jwt.encode(claims, KEY, algorithm="HS256")
    return f"{PORTAL}/content/{SHARE}?unlock={token}"


# Whoever gets these two answers can read the share: put them behind your own sign-in.
@app.get("/")
def page():
    return render_template_string(PAGE, url=unlock_url(), portal=PORTAL)


@app.get("/unlock-url")
def fresh_unlock_url():
    return jsonify(url=unlock_url())


@app.after_request
def keep_out_of_caches(response):
    # A cached answer holds a token that has run out.
    response.headers["Cache-Control"] = "no-store"
    return response


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ.get("PORT", "3000")))
