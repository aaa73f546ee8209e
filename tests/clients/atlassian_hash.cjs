// The query string hashes that Atlassian's library computes, of a list of requests on standard input.
'use strict';
const jwt = require('atlassian-jwt');

const requests = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));

const hashes = requests.map(({ method, url, body, base }) => {
  const request = body ? jwt.fromMethodAndPathAndBody(method, url, body) : jwt.fromMethodAndUrl(method, url);
  return jwt.createQueryStringHash(request, Boolean(body), base ?? undefined);
});
console.log(JSON.stringify(hashes));
