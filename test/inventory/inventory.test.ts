/** What is installed in pushed images, against the distributions' own tools. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { readSqlite } from '@naru/server/inventory/readers/rpm-sqlite';
import { run, tryRun } from '../clients/support/run.ts';
import { type Content, contentOf, digestOf, type Image, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';
import { needs, recordSkip } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer, type TestServer } from '../support/server.ts';
import { findSharedData } from '../support/shared-data.ts';
import { makeTar, type TarItem } from '../support/tar.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

setDefaultTimeout(120_000);

type Package = {
  type: string;
  namespace: string;
  name: string;
  version: string;
  sourceName: string;
  architecture: string;
  layer: string;
  path: string;
  createdBy?: string;
};
type Inventory = { state: string; count: number; distribution?: { id: string; version: string }; problems: string[]; items: Package[]; next?: string };

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const compressed = (items: readonly TarItem[]): Content => contentOf(new Uint8Array(gzipSync(makeTar(items))), mediaTypes.layer);

function imageOf(layers: readonly Content[], history: readonly string[] = []): Image {
  const config = jsonContent(mediaTypes.config, {
    os: 'linux',
    architecture: 'amd64',
    history: history.map((created_by) => ({ created_by })),
    rootfs: { type: 'layers', diff_ids: layers.map(({ bytes }) => digestOf(bytes)) },
  });
  return makeManifest({ config, layers });
}

const push = (repository: string, image: Image, tag: string) => createRegistryClient(server.url).pushImage(repository, image, tag);

async function page(repository: string, tag: string, query = ''): Promise<Inventory> {
  const answer = await fetch(`${server.url}/api/v1/repositories/${repository}/-/images/${tag}/packages?limit=1000${query}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Inventory;
}

/** All of it, once it was read. */
async function inventoryOf(repository: string, tag = 'latest'): Promise<Inventory> {
  let first = await page(repository, tag);
  while (first.state === 'waiting') {
    await delay(50);
    first = await page(repository, tag);
  }
  const items = [...first.items];
  for (let next = first.next; next !== undefined;) {
    const more = await page(repository, tag, `&after=${encodeURIComponent(next)}`);
    items.push(...more.items);
    next = more.next;
  }
  expect(items.length).toBe(first.count);
  return { ...first, items };
}

const lines = (text: string): string[] => text.split('\n').filter(Boolean).toSorted();

test('layers over each other, the step that brought a package, filters', async () => {
  const release = { name: 'etc/os-release', content: 'ID=alpine\nVERSION_ID=3.20.3\n' };
  const database = (...names: string[]) => ({ name: 'lib/apk/db/installed', content: names.map((name) => `P:${name}\nV:1-r0\n\n`).join('') });
  const base = compressed([release, database('musl', 'busybox')]);
  const top = compressed([
    database('musl', 'busybox', 'curl'),
    { name: 'app/node_modules/left-pad/package.json', content: '{"name":"left-pad","version":"1.3.0"}' },
  ]);
  await push('team/layers', imageOf([base, top], ['ADD rootfs', 'RUN apk add curl']), 'latest');
  const { items, distribution, problems } = await inventoryOf('team/layers');
  expect(items.map(({ type, namespace, name, createdBy }) => `${type} ${namespace} ${name} ${createdBy}`).toSorted()).toEqual([
    'apk alpine busybox ADD rootfs',
    'apk alpine curl RUN apk add curl',
    'apk alpine musl ADD rootfs',
    'npm  left-pad RUN apk add curl',
  ]);
  expect([distribution, problems]).toEqual([{ id: 'alpine', version: '3.20.3', name: '' } as never, []]);
  expect((await page('team/layers', 'latest', '&type=npm')).items.map(({ name }) => name)).toEqual(['left-pad']);
  expect((await page('team/layers', 'latest', '&name=curl')).items.map(({ name }) => name)).toEqual(['curl']);
  expect((await fetch(`${server.url}/api/v1/repositories/team/layers/-/images/latest/packages?after=x`)).status).toBe(400);
});

test('naru packages', async () => {
  const database = 'P:musl\nV:1-r0\n\nP:busybox\nV:2-r0\n\n';
  await push('team/told', imageOf([compressed([{ name: 'lib/apk/db/installed', content: database }])], ['ADD rootfs']), 'latest');
  const { items } = await inventoryOf('team/told');
  const naru = (...words: string[]) => runNaru(['packages', 'team/told', ...words, '--data', server.data]);
  const all = await naru();
  expect([all.exitCode, all.stderr]).toEqual([0, '']);
  expect(all.stdout).toMatch(/^apk +musl +1-r0 +sha256:[0-9a-f]{12} +ADD rootfs$/m);
  expect(all.stdout).toContain(': 2 packages');
  const first = await naru('--limit', '1');
  const [, key = ''] = /--after '(\d+ [^']+)'/.exec(first.stdout) ?? [];
  const second = await naru('--limit', '1', '--after', key);
  expect([first, second].map(({ stdout }) => /^apk +(\S+)/m.exec(stdout)?.[1])).toEqual(items.map(({ name }) => name));
  expect((await naru('--name', 'busybox')).stdout).not.toContain('musl');
  expect((await naru('--type', 'deb', '--json')).stdout).toContain('"items":[]');
  expect(await naru('--type', 'floppy')).toMatchObject({ exitCode: 1 });
  expect(await naru('--limit', '0')).toMatchObject({ exitCode: 1 });
  expect(await runNaru(['packages', 'team/absent', '--data', server.data])).toMatchObject({ exitCode: 1 });
});

test('a key in a file that a later layer deletes is found, with the layer and the step; so is one in the environment', async () => {
  const key = `-----BEGIN OPENSSH PRIVATE KEY-----\n${'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n'.repeat(5)}-----END OPENSSH PRIVATE KEY-----\n`;
  const layers = [
    compressed([
      { name: 'root/.ssh/id_ed25519', content: `\n${key}` },
      { name: 'srv/page', content: 'nothing of the kind\n' },
    ]),
    compressed([{ name: 'root/.ssh/.wh.id_ed25519' }]),
  ];
  const image = imageOf(layers, ['COPY id_ed25519 /root/.ssh/', 'RUN rm /root/.ssh/id_ed25519']);
  await push('team/leaky', image, 'latest');
  await inventoryOf('team/leaky');
  const answer = await fetch(`${server.url}/api/v1/repositories/team/leaky/-/images/latest/secrets`);
  const { state, items } = (await answer.json()) as { state: string; items: { masked: string }[] };
  expect([state, items.length]).toEqual(['done', 1]);
  expect(items[0]).toMatchObject({ place: 'root/.ssh/id_ed25519', line: 2, layer: layers[0]?.digest, createdBy: 'COPY id_ed25519 /root/.ssh/' });
  expect(JSON.stringify(items)).not.toContain('b3BlbnNzaC1rZXktdjEAAAAABG5vbm');

  const forbid = await fetch(`${server.url}/api/v1/repositories/team/leaky/-/policy`, { method: 'PUT', body: JSON.stringify({ forbidSecrets: true }) });
  expect(forbid.ok).toBe(true);
  const pull = () => fetch(`${server.url}/v2/team/leaky/manifests/latest`);
  let refused = await pull();
  // The verdict is made a moment after the policy.
  while (refused.status === 200) {
    await delay(50);
    refused = await pull();
  }
  expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('root/.ssh/id_ed25519')]);
});

test('what cannot be looked into is unknown, and says why; what is broken beside it is named', async () => {
  await push('team/secret', imageOf([contentOf(new TextEncoder().encode('no tar, and no gzip'.repeat(99)), mediaTypes.layer)]), 'latest');
  const secret = await inventoryOf('team/secret');
  expect([secret.state, secret.count]).toEqual(['unsupported', 0]);
  expect(secret.problems[0]).toContain('cannot be looked into');
  // A list that is broken says nothing of the system, and what other files say stays.
  const listless = [
    { name: 'var/lib/dpkg/status', content: 'no list\n' },
    { name: 'node_modules/x/package.json', content: '{"name":"x","version":"1"}' },
  ];
  await push('team/listless', imageOf([compressed(listless)]), 'latest');
  const partly = await inventoryOf('team/listless');
  expect([partly.state, partly.problems, partly.items.map(({ name }) => name)]).toEqual([
    'unsupported',
    ['var/lib/dpkg/status: it has a line that is no field'],
    ['x'],
  ]);
  // So does a layer of which nobody knows how it is read.
  const encrypted = { ...compressed([{ name: 'a' }]), mediaType: 'application/vnd.example.layer.sealed' };
  await push('team/sealed', imageOf([compressed(listless.slice(1)), encrypted]), 'latest');
  const sealed = await inventoryOf('team/sealed');
  expect([sealed.state, sealed.count, sealed.problems]).toEqual([
    'unsupported',
    1,
    [expect.stringContaining('vnd.example.layer.sealed is not looked into')] as never,
  ]);
  await push('team/broken', imageOf([compressed([{ name: 'node_modules/x/package.json', content: '{' }])]), 'latest');
  const broken = await inventoryOf('team/broken');
  expect([broken.state, broken.problems]).toEqual(['done', ['node_modules/x/package.json: it is not JSON']]);
});

test('an image that does not say what it is for is looked into, since clients run it', async () => {
  const layer = compressed([{ name: 'node_modules/x/package.json', content: '{"name":"x","version":"1"}' }]);
  const config = jsonContent(mediaTypes.config, { RootFS: { type: 'layers', diff_ids: [digestOf(layer.bytes)] } });
  await push('team/silent', makeManifest({ config, layers: [layer] }), 'latest');
  const { state, items } = await inventoryOf('team/silent');
  expect([state, items.map(({ name }) => name)]).toEqual(['done', ['x']]);
});

test.skipIf(!needs('dpkg-query') || !existsSync('/var/lib/dpkg/status'))('as dpkg-query says of this system', async () => {
  const status = await readFile('/var/lib/dpkg/status');
  await push('team/debian', imageOf([compressed([{ name: 'var/lib/dpkg/status', content: status }])]), 'latest');
  const { items } = await inventoryOf('team/debian');
  const format = '${db:Status-Status} ${Package} ${Version} ${Architecture} ${source:Package}\\n';
  const said = lines(await run(['dpkg-query', '-W', '-f', format])).flatMap((line) => (line.startsWith('installed ') ? [line.slice(10)] : []));
  expect(said.length).toBeGreaterThan(100);
  expect(items.map(({ name, version, architecture, sourceName }) => `${name} ${version} ${architecture} ${sourceName}`).toSorted()).toEqual(said.toSorted());
});

test('as apk says of Alpine', async () => {
  const file = findSharedData('alpine-minirootfs-3.10.9-x86_64.tar.gz');
  if (file === undefined || process.getuid?.() !== 0) return;
  await using folder = await temporaryFolder('naru-apk-');
  await push('team/alpine', imageOf([contentOf(new Uint8Array(await readFile(file)), mediaTypes.layer)]), 'latest');
  const { items, distribution } = await inventoryOf('team/alpine');
  await run(['tar', '-C', folder.path, '-xzf', file]);
  const said = lines(await run(['chroot', folder.path, '/sbin/apk', 'info', '-v', '--no-network']));
  expect(said.length).toBeGreaterThan(10);
  expect(items.map(({ name, version }) => `${name}-${version}`).toSorted()).toEqual(said);
  expect(distribution).toMatchObject({ id: 'alpine', version: '3.10.9' });
});

describe.skipIf(!needs('rpm', 'rpmbuild', 'db5.3_load'))('as rpm says', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let said: string[];
  const at = (name: string): string => join(folder.path, name);

  beforeAll(async () => {
    folder = await temporaryFolder('naru-rpm-');
    const spec = (name: string, more = '') =>
      `Name: ${name}\nVersion: 1.2~rc1\nRelease: 3\n${more}Summary: A\nLicense: MIT\nBuildArch: noarch\n%description\na\n%package -n ${name}-libs\nSummary: B\n%description -n ${name}-libs\nb\n%files\n%files -n ${name}-libs\n`;
    await writeFile(at('one.spec'), spec('alpha', 'Epoch: 2\n'));
    await writeFile(at('two.spec'), spec('beta'));
    const top = ['--quiet', '--define', `_topdir ${at('top')}`];
    for (const name of ['one', 'two']) await run(['rpmbuild', ...top, '-bb', at(`${name}.spec`)]);
    const files = lines(await run(['find', at('top/RPMS'), '-name', '*.rpm']));
    await mkdir(at('db'));
    await run(['rpm', '--dbpath', at('db'), '--justdb', '--nodeps', '--ignorearch', '--install', ...files]);
    said = lines(await run(['rpm', '--dbpath', at('db'), '-qa', '--qf', '%{NAME} %|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE} %{ARCH}\n']));
    expect(said.length).toBe(4);
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  async function listed(repository: string, path: string, content: Uint8Array): Promise<string[]> {
    await push(repository, imageOf([compressed([{ name: path, content }])]), 'latest');
    const { items, problems } = await inventoryOf(repository);
    expect(problems).toEqual([]);
    return items.map(({ name, version, architecture }) => `${name} ${version} ${architecture}`).toSorted();
  }

  async function headers(): Promise<Buffer[]> {
    return [...readSqlite(await readFile(at('db/rpmdb.sqlite')))];
  }

  test('SQLite', async () => {
    expect(await listed('rpm/sqlite', 'var/lib/rpm/rpmdb.sqlite', await readFile(at('db/rpmdb.sqlite')))).toEqual(said);
  });

  test.each([512, 4096])('Berkeley DB, pages of %d bytes', async (pageBytes) => {
    const all = await headers();
    const number = (value: number): string => Buffer.from(Uint32Array.of(value).buffer).toString('hex');
    const pairs = all.map((header, index) => ` ${number(index + 1)}\n ${header.toString('hex')}\n`);
    const dump = `VERSION=3\nformat=bytevalue\ntype=hash\ndb_pagesize=${pageBytes}\nHEADER=END\n ${number(0)}\n ${number(all.length)}\n${pairs.join('')}DATA=END\n`;
    await writeFile(at('dump'), dump);
    await rm(at('Packages'), { force: true });
    await run(['db5.3_load', '-f', at('dump'), at('Packages')]);
    expect(await listed(`rpm/berkeley-${pageBytes}`, 'var/lib/rpm/Packages', await readFile(at('Packages')))).toEqual(said);
  });

  /** Debian's rpm does not write this form: it is made here as rpm's source describes it. */
  test('ndb', async () => {
    const blocks: Buffer[] = [];
    const slots = Buffer.alloc(4096);
    slots.write('RpmP', 'latin1');
    slots.writeUInt32LE(1, 12);
    let block = 4096 / 16;
    for (const [index, header] of (await headers()).entries()) {
      const head = Buffer.alloc(16);
      head.write('BlbS', 'latin1');
      head.writeUInt32LE(index + 1, 4);
      head.writeUInt32LE(header.length, 12);
      const padded = Buffer.alloc(Math.ceil((header.length + 16 + 12) / 16) * 16);
      Buffer.concat([head, header]).copy(padded);
      const slot = 32 + index * 16;
      slots.write('Slot', slot, 'latin1');
      slots.writeUInt32LE(index + 1, slot + 4);
      slots.writeUInt32LE(block, slot + 8);
      slots.writeUInt32LE(padded.length / 16, slot + 12);
      block += padded.length / 16;
      blocks.push(padded);
    }
    for (let slot = 32; slot < 4096; slot += 16) slots.write('Slot', slot, 'latin1');
    expect(await listed('rpm/ndb', 'usr/lib/sysimage/rpm/Packages.db', Buffer.concat([slots, ...blocks]))).toEqual(said);
  });
});

test.skipIf(!needs('go'))('as go says of a program', async () => {
  await using folder = await temporaryFolder('naru-go-');
  await cp(join(import.meta.dirname, 'go-program'), folder.path, { recursive: true });
  const env = { GOFLAGS: '-mod=mod', GOWORK: 'off', CGO_ENABLED: '0' };
  const built = await tryRun(['go', 'build', '-o', 'program', '.'], { cwd: folder.path, env });
  if (built.exitCode !== 0) return recordSkip('go cannot get the module of its test program here', 'inventory.test.ts');
  const content = await readFile(join(folder.path, 'program'));
  await push('team/go', imageOf([compressed([{ name: 'usr/bin/program', mode: 0o755, content }])]), 'latest');
  const said = lines(await run(['go', 'version', '-m', join(folder.path, 'program')], { env })).flatMap((line) => {
    const [, , path, version] = /^\t(dep|=>)\t(\S+)\t(\S+)/.exec(line) ?? [];
    return path === undefined ? [] : [`${path} ${version}`];
  });
  const { items } = await inventoryOf('team/go');
  const [library, ...modules] = items.map(({ name, version }) => `${name} ${version}`);
  expect(library).toStartWith('stdlib 1.');
  expect(modules.toSorted()).toEqual(said);
});

test('a server that is killed while it reads goes on with it', async () => {
  await using folder = await temporaryFolder('naru-killed-');
  const many = Array.from({ length: 3000 }, (_, index) => ({ name: `node_modules/x${index}/package.json`, content: `{"name":"x${index}","version":"1.0.0"}` }));
  {
    await using first = await startServer({ data: folder.path });
    await createRegistryClient(first.url).pushImage('team/many', imageOf([compressed(many)]), 'latest');
    await first.kill();
  }
  await using second = await startServer({ data: folder.path });
  const own = server;
  server = second;
  try {
    const { state, count } = await inventoryOf('team/many');
    expect([state, count]).toEqual(['done', 3000]);
  } finally {
    server = own;
  }
});
