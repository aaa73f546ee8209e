// A Confluence that signs what it sends to an app, with Atlassian's own library. Reads one JSON object:
// { now, clientKey, sharedSecret, keyId, base, requests: { name: { method, url, claims, by } } }, where `by` is `key` or
// `secret`. Prints the public key and one token for each request.
'use strict';
const { generateKeyPairSync } = require('node:crypto');
const jwt = require('atlassian-jwt');

const order = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

const tokens = {};
for (const [name, { method, url, claims, by }] of Object.entries(order.requests)) {
  const payload = {
    iss: order.clientKey,
    sub: '5b10ac8d82e05b22cc7d4ef5',
    iat: order.now,
    exp: order.now + 180,
    qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl(method, url), false, order.base),
    context: {},
    ...claims,
  };
  tokens[name] = by === 'key'
    ? jwt.encodeAsymmetric(payload, privateKey, 'RS256', { kid: order.keyId })
    : jwt.encodeSymmetric(payload, order.sharedSecret, 'HS256');
}
console.log(JSON.stringify({ publicKey, tokens }));
