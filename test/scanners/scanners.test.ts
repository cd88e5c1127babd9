/** Scanners of others over real HTTP: what they find, what of it the gate sees, and scanners that mean no good. */
import { afterAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ask, askAt, type Json, letLeasesEnd, makeOpaqueImage, until, verdictOf } from '../gate/fixture.ts';
import type { Image } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer, type TestServer } from '../support/server.ts';
import { startFakeAdapter, password } from './fake-adapter.ts';

setDefaultTimeout(120_000);

const adapter = await startFakeAdapter();
const settings = (more: object = {}) => {
  const written = [{ name: 'fake', url: adapter.url, username: 'naru', password, timeout: '20s', ...more }];
  return ['--scanners-adapters', JSON.stringify(written)];
};
const server: TestServer = await startServer({ flags: settings({ networks: ['127.0.0.0/8'] }) });
const ask: Ask = askAt(server.url);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await adapter.close();
});

const log4j = {
  id: 'CVE-2021-44228',
  package: 'log4j-core',
  version: '2.14.1',
  fix_version: '2.17.1',
  severity: 'Critical',
  description: 'remote code',
  links: ['javascript:alert(1)', 'https://example.org/CVE-2021-44228'],
  preferred_cvss: { score_v3: 10 },
};
beforeEach(() => {
  Object.assign(adapter, { misbehave: undefined, find: () => [log4j], notReady: 1, reportDigest: undefined });
});

const push = async (url: string, repository: string): Promise<Image> => {
  const image = makeOpaqueImage(repository);
  await createRegistryClient(url).pushImage(repository, image, 'v1');
  return image;
};
const findingsOf = async (from: Ask, repository: string): Promise<Json> => (await from('GET', `/repositories/${repository}/-/images/v1/findings`)).body;
const scanOf = (found: Json): Json | undefined => (found['scans'] as Json[])[0];
const scanned = (from: Ask, repository: string, isWanted: (scan: Json) => boolean) =>
  until(
    () => findingsOf(from, repository),
    (found) => {
      const scan = scanOf(found);
      return scan !== undefined && isWanted(scan);
    },
  );
const reported = (from: Ask, repository: string) => scanned(from, repository, ({ state }) => state === 'reported');

test('what it finds stands beside what was found here, and the gate blocks by it', async () => {
  let pulled = 0;
  adapter.find = (layers) => {
    pulled = layers.reduce((sum, { length }) => sum + length, 0);
    return [log4j, { ...log4j, id: 'CVE-2021-45046', severity: 'whatever', fix_version: '', preferred_cvss: null }];
  };
  await ask('PUT', '/namespaces/seen/policy', { block: [{ severity: 'critical', fixable: true }] });
  const image = await push(server.url, 'seen/app');
  const found = await reported(ask, 'seen/app');
  expect(pulled).toBe(image.layers.reduce((sum, { bytes }) => sum + bytes.length, 0));
  expect(scanOf(found)).toMatchObject({ scanner: 'fake', reportedBy: 'Naru tests Fake 1.2' });
  expect(found['items']).toMatchObject([
    {
      id: 'CVE-2021-44228',
      severity: 'critical',
      score: 10,
      fixed: '2.17.1',
      scanner: 'fake',
      source: 'fake',
      url: 'https://example.org/CVE-2021-44228',
      package: { name: 'log4j-core', version: '2.14.1', purl: '', path: '' },
    },
    { id: 'CVE-2021-45046', severity: 'unknown', scanner: 'fake' },
  ]);
  const blocked = await until(
    () => verdictOf(ask, 'seen/app', 'v1'),
    ({ state }) => state === 'blocked',
  );
  expect(blocked['reasons']).toMatchObject([{ rule: 'finding', finding: 'CVE-2021-44228', package: 'log4j-core' }]);
  expect((await runNaru(['findings', 'seen/app:v1', '--server', server.url])).stdout).toContain('2 of these were found by fake');

  // The overview of the namespace and the search for packages know it, too.
  await until(
    async () => (await ask('GET', '/namespaces/seen/security/vulnerabilities')).body,
    ({ items }) => (items as Json[]).some(({ id, package: name, images }) => id === 'CVE-2021-44228' && name === 'log4j-core' && images === 1),
  );
  expect((await ask('GET', '/search/packages?name=log4j-core&version=2.14.1')).body['items']).toMatchObject([
    { repository: 'seen/app', tags: ['v1'], package: { type: '', name: 'log4j-core', version: '2.14.1', purl: '' } },
  ]);

  // What is blocked is looked at again, with a token that opens this repository and nothing else, and does nothing else.
  adapter.find = () => [];
  expect((await ask('POST', '/repositories/seen/app/-/images/v1/scan')).body).toEqual({ scanners: ['fake'] });
  await until(
    () => verdictOf(ask, 'seen/app', 'v1'),
    ({ state }) => state === 'allowed',
  );
});

test('its token pulls from one repository, and does nothing else anywhere', async () => {
  const data = await mkdtemp(join(tmpdir(), 'naru-scan-token-'));
  const closed = await startServer({ data, flags: ['--profile', 'private', '--admin-password', 'an-administrator-1', ...settings()] });
  try {
    const admin = `Basic ${Buffer.from('naru-admin:an-administrator-1').toString('base64')}`;
    const pushAs = createRegistryClient(closed.url);
    const image = makeOpaqueImage('token');
    for (const repository of ['naru-admin/app', 'naru-admin/other']) {
      for (const { bytes, digest } of image.blobs) {
        const address = `/v2/${repository}/blobs/uploads/?digest=${digest}`;
        const done = await pushAs.request('POST', address, { headers: { authorization: admin, 'content-type': 'application/octet-stream' }, body: bytes });
        expect(done.status).toBe(201);
      }
      const { manifest } = image;
      const done = await pushAs.request('PUT', `/v2/${repository}/manifests/v1`, {
        headers: { authorization: admin, 'content-type': manifest.mediaType },
        body: manifest.bytes,
      });
      expect(done.status).toBe(201);
    }
    const mine = await until(
      async () => adapter.requests.filter(({ artifact }) => artifact.digest === image.manifest.digest && artifact.repository.startsWith('naru-admin/')),
      (requests) => requests.length > 0,
    );
    const [{ registry, artifact } = { registry: { url: '', authorization: '' }, artifact: { repository: '' } }] = mine;
    const other = artifact.repository === 'naru-admin/app' ? 'naru-admin/other' : 'naru-admin/app';
    const headers = { authorization: registry.authorization };
    const status = async (method: string, path: string) => (await fetch(`${closed.url}${path}`, { method, headers })).status;
    expect(await status('GET', `/v2/${artifact.repository}/manifests/${image.manifest.digest}`)).toBe(200);
    expect(await status('GET', `/v2/${other}/manifests/${image.manifest.digest}`)).toBe(403);
    expect(await status('DELETE', `/v2/${artifact.repository}/manifests/${image.manifest.digest}`)).toBe(403);
    expect(await status('POST', `/v2/${artifact.repository}/blobs/uploads/`)).toBe(403);
    for (const path of ['/api/v1/scanners', '/api/v1/jobs', '/api/v1/tokens']) expect([401, 403, 404]).toContain(await status('GET', path));
    const bent = `${registry.authorization.slice(0, -4)}AAAA`;
    expect((await fetch(`${closed.url}/v2/${artifact.repository}/manifests/v1`, { headers: { authorization: bent } })).status).toBe(401);
    // A scan is no use of the image.
    const facts = await fetch(`${closed.url}/api/v1/repositories/${artifact.repository}`, { headers: { authorization: admin } });
    expect(((await facts.json()) as { pulls: number }).pulls).toBe(0);
  } finally {
    await closed[Symbol.asyncDispose]();
    await rm(data, { recursive: true, force: true });
  }
});

const bad: Record<string, { problem: string; make: () => void }> = {
  'answers 500': {
    problem: 'its scan failed with 500: down',
    make: () =>
      (adapter.misbehave = (path, response) =>
        path.endsWith('/report') && (response.writeHead(500).end(JSON.stringify({ error: { message: 'down\u001B[2J' } })), true)),
  },
  'refuses the scan': {
    problem: 'it answered 422',
    make: () => (adapter.misbehave = (path, response) => path.endsWith('/scan') && (response.writeHead(422).end('{}'), true)),
  },
  'says gigabytes': {
    problem: 'it says more than',
    make: () =>
      (adapter.misbehave = (path, response) => {
        if (!path.endsWith('/report')) return false;
        response.writeHead(200);
        const more = (): void => {
          while (!response.destroyed && response.write('x'.repeat(1_000_000)));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
        return true;
      }),
  },
  'leads elsewhere': {
    problem: 'its scan failed with 307',
    make: () =>
      (adapter.misbehave = (path, response) => path.endsWith('/report') && (response.writeHead(307, { location: `${server.url}/api/v1/jobs` }).end(), true)),
  },
  'reports on another image': { problem: 'its report is about another image', make: () => (adapter.reportDigest = `sha256:${'0'.repeat(64)}`) },
  'says no JSON': {
    problem: 'its report is not understood',
    make: () => (adapter.misbehave = (path, response) => path.endsWith('/report') && (response.writeHead(200).end('<html>'), true)),
  },
  'has too much to say': { problem: 'more than 20000 vulnerabilities', make: () => (adapter.find = () => Array.from({ length: 20_001 }, () => log4j)) },
  'names no package': { problem: 'without a name or a package', make: () => (adapter.find = () => [{ ...log4j, package: '' }]) },
  'makes no report of vulnerabilities': {
    problem: 'it makes no report',
    make: () =>
      (adapter.misbehave = (path, response) =>
        path.endsWith('/metadata') && (response.writeHead(200).end(JSON.stringify({ scanner: { name: 'x' }, capabilities: [] })), true)),
  },
  'scans other things': {
    problem: 'it does not scan application/vnd.oci.image.manifest.v1+json',
    make: () => {
      const capabilities = [{ consumes_mime_types: ['a/b'], produces_mime_types: ['application/vnd.security.vulnerability.report;version=1.1'] }];
      adapter.misbehave = (path, response) =>
        path.endsWith('/metadata') && (response.writeHead(200).end(JSON.stringify({ scanner: { name: 'x' }, capabilities })), true);
    },
  },
};

for (const [name, { problem, make }] of Object.entries(bad)) {
  test(`one that ${name} leaves the last report, and why is told`, async () => {
    const repository = `bad/${name.replaceAll(' ', '-').toLowerCase()}`;
    await push(server.url, repository);
    await reported(ask, repository);
    make();
    await ask('POST', `/repositories/${repository}/-/images/v1/scan`);
    const found = await scanned(ask, repository, ({ state }) => state === 'failed');
    expect(String(scanOf(found)?.['problem'])).toContain(problem);
    expect(String(scanOf(found)?.['problem'])).not.toContain('\u001B');
    expect(found['items']).toMatchObject([{ id: 'CVE-2021-44228', scanner: 'fake' }]);
    Object.assign(adapter, { misbehave: undefined, find: () => [], reportDigest: undefined });
    await ask('POST', `/repositories/${repository}/-/images/v1/scan`);
    expect((await reported(ask, repository))['items']).toEqual([]);
  });
}

test('a policy waits for it, says why for as long as there is no report, and keeps the last one', async () => {
  await using slow = await startServer({ flags: settings({ timeout: '1s' }) });
  const from = askAt(slow.url);
  await from('PUT', '/namespaces/waiting/policy', { scannedBy: ['fake'] });
  await from('PUT', '/namespaces/absent/policy', { scannedBy: ['nobody'] });
  adapter.notReady = 1e9;
  for (const repository of ['waiting/app', 'absent/app']) await push(slow.url, repository);
  const pull = async (repository: string) => {
    const response = await fetch(`${slow.url}/v2/${repository}/manifests/v1`);
    return `${response.status} ${response.status === 200 ? '' : await response.text()}`;
  };
  // Whoever is faster: there is no moment in which it is let through.
  expect(await pull('waiting/app')).toStartWith('403');
  await until(
    () => pull('waiting/app'),
    (said) => said.includes('the scanner fake has not checked it: it had no report after 1 seconds'),
  );
  await until(
    () => pull('absent/app'),
    (said) => said.includes('the scanner nobody has to check it, and there is none of this name'),
  );
  Object.assign(adapter, { notReady: 0, find: () => [] });
  await from('POST', '/repositories/waiting/app/-/images/v1/scan');
  await until(
    () => pull('waiting/app'),
    (said) => said.startsWith('200'),
  );
  adapter.misbehave = () => true;
  await from('POST', '/repositories/waiting/app/-/images/v1/scan');
  await scanned(from, 'waiting/app', ({ state }) => state === 'failed');
  expect(await pull('waiting/app')).toStartWith('200');
  const exception = { target: { rule: 'quarantine' }, reason: 'it is ours', endsAt: Date.now() + 3600e3 };
  await from('POST', '/namespaces/absent/policy/exceptions', exception);
  await until(
    () => pull('absent/app'),
    (said) => said.startsWith('200'),
  );
});

test('one that hangs is given up after its time', async () => {
  await using slow = await startServer({ flags: settings({ timeout: '1s' }) });
  adapter.notReady = 1e9;
  await push(slow.url, 'slow/app');
  const found = await scanned(askAt(slow.url), 'slow/app', ({ state }) => state === 'failed');
  expect(scanOf(found)?.['problem']).toBe('it had no report after 1 seconds');
  adapter.misbehave = () => true;
  await askAt(slow.url)('POST', '/repositories/slow/app/-/images/v1/scan');
  await scanned(askAt(slow.url), 'slow/app', ({ problem }) => problem === 'fake did not answer in time');
});

test('a server that dies meanwhile asks for the report of the same scan', async () => {
  const data = await mkdtemp(join(tmpdir(), 'naru-scan-'));
  let mortal = await startServer({ data, flags: settings({ timeout: '5m' }) });
  try {
    adapter.notReady = 1e9;
    const { manifest } = await push(mortal.url, 'mortal/app');
    const mine = () => adapter.requests.filter(({ artifact }) => artifact.digest === manifest.digest);
    await scanned(askAt(mortal.url), 'mortal/app', ({ state }) => state === 'scanning');
    await until(
      async () => adapter.pulled,
      (pulled) => pulled.includes(manifest.digest),
    );
    await mortal.kill();
    letLeasesEnd(data);
    adapter.notReady = 0;
    mortal = await startServer({ data, flags: settings({ timeout: '5m' }) });
    expect((await reported(askAt(mortal.url), 'mortal/app'))['items']).toMatchObject([{ id: 'CVE-2021-44228' }]);
    expect(mine()).toHaveLength(1);
    await mortal.kill();
    // Whom nobody names any more has said nothing.
    mortal = await startServer({ data });
    expect(await findingsOf(askAt(mortal.url), 'mortal/app')).toMatchObject({ scans: [], items: [] });
  } finally {
    await mortal[Symbol.asyncDispose]();
    await rm(data, { recursive: true, force: true });
  }
});

test('images from before are looked at, and the operator asks how scanners are', async () => {
  const data = await mkdtemp(join(tmpdir(), 'naru-scan-earlier-'));
  let later = await startServer({ data });
  try {
    await push(later.url, 'earlier/app');
    await until(
      async () => (await askAt(later.url)('GET', '/repositories/earlier/app/-/images/v1/packages')).body,
      ({ state }) => state !== 'waiting',
    );
    await later.stop();
    later = await startServer({ data, flags: settings({ networks: ['10.0.0.0/8'] }) });
    const refused = await scanned(askAt(later.url), 'earlier/app', ({ state }) => state === 'failed');
    expect(scanOf(refused)?.['problem']).toBe('fake is at 127.0.0.1, which is in none of its networks');
    expect(JSON.parse((await runNaru(['scanner', 'test', 'fake', '--json', '--server', later.url])).stdout)).toEqual({
      name: 'fake',
      problem: 'fake is at 127.0.0.1, which is in none of its networks',
    });
    await later.stop();
    later = await startServer({ data, flags: settings() });
    await askAt(later.url)('POST', '/repositories/earlier/app/-/images/v1/scan');
    await reported(askAt(later.url), 'earlier/app');
    const listed = JSON.parse((await runNaru(['scanner', 'list', '--json', '--server', later.url])).stdout) as { items: Json[] };
    expect(listed.items).toMatchObject([{ name: 'fake', url: adapter.url, scanned: 1, failing: 0 }]);
    expect(JSON.stringify(listed)).not.toContain(password);
    const tried = JSON.parse((await runNaru(['scanner', 'test', 'fake', '--json', '--server', later.url])).stdout) as Json;
    expect(tried).toMatchObject({ name: 'fake', scanner: 'Naru tests Fake 1.2', report: 'application/vnd.security.vulnerability.report; version=1.1' });
    const unknown = await runNaru(['scanner', 'test', 'nobody', '--server', later.url]);
    expect([unknown.exitCode === 0, unknown.stderr]).toEqual([false, expect.stringContaining('there is no scanner of this name')]);
  } finally {
    await later[Symbol.asyncDispose]();
    await rm(data, { recursive: true, force: true });
  }
});
