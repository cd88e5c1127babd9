/** What opens something is written nowhere: not in the log, however much is logged, and not in the data folder. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'bun:test';
import { totpAt } from '@naru/server/identity/totp/totp';
import { linkIn, startMailSink } from '../support/mail-sink.ts';
import { adminName, startWorld } from './support/accounts.ts';
import { startCiIssuer } from './support/ci-issuer.ts';

test('passwords, tokens, cookies, codes and links, right and wrong', async () => {
  await using issuer = await startCiIssuer();
  await using sink = await startMailSink();
  await using world = await startWorld({
    flags: [
      '--log-level',
      'debug',
      '--log-access',
      'true',
      '--federation-issuers',
      issuer.issuer,
      '--mail-smtp-url',
      `smtp://127.0.0.1:${sink.port}`,
      '--mail-link-url',
      'https://registry.example.com',
    ],
  });
  const { url } = world.server;
  const secrets = new Map<string, string>();
  const keep = (what: string, secret: unknown) => {
    expect(String(secret).length).toBeGreaterThan(7);
    secrets.set(what, String(secret));
    return String(secret);
  };
  const post = (path: string, body: unknown, headers = {}) => fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });

  const own = keep('password', 'heather over slate 31');
  await post('/api/v1/sign-up', { name: 'kim', email: 'kim@example.org', password: own });
  await post('/api/v1/mail-links/use', { secret: keep('link', linkIn(await sink.take('kim@example.org')).secret) });
  const kim = world.as('kim', own);
  await post('/api/v1/session', { name: 'kim', password: keep('wrong password', 'gravel under fern 77') });
  await post('/api/v1/session', { name: keep('a password in the place of the name', 'moss beside brook 12'), password: 'x' });
  const session = await post('/api/v1/session', { name: 'kim', password: own });
  keep('cookie', /=([^;]+)/.exec(session.headers.get('set-cookie') ?? '')?.[1]);

  const token = keep('access token', (await kim.api('POST', '/user/tokens', { name: 'laptop' })).body['secret']);
  await fetch(`${url}/api/v1/user`, { headers: { authorization: `Bearer ${token}` } });
  await fetch(`${url}/v2/?access_token=${token}`);
  await fetch(`${url}/token?account=kim&password=${encodeURIComponent(own)}`);
  const docker = await fetch(`${url}/token?account=kim&offline_token=true&service=naru`, { headers: { authorization: kim.basic } });
  const { token: registry, refresh_token: identity } = (await docker.json()) as Record<string, string>;
  keep('registry token', registry);
  const refresh = { grant_type: 'refresh_token', refresh_token: keep('identity token', identity) };
  await fetch(`${url}/token`, { method: 'POST', body: new URLSearchParams(refresh) });
  await fetch(`${url}/v2/`, { headers: { authorization: `Bearer ${registry}x` } });
  keep('Basic', kim.basic.slice(6));

  await kim.api('POST', '/organisations', { name: 'acme' });
  await kim.api('POST', '/organisations/acme/invitations', { email: 'lee@example.org' });
  // Its secret waits in the job of its mail: it is good for the owner of the address alone.
  await sink.take('lee@example.org');
  await kim.api('POST', '/namespaces/acme/robots', { name: 'bot' });
  keep('secret of a robot', (await kim.api('POST', '/namespaces/acme/robots/bot/tokens', { name: 'x' })).body['secret']);
  await kim.api('POST', '/namespaces/acme/trusted-issuers', {
    name: 'ci',
    issuer: issuer.issuer,
    audience: issuer.audience,
    claims: { ref: 'refs/heads/main' },
  });
  for (const run of [await issuer.sign(), await issuer.sign({ ref: 'refs/heads/other' })])
    await fetch(`${url}/token`, { headers: { authorization: world.as('ci', keep(`token of a run ${secrets.size}`, run)).basic } });

  await post('/api/v1/mail-links/password-reset', { email: 'kim@example.org' });
  keep('link for a new password', linkIn(await sink.take('kim@example.org')).secret);
  const { secret } = (await kim.api('GET', '/user/second-factor')).body as { secret: string };
  const made = await kim.api('PUT', '/user/second-factor', { secret, code: totpAt(secret, Math.floor(Date.now() / 30_000)), password: own });
  for (const [at, code] of (made.body['recoveryCodes'] as string[]).entries()) keep(`recovery code ${at}`, code);
  await world.as(adminName, keep('wrong password of the administrator', 'pebble by harbour 55')).api('GET', '/users');
  expect(await world.server.stop()).toBe(0);

  const written = [world.server.output.stdout, world.server.output.stderr];
  for (const file of readdirSync(world.server.data, { recursive: true, withFileTypes: true }))
    if (file.isFile()) written.push(readFileSync(join(file.parentPath, file.name), 'latin1'));
  // Whether anything would be found: the log and the audit say who it was.
  expect(written.slice(0, 2).join('')).toContain('/api/v1/session');
  expect(written.slice(2).some((text) => text.includes('sign-in.refused'))).toBe(true);
  const found = [...secrets].filter(([, value]) => written.some((text) => text.includes(value) || text.includes(encodeURIComponent(value))));
  expect(found).toEqual([]);
}, 60_000);
