// Signs an unlock token with npm's jsonwebtoken; see README.md.

const { readFileSync } = require("node:fs");
const jwt = require("jsonwebtoken");

const order = JSON.parse(readFileSync(0, "utf8"));
const now = order.now ?? Math.floor(Date.now() / 1000);

let key = Buffer.from(order.secretHex, "hex");
let algorithm = "HS256";
const claims = { iss: order.share, nbf: now - 5, exp: now + 55 };

switch (order.variant) {
  case "bytes":
    break;
  case "hex_text":
    key = order.secretHex;
    break;
  case "window_61":
    claims.exp = now + 56;
    break;
  case "expired":
    Object.assign(claims, { nbf: now - 60, exp: now });
    break;
  case "wrong_issuer":
    claims.iss = "00000000-0000-4000-8000-000000000000";
    break;
  case "hs512":
    key = order.secretHex;
    algorithm = "HS512";
    break;
  default:
    throw new Error(`unknown variant: ${order.variant}`);
}

console.log(jwt.sign(claims, key, { algorithm }));
