import { expect, test } from 'bun:test';
import { scannerAdapters } from './scanner-adapters.ts';

const read = (written: unknown) => {
  const result = scannerAdapters().safeParse(written);
  return result.success ? result.data : result.error.issues.map(({ message }) => message);
};
const trivy = { name: 'trivy', url: 'https://adapter.example.com:8080' };

test('a list in the file, or the same as JSON', () => {
  const expected = [{ ...trivy, timeout: 1_800_000, networks: [] }];
  expect(read([trivy])).toEqual(expected);
  expect(read(JSON.stringify([trivy]))).toEqual(expected);
  expect(read('none')).toEqual([]);
});

test.each([
  ['not a list', 'trivy', 'a list of adapters is needed here, or the same as JSON'],
  ['an odd name', [{ ...trivy, name: 'Trivy!' }], 'adapter 1, name: it is made of a to z, 0 to 9 and -'],
  [
    'a secret in the address',
    [{ ...trivy, url: 'https://a:b@example.com' }],
    'adapter 1, url: it is not an address like https://trivy-adapter.example.com:8080',
  ],
  ['two secrets', [{ ...trivy, token: 'a', tokenFile: 'b' }], 'adapter 1: it has two secrets: leave one away'],
  ['half of a log-in', [trivy, { ...trivy, name: 'b', username: 'a' }], 'adapter 2: a username and a password come together'],
  ['an odd network', [{ ...trivy, networks: ['ten'] }], 'adapter 1, networks.0: it is no address or network'],
  ['one name twice', [trivy, trivy], 'two adapters have one name'],
])('%s is refused', (_, written, problem) => {
  expect(read(written)).toEqual([problem]);
});
