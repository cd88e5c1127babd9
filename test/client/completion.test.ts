/** What a Tab offers, asked directly and through the shells that are here. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { dockerArchive, dockerImage } from '../client-store/support/archives.ts';
import { naruOn } from '../client-store/support/naru.ts';
import { type ClientHome, makeClientHome } from '../support/client/client-home.ts';
import { makeImage } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';

let home: ClientHome;
let server: TestServer;
let host: string;
beforeAll(async () => {
  [home, server] = await Promise.all([makeClientHome(), startServer()]);
  host = `127.0.0.1:${server.port}`;
  const registry = createRegistryClient(server.url);
  const image = makeImage({ seed: 'completion' });
  await registry.pushImage('team/app', image, 'v1');
  await registry.pushManifest('team/app', image.manifest, 'v2');
  await naruOn(join(home.path, 'store')).ok(['load'], dockerArchive([dockerImage({ seed: 'a', tags: ['web:1', 'web:2', 'localhost:5000/db:9'] })]));
  await home.write(
    '.docker/config.json',
    JSON.stringify({ auths: { 'https://index.docker.io/v1/': {}, 'registry.local:5000': {} }, credHelpers: { 'ghcr.io': 'x' } }),
  );
  // The shells call the program by its name.
  await home.write('bin/naru', `#!/bin/sh\nexec ${process.execPath} ${resolve(import.meta.dirname, '../../packages/naru/src/main.ts')} "$@"\n`);
  await chmod(join(home.path, 'bin/naru'), 0o755);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await home[Symbol.asyncDispose]();
});

const env = () => ({ NARU_DATA_ROOT: join(home.path, 'store') });
const offered = async (...words: string[]) => {
  const { stdout, stderr, exitCode } = await home.run(['__complete', ...words], { env: env() });
  expect([exitCode, stderr]).toEqual([0, '']);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t')[0]);
};

describe('asked directly', () => {
  test.each([
    [['pu'], ['pull', 'push']],
    [['image', 'p'], ['image pull', 'image push', 'image prune'].map((name) => name.slice(6))],
    [['remote', 'index', ''], ['add']],
    [['help', 'admin', 's'], ['scrub']],
    [['pull', '--pl'], ['--platform']],
    [['pull', '--platform', 'linux/arm6'], ['linux/arm64']],
    [
      ['rmi', 'web'],
      ['web:1', 'web:2'],
    ],
    [['rmi', 'localhost:5000/d'], ['localhost:5000/db:9']],
    [['save', '-o', ''], [':file']],
    [['import', ''], [':file']],
    [
      ['logout', ''],
      ['docker.io', 'ghcr.io', 'registry.local:5000'],
    ],
    [['config', 'set', 'de'], ['default-registry']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['history', 'web:1', ''], ['']],
    [['xyzzy', ''], ['']],
  ])('%j', async (words, expected) => {
    expect(await offered(...words)).toEqual(expected);
  });

  test('tags of a registry, and nothing where none answers', async () => {
    expect(await offered('pull', `${host}/team/app:`)).toEqual([`${host}/team/app:v1`, `${host}/team/app:v2`]);
    expect(await offered('remote', 'rm', `${host}/team/app:v2`)).toEqual([`${host}/team/app:v2`]);
    expect(await offered('pull', 'localhost:1/x:')).toEqual(['']);
  });

  test('with what it is behind it, in the language of whoever asks', async () => {
    expect((await home.run(['__complete', 'hist'], { env: env() })).stdout).toBe('history\tShow the steps that made an image\n');
    expect((await home.run(['__complete', 'hist'], { env: { ...env(), LC_ALL: 'ko_KR.UTF-8' } })).stdout).toBe('history\t이미지가 만들어진 단계 보기\n');
  });
});

describe('through a shell', () => {
  const through = async (shell: string, script: string) =>
    execFileSync(shell, ['-c', script], {
      env: { ...env(), HOME: home.path, PATH: `${join(home.path, 'bin')}:${process.env['PATH'] ?? ''}` },
      encoding: 'utf8',
    });

  test.if(needs('bash')).each([
    ['naru pul', ['pull']],
    ['naru rmi web', ['web:1', 'web:2']],
    // Bash keeps what stands before the colon.
    ['naru rmi web:', ['1', '2']],
    ['naru rmi localhost:5000/d', ['5000/db:9']],
    ['naru image rm --fo', ['--force']],
  ])('bash: %s', async (line, expected) => {
    const script = `source <(naru completion bash); COMP_LINE=${JSON.stringify(line)}; COMP_POINT=\${#COMP_LINE}; _naru; printf '%s\\n' "\${COMPREPLY[@]}"`;
    expect((await through('bash', script)).trimEnd().split('\n')).toEqual(expected);
  });

  test.if(needs('fish'))('fish', async () => {
    expect(await through('fish', "naru completion fish | source; complete -C 'naru rmi web'")).toContain('web:1');
  });

  test.if(needs('zsh'))('zsh: the script is one', async () => {
    expect(await through('zsh', 'autoload -U compinit; compinit -u -D; source <(naru completion zsh); print -- $_comps[naru]')).toBe('_naru\n');
  });

  test('another shell is told which there are', async () => {
    expect(await home.run(['completion', 'tcsh'])).toEqual({ exitCode: 1, stdout: '', stderr: 'unsupported shell type "tcsh": bash, zsh, fish\n' });
  });
});
