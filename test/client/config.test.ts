/** `naru config`: the settings file without an editor, and never worse than with one. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClientHome, makeClientHome } from '../support/client/client-home.ts';

let home: ClientHome;
beforeAll(async () => (home = await makeClientHome()));
afterAll(() => home[Symbol.asyncDispose]());

const file = '.config/naru/client.yaml';
const config = async (...args: string[]) => {
  const { exitCode, stdout, stderr } = await home.run(['config', ...args]);
  return [exitCode, stdout, stderr];
};

describe('naru config', () => {
  test('a setting that nobody has made has its default', async () => {
    expect(await config('get', 'default-registry')).toEqual([0, 'docker.io\n', '']);
    expect(await config('get', 'insecure-registries')).toEqual([0, '', '']);
    expect(await config('ls')).toEqual([0, '# there is no file yet: these are the defaults\ndefault-registry: docker.io\n', '']);
    expect(await config('ls', '--json')).toEqual([0, `${JSON.stringify({ file: null, settings: { 'default-registry': 'docker.io' } }, null, 2)}\n`, '']);
  });

  test('set, add, get and rm, and comments stay', async () => {
    await home.write(file, '# ours\ndefault-registry: hub.local # the office\n');
    expect(await config('add', 'insecure-registries', 'registry.local:5000', '10.0.0.0/8')).toEqual([0, '', '']);
    expect(await config('add', 'insecure-registries', 'registry.local:5000', 'other.local')).toEqual([0, '', '']);
    expect(await config('set', 'registries.ghcr.io.mirrors', 'cache.local')).toEqual([0, '', '']);
    expect(await config('set', 'registries.ghcr.io.blocked', 'false')).toEqual([0, '', '']);
    expect(await home.read(file)).toBe(
      `# ours
default-registry: hub.local # the office
insecure-registries:
  - registry.local:5000
  - 10.0.0.0/8
  - other.local
registries:
  ghcr.io:
    mirrors:
      - cache.local
    blocked: false
`,
    );
    expect(await config('get', 'insecure-registries')).toEqual([0, 'registry.local:5000\n10.0.0.0/8\nother.local\n', '']);
    expect(await config('get', '--json', 'registries.ghcr.io.blocked')).toEqual([0, 'false\n', '']);
    expect(await config('rm', 'insecure-registries', '10.0.0.0/8')).toEqual([0, '', '']);
    expect(await config('rm', 'registries.ghcr.io.mirrors')).toEqual([0, '', '']);
    expect(await config('get', 'insecure-registries')).toEqual([0, 'registry.local:5000\nother.local\n', '']);
    expect((await home.run(['ref', 'explain', 'x'])).stdout).toContain('canonical: hub.local/x:latest\n');
  });

  test.each([
    [['set', 'default-registri', 'x'], 'there is no setting default-registri. There are: default-registry,'],
    [['set', 'default-registry', 'a b'], 'is no registry'],
    [['set', 'default-registry', 'a', 'b'], 'default-registry has one value'],
    [['set', 'registries.x.blocked', 'yes'], 'registries.x.blocked must be true or false'],
    [['add', 'default-registry', 'a'], 'default-registry is no list'],
    [['add', 'insecure-registries', 'a b'], 'is neither host[:port] nor an address block'],
    [['rm', 'insecure-registries', 'never'], 'never is not in insecure-registries'],
  ])('%j leaves the file as it is', async (args, message) => {
    const before = await home.read(file);
    const [exitCode, stdout, stderr] = await config(...args);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^(naru: .*\n)+$/);
    expect(await home.read(file)).toBe(before);
    expect(await readdir(join(home.path, '.config/naru'))).toEqual(['client.yaml']);
  });

  test('a file that cannot be read is not written over', async () => {
    await home.write(file, 'a: [1\n');
    expect((await config('set', 'default-registry', 'x'))[0]).toBe(1);
    expect(await home.read(file)).toBe('a: [1\n');
  });
});
