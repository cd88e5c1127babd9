import { describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'bun:test';
import { emptyClientConfig, parseClientConfig } from './client-config.ts';
import { readClientConfig } from './client-config-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'naru-client-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('settings', () => {
  test('everything there is', () => {
    expect(
      parseClientConfig(
        {
          'default-registry': 'hub.local:5000',
          'insecure-registries': ['http://registry.local:5000/', '10.0.0.0/8', 'fd00::/8'],
          'registry-mirrors': ['https://mirror.local/'],
          registries: {
            'ghcr.io': { mirrors: ['cache.local:5000/ghcr', 'http://plain.local'], blocked: true },
            'old.local': { insecure: true },
            'docker.io': { mirrors: ['second.local'] },
          },
        },
        'file',
      ),
    ).toEqual({
      defaultRegistry: 'hub.local:5000',
      insecureRegistries: ['registry.local:5000', '10.0.0.0/8', 'fd00::/8', 'old.local'],
      mirrors: {
        'docker.io': [{ host: 'mirror.local', scheme: 'https' }, { host: 'second.local' }],
        'ghcr.io': [
          { host: 'cache.local:5000', prefix: 'ghcr' },
          { host: 'plain.local', scheme: 'http' },
        ],
      },
      blockedRegistries: ['ghcr.io'],
    });
  });

  test.each([
    [{ 'insecure-registry': [] }, 'there is no setting insecure-registry. There are: default-registry,'],
    [{ registries: { a: { mirror: [] } } }, 'there is no setting registries.a.mirror'],
    [{ registries: { 'a/b': {} } }, '"a/b" is no registry'],
    [{ 'insecure-registries': 'a' }, 'insecure-registries must be a list of texts'],
    [{ 'insecure-registries': ['a b'] }, 'is neither host[:port] nor an address block'],
    [{ 'registry-mirrors': ['https://user:pass@mirror.local'] }, 'is no mirror'],
    [{ 'registry-mirrors': ['https://mirror.local/Upper'] }, 'has a prefix that no repository'],
    [{ 'default-registry': 7 }, 'default-registry must be a text'],
    [{ registries: { a: { blocked: 'yes' } } }, 'registries.a.blocked must be true or false'],
    [[], 'the file must be keys with values'],
    ['text', 'the file must be keys with values'],
  ])('%j', (value, expected) => {
    expect(() => parseClientConfig(value, 'the-file')).toThrow('the-file: ');
    expect(() => parseClientConfig(value, 'the-file')).toThrow(expected);
  });
});

describe('the file', () => {
  const write = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return { environment: { NARU_CLIENT_CONFIG: path }, homeFolder: folder };
  };

  test('YAML and JSON alike', async () => {
    expect(await readClientConfig(write('a.yaml', 'default-registry: a.local\n'))).toEqual({ ...emptyClientConfig, defaultRegistry: 'a.local' });
    expect(await readClientConfig(write('a.json', '{"default-registry": "a.local"}'))).toEqual({ ...emptyClientConfig, defaultRegistry: 'a.local' });
    expect(await readClientConfig(write('empty.yaml', '# nothing yet\n'))).toEqual(emptyClientConfig);
  });

  test('one that was named must be there and be readable', async () => {
    await expect(readClientConfig({ environment: { NARU_CLIENT_CONFIG: join(folder, 'none') }, homeFolder: folder })).rejects.toThrow('there is no such file');
    await expect(readClientConfig(write('bad.yaml', 'a: [1'))).rejects.toThrow('bad.yaml: ');
    await expect(readClientConfig(write('bomb.yaml', 'a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n'))).rejects.toThrow('bomb.yaml: ');
  });
});
