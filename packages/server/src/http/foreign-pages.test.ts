import { describe, expect, test } from 'bun:test';
import { isRegistryError } from '@naru/oci/registry-error';
import { refuseForeignPage } from './foreign-pages.ts';

type Sent = Readonly<Record<string, string>>;

function isServed(method: string, headers: Sent): boolean {
  try {
    refuseForeignPage({ method, header: (name) => headers[name] });
    return true;
  } catch (error) {
    if (isRegistryError(error, 'DENIED')) return false;
    throw error;
  }
}

const browser = { 'accept-language': 'ko' };
const methods = ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE'];

test('clients of registries may use any name', () => {
  for (const host of ['localhost:5000', 'registry.example.com', 'evil.example:5000', ''])
    for (const method of methods) expect(isServed(method, { host })).toBe(true);
  expect(isServed('GET', {})).toBe(true);
});

describe('a browser', () => {
  test.each([
    'localhost',
    'LocalHost:5000',
    'localhost.:5000',
    '127.0.0.1:5000',
    '[::1]:5000',
    '[::1]',
    'registry:5000',
    'app.localhost:5000',
    'host.docker.internal:5000',
    'naru.test',
  ])('is served under %s, the server’s own pages fully', (host) => {
    for (const method of methods) expect(isServed(method, { ...browser, host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })).toBe(true);
  });

  test.each([
    'evil.example:5000',
    'evil.example.:5000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'x.nip.io',
    'evil.example:',
    'evil.internal.example',
    '[evil.example]:5000',
    '1.2.3',
    '',
  ])('is not served under %s', (host) => {
    for (const mark of [browser, { origin: `http://${host}` }, { 'sec-fetch-site': 'same-origin' }])
      for (const method of methods) expect(isServed(method, { ...mark, host })).toBe(false);
  });

  test.each<Sent>([
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:3000' },
    { origin: 'http://localhost' },
    { origin: '' },
    { origin: 'http://localhost:5000', 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('changes nothing for another page (%p), and may look', (marks) => {
    const headers = { ...browser, host: 'localhost:5000', ...marks };
    for (const method of methods) expect(isServed(method, headers)).toBe(method === 'GET' || method === 'HEAD');
  });

  test('may open the address from a link, and its owner may script it', () => {
    expect(isServed('GET', { ...browser, host: 'localhost:5000', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).toBe(true);
    expect(isServed('POST', { 'accept-language': '*', 'sec-fetch-mode': 'cors', host: 'localhost:5000' })).toBe(true);
  });
});
