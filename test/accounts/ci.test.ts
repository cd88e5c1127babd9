/** CI without secrets: tokens of an issuer that a namespace trusts. */
import { expect, test } from 'bun:test';
import { generateKeyPair, UnsecuredJWT } from 'jose';
import { startWorld } from './support/accounts.ts';
import { startCiIssuer } from './support/ci-issuer.ts';
import { pushImage } from './support/push.ts';

test('a token of a trusted issuer opens what was granted, and none that differs', async () => {
  await using provider = await startCiIssuer();
  const { issuer, sign } = provider;
  await using federated = await startWorld({ flags: ['--federation-issuers', issuer] });
  const owner = await federated.person('acme');
  const trust = { name: 'github', issuer, audience: 'naru.example', claims: { repository: 'acme/*', ref: 'refs/heads/main' } };
  expect((await owner.api('POST', '/namespaces/acme/trusted-issuers', { ...trust, issuer: 'https://elsewhere.example' })).status).toBe(400);
  expect((await owner.api('POST', '/namespaces/acme/trusted-issuers', { ...trust, claims: {} })).status).toBe(400);
  expect((await owner.api('POST', '/namespaces/acme/trusted-issuers', trust)).status).toBe(201);
  await owner.api('POST', '/namespaces/acme/grants', { subject: { kind: 'ci', name: 'github' }, role: 'write', repositories: 'acme/app' });

  const now = Math.floor(Date.now() / 1000);
  const run = (token: string) => federated.as('ci', token);
  expect((await pushImage(run(await sign()), 'acme/app', 'v1')).status).toBe(201);
  expect((await pushImage(run(await sign()), 'acme/other', 'v1')).status).toBe(403);
  expect((await run(await sign()).api('GET', '/user')).body).toMatchObject({ kind: 'ci', name: 'acme+github', credential: 'federated' });

  // The issuer's clock may be a minute off, to either side, and no more.
  const statusOf = async (claims: Record<string, number>) => {
    const response = await fetch(`${federated.server.url}/token`, { headers: { authorization: run(await sign(claims)).basic } });
    return response.status;
  };
  expect(await Promise.all([{ exp: now - 30 }, { iat: now + 30, nbf: now + 30 }].map(statusOf))).toEqual([200, 200]);
  expect(await Promise.all([{ exp: now - 90 }, { iat: now + 90, nbf: now + 90 }].map(statusOf))).toEqual([401, 401]);

  const { privateKey: other } = await generateKeyPair('RS256');
  const bad = [
    await sign({ ref: 'refs/heads/evil' }),
    await sign({ repository: 'evil/app' }),
    await sign({ aud: 'another' }),
    await sign({ exp: now - 120, iat: now - 300 }),
    await sign({ iat: now - 7200 }),
    await sign({}, other),
    new UnsecuredJWT({ iss: issuer, aud: 'naru.example', sub: 's', iat: now, exp: now + 300, repository: 'acme/app', ref: 'refs/heads/main' }).encode(),
  ];
  for (const token of bad) {
    const response = await fetch(`${federated.server.url}/token`, { headers: { authorization: run(token).basic } });
    expect(response.status).toBe(401);
  }
  const exchange = async (token: string) =>
    fetch(`${federated.server.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', subject_token: token }),
    });
  expect((await exchange(await sign({ ref: 'refs/heads/evil' }))).status).toBe(401);
  const refused = (await federated.admin.api('GET', '/audit?action=sign-in.refused')).body['items'] as { detail: { by: string; reason: string } }[];
  const reasons = refused.map(({ detail: { by, reason } }) => `${by}: ${reason}`);
  expect(reasons).toEqual(expect.arrayContaining(['federated: not a good token', 'federated: trusted by nobody', 'password: wrong name or password']));
  const exchanged = await fetch(`${federated.server.url}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: await sign(),
      scope: 'repository:acme/app:pull',
    }),
  });
  expect(exchanged.status).toBe(200);
  // It is good for minutes, and no longer than the namespace trusts the issuer.
  const { access_token: token, expires_in: seconds } = (await exchanged.json()) as { access_token: string; expires_in: number };
  expect(seconds).toBeLessThanOrEqual(300);
  const pull = async () => (await fetch(`${federated.server.url}/v2/acme/app/manifests/v1`, { headers: { authorization: `Bearer ${token}` } })).status;
  expect(await pull()).toBe(200);
  const { items } = (await owner.api('GET', '/namespaces/acme/trusted-issuers')).body as { items: { name: string }[] };
  expect(items.map(({ name }) => name)).toEqual(['github']);
  expect((await owner.api('DELETE', '/namespaces/acme/trusted-issuers/github')).status).toBe(204);
  expect([await pull(), await statusOf({})]).toEqual([401, 401]);
});
