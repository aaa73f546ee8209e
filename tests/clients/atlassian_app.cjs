// An app made with Atlassian's framework. Reads one JSON object: { appKey, clientKey, sharedSecret, sites }, prints its
// port, and serves until it is killed.
//
// `/wiki/…` answers only requests that the framework's middleware takes. `/ask/{site}?path=…` sends a request to one of the
// sites, signed by the framework's client.
'use strict';
const { readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const express = require('express');
const ace = require('atlassian-connect-express');

const order = JSON.parse(readFileSync(0, 'utf8'));
// Refusals are warnings, and some tests want them.
const quiet = { error: console.error, warn() {}, info() {} };

// The framework's stores all need a database.
ace.store.register('here', () => ({
  get: async (_kind, clientKey) => {
    const settings = { key: order.appKey, clientKey, sharedSecret: order.sharedSecret };
    if (clientKey === order.clientKey) return { ...settings, baseUrl: 'http://127.0.0.1/wiki' };
    // A site names itself as issuer, where an app names its own key.
    const site = order.sites[clientKey];
    return site ? { ...settings, key: clientKey, baseUrl: site } : null;
  },
}));

const app = express();
app.set('env', 'production');
app.use(express.json());
// The framework was made for Express 4, where every request has a body.
app.use((request, _response, next) => {
  request.body ??= {};
  next();
});
const server = app.listen(0, '127.0.0.1', () => {
  const port = server.address().port;
  const descriptorFilename = path.join(__dirname, 'atlassian-connect.json');
  const baseUrl = `http://127.0.0.1:${port}/wiki`;
  writeFileSync(descriptorFilename, JSON.stringify({ key: order.appKey, name: 'Test', baseUrl }));
  const here = { localBaseUrl: baseUrl, store: { adapter: 'here' }, setupInstallRoute: false };
  const config = { product: 'confluence', jwt: { validityInMinutes: 3 }, production: here };
  const addon = ace(app, { config }, quiet, { descriptorFilename, configFileName: '/nowhere' }, () => {
    app.use('/wiki', addon.authenticate(), (request, response) => {
      response.json({ results: [{ id: '1', key: request.query.keys ?? 'DS', name: 'Taken', homepageId: '2' }], _links: {} });
    });
    app.get('/ask/:site', (request, response) => {
      const client = addon.httpClient({ clientKey: request.params.site });
      const { method, path: url } = request.query;
      client[method]({ url, json: {} }, (error, answer) => response.json({ status: answer?.statusCode, error }));
    });
    console.log(port);
  });
});
