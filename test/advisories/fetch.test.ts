/** Advisories that are fetched from addresses the operator has named: also where one of them is broken. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import { gzipSync } from 'node:zlib';
import { runNaru, startServer } from '../support/server.ts';
import { makeZip } from '../support/zip.ts';
import { epss, osv, secdb } from './files.ts';

setDefaultTimeout(30_000);

test('every named address is fetched when the server starts, with the time its server says; a broken one stops no other', async () => {
  const asked: string[] = [];
  const files: Readonly<Record<string, Uint8Array<ArrayBuffer> | string>> = {
    '/all.zip': Uint8Array.from(makeZip({ 'a.json': osv('GHSA-1') })),
    '/main.json': secdb,
    '/epss.csv.gz': Uint8Array.from(gzipSync(epss)),
    '/broken.json': '{',
  };
  using origin = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request) {
      const { pathname } = new URL(request.url);
      asked.push(pathname);
      const file = files[pathname];
      return file === undefined
        ? new Response('no', { status: 404 })
        : new Response(file, { headers: { 'last-modified': 'Sun, 08 Mar 2026 00:00:00 GMT', etag: '"1"' } });
    },
  });
  const addresses = ['/gone', '/broken.json', '/all.zip', '/main.json', '/epss.csv.gz'].map((path) => `${origin.url.origin}${path}`);
  await using server = await startServer({ flags: ['--advisories-sources', addresses.join(',')] });
  let known: string[] = [];
  while (known.length < 3) {
    const { stdout } = await runNaru(['admin', 'advisories', 'status', '--json', '--data', server.data]);
    const { sources } = JSON.parse(stdout) as { sources: { name: string; entries: number; dataAt: number; file: string }[] };
    known = sources.map(({ name, entries, dataAt, file }) => `${name} ${entries} ${new Date(dataAt).toISOString().slice(0, 10)} ${new URL(file).pathname}`);
  }
  expect(known).toEqual(['alpine:3.20/main 2 2026-03-08 /main.json', 'epss 2 2026-03-05 /epss.csv.gz', 'osv:npm 1 2026-03-01 /all.zip']);
  expect(asked.slice(0, 5).toSorted()).toEqual(['/all.zip', '/broken.json', '/epss.csv.gz', '/gone', '/main.json']);
});

test('what is no address is said when the server starts', async () => {
  await expect(startServer({ flags: ['--advisories-sources', 'ftp://example.org/x'] })).rejects.toThrow(/advisories\.sources|advisories-sources/);
});
