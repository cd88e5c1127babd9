/** ClamAV's daemon: a faithful one of our own that can be made to misbehave, and Debian's with signatures made here. */
import { afterAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Ask, askAt, type Json, until, verdictOf } from '../gate/fixture.ts';
import { contentOf, digestOf, type Image, jsonContent, makeManifest, mediaTypes } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer } from '../support/server.ts';
import { makeTar, type TarItem } from '../support/tar.ts';
import { startFakeClamd } from './fake-clamd.ts';

setDefaultTimeout(120_000);

/** No virus: what our signatures are made of. */
const bad = 'naru-test-signature-7d3f';
const signature = 'Naru.Test';

const fake = await startFakeClamd({ [signature]: bad });
const folder = await mkdtemp(join(tmpdir(), 'naru-clamd-'));
const server = await startServer({ flags: ['--scanners-clamd', `tcp://127.0.0.1:${fake.port}`, '--scanners-clamd-file-max', '4kB'] });
const ask = askAt(server.url);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await fake.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => void (fake.misbehave = undefined));

function imageOf(...layers: readonly (readonly TarItem[])[]): Image {
  const contents = layers.map((items) => contentOf(new Uint8Array(gzipSync(makeTar(items))), mediaTypes.layer));
  const rootfs = { type: 'layers', diff_ids: contents.map(({ bytes }) => digestOf(bytes)) };
  return makeManifest({ config: jsonContent(mediaTypes.config, { os: 'linux', architecture: 'amd64', rootfs }), layers: contents });
}

const findingsOf = async (from: Ask, repository: string): Promise<Json> => (await from('GET', `/repositories/${repository}/-/images/v1/findings`)).body;
const scanned = (from: Ask, repository: string, wanted: string) =>
  until(
    () => findingsOf(from, repository),
    (found) => (found['scans'] as Json[])[0]?.['state'] === wanted,
  );
const itemsOf = ({ items }: Json) =>
  (items as { id: string; severity: string; package: { name: string } }[]).map((one) => [one.id, one.severity, one.package.name]);

test('every file of every layer is looked at, also one that a later layer deletes, and what was not is told', async () => {
  await ask('PUT', '/namespaces/virus/policy', { block: [{ severity: 'critical' }] });
  const image = imageOf(
    [
      { name: 'usr/bin/good', content: 'x'.repeat(3000) },
      { name: 'usr/bin/bad', content: `${'y'.repeat(2000)}${bad}` },
      { name: 'empty', content: '' },
    ],
    [
      { name: 'usr/bin/.wh.bad', content: '' },
      { name: 'large', content: `${'z'.repeat(5000)}${bad}` },
    ],
  );
  await createRegistryClient(server.url).pushImage('virus/app', image, 'v1');
  const found = await scanned(ask, 'virus/app', 'reported');
  expect(itemsOf(found)).toEqual([
    [signature, 'critical', 'usr/bin/bad'],
    ['not-scanned', 'unknown', 'large'],
  ]);
  expect((found['scans'] as Json[])[0]).toMatchObject({ scanner: 'clamav', reportedBy: 'ClamAV 1.4.3/27000/of the tests' });
  const blocked = await until(
    () => verdictOf(ask, 'virus/app', 'v1'),
    ({ state }) => state === 'blocked',
  );
  expect(blocked['reasons']).toMatchObject([{ rule: 'finding', finding: signature, package: 'usr/bin/bad' }]);
  const tested = JSON.parse((await runNaru(['scanner', 'test', 'clamav', '--json', '--server', server.url])).stdout) as Json;
  expect(tested).toMatchObject({ name: 'clamav', scanner: 'ClamAV 1.4.3/27000/of the tests' });
  // What many images have is looked at once.
  const seen = fake.files;
  await createRegistryClient(server.url).pushImage('virus/again', imageOf([{ name: 'new', content: 'new' }]), 'v0');
  await createRegistryClient(server.url).pushImage('virus/again', makeManifest({ config: image.config, layers: image.layers, annotations: { a: 'b' } }), 'v1');
  await scanned(ask, 'virus/again', 'reported');
  await until(
    async () => fake.files,
    (files) => files > seen,
  );
  expect(fake.files).toBe(seen + 1);
});

test('a layer that cannot be unpacked is told, and is not clean', async () => {
  const broken = contentOf(new TextEncoder().encode('no tar at all'.repeat(99)), mediaTypes.layer);
  const rootfs = { type: 'layers', diff_ids: [broken.digest] };
  const image = makeManifest({ config: jsonContent(mediaTypes.config, { os: 'linux', architecture: 'amd64', rootfs }), layers: [broken] });
  await createRegistryClient(server.url).pushImage('broken/app', image, 'v1');
  expect(itemsOf(await scanned(ask, 'broken/app', 'reported'))).toEqual([['not-scanned', 'unknown', 'the layer']]);
});

const misdeeds = {
  'answers nonsense': [() => 'stream: \u0007whatever ERROR\0', 'it says of a file: stream:  whatever ERROR'],
  'closes the connection': [() => undefined, 'it closed the connection'],
  'never ends its answer': [() => 'x'.repeat(1_000_000), 'it closed the connection'],
} as const;
for (const [name, [answer, problem]] of Object.entries(misdeeds)) {
  test(`one that ${name} leaves the last report`, async () => {
    const repository = `odd/${name.replaceAll(' ', '-')}`;
    await createRegistryClient(server.url).pushImage(repository, imageOf([{ name: 'bad', content: `${bad} ${name}` }]), 'v1');
    await scanned(ask, repository, 'reported');
    fake.misbehave = answer;
    fake.edition++;
    await ask('POST', `/repositories/${repository}/-/images/v1/scan`);
    const found = await scanned(ask, repository, 'failed');
    expect(String((found['scans'] as Json[])[0]?.['problem'])).toContain(problem);
    expect(itemsOf(found)).toEqual([[signature, 'critical', 'bad']]);
  });
}

test.skipIf(!needs('clamd'))('Debian’s clamd finds what its signatures say', async () => {
  const socket = join(folder, 'clamd.sock');
  await writeFile(join(folder, 'naru.ndb'), `${signature}:0:*:${Buffer.from(bad).toString('hex')}\n`);
  const settings = [`DatabaseDirectory ${folder}`, `LocalSocket ${socket}`, 'Foreground yes', `LogFile ${join(folder, 'log')}`, 'ConcurrentDatabaseReload no'];
  await writeFile(join(folder, 'clamd.conf'), `${settings.join('\n')}\n`);
  const clamd: ChildProcess = spawn('clamd', ['--config-file', join(folder, 'clamd.conf')], { stdio: 'ignore' });
  try {
    await until(
      async () => existsSync(socket),
      (isThere) => isThere,
    );
    await using real = await startServer({ flags: ['--scanners-clamd', `unix:${socket}`] });
    const image = imageOf([
      { name: 'bin/good', content: 'good' },
      { name: 'bin/bad', content: `before ${bad} after` },
      ...Array.from({ length: 50 }, (_, index) => ({ name: `more/${index}`, content: `${index}`.repeat(1000) })),
    ]);
    await createRegistryClient(real.url).pushImage('real/app', image, 'v1');
    const found = await scanned(askAt(real.url), 'real/app', 'reported');
    expect(itemsOf(found)).toEqual([[`${signature}.UNOFFICIAL`, 'critical', 'bin/bad']]);
    expect(String((found['scans'] as Json[])[0]?.['reportedBy'])).toStartWith('ClamAV ');
  } finally {
    clamd.kill('SIGKILL');
  }
});
