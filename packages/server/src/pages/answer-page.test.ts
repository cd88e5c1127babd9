import { describe, expect, test } from 'bun:test';
import { answerPage, type PageRequest } from './answer-page.ts';
import type { BuiltPages } from './open-pages.ts';

const file = { bytes: Buffer.from('plain'), br: Buffer.from('br'), gzip: Buffer.from('gzip'), type: 'text/javascript', etag: '"abc"', isImmutable: true };
const pages: BuiltPages = { index: '<!doctype html><html lang="en">', files: new Map([['/assets/a.js', file]]) };

function ask(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): PageRequest {
  return { method, path, header: (name) => headers[name] };
}
const browser = { accept: 'text/html,*/*;q=0.8' };
const textOf = (answer: ReturnType<typeof answerPage>) => Buffer.from((answer?.body ?? '') as string).toString();

describe('files', () => {
  test.each([
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.0, gzip;q=0', 'plain'],
    ['identity', 'plain'],
    ['', 'plain'],
  ])('for who accepts %j', (accepted, body) => {
    const answer = answerPage(ask('/assets/a.js', { 'accept-encoding': accepted }), pages);
    expect([textOf(answer), answer?.headers['content-encoding'] ?? 'plain', answer?.headers['vary']]).toEqual([body, body, 'accept-encoding']);
  });

  test.each(['"abc"', 'W/"abc"', '"x", "abc"', '*'])('whoever has %s is told that nothing changed', (known) => {
    const answer = answerPage(ask('/assets/a.js', { 'if-none-match': known }), pages);
    expect([answer?.status, answer?.body]).toEqual([304, undefined]);
  });
});

test.each(['POST', 'PUT', 'DELETE'])('%s changes no page', (method) => {
  expect(answerPage(ask('/', browser, method), pages)?.status).toBe(405);
});

test.each(['/', '/r/a/b/tags', '/nothing'])('a program that asks for %s is answered by somebody else', (path) => {
  expect(answerPage(ask(path, { accept: '*/*' }), pages)).toBeUndefined();
});

test.each(['/v2/', '/v1/search', '/api/v1/x', '/token', '/healthz', '/readyz', '/metrics', '/ca.crt', '/.well-known/x'])('%s is never a page', (path) => {
  expect(answerPage(ask(path, browser), pages)).toBeUndefined();
});

test('without a build a person is told what to do', () => {
  const answer = answerPage(ask('/r/a/b', browser), undefined);
  expect(answer?.status).toBe(503);
  expect(textOf(answer)).toContain('npm run build');
  expect(answer?.headers['content-security-policy']).toContain("default-src 'none'");
  expect(answerPage(ask('/', { accept: '*/*' }), undefined)).toBeUndefined();
});
