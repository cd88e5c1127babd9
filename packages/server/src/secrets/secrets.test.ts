import { describe, expect, test } from 'bun:test';
import { generateKeyPairSync } from 'node:crypto';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { scanFile, scanText, secretLimits } from './scan-file.ts';
import { scanImageConfig } from './scan-image-config.ts';
import { entropyOf, isPlaceholder, toBase62 } from './secret-rules.ts';

async function* inPieces(text: string | Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const rulesOf = (text: string) => scanText(text).map(({ rule }) => rule);

/** Put together here, so that nobody's scanner takes this file for a leak. */
const letters = 'q7Zt2MxKc9LwPa4RvB8nYs1DfG6hJ3uE5oTiWkXz0CbVyNmQ';
const take = (count: number, from = 0) => (letters + letters + letters).slice(from, from + count);
const body = take(30);
const github = `ghp_${body}${toBase62(crc32(body)).padStart(6, '0')}`;
const samples: Readonly<Record<string, string>> = {
  'aws-access-key': ['AKIA', 'Q7ZT2MXKC5LWPA4R'].join(''),
  'aws-secret-key': `aws_secret_access_key = ${take(40)}`,
  'github-token': github,
  'gitlab-token': `glpat-${take(20)}`,
  'npm-token': `npm_${take(36)}`,
  'pypi-token': `pypi-AgEIcHlwaS5vcmc${take(60)}`,
  'slack-token': `xoxb-1234567890-${take(24)}`,
  'stripe-key': `sk_live_${take(24)}`,
  'google-api-key': `AIza${take(35)}`,
  'sendgrid-key': `SG.${take(22)}.${take(43)}`,
  'azure-storage-key': `AccountKey=${take(86)}==`,
  'url-password': 'postgres://app:h7Tq2p@db/x',
  'registry-login': `{"auths": {"r": {"auth": "${Buffer.from('me:h7Tq2p').toString('base64')}"}}}`,
};

describe('each form', () => {
  for (const [rule, text] of Object.entries(samples)) {
    test(rule, () => {
      const [finding, ...others] = scanText(`first\n  x ${text}\n`);
      expect(others).toEqual([]);
      expect(finding).toMatchObject({ rule, line: 2 });
      expect(finding?.masked.length).toBeLessThan(13);
    });
  }

  test('a checksum that is right is said', () => {
    expect(scanText(github)[0]?.certainty).toBe('checked');
    expect(scanText(`${github.slice(0, -1)}${github.endsWith('a') ? 'b' : 'a'}`)[0]?.certainty).toBe('likely');
  });

  test('a private key, also within JSON, but not its first line alone', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs1', format: 'pem' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    expect(scanText(`a\n${pem}`)).toEqual([{ rule: 'private-key', title: 'private key', line: 2, masked: '…', certainty: 'likely' }]);
    expect(rulesOf(rsa)).toEqual(['private-key']);
    expect(rulesOf(JSON.stringify({ private_key: rsa }))).toEqual(['private-key']);
    expect(rulesOf('grep -e "-----BEGIN PRIVATE KEY-----" file\nand so on\n')).toEqual([]);
    expect(rulesOf(pem.replaceAll('PRIVATE', 'PUBLIC'))).toEqual([]);
  });
});

test('examples and templates are none', () => {
  const none = [
    'AKIAIOSFODNN7EXAMPLE',
    `ghp_${'x'.repeat(36)}`,
    'https://user:${PASSWORD}@host',
    'https://user:password@host',
    'https://a/b:c@d',
    `sk_test_${take(24)}`,
    'glpat-short',
  ];
  expect(none.flatMap(rulesOf)).toEqual([]);
  expect(['changeme', '<password>', '{{ token }}', 'aaaa', '%s'].filter((text) => !isPlaceholder(text))).toEqual([]);
  expect([entropyOf('aaaa'), entropyOf('abcd')]).toEqual([0, 2]);
});

describe('a file as it streams by', () => {
  test('in pieces of any size, anywhere in a line of any length', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(40_000), fc.nat(9000), fc.integer({ min: 1, max: 70_000 }), async (before, after, size) => {
        const text = `a\n${' '.repeat(before)}${github}${' '.repeat(after)}\n`;
        const { findings, state } = await scanFile(inPieces(text, size));
        expect({ findings, state }).toEqual({
          findings: [{ rule: 'github-token', title: 'token of GitHub', line: 2, masked: 'ghp_…', certainty: 'checked' }],
          state: 'whole',
        });
      }),
      {
        numRuns: 50,
        examples: [
          [0, 0, 1],
          [8190 - 20, 0, 8192],
          [5632, 0, 4096],
        ],
      },
    );
  });

  test('an endless one is cut, with what was found', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`${github}\n`);
      for (;;) yield Buffer.alloc(65_536, 'a');
    }
    expect(await scanFile(endless(), { ...secretLimits, maxBytes: 2 ** 20 })).toMatchObject({ findings: [{ line: 1 }], state: 'cut' });
    expect(await scanFile(inPieces(`${github}\n`.repeat(300)))).toMatchObject({ state: 'cut', findings: { length: 100 } });
  });

  test('programs and pictures are not text', async () => {
    expect(await scanFile(inPieces(Buffer.concat([Buffer.alloc(1), Buffer.from(github)])))).toEqual({ findings: [], state: 'binary' });
    expect(await scanFile(inPieces(''))).toEqual({ findings: [], state: 'whole' });
  });
});

describe('what an image says of itself', () => {
  const scan = (words: Partial<Parameters<typeof scanImageConfig>[0]>) =>
    scanImageConfig({ environment: [], labels: {}, history: [], ...words }).map(({ rule, where }) => [rule, where]);

  test('the environment, by form or by name', () => {
    expect(
      scan({ environment: [`X=${github}`, 'DB_PASSWORD=h7Tq2p9v', 'DB_PASSWORD_FILE=/run/secrets/db', 'API_TOKEN=', 'TOKEN=${TOKEN_VALUE}', 'PATH=/bin'] }),
    ).toEqual([
      ['github-token', 'environment X'],
      ['named-secret', 'environment DB_PASSWORD'],
    ]);
  });

  test('labels and history', () => {
    expect(scan({ labels: { a: `x ${github}` }, history: ['RUN true', '|1 NPM_TOKEN=h7Tq2p9v /bin/sh -c npm ci', 'RUN curl https://me:h7Tq2p@host'] })).toEqual(
      [
        ['github-token', 'label a'],
        ['named-secret', 'history 2'],
        ['url-password', 'history 3'],
      ],
    );
  });

  test('no finding shows its secret', () => {
    const found = JSON.stringify(scanImageConfig({ environment: ['A_SECRET=h7Tq2p9v', `B=${github}`], labels: {}, history: [`ENV C_TOKEN=${take(20)}`] }));
    expect([found.includes('h7Tq2p9v'), found.includes(body), found.includes(take(20))]).toEqual([false, false, false]);
  });
});
