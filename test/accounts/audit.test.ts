/** Who did what, and proof that it is all there. */
import { Database } from 'bun:sqlite';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'bun:test';
import { runNaru } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startWorld } from './support/accounts.ts';
import { pullStatus, pushImage } from './support/push.ts';

const world = await startWorld();
afterAll(() => world[Symbol.asyncDispose]());
const { admin } = world;

test('says who pushed and pulled what, from where and with what, and knows when it was changed', async () => {
  const owner = await world.person('watched');
  const { digest } = await pushImage(owner, 'watched/app', 'v1');
  await owner.api('PATCH', '/repositories/watched/app', { visibility: 'private' });
  const { items } = (await owner.api('GET', '/namespaces/watched/audit')).body as { items: Record<string, unknown>[] };
  expect(items.map(({ action, actor, address, credential, digest: of, tag }) => ({ action, actor, address, credential, of, tag }))).toEqual([
    { action: 'repository.visibility', actor: 'watched', address: '127.0.0.1', credential: 'password', of: undefined, tag: undefined },
    { action: 'tag.moved', actor: 'watched', address: '127.0.0.1', credential: 'token', of: digest, tag: 'v1' },
    { action: 'manifest.pushed', actor: 'watched', address: '127.0.0.1', credential: 'token', of: digest, tag: undefined },
    { action: 'repository.created', actor: 'watched', address: '127.0.0.1', credential: 'token', of: undefined, tag: undefined },
    { action: 'user.create', actor: 'chief', address: '127.0.0.1', credential: 'password', of: undefined, tag: undefined },
  ]);
  expect((await owner.api('GET', '/audit')).status).toBe(403);
  const verdict = (await admin.api('GET', '/audit/verify')).body;
  expect(verdict).toEqual({ entries: expect.any(Number), last: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

test('is exported in order, each line with the hash of the one before, and a changed entry is found', async () => {
  await using small = await startWorld();
  await pushImage(await small.person('kim'), 'kim/app', 'v1');
  const naru = (...args: string[]) => runNaru(['admin', 'audit', ...args, '--data', small.server.data]);
  const { stdout } = await naru('export');
  const lines = stdout.trimEnd().split('\n');
  const hashes = lines.map((line) => new Bun.CryptoHasher('sha256').update(line).digest('hex'));
  expect(lines.length).toBeGreaterThan(4);
  expect(lines.slice(1).map((line) => (JSON.parse(line) as { previous: string }).previous)).toEqual(hashes.slice(0, -1));
  expect((await naru('verify')).exitCode).toBe(0);
  await small.server.stop();
  const db = new Database(join(small.server.data, 'naru.db'));
  db.run(`update audit_entry set entry = replace(entry, '"kim"', '"lee"') where id = 3`);
  db.close();
  const changed = await naru('verify');
  expect(changed.exitCode).toBe(1);
  expect(changed.stdout).toContain('{"id":3,"why":"the entry is not what was hashed"}');
});

test('what was refused and pulled stands there although the server is killed', async () => {
  await using folder = await temporaryFolder('naru-audit-');
  const data = join(folder.path, 'data');
  await using first = await startWorld({ data });
  const owner = await first.person('kim');
  const outsider = await first.person('lee');
  const { digest } = await pushImage(owner, 'kim/app', 'v1');
  await owner.api('PATCH', '/repositories/kim/app', { visibility: 'private' });
  for (let tries = 0; tries < 3; tries++) expect(await pullStatus(outsider, 'kim/app', 'v1')).toBe(403);
  expect(await pullStatus(owner, 'kim/app', 'v1')).toBe(200);
  expect((await first.as('kim', 'wrong').api('POST', '/session', { name: 'kim', password: 'wrong' })).status).toBe(401);
  const refusedOf = (db: Database) => db.query<{ entry: string; times: number }, []>('select entry, times from gathered_audit').all();
  using db = new Database(join(data, 'naru.db'), { readonly: true });
  // Until what is counted was kept, and not yet written: a second, and not a minute.
  let kept = refusedOf(db);
  for (; kept.reduce((sum, { times }) => sum + times, 0) < 5; kept = refusedOf(db)) await Bun.sleep(20);
  await first.server.kill();

  // Whoever opens the folder next finds it, without a server too.
  const naru = async (...args: string[]) => (await runNaru(['admin', 'audit', ...args, '--data', data])).stdout;
  const { items } = JSON.parse(await naru('ls', '--json')) as { items: Record<string, unknown>[] };
  const gathered = items.filter(({ action }) => /refused|pulled/.test(String(action)));
  expect(gathered.map(({ action, actor, tag, digest: of, detail }) => ({ action, actor, tag, of, detail })).toReversed()).toEqual([
    { action: 'pull.refused', actor: 'lee', tag: 'v1', of: digest, detail: { code: 'ACCESS_REFUSED', times: 3 } },
    { action: 'manifest.pulled', actor: 'kim', tag: 'v1', of: digest, detail: { pulls: 1 } },
    { action: 'sign-in.refused', actor: 'kim', tag: undefined, of: undefined, detail: { by: 'password', reason: 'wrong name or password', times: 1 } },
  ]);
  expect(await naru('verify')).toMatch(/^entries +10\nlast +[0-9a-f]{64}\n$/);
  await using second = await startWorld({ data });
  expect((await second.admin.api('GET', '/audit?action=pull.refused')).body['items']).toHaveLength(1);
  expect(refusedOf(db)).toEqual([]);
});

describe('what was refused', () => {
  const listed = async (query: string) => (await admin.api('GET', `/audit?${query}`)).body['items'] as Record<string, unknown>[];
  const shown = (entries: Record<string, unknown>[]) =>
    entries.map(({ action, actor, address, repository, tag, digest }) => [action, actor, address, repository, tag ?? digest]);

  test('pulls and pushes, with who, from where and what; not that a client was asked for a token', async () => {
    const owner = await world.person('keeper');
    const outsider = await world.person('prober');
    const { digest } = await pushImage(owner, 'keeper/secret', 'v1');
    await owner.api('PATCH', '/repositories/keeper/secret', { visibility: 'private' });
    // As docker does: it asks, is told where tokens are to be had, and comes back with one.
    expect((await fetch(`${world.server.url}/v2/keeper/secret/manifests/v1`)).status).toBe(401);
    expect(await pullStatus(owner, 'keeper/secret', 'v1')).toBe(200);
    expect(shown(await listed('repository=keeper/secret&action=pull.refused'))).toEqual([]);

    for (let at = 0; at < 3; at++) expect(await pullStatus(outsider, 'keeper/secret', 'v1')).toBe(403);
    expect(await pullStatus(outsider, 'keeper/secret', digest)).toBe(403);
    expect(await pullStatus(world.anonymous, 'keeper/secret', digest)).toBe(403);
    expect((await pushImage(outsider, 'keeper/secret', 'v2')).status).toBe(403);
    expect((await outsider.v2('DELETE', `keeper/secret/manifests/${digest}`, ['repository:keeper/secret:delete'])).status).toBe(403);
    const refused = (await listed('repository=keeper/secret&limit=4')).toReversed();
    expect(shown(refused)).toEqual([
      ['pull.refused', 'prober', '127.0.0.1', 'keeper/secret', 'v1'],
      ['pull.refused', 'anonymous', '127.0.0.1', 'keeper/secret', digest],
      ['push.refused', 'prober', '127.0.0.1', 'keeper/secret', undefined],
      ['delete.refused', 'prober', '127.0.0.1', 'keeper/secret', digest],
    ]);
    // A pull by a tag is about the image that it stands for.
    expect(refused[0]).toMatchObject({ digest });
    expect(refused.map(({ detail }) => detail)).toEqual([
      { code: 'ACCESS_REFUSED', times: 4 },
      { code: 'ACCESS_REFUSED', times: 1 },
      { code: 'ACCESS_REFUSED', times: 1 },
      { code: 'ACCESS_REFUSED', times: 1 },
    ]);
    // The owner sees who tries their door.
    expect((await owner.api('GET', '/namespaces/keeper/audit?actor=prober')).body['items']).toHaveLength(3);
  });

  test('log-ins by password, token and identity token; what was typed as a name that is none is not kept', async () => {
    await world.person('guarded');
    const tryToken = (name: string, secret: string) => fetch(`${world.server.url}/token`, { headers: { authorization: world.as(name, secret).basic } });
    for (const secret of ['wrong', 'wrong again']) expect((await tryToken('guarded', secret)).status).toBe(401);
    expect((await tryToken('tall grass 95', 'typed into the wrong field')).status).toBe(401);
    const made = await admin.api('POST', '/users/guarded/tokens', { name: 'short' });
    expect((await tryToken('keeper', String(made.body['secret']))).status).toBe(401);
    await admin.api('DELETE', `/users/guarded/tokens/${String(made.body['id'])}`);
    expect((await tryToken('guarded', String(made.body['secret']))).status).toBe(401);
    const post = (form: Record<string, string>) => fetch(`${world.server.url}/token`, { method: 'POST', body: new URLSearchParams(form) });
    expect((await post({ grant_type: 'refresh_token', refresh_token: 'x'.repeat(40) })).status).toBe(401);
    const session = await fetch(`${world.server.url}/api/v1/session`, { method: 'POST', body: JSON.stringify({ name: 'guarded', password: 'wrong' }) });
    expect(session.status).toBe(401);
    const entries = await listed('action=sign-in.refused');
    expect(entries.toReversed().map(({ actor, address, detail }) => ({ actor, address, ...(detail as object) }))).toEqual(
      [
        { actor: 'guarded', by: 'password', reason: 'wrong name or password', times: 3 },
        { actor: 'anonymous', by: 'password', reason: 'wrong name or password', times: 1 },
        { actor: 'guarded', by: 'token', reason: 'of another name', times: 1 },
        { actor: 'anonymous', by: 'token', reason: 'unknown or revoked', times: 1 },
        { actor: 'anonymous', by: 'identity-token', reason: 'over or unknown', times: 1 },
      ].map((entry) => ({ ...entry, address: '127.0.0.1' })),
    );
    expect(JSON.stringify(await listed('limit=1000'))).not.toContain('tall grass');
  });

  test('a filter that is not known, or cannot be, is an error', async () => {
    const errors = async (query: string, path = '/audit') => (await admin.api('GET', `${path}?${query}`)).body['errors'];
    for (const [query, message] of [
      ['who=kim', 'query: Unrecognized key: "who"'],
      ['digest=abc', 'digest: must be a digest'],
      ['repository=*', 'repository: must be the whole name of a repository'],
      ['since=yesterday', 'since: Invalid input: expected number, received NaN'],
      ['actor=', 'actor: Too small: expected string to have >=1 characters'],
    ] as const) {
      expect(await errors(query)).toMatchObject([{ code: 'REQUEST_INVALID', message }]);
    }
    expect(await errors('namespace=other', '/namespaces/keeper/audit')).toMatchObject([{ message: 'query: Unrecognized key: "namespace"' }]);
  });

  test('is found by digest, repository, address and time, with naru as well', async () => {
    const owner = await world.person('finder');
    const { digest } = await pushImage(owner, 'finder/app', 'v1');
    await pullStatus(owner, 'finder/app', 'v1');
    const actions = async (query: string) => (await listed(query)).map(({ action }) => action);
    expect(await actions(`digest=${digest}`)).toEqual(['manifest.pulled', 'tag.moved', 'manifest.pushed']);
    expect(await actions(`digest=${digest}&action=tag.moved&actor=finder&address=127.0.0.1`)).toEqual(['tag.moved']);
    expect(await actions(`digest=${digest}&address=192.0.2.1`)).toEqual([]);
    const [pushed] = await listed(`digest=${digest}&action=manifest.pushed`);
    const at = Number(pushed?.['at']);
    expect(await actions(`digest=${digest}&until=${at}`)).toEqual([]);
    expect(await actions(`digest=${digest}&since=${at}&until=${at + 1}`)).toContain('manifest.pushed');
    const naru = async (...args: string[]) => runNaru(['admin', 'audit', 'ls', '--json', '--data', world.server.data, ...args]);
    const items = async (...args: string[]) => (JSON.parse((await naru(...args)).stdout) as { items: { action: string }[] }).items.map(({ action }) => action);
    expect(await items('--digest', digest, '--repository', 'finder/app', '--since', '1h')).toEqual(['manifest.pulled', 'tag.moved', 'manifest.pushed']);
    expect(await items('--digest', digest, '--until', '2020-01-01')).toEqual([]);
    expect(await items('--address', '127.0.0.1', '--action', 'tag.moved', '--namespace', 'finder', '--actor', 'finder', '--limit', '1')).toEqual(['tag.moved']);
    const wrong = await naru('--since', 'yesterday');
    expect([wrong.exitCode, wrong.stderr]).toEqual([1, expect.stringContaining('since: ')]);
  });
});
