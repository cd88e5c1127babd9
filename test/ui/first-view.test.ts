/** What a browser fetches before it can show the first page. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { join } from 'node:path';
import { startServer, type TestServer } from '../support/server.ts';
import { buildPages } from './support/build-pages.ts';

setDefaultTimeout(60_000);
const root = join(import.meta.dirname, '../..');
const html = { accept: 'text/html,application/xhtml+xml' };
let server: TestServer;
beforeAll(async () => {
  buildPages();
  server = await startServer();
});
afterAll(() => server[Symbol.asyncDispose]());

type Chunk = { readonly file: string; readonly imports?: readonly string[]; readonly dynamicImports?: readonly string[]; readonly css?: readonly string[] };

test.each(['en', 'ko'])('the first view in %s is at most 100 KB of compressed script and styles', async (language) => {
  const manifest = (await Bun.file(join(root, 'packages/web/dist/.vite/manifest.json')).json()) as Record<string, Chunk>;
  const files = new Set<string>();
  const visit = (name: string) => {
    const chunk = manifest[name];
    if (chunk === undefined) throw new Error(`the build has no ${name}`);
    if (files.has(chunk.file)) return;
    files.add(chunk.file);
    chunk.css?.forEach((file) => files.add(file));
    chunk.imports?.forEach(visit);
  };
  for (const entry of ['index.html', `src/language/${language}.ts`, 'src/pages/home/home-page.tsx']) visit(entry);
  let bytes = 0;
  for (const file of files) {
    const response = await fetch(`${server.url}/${file}`, { headers: { 'accept-encoding': 'br' }, decompress: false });
    expect([response.status, response.headers.get('content-encoding')]).toEqual([200, 'br']);
    bytes += (await response.arrayBuffer()).byteLength;
  }
  expect(bytes).toBeGreaterThan(20_000);
  expect(bytes).toBeLessThan(100_000);
});

test('the document is in the language and theme of its reader, and allows no script but our own files', async () => {
  const open = async (headers: Record<string, string>) =>
    (await (await fetch(`${server.url}/r/a/b`, { headers: { ...html, ...headers } })).text()).slice(0, 80);
  expect(await open({ 'accept-language': 'ko-KR,ko;q=0.9,en;q=0.8' })).toContain('<html lang="ko">');
  expect(await open({ 'accept-language': 'fr, en;q=0.5, ko;q=0.4' })).toContain('<html lang="en">');
  expect(await open({ 'accept-language': 'ko', cookie: 'a=b; naru_language=en; naru_theme=dark' })).toContain('<html lang="en" data-theme="dark">');
  expect(await open({ cookie: 'naru_theme="><script>' })).toContain('<html lang="en">');
  const { headers } = await fetch(`${server.url}/`, { headers: html });
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
  expect([policy.includes('unsafe'), policy.includes('http'), headers.get('x-content-type-options')]).toEqual([false, false, 'nosniff']);
});

test('files that carry their hash are kept for ever, others are asked about', async () => {
  const page = await (await fetch(`${server.url}/`, { headers: html })).text();
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)?.[1] ?? '';
  const answer = await fetch(server.url + script);
  expect([answer.headers.get('cache-control'), answer.headers.get('content-type')]).toEqual([
    'public, max-age=31536000, immutable',
    'text/javascript; charset=utf-8',
  ]);
  const again = await fetch(server.url + script, { headers: { 'if-none-match': answer.headers.get('etag') ?? '' } });
  expect([again.status, await again.text()]).toEqual([304, '']);
  expect((await fetch(`${server.url}/assets/none.js`)).status).toBe(404);
  expect((await fetch(`${server.url}/`, { headers: html })).headers.get('cache-control')).toBe('no-cache');
});

test.each([
  ['/r/team/app/tags', 200, 'text/html'],
  ['/nothing/here', 404, 'text/html'],
  ['/v2/nothing', 404, 'application/json'],
  ['/api/v1/nothing', 404, 'application/json'],
  ['/token', 404, 'application/json'],
  ['/metrics', 200, 'text/plain'],
  ['/assets/../../../package.json', 404, 'text/html'],
  ['/assets/%2e%2e/%2e%2e/package.json', 404, 'text/html'],
])('a browser that opens %s gets %p, %s', async (path, status, type) => {
  const answer = await fetch(server.url + path, { headers: html });
  expect([answer.status, answer.headers.get('content-type')?.split(';')[0]]).toEqual([status, type]);
});

test('a program that opens the address gets plain text, as before', async () => {
  expect(await (await fetch(`${server.url}/`)).text()).toContain('This is Naru');
});
