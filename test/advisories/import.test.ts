/** `naru admin advisories` with a server and without one, with files that are old or broken, and a server that is killed. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runNaru, startServer } from '../support/server.ts';
import { findSharedData } from '../support/shared-data.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { makeZip } from '../support/zip.ts';
import { debianList, epss, osv, secdb } from './files.ts';

setDefaultTimeout(60_000);

const sourcesIn = async (data: string): Promise<string[]> => {
  const { stdout } = await runNaru(['admin', 'advisories', 'status', '--json', '--data', data]);
  const { sources } = JSON.parse(stdout) as { sources: { name: string; entries: number; edition: number }[] };
  return sources.map(({ name, entries, edition }) => `${name} ${entries} ${edition}`);
};

test('files come in while the server runs, and without it; what is older is refused, and taken with --force', async () => {
  await using folder = await temporaryFolder('naru-import-');
  const file = async (name: string, content: string | Uint8Array, day = '2026-03-01'): Promise<string> => {
    const path = join(folder.path, name);
    await writeFile(path, content);
    await utimes(path, new Date(day), new Date(day));
    return path;
  };
  const data = join(folder.path, 'data');
  const server = await startServer({ data });
  const admin = (...words: string[]) => runNaru(['admin', 'advisories', ...words, '--data', data]);
  expect(await admin('status')).toMatchObject({ exitCode: 0, stdout: 'No advisories are known. Bring some: naru admin advisories import FILE\n' });

  const list = await file('list', debianList);
  const all = await file('all.zip', makeZip({ '1.json': osv('GHSA-1'), '2.json': osv('GHSA-2') }));
  expect(await admin('import', list, all)).toEqual({
    exitCode: 0,
    stdout: 'debian-dsa: 3 entries of 2026-03-02, 3 changed\nosv:npm: 2 entries of 2026-03-01, 2 changed\n',
    stderr: '',
  });
  // Again, and with one that is broken: the others are taken.
  const broken = await file('broken.json', '{');
  const mixed = await admin('import', broken, await file('epss.csv', epss), join(folder.path, 'absent'));
  expect([mixed.exitCode, mixed.stdout]).toEqual([1, 'epss: 2 entries of 2026-03-05, 0 changed\n']);
  expect(mixed.stderr).toContain(`${broken}: `);
  expect(mixed.stderr).toContain(`${join(folder.path, 'absent')}: cannot be read: `);
  expect(await sourcesIn(data)).toEqual(['debian-dsa 3 1', 'epss 2 1', 'osv:npm 2 1']);

  await server.stop();
  const alpine = await file('secdb.json', secdb, '2026-03-09');
  expect((await admin('import', alpine)).stdout).toBe('alpine:3.20/main: 2 entries of 2026-03-09, 2 changed\n');
  const older = await file('secdb.json', secdb.replace('CVE-2026-1112', 'CVE-2026-1119'), '2026-03-08');
  const refused = await admin('import', older);
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
  expect(refused.stderr).toContain(
    'alpine:3.20/main: these data are of 2026-03-08T00:00:00.000Z, and those that hold are of 2026-03-09T00:00:00.000Z. --force',
  );
  expect(await sourcesIn(data)).toContain('alpine:3.20/main 2 1');
  expect((await admin('import', '--force', older)).stdout).toBe('alpine:3.20/main: 2 entries of 2026-03-08, 2 changed\n');
  expect((await admin('status')).stdout.split('\n')[1]).toMatch(/^alpine:3\.20\/main +2026-03-08 +\d{4}-\d\d-\d\d +2 /);
  expect(await runNaru(['admin', 'advisories', 'status', '--data', join(folder.path, 'mistyped')])).toMatchObject({ exitCode: 2 });
});

test('a server that is killed while it imports goes on with what it had, and takes the file again', async () => {
  await using folder = await temporaryFolder('naru-import-kill-');
  const data = join(folder.path, 'data');
  const path = join(folder.path, 'all.zip');
  const bulk = (summary: string) => makeZip(Object.fromEntries(Array.from({ length: 6000 }, (_, at) => [`${at}.json`, osv(`GHSA-${at}`, { summary })])));
  await writeFile(path, bulk('first'));
  {
    await using server = await startServer({ data });
    expect((await runNaru(['admin', 'advisories', 'import', path, '--data', data])).stdout).toContain('osv:npm: 6000 entries');
    await writeFile(path, bulk('second'));
    const importing = runNaru(['admin', 'advisories', 'import', path, '--data', data]);
    await Promise.race([importing, Bun.sleep(700)]); // wherever it is then
    await server.kill();
    await importing;
  }
  const before = await sourcesIn(data);
  expect(['osv:npm 6000 1', 'osv:npm 6000 2']).toContain(before.join());
  await using server = await startServer({ data });
  expect((await runNaru(['admin', 'advisories', 'import', path, '--data', data])).stdout).toMatch(/^osv:npm: 6000 entries of 2026-03-01, (6000|0) changed\n$/);
  expect(server.output.stderr).not.toContain('"level":"error"');
});

const real = ['debian-DSA-list.gz', 'go-osv.tar.gz', 'npm-security-wg.tar.gz', 'pypi-osv-yaml.tar.gz', 'alpine-secdb/v3.10-main.yaml'].flatMap(
  (name) => findSharedData(`advisories/${name}`) ?? [],
);

test.if(real.length === 5)('real files', async () => {
  await using folder = await temporaryFolder('naru-import-real-');
  await using server = await startServer({ data: join(folder.path, 'data') });
  const { exitCode, stdout } = await runNaru(['admin', 'advisories', 'import', ...real, '--data', server.data]);
  expect([
    exitCode,
    stdout
      .trim()
      .split('\n')
      .map((line) => line.replace(/ of .*/, '')),
  ]).toEqual([
    0,
    ['debian-dsa: 14836 entries', 'osv:golang: 4291 entries', 'npm-working-group: 467 entries', 'osv:pypi: 2661 entries', 'alpine:3.10/main: 1111 entries'],
  ]);
});
