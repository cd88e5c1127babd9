import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { warningText } from '../language/client-texts.ts';
import { english } from '../language/english.ts';
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openCredentialStore } from './credential-store.ts';

let folder = '';
let warnings: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'naru-credentials-'));
  warnings = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (path: string) => join(folder, path);
const auth = (text: string) => ({ auth: btoa(text) });
const password = (username: string, secret: string) => ({ kind: 'password', username, password: secret }) as const;

function write(path: string, value: unknown): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), typeof value === 'string' ? value : JSON.stringify(value));
}

function open(environment: Readonly<Record<string, string>> = {}) {
  return openCredentialStore({
    environment: { PATH: `${at('bin')}:${process.env['PATH'] ?? ''}`, HELPER_FOLDER: folder, ...environment },
    homeFolder: folder,
    onWarning: (warning) => warnings.push(warningText(english, warning)),
    temporaryName: () => 'one.tmp',
  });
}

/** A helper that keeps each secret in a file, as the protocol wants it. */
function installHelper(name: string, script: string): void {
  write(`bin/docker-credential-${name}`, `#!/bin/sh\n${script}\n`);
  chmodSync(at(`bin/docker-credential-${name}`), 0o755);
}
const keeping = `
case "$1" in
  store) cat > "$HELPER_FOLDER/kept" ;;
  get) cat > "$HELPER_FOLDER/asked"; if [ -f "$HELPER_FOLDER/kept" ]; then cat "$HELPER_FOLDER/kept"; else echo "credentials not found in native keychain"; exit 1; fi ;;
  erase) cat > /dev/null; rm -f "$HELPER_FOLDER/kept" ;;
esac`;

describe('the file', () => {
  test('keeps what is not ours, for its owner alone, and changes at once', async () => {
    write('.docker/config.json', { credHelpers: { 'x.test': 'x' }, psFormat: 'table', auths: { 'a.test': auth('a:b') } });
    expect(await open().save('reg.test:5000', password('alice', 's3cret'), 'alice')).toEqual({ kind: 'file', name: at('.docker/config.json') });
    expect(readFileSync(at('.docker/config.json'), 'utf8')).toBe(
      `${JSON.stringify({ credHelpers: { 'x.test': 'x' }, psFormat: 'table', auths: { 'a.test': auth('a:b'), 'reg.test:5000': auth('alice:s3cret') } }, null, '\t')}\n`,
    );
    expect(statSync(at('.docker/config.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(at('.docker'))).toEqual(['config.json']);
    expect(await open().find('reg.test:5000', 'x/y')).toEqual(password('alice', 's3cret'));
  });

  test('is made where there is none', async () => {
    await open().save('docker.io', password('alice', 'p'), 'alice');
    expect(JSON.parse(readFileSync(at('.docker/config.json'), 'utf8'))).toEqual({ auths: { 'https://index.docker.io/v1/': auth('alice:p') } });
    expect(statSync(at('.docker')).mode & 0o777).toBe(0o700);
    for (const host of ['docker.io', 'registry-1.docker.io', 'index.docker.io']) expect(await open().find(host, undefined)).toEqual(password('alice', 'p'));
  });

  test('a link stays a link', async () => {
    write('dotfiles/docker.json', {});
    mkdirSync(at('.docker'));
    symlinkSync('../dotfiles/docker.json', at('.docker/config.json'));
    await open().save('reg.test', password('alice', 'p'), 'alice');
    expect(lstatSync(at('.docker/config.json')).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(at('dotfiles/docker.json'), 'utf8'))).toEqual({ auths: { 'reg.test': auth('alice:p') } });
  });

  test.each([['{"auths": {'], ['[]'], ['"text"']])('one that is no JSON object is an error and stays as it is: %s', async (content) => {
    write('.docker/config.json', content);
    for (const use of [
      () => open().save('reg.test', password('alice', 'p'), 'alice'),
      () => open().erase('reg.test'),
      () => open().find('reg.test', undefined),
    ]) {
      expect(await Promise.resolve(use()).catch((error: Error) => error.message)).toContain(`${at('.docker/config.json')} is not a JSON object`);
    }
    expect(readFileSync(at('.docker/config.json'), 'utf8')).toBe(content);
  });

  test('one that cannot be written leaves the old one', async () => {
    write('.docker/config.json', { auths: {} });
    write('.docker/config.json.one.tmp', 'somebody else is writing');
    await expect(open().save('reg.test', password('alice', 'p'), 'alice')).rejects.toThrow('cannot be written');
    expect(readFileSync(at('.docker/config.json'), 'utf8')).toBe('{"auths":{}}');
  });

  test('logging out takes every spelling of the host', async () => {
    write('.docker/config.json', {
      auths: {
        'https://reg.test/v1/': auth('a:1'),
        'reg.test': auth('a:2'),
        'http://reg.test': auth('a:3'),
        'reg.test/team': auth('c:5'),
        'other.test': auth('b:4'),
      },
    });
    await open().erase('reg.test');
    expect(JSON.parse(readFileSync(at('.docker/config.json'), 'utf8'))).toEqual({ auths: { 'reg.test/team': auth('c:5'), 'other.test': auth('b:4') } });
    await open().erase('never.test');
  });
});

describe('who is asked, and in which order', () => {
  test('the namespace before the host', async () => {
    write('.docker/config.json', { auths: { 'reg.test': auth('host:1'), 'reg.test/team': auth('team:2'), 'reg.test/team/app': auth('app:3') } });
    const of = async (repository: string) => ((await open().find('reg.test', repository)) as { username: string }).username;
    expect([await of('team/app'), await of('team/other'), await of('teams/app'), await of('x')]).toEqual(['app', 'team', 'host', 'host']);
    expect(await open().find('reg.test', undefined)).toEqual(password('host', '1'));
  });

  test('old addresses of a host, but not a namespace, count as the host', async () => {
    write('.docker/config.json', { auths: { 'reg.test/team': auth('team:2'), 'https://reg.test/v1/': auth('old:1') } });
    expect(await open().find('reg.test', 'x')).toEqual(password('old', '1'));
    expect(await open().find('reg.test.evil', 'x')).toBeUndefined();
  });

  test('the environment, the named file, Docker, then Podman', async () => {
    const environment = {
      DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { 'reg.test': auth('env:1') } }),
      REGISTRY_AUTH_FILE: at('named.json'),
      XDG_RUNTIME_DIR: at('run'),
    };
    write('named.json', { auths: { 'reg.test': auth('named:1') } });
    write('.docker/config.json', { auths: { 'reg.test': auth('docker:1') } });
    write('run/containers/auth.json', { auths: { 'reg.test': auth('run:1') } });
    write('.config/containers/auth.json', { auths: { 'reg.test': auth('home:1'), 'only.test': auth('only:1') } });
    const found: unknown[] = [];
    const look = async (store = open(environment)) => found.push(((await store.find('reg.test', 'x')) as { username: string }).username);
    await look();
    const { DOCKER_AUTH_CONFIG: _, ...files } = environment;
    for (const file of ['named.json', '.docker/config.json', 'run/containers/auth.json', '.config/containers/auth.json']) {
      await look(open(files));
      rmSync(at(file));
    }
    expect(found).toEqual(['env', 'named', 'docker', 'run', 'home']);
    expect(open(environment).isOverridden).toBe(true);
  });

  test('another folder, by DOCKER_CONFIG', async () => {
    write('elsewhere/config.json', { auths: { 'reg.test': auth('a:b') } });
    expect(await open({ DOCKER_CONFIG: at('elsewhere') }).find('reg.test', undefined)).toEqual(password('a', 'b'));
  });
});

describe('helpers', () => {
  test('keep, give and forget', async () => {
    installHelper('keeping', keeping);
    write('.docker/config.json', { credsStore: 'keeping' });
    expect(await open().find('reg.test', undefined)).toBeUndefined();
    expect(await open().save('reg.test', password('alice', 'p'), 'alice')).toEqual({ kind: 'helper', name: 'keeping' });
    expect(JSON.parse(readFileSync(at('kept'), 'utf8'))).toEqual({ ServerURL: 'reg.test', Username: 'alice', Secret: 'p' });
    expect(JSON.parse(readFileSync(at('.docker/config.json'), 'utf8'))).toEqual({ credsStore: 'keeping', auths: { 'reg.test': {} } });
    expect(await open().find('reg.test', undefined)).toEqual(password('alice', 'p'));
    expect(readFileSync(at('asked'), 'utf8')).toBe('reg.test');
    await open().erase('reg.test');
    expect(existsSync(at('kept'))).toBe(false);
    expect(warnings).toEqual([]);
  });

  test('of one registry goes before that of all, and a token stays a token', async () => {
    installHelper('keeping', keeping);
    write('.docker/config.json', { credsStore: 'missing', credHelpers: { 'reg.test': 'keeping' } });
    await open().save('reg.test', { kind: 'identity-token', token: 'id' }, 'alice');
    expect(JSON.parse(readFileSync(at('kept'), 'utf8'))).toEqual({ ServerURL: 'reg.test', Username: '<token>', Secret: 'id' });
    expect(await open().find('reg.test', undefined)).toEqual({ kind: 'identity-token', token: 'id' });
  });

  test.each([
    ['missing', ''],
    ['broken', 'echo "pass not initialized"; exit 1'],
    ['babbling', 'echo "Have a nice day"'],
  ])('%s: the file is asked instead, with a warning', async (name, script) => {
    if (script !== '') installHelper(name, script);
    write('.docker/config.json', { credsStore: name, auths: { 'reg.test': auth('file:1') } });
    expect(await open().find('reg.test', undefined)).toEqual(password('file', '1'));
    expect(warnings).toEqual([expect.stringContaining(`the credential helper ${name} does not work, so ${at('.docker/config.json')} is used instead: `)]);
  });

  test('broken: the file is written instead', async () => {
    installHelper('broken', 'echo "pass not initialized"; exit 1');
    write('.docker/config.json', { credsStore: 'broken' });
    expect(await open().save('reg.test', password('alice', 'p'), 'alice')).toEqual({ kind: 'file', name: at('.docker/config.json') });
    expect(await open().find('reg.test', undefined)).toEqual(password('alice', 'p'));
    expect(warnings[0]).toContain('error storing credentials - err: exit status 1, out: `pass not initialized`');
  });

  test('a name that is a path runs nothing', async () => {
    write('.docker/config.json', { credsStore: '../../evil' });
    expect(await open().find('reg.test', undefined)).toBeUndefined();
    expect(warnings[0]).toContain('cannot be the name of a credential helper');
  });
});
