/** From a file of advisories to a pull that is refused, and back: over both APIs of the real program. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kev } from '../advisories/files.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer, type TestServer } from '../support/server.ts';
import { type Ask, askAt, until, verdictOf } from './fixture.ts';
import { imageOf, imageWith, importFixedIn } from './left-pad.ts';

setDefaultTimeout(120_000);

const repository = 'team/app';
let server: TestServer;
let ask: Ask;
let files = '';
beforeAll(async () => {
  server = await startServer();
  ask = askAt(server.url);
  files = await mkdtemp(join(tmpdir(), 'naru-gate-'));
  await ask('PUT', '/namespaces/team/policy', { quarantine: true, block: [{ severity: 'high' }] });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(files, { recursive: true, force: true });
});

const judged = (tag: string, state: string) =>
  until(
    () => verdictOf(ask, repository, tag),
    (verdict) => verdict['state'] === state,
  );

async function pull(tag: string): Promise<string> {
  const response = await fetch(`${server.url}/v2/${repository}/manifests/${tag}`);
  if (response.status === 200) return 'came';
  return ((await response.json()) as { errors: { message: string }[] }).errors[0]?.message ?? '';
}

test('what is vulnerable is refused with the reason, what is mended comes, an exception lifts it, and new knowledge needs no push', async () => {
  const client = createRegistryClient(server.url);
  await client.pushImage(repository, imageWith('1.2.0'), 'unknown');
  expect(await pull('unknown')).toMatch(/^image blocked: it (has not been|could not be) checked/);
  await importFixedIn('1.3.1', '2026-03-01', { data: server.data, folder: files });
  await client.pushImage(repository, imageWith('1.3.0'), 'old');
  await client.pushImage(repository, imageWith('1.3.1'), 'new');
  await judged('old', 'blocked');
  await judged('new', 'allowed');
  expect([await pull('old'), await pull('new')]).toEqual(['image blocked: CVE-2026-0001 (critical) in left-pad 1.3.0, fixed in 1.3.1 (rule of team)', 'came']);

  const lifted = { target: { finding: 'CVE-2026-0001', package: 'left-pad' }, reason: 'not reachable', endsAt: Date.now() + 60_000 };
  expect((await ask('POST', `/namespaces/team/policy/exceptions`, lifted)).status).toBe(201);
  await judged('old', 'allowed');
  expect(await pull('old')).toBe('came');

  const { items } = (await ask('GET', `/namespaces/team/policy/exceptions`)).body as { items: { id: string }[] };
  expect((await ask('DELETE', `/namespaces/team/policy/exceptions/${items[0]?.id}`)).status).toBe(204);
  await importFixedIn('1.3.2', '2026-03-02', { data: server.data, folder: files });
  await judged('new', 'blocked');
  expect(await pull('new')).toBe('image blocked: CVE-2026-0001 (critical) in left-pad 1.3.1, fixed in 1.3.2 (rule of team)');
});

test('an image with a list of packages that is broken, or that somebody took away, waits in quarantine', async () => {
  const client = createRegistryClient(server.url);
  const release = { name: 'etc/os-release', content: 'ID=debian\nVERSION_ID="12"\n' };
  const installed = { name: 'node_modules/left-pad/package.json', content: '{"name":"left-pad","version":"9.0.0"}' };
  const lists = {
    broken: [{ name: 'var/lib/dpkg/status', content: 'no list\n' }],
    missing: [],
    linked: [{ name: 'var/lib/dpkg/status', type: '2', target: '/opt/status' }],
  };
  for (const [tag, list] of Object.entries(lists)) await client.pushImage(repository, imageOf([release, installed, ...list]), tag);
  for (const tag of Object.keys(lists)) expect((await judged(tag, 'blocked'))['reasons']).toMatchObject([{ rule: 'quarantine' }]);
  await until(
    async () => (await Promise.all(Object.keys(lists).map((tag) => pull(tag)))).join('\n'),
    (text) => text.split('\n').every((line) => line.startsWith('image blocked: it could not be checked: ')),
  );
  expect(await pull('missing')).toContain('it is a system of debian, and nothing in it lists its packages');
});

test('what a level sets aside is judged again, and what a repository sets aside does not lift what its namespace blocks', async () => {
  const of = '/repositories/team/app/-/finding-rules';
  const rule = { vulnerability: 'CVE-2026-0001', package: 'left-pad', reason: 'never called' };
  const made = async (path: string, more = {}) => {
    const { status, body } = await ask('POST', path, { ...rule, ...more });
    expect(status).toBe(201);
    return String(body['id']);
  };
  const wide = await made('/namespaces/team/finding-rules');
  await judged('old', 'allowed');
  expect(await pull('old')).toBe('came');
  expect((await ask('DELETE', `/namespaces/team/finding-rules/${wide}`)).status).toBe(204);
  await judged('old', 'blocked');

  const own = await made(of);
  await ask('PUT', '/namespaces/team/policy', { quarantine: true, block: [{ severity: 'high' }], forbidSecrets: true });
  await judgedAgain('old');
  expect((await verdictOf(ask, repository, 'old'))['state']).toBe('blocked');
  await ask('PUT', '/namespaces/team/policy', { quarantine: true, block: [{ severity: 'high' }], mayLoosen: true });
  await judged('old', 'allowed');
  expect((await ask('DELETE', `${of}/${own}`)).status).toBe(204);
  await judged('old', 'blocked');

  const vex = {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    author: 'mina',
    statements: [
      {
        vulnerability: { name: 'CVE-2026-0001' },
        products: [{ '@id': 'pkg:npm/left-pad' }],
        status: 'not_affected',
        justification: 'vulnerable_code_not_in_execute_path',
      },
    ],
  };
  expect(await ask('POST', '/namespaces/server/vex', vex)).toMatchObject({ status: 200, body: { added: 1 } });
  await judged('old', 'allowed');
  const { items } = (await ask('GET', '/namespaces/server/finding-rules')).body as { items: { id: string }[] };
  await ask('DELETE', `/namespaces/server/finding-rules/${items[0]?.id}`);
  await judged('old', 'blocked');
});

test('a verdict that hangs on a rule with an end is due then', async () => {
  const endsAt = Date.now() + 60_000;
  const { body } = await ask('POST', '/namespaces/team/finding-rules', { vulnerability: 'CVE-2026-0001', reason: 'for a moment', expiresAt: endsAt });
  const allowed = await judged('old', 'allowed');
  expect(allowed['reviewAt']).toBe(endsAt);
  await ask('DELETE', `/namespaces/team/finding-rules/${String(body['id'])}`);
  await judged('old', 'blocked');
});

test('what becomes known to be exploited is judged again where a policy asks for it', async () => {
  await ask('PUT', '/namespaces/team/policy', { block: [{ exploited: true }] });
  await judged('new', 'allowed');
  const path = join(files, 'kev.json');
  await writeFile(path, kev.replaceAll('CVE-2026-2001', 'CVE-2026-0001'));
  expect((await runNaru(['admin', 'advisories', 'import', '--force', path, '--data', server.data])).exitCode).toBe(0);
  await judged('new', 'blocked');
});

test('the same by naru, on the running server and on its folder', async () => {
  await ask('PUT', '/namespaces/team/policy', { block: [{ severity: 'high' }] });
  await judged('old', 'blocked');
  const naru = (...words: string[]) => runNaru([...words, '--data', server.data]);
  const place = ['--namespace', 'team'];
  const added = await naru('finding-rule', 'add', 'CVE-2026-0001', '--package', 'left-pad', '--reason', 'never called', '--days', '2', ...place, '--json');
  expect(added).toMatchObject({ exitCode: 0, stderr: '' });
  const { id, expiresAt, status } = JSON.parse(added.stdout) as { id: string; expiresAt: number; status: string };
  expect([status, expiresAt > Date.now()]).toEqual(['ignored', true]);
  await judged('old', 'allowed');
  const listed = await naru('finding-rule', 'ls', ...place);
  expect(listed.stdout).toMatch(new RegExp(`${id} .*CVE-2026-0001 .*left-pad .*never called`));
  expect(await naru('finding-rule', 'rm', id, ...place)).toMatchObject({ exitCode: 0 });
  await judged('old', 'blocked');
  expect(await naru('finding-rule', 'add', 'no name', '--reason', 'x')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('must be the name of a vulnerability'),
  });

  const vex = join(files, 'vex.json');
  await writeFile(vex, '{');
  expect(await naru('vex', 'import', vex, ...place)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(vex) });
  const statement = { vulnerability: { name: 'CVE-2026-0001' }, products: [{ '@id': 'pkg:npm/left-pad' }], status: 'fixed' };
  await writeFile(vex, JSON.stringify({ '@context': 'https://openvex.dev/ns/v0.2.0', author: 'mina', statements: [statement] }));
  expect(await naru('vex', 'import', vex, '--repository', repository)).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/added +1\n/) });

  const { stdout: sbom } = await naru('sbom', `${repository}:old`, '--format', 'cyclonedx');
  expect((JSON.parse(sbom) as { components: { purl?: string }[] }).components.map(({ purl }) => purl)).toContain('pkg:npm/left-pad@1.3.0');
  expect(await naru('sbom', `${repository}:old`, '--format', 'other')).toMatchObject({ exitCode: 1 });
  await server.stop();
  expect((await naru('sbom', `${repository}:old`, '--format', 'cyclonedx')).stdout).toBe(sbom);
});

/** Once more than now. */
async function judgedAgain(tag: string): Promise<void> {
  const before = (await verdictOf(ask, repository, tag))['judgedAt'];
  await until(
    () => verdictOf(ask, repository, tag),
    (verdict) => verdict['judgedAt'] !== before,
  );
}
