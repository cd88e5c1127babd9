import { afterAll, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificateFolders, readCertificates } from './certificates-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'naru-certs-'));
afterAll(() => rmSync(folder, { recursive: true }));

function make(parent: string, host: string, files: readonly string[]): string {
  mkdirSync(join(folder, parent, host), { recursive: true });
  for (const file of files) writeFileSync(join(folder, parent, host, file), `content of ${file}`);
  return join(folder, parent);
}

const usual = () => Promise.resolve(['usual']);

test('authorities come beside the usual ones; the first folder that has the host counts', async () => {
  const first = make('first', 'reg.test:5000', ['b.crt', 'a.crt', 'client.cert', 'client.key', 'notes.txt']);
  const second = make('second', 'reg.test:5000', ['c.crt']);
  expect(await readCertificates('reg.test:5000', [join(folder, 'none'), first, second], usual)).toEqual({
    ca: ['usual', 'content of a.crt', 'content of b.crt'],
    cert: 'content of client.cert',
    key: 'content of client.key',
  });
});

test('the port must match exactly', async () => {
  const parent = make('port', 'reg.test:5000', ['a.crt']);
  expect(await readCertificates('reg.test', [parent], usual)).toEqual({});
});

test('half a pair is a mistake that names both files', async () => {
  const cert = make('cert', 'reg.test', ['me.cert']);
  await expect(readCertificates('reg.test', [cert], usual)).rejects.toThrow('missing key me.key for client certificate me.cert');
  const key = make('key', 'reg.test', ['me.key']);
  await expect(readCertificates('reg.test', [key], usual)).rejects.toThrow('missing client certificate me.cert for key me.key');
});

test('the folders of Podman and Docker', () => {
  expect(certificateFolders({ environment: { XDG_CONFIG_HOME: '/c' }, homeFolder: '/h' })).toEqual([
    '/c/containers/certs.d',
    '/h/.docker/certs.d',
    '/etc/containers/certs.d',
    '/etc/docker/certs.d',
  ]);
});
