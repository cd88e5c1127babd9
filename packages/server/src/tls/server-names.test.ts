import { expect, test } from 'bun:test';
import { hostname } from 'node:os';
import { isFit, listServerNames } from './server-names.ts';

test('what was asked for comes first, then the ways to this computer, each once', () => {
  const names = listServerNames({ host: '10.0.0.7', publicUrl: 'https://R.example.com:8443', names: ['a.example', 'localhost', '*.b.example'] });
  expect(names).toEqual([...new Set(['a.example', 'localhost', '*.b.example', 'r.example.com', '127.0.0.1', '::1', hostname().toLowerCase(), '10.0.0.7'])]);
});

test('a server on every address has them all', () => {
  expect(listServerNames({ host: '0.0.0.0', publicUrl: undefined, names: [] })).toContain('127.0.0.1');
});

test.each([
  ['fe80::1', false],
  ['fe80::1%eth0', false],
  ['a b', false],
  ['', false],
  ['-', false],
  ['a,DNS:b', false],
  ['my_host', true],
  ['*.example.com', true],
  ['2001:db8::1', true],
])('%s is fit for a certificate: %p', (name, fit) => {
  expect(isFit(name)).toBe(fit);
});
