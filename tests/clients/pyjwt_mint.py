"""Signs an unlock token with PyJWT; see README.md."""

import json
import sys
import time

import jwt

order = json.load(sys.stdin)
variant = order["variant"]
now = order.get("now", int(time.time()))

key = bytes.fromhex(order["secretHex"])
algorithm = "HS256"
claims = {"iss": order["share"], "nbf": now - 5, "exp": now + 55}

if variant == "hex_text":
    key = order["secretHex"]
elif variant == "window_61":
    claims["exp"] = now + 56
elif variant == "expired":
    claims.update(nbf=now - 60, exp=now)
elif variant == "wrong_issuer":
    claims["iss"] = "00000000-0000-4000-8000-000000000000"
elif variant == "hs512":
    key, algorithm = order["secretHex"], "HS512"
elif variant != "bytes":
    sys.exit(f"unknown variant: {variant}")

print(jwt.encode(claims, key, algorithm=algorithm))
