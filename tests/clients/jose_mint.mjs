// Signs an unlock token with npm's jose; see README.md.

import { readFileSync } from "node:fs";
import { SignJWT } from "jose";

const order = JSON.parse(readFileSync(0, "utf8"));
const now = order.now ?? Math.floor(Date.now() / 1000);

let key = Buffer.from(order.secretHex, "hex");
let alg = "HS256";
let issuer = order.share;
let [notBefore, expires] = [now - 5, now + 55];

switch (order.variant) {
  case "bytes":
    break;
  case "hex_text":
    key = new TextEncoder().encode(order.secretHex);
    break;
  case "window_61":
    expires = now + 56;
    break;
  case "expired":
    [notBefore, expires] = [now - 60, now];
    break;
  case "wrong_issuer":
    issuer = "00000000-0000-4000-8000-000000000000";
    break;
  case "hs512":
    key = new TextEncoder().encode(order.secretHex);
    alg = "HS512";
    break;
  default:
    throw new Error(`unknown variant: ${order.variant}`);
}

const token = await new SignJWT()
  .setProtectedHeader({ alg, typ: "JWT" })
  .setIssuer(issuer)
  .setNotBefore(notBefore)
  .setExpirationTime(expires)
  .sign(key);
console.log(token);
