// Asks an authorization server for a token in the name of a person, with Atlassian's library. Reads its options as one JSON
// object, and prints the answer.
'use strict';
const { getAccessToken } = require('atlassian-oauth2');

const options = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
getAccessToken(options).then((answer) => console.log(JSON.stringify(answer)));
