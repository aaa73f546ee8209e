// An OpenID provider: oidc-provider, with a portal as its one client and a few people.
//
// Its argument is a port, 0 for any. Prints its issuer, reads one JSON object from standard input, prints that it is ready,
// and ends when its input ends.
//   redirectUri   of the portal
//   people        name → groups; everybody else is unknown
//   algorithm     of ID tokens, RS256 or ES256
//   groupsIn      "idToken" or "userinfo"
//   kid           of the signing key; another one is another key

import { createServer } from "node:http";
import { createInterface } from "node:readline";

import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";

const server = createServer();
await new Promise((resolve) => server.listen(Number(process.argv[2]), "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
process.stdout.write(`${issuer}\n`);

const order = await new Promise((resolve) => {
  const lines = createInterface({ input: process.stdin });
  lines.once("line", (line) => resolve(JSON.parse(line)));
  lines.on("close", () => process.exit(0));
});

const { privateKey } = await generateKeyPair(order.algorithm, { extractable: true });
const key = { ...(await exportJWK(privateKey)), kid: order.kid, use: "sig", alg: order.algorithm };

const provider = new Provider(issuer, {
  jwks: { keys: [key] },
  cookies: { keys: ["only for tests"] },
  clients: [
    {
      client_id: "portal",
      client_secret: "swordfish-swordfish-swordfish-ok",
      redirect_uris: [order.redirectUri],
      post_logout_redirect_uris: [new URL("/admin/sign-in", order.redirectUri).href],
      response_types: ["code"],
      grant_types: ["authorization_code"],
      id_token_signed_response_alg: order.algorithm,
    },
  ],
  pkce: { required: () => true },
  conformIdTokenClaims: order.groupsIn === "userinfo",
  claims: { openid: ["sub"], email: ["email"], profile: ["name"], groups: ["groups"] },
  scopes: ["openid", "email", "profile", "groups"],
  enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256"] },
  findAccount: (_context, name) =>
    order.people[name] && {
      accountId: name,
      claims: () => ({
        sub: name,
        name: `${name[0].toUpperCase()}${name.slice(1)} Example`,
        email: `${name}@example.com`,
        groups: order.people[name],
      }),
    },
  // Everybody has agreed that the portal may know what it asks for.
  async loadExistingGrant(context) {
    const grant = new context.oidc.provider.Grant({
      clientId: context.oidc.client.clientId,
      accountId: context.oidc.session.accountId,
    });
    grant.addOIDCScope("openid email profile groups");
    await grant.save();
    return grant;
  },
});
server.on("request", provider.callback());
process.stdout.write("ready\n");
