/** Inputs and answers are those of Go's `distribution/reference`, so that nobody who comes from Docker is surprised. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  canonicalName,
  canonicalString,
  explainReference,
  familiarName,
  familiarString,
  parseAnyReference,
  parseNormalizedName,
  parseReference,
  type Reference,
  referenceMaxLength,
  withDefaultTag,
  withTag,
} from './reference.ts';

const ones = `sha256:${'f'.repeat(64)}`;
const ones512 = `sha512:${'f'.repeat(128)}`;
const id = '1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a';

/** Name, tag and digest, so that the tables below can be short. */
const parts = (reference: Reference) => [reference.domain, reference.path, reference.tag, reference.digest as string | undefined];

function refusal(parse: () => unknown): string {
  try {
    return `no refusal: ${JSON.stringify(parse())}`;
  } catch (error) {
    return error instanceof Error && error.name === 'ImageReferenceError' ? error.message : String(error);
  }
}

describe('parseReference', () => {
  test.each<[text: string, domain: string, path: string, tag?: string | undefined, digest?: string]>([
    ['test_com', '', 'test_com'],
    ['test.com:tag', '', 'test.com', 'tag'],
    ['test.com:5000', '', 'test.com', '5000'],
    ['test.com/repo:tag', 'test.com', 'repo', 'tag'],
    ['test:5000/repo', 'test:5000', 'repo'],
    ['test:5000/repo:tag', 'test:5000', 'repo', 'tag'],
    [`test:5000/repo@${ones}`, 'test:5000', 'repo', undefined, ones],
    [`test:5000/repo:tag@${ones}`, 'test:5000', 'repo', 'tag', ones],
    [`validname@${ones512}`, '', 'validname', undefined, ones512],
    ['lowercase:Uppercase', '', 'lowercase', 'Uppercase'],
    [`${'a/'.repeat(127)}a:tag-puts-this-over-max`, 'a', `${'a/'.repeat(126)}a`, 'tag-puts-this-over-max'],
    [`${'a/'.repeat(128)}a`, 'a', `${'a/'.repeat(127)}a`],
    [`example.com/${'a'.repeat(255)}:tag`, 'example.com', 'a'.repeat(255), 'tag'],
    ['sub-dom1.foo.com/bar/baz/quux', 'sub-dom1.foo.com', 'bar/baz/quux'],
    ['sub-dom1.foo.com/bar/baz/quux:some-long-tag', 'sub-dom1.foo.com', 'bar/baz/quux', 'some-long-tag'],
    ['b.gcr.io/test.example.com/my-app:test.example.com', 'b.gcr.io', 'test.example.com/my-app', 'test.example.com'],
    ['xn--n3h.com/myimage:xn--n3h.com', 'xn--n3h.com', 'myimage', 'xn--n3h.com'],
    [`xn--7o8h.com/myimage:xn--7o8h.com@${ones}`, 'xn--7o8h.com', 'myimage', 'xn--7o8h.com', ones],
    ['foo_bar.com:8080', '', 'foo_bar.com', '8080'],
    ['foo/foo_bar.com:8080', 'foo', 'foo_bar.com', '8080'],
    ['192.168.1.1', '', '192.168.1.1'],
    ['192.168.1.1:tag', '', '192.168.1.1', 'tag'],
    ['192.168.1.1:5000', '', '192.168.1.1', '5000'],
    ['192.168.1.1/repo', '192.168.1.1', 'repo'],
    ['192.168.1.1:5000/repo', '192.168.1.1:5000', 'repo'],
    ['192.168.1.1:5000/repo:5050', '192.168.1.1:5000', 'repo', '5050'],
    ['[2001:db8::1]/repo', '[2001:db8::1]', 'repo'],
    ['[2001:db8:1:2:3:4:5:6]/repo:tag', '[2001:db8:1:2:3:4:5:6]', 'repo', 'tag'],
    ['[2001:db8::1]:5000/repo', '[2001:db8::1]:5000', 'repo'],
    [`[2001:db8::1]:5000/repo:tag@${ones}`, '[2001:db8::1]:5000', 'repo', 'tag', ones],
    ['[2001:db8::]:5000/repo', '[2001:db8::]:5000', 'repo'],
    ['[::1]:5000/repo', '[::1]:5000', 'repo'],
    [`localhost:8080@${ones}`, '', 'localhost', '8080', ones],
    [`localhost:8080/name@${ones}`, 'localhost:8080', 'name', undefined, ones],
    [`localhost@${ones}`, '', 'localhost', undefined, ones],
    ['Uppercase/lowercase:tag', 'Uppercase', 'lowercase', 'tag'],
    ['short', '', 'short'],
    ['simple/name', 'simple', 'name'],
    ['aa/aa/bb/bb/bb', 'aa', 'aa/bb/bb/bb'],
    ['aa-a/a', 'aa-a', 'a'],
    ['foo.com/foo_bar', 'foo.com', 'foo_bar'],
    ['test_com/foo', '', 'test_com/foo'],
    ['do__cker/docker', '', 'do__cker/docker'],
    ['example.com/some_separator__underscore/myimage', 'example.com', 'some_separator__underscore/myimage'],
    ['registry.io/foo/project--id.module--name.ver---sion--name', 'registry.io', 'foo/project--id.module--name.ver---sion--name'],
    ['Asdf.com/foo/bar', 'Asdf.com', 'foo/bar'],
    ['192.168.1.1:750050/a', '192.168.1.1:750050', 'a'],
    ['[fd00123123123]:75050/a', '[fd00123123123]:75050', 'a'],
    ['0101.com/a', '0101.com', 'a'],
    ['a/b:_', 'a', 'b', '_'],
    [`a:${'T'.repeat(128)}`, '', 'a', 'T'.repeat(128)],
  ])('%s', (...[text, domain, path, tag, digest]) => {
    const reference = parseReference(text);
    expect(parts(reference)).toEqual([domain, path, tag, digest]);
    expect(canonicalString(reference)).toBe(text);
  });

  test.each([
    ['', 'repository name must have at least one component'],
    ['Uppercase:tag', 'repository name must be lowercase'],
    ['test:5000/Uppercase/lowercase:tag', 'repository name must be lowercase'],
    ['Foo/FarB', 'repository name must be lowercase'],
    [`domain/${'a'.repeat(256)}:tag`, 'repository name must not be more than 255 characters'],
    [`repo@sha256:${'f'.repeat(34)}`, 'invalid checksum digest length'],
    [`repo@sha512:${'f'.repeat(64)}`, 'invalid checksum digest length'],
    [`repo@sha256:${'F'.repeat(64)}`, 'invalid checksum digest format'],
    [`repo@SHA256:${'f'.repeat(64)}`, 'invalid checksum digest format'],
    [`validname@invaliddigest:${'f'.repeat(64)}`, 'unsupported digest algorithm'],
    [`validname@sha384:${'f'.repeat(96)}`, 'unsupported digest algorithm'],
    [`validname@a+b.c-d_e:${'f'.repeat(32)}`, 'unsupported digest algorithm'],
  ])('%j: %s', (text, message) => {
    expect(refusal(() => parseReference(text))).toBe(message);
  });

  test.each([
    ':justtag',
    `@${ones}`,
    'aa/asdf$$^/aa',
    'asdf$$^/aa',
    'a^a',
    '[2001:db8::1]',
    '[2001:db8::1]:5000',
    '[2001:db8::1]:tag',
    '[fe80::1%eth0]:5000/repo',
    '[fe80::1%@invalidzone]:5000/repo',
    '[fd00:1:2::3]75050/a',
    '[fd00:1:2::3]::75050/a',
    'fd00:1:2::3:75050/a',
    'test.com:http/a',
    'ab-.com/A/a',
    'a/a/a/a/',
    'a//a/a',
    'foo.com/',
    'foo.com:http/bar',
    'a-/a/a/a',
    'foo.com/a-/a/a',
    '-foo/bar',
    'foo/bar-',
    'foo-/bar',
    'foo/-bar',
    '_foo/bar',
    'foo_bar.com:8080/app',
    'bad_hostname.com:8080/myapp:tag',
    '____/____',
    '_docker/_docker',
    'docker_/docker_',
    'example.com/__underscore/myimage',
    'example.com/..dots/myimage',
    'example.com/.dots/myimage',
    'example.com/nodouble..dots/myimage',
    'docker./docker',
    '.docker/docker',
    'do..cker/docker',
    'do__cker:8080/docker',
    'registry.com:8080/myapp@sha256:badbadbadbad',
    'registry.com:8080/myapp:invalid~tag',
    'registry.com:8080/myapp@bad',
    'registry.com:8080/myapp@2bad',
    `localhost:http/name@${ones}`,
    `a:${'T'.repeat(129)}`,
    'a:-tag',
    'a:.tag',
    'a\n',
    'a:b\n',
    ' a',
  ])('%j: invalid reference format', (text) => {
    expect(refusal(() => parseReference(text))).toBe('invalid reference format');
  });
});

describe('parseNormalizedName', () => {
  // Typed, domain, path, familiar name.
  test.each([
    ['localhost/fooo', 'localhost', 'fooo', 'localhost/fooo'],
    ['localhost/fooo/bar', 'localhost', 'fooo/bar', 'localhost/fooo/bar'],
    ['LOCALDOMAIN/fooo', 'LOCALDOMAIN', 'fooo', 'LOCALDOMAIN/fooo'],
    ['LOCALDOMAIN/fooo/bar', 'LOCALDOMAIN', 'fooo/bar', 'LOCALDOMAIN/fooo/bar'],
    ['fooo/bar', 'docker.io', 'fooo/bar', 'fooo/bar'],
    ['docker.io/fooo/bar', 'docker.io', 'fooo/bar', 'fooo/bar'],
    ['index.docker.io/fooo/bar', 'docker.io', 'fooo/bar', 'fooo/bar'],
    ['ubuntu', 'docker.io', 'library/ubuntu', 'ubuntu'],
    ['library/ubuntu', 'docker.io', 'library/ubuntu', 'ubuntu'],
    ['docker.io/library/ubuntu', 'docker.io', 'library/ubuntu', 'ubuntu'],
    ['nonlibrary/ubuntu', 'docker.io', 'nonlibrary/ubuntu', 'nonlibrary/ubuntu'],
    ['other/library', 'docker.io', 'other/library', 'other/library'],
    ['127.0.0.1:8000/private/moonbase', '127.0.0.1:8000', 'private/moonbase', '127.0.0.1:8000/private/moonbase'],
    ['127.0.0.1:8000/privatebase', '127.0.0.1:8000', 'privatebase', '127.0.0.1:8000/privatebase'],
    ['example.com/private/moonbase', 'example.com', 'private/moonbase', 'example.com/private/moonbase'],
    ['example.com:8000/privatebasee', 'example.com:8000', 'privatebasee', 'example.com:8000/privatebasee'],
    ['ubuntu-12.04-base', 'docker.io', 'library/ubuntu-12.04-base', 'ubuntu-12.04-base'],
    ['index.docker.io/library/ubuntu-12.04-base', 'docker.io', 'library/ubuntu-12.04-base', 'ubuntu-12.04-base'],
    ['docker.io/foo', 'docker.io', 'library/foo', 'foo'],
    ['library/foo/bar', 'docker.io', 'library/foo/bar', 'library/foo/bar'],
    ['store/foo/bar', 'docker.io', 'store/foo/bar', 'store/foo/bar'],
    ['Foo/bar', 'Foo', 'bar', 'Foo/bar'],
    ['FOO/bar', 'FOO', 'bar', 'FOO/bar'],
    ['test.com/foo', 'test.com', 'foo', 'test.com/foo'],
    ['test_com/foo', 'docker.io', 'test_com/foo', 'test_com/foo'],
    ['docker/migrator', 'docker.io', 'docker/migrator', 'docker/migrator'],
    ['test-com:8080/foo', 'test-com:8080', 'foo', 'test-com:8080/foo'],
    ['xn--n3h.com:18080/foo', 'xn--n3h.com:18080', 'foo', 'xn--n3h.com:18080/foo'],
    ['localhost', 'docker.io', 'library/localhost', 'localhost'],
    ['192.168.0.1', 'docker.io', 'library/192.168.0.1', '192.168.0.1'],
    ['192.168.0.2:25000/debian', '192.168.0.2:25000', 'debian', '192.168.0.2:25000/debian'],
    ['[fc00::1]:5000/docker/docker', '[fc00::1]:5000', 'docker/docker', '[fc00::1]:5000/docker/docker'],
    ['[fc00:1:2:3:4:5:6:7]:5000/library/debian', '[fc00:1:2:3:4:5:6:7]:5000', 'library/debian', '[fc00:1:2:3:4:5:6:7]:5000/library/debian'],
    [`docker.io/${id}`, 'docker.io', `library/${id}`, id],
    ['docker---rules/docker', 'docker.io', 'docker---rules/docker', 'docker---rules/docker'],
    ['dock__er/docker', 'docker.io', 'dock__er/docker', 'dock__er/docker'],
    ['d/docker', 'docker.io', 'd/docker', 'd/docker'],
  ])('%s', (text, domain, path, familiar) => {
    const reference = parseNormalizedName(text);
    expect(parts(reference)).toEqual([domain, path, undefined, undefined]);
    expect(canonicalName(reference)).toBe(`${domain}/${path}`);
    expect(familiarName(reference)).toBe(familiar);
  });

  test('a tag, a digest, and both', () => {
    expect(canonicalString(parseNormalizedName('192.168.0.1:80'))).toBe('docker.io/library/192.168.0.1:80');
    expect(canonicalString(parseNormalizedName('foo/foo_bar.com:8080'))).toBe('docker.io/foo/foo_bar.com:8080');
    const both = parseNormalizedName(`busybox:latest@${ones}`);
    expect(canonicalString(both)).toBe(`docker.io/library/busybox:latest@${ones}`);
    expect(familiarString(both)).toBe(`busybox:latest@${ones}`);
  });

  test.each([
    ['docker/Docker', 'invalid reference format: repository name (docker/Docker) must be lowercase'],
    ['docker.io/docker/Docker', 'invalid reference format: repository name (docker/Docker) must be lowercase'],
    ['docker.io/library/NGINX:latest', 'invalid reference format: repository name (library/NGINX) must be lowercase'],
    ['NGINX', 'invalid reference format: repository name (library/NGINX) must be lowercase'],
    [`repo@SHA256:${'f'.repeat(64)}`, 'invalid reference format: repository name (library/repo@SHA256) must be lowercase'],
    [id, `invalid repository name (${id}), cannot specify 64-byte hexadecimal strings`],
    [`${'this_is_not_a_valid_namespace_'.repeat(9)}x/docker`, 'repository name must not be more than 255 characters'],
    [`a:${'T'.repeat(129)}`, 'invalid reference format'],
    [`a@sha256:${'f'.repeat(34)}`, 'invalid checksum digest length'],
  ])('%j: %s', (text, message) => {
    expect(refusal(() => parseNormalizedName(text))).toBe(message);
  });

  test.each([
    '',
    '/',
    '/image-gallery:v1',
    'a/b:v 1',
    'a/b:한글',
    'https://github.com/docker/docker',
    '-docker',
    '-docker/docker',
    '-docker.io/docker/docker',
    'docker///docker',
    'docker.io/docker///docker',
    'docker/',
    '[fc00::1]',
    '[fc00::1]:5000',
    'fc00::1:5000/debian',
    '[fe80::1%eth0]:5000/debian',
    '[2001:db8:3:4::192.0.2.33]:5000/debian',
    'docker-/docker',
    '____/____',
    'dock..er/docker',
    'dock_.er/docker',
    'dock-.er/docker',
    'docker.io/',
  ])('%j: invalid reference format', (text) => {
    expect(refusal(() => parseNormalizedName(text))).toBe('invalid reference format');
  });

  test('letters that lower-casing changes in strange ways', () => {
    expect(refusal(() => parseNormalizedName('\u0130'))).toBe('invalid reference format: repository name (library/\u0130) must be lowercase');
    expect(refusal(() => parseReference('\u0130'))).toBe('repository name must be lowercase');
    expect(refusal(() => parseReference('\u212a'))).toBe('repository name must be lowercase');
    expect(refusal(() => parseReference('\u017f'))).toBe('invalid reference format');
  });
});

describe('parseAnyReference', () => {
  test.each([
    ['redis', 'docker.io/library/redis'],
    ['redis:latest', 'docker.io/library/redis:latest'],
    [`redis@${ones}`, `docker.io/library/redis@${ones}`],
    ['dmcgowan/myapp', 'docker.io/dmcgowan/myapp'],
    [`docker.io/dmcgowan/myapp@${ones}`, `docker.io/dmcgowan/myapp@${ones}`],
    [id, `sha256:${id}`],
    [`sha256:${id}`, `sha256:${id}`],
    [ones512, ones512],
    [id.slice(1), `docker.io/library/${id.slice(1)}`],
    [id.slice(0, 12), `docker.io/library/${id.slice(0, 12)}`],
    [`sha256:${id.slice(1)}`, `docker.io/library/sha256:${id.slice(1)}`],
  ])('%s', (text, expected) => {
    const any = parseAnyReference(text);
    expect(any.kind === 'digest' ? any.digest : canonicalString(any.reference)).toBe(expected);
  });
});

test('a name that says no tag and no digest means latest', () => {
  const complete = (text: string) => canonicalString(withDefaultTag(parseNormalizedName(text)));
  expect(complete('busybox')).toBe('docker.io/library/busybox:latest');
  expect(complete('gcr.io/library/busybox')).toBe('gcr.io/library/busybox:latest');
  expect(complete('busybox:1')).toBe('docker.io/library/busybox:1');
  expect(complete(`busybox@${ones}`)).toBe(`docker.io/library/busybox@${ones}`);
});

test('another tag', () => {
  const name = parseReference(`test.com:8000/foo:old@${ones}`);
  expect(canonicalString(withTag(name, 'TAG5'))).toBe(`test.com:8000/foo:TAG5@${ones}`);
  for (const tag of ['', '-foo', 'a b', 'a'.repeat(129)]) expect(refusal(() => withTag(name, tag))).toBe('invalid tag format');
});

describe('explainReference', () => {
  test.each<[string, string, string | undefined, string, string | undefined, string]>([
    ['nginx', 'docker.io', 'library', 'nginx', 'latest', 'docker.io/library/nginx:latest'],
    ['nginx:alpine', 'docker.io', 'library', 'nginx', 'alpine', 'docker.io/library/nginx:alpine'],
    ['devwikirepo/tencounter', 'docker.io', 'devwikirepo', 'tencounter', 'latest', 'docker.io/devwikirepo/tencounter:latest'],
    ['devwiki.com/myproject/mynginx:2.1.0-alpine', 'devwiki.com', 'myproject', 'mynginx', '2.1.0-alpine', 'devwiki.com/myproject/mynginx:2.1.0-alpine'],
    ['diamol/golang', 'docker.io', 'diamol', 'golang', 'latest', 'docker.io/diamol/golang:latest'],
    ['zoozoo.coomm/nyapacchi:13', 'zoozoo.coomm', undefined, 'nyapacchi', '13', 'zoozoo.coomm/nyapacchi:13'],
    ['localhost:5000/nyapacchi:13', 'localhost:5000', undefined, 'nyapacchi', '13', 'localhost:5000/nyapacchi:13'],
    ['localhost/x', 'localhost', undefined, 'x', 'latest', 'localhost/x:latest'],
    ['registry.local:5000/gallery/ui:v1', 'registry.local:5000', 'gallery', 'ui', 'v1', 'registry.local:5000/gallery/ui:v1'],
    ['index.docker.io/nginx', 'docker.io', 'library', 'nginx', 'latest', 'docker.io/library/nginx:latest'],
    ['quay.io/a/b/c', 'quay.io', 'a/b', 'c', 'latest', 'quay.io/a/b/c:latest'],
  ])('%s', (text, registry, project, image, tag, canonical) => {
    expect(explainReference(text)).toEqual({ registry, ...(project !== undefined && { project }), image, ...(tag !== undefined && { tag }), canonical });
  });

  test('a digest stands in for the tag', () => {
    const { digest, canonical, tag } = explainReference(`nginx@${ones}`);
    expect<(string | undefined)[]>([tag, digest, canonical]).toEqual([undefined, ones, `docker.io/library/nginx@${ones}`]);
  });
});

describe('a registry of one’s own as the default', () => {
  const options = { defaultRegistry: 'localhost:5000' };
  test.each([
    ['nginx', 'localhost:5000/nginx', 'nginx'],
    ['a/b:1', 'localhost:5000/a/b:1', 'a/b:1'],
    ['localhost:5000/a/b', 'localhost:5000/a/b', 'a/b'],
    ['docker.io/nginx', 'docker.io/library/nginx', 'docker.io/library/nginx'],
    ['index.docker.io/nginx', 'docker.io/library/nginx', 'docker.io/library/nginx'],
    ['quay.io/a', 'quay.io/a', 'quay.io/a'],
    ['localhost:5000/foo.com/bar', 'localhost:5000/foo.com/bar', 'localhost:5000/foo.com/bar'],
  ])('%s', (text, canonical, familiar) => {
    const reference = parseNormalizedName(text, options);
    expect(canonicalString(reference)).toBe(canonical);
    expect(familiarString(reference, options)).toBe(familiar);
    expect(parseNormalizedName(familiar, options)).toEqual(reference);
  });
});

describe('properties', () => {
  const alphanumeric = fc.string({ unit: fc.constantFrom(...'abz019'.split('')), minLength: 1, maxLength: 4 });
  const component = fc
    .tuple(alphanumeric, fc.array(fc.tuple(fc.constantFrom('.', '_', '__', '-', '---'), alphanumeric), { maxLength: 2 }))
    .map(([head, tail]) => head + tail.flat().join(''));
  const path = fc.array(component, { minLength: 1, maxLength: 4 }).map((components) => components.join('/'));
  const registry = fc.constantFrom('', 'localhost/', 'docker.io/', 'index.docker.io/', 'a.example:5000/', '[::1]:5000/', 'Upper/', 'library/');
  const suffix = fc.constantFrom('', ':1.0', ':_X', `@${ones}`, `:t@${ones512}`);
  const name = fc.tuple(registry, path, suffix).map((all) => all.join(''));

  test('a full name is a fixed point, and the familiar one leads back to it', () => {
    fc.assert(
      fc.property(name, (text) => {
        fc.pre(!/^[a-f0-9]{64}$/.test(text));
        const reference = parseNormalizedName(text);
        expect(parseNormalizedName(canonicalString(reference))).toEqual(reference);
        expect(parseReference(canonicalString(reference))).toEqual(reference);
        // Docker's own exception: a Hub path that looks like a registry.
        if (!/^docker\.io\/(?:[^/]*\.[^/]*|localhost)\//.test(canonicalString(reference)))
          expect(parseNormalizedName(familiarString(reference))).toEqual(reference);
      }),
      { numRuns: 500 },
    );
  });

  test('any text is read whole or refused in our own words', () => {
    const noise = fc.string({ unit: fc.oneof(fc.constantFrom(...'aA0._-/:@[]% \n'.split('')), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })) });
    fc.assert(
      fc.property(
        fc.oneof(
          noise,
          fc.tuple(name, noise).map(([good, bad]) => good + bad),
        ),
        (text) => {
          const message = refusal(() => expect(canonicalString(parseReference(text))).toBe(text));
          expect(message).toMatch(/^(no refusal|invalid reference format|invalid checksum digest|unsupported digest|repository name must)/);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('hostile lengths are answered at once', () => {
    for (const unit of ['a', 'A', 'a.', 'a-', 'a/', 'a__', 'a:', '[', '@a+', '1']) {
      for (const parse of [parseReference, parseNormalizedName, parseAnyReference]) {
        expect(refusal(() => parse(`${unit.repeat(1_000_000)}!`))).toBe('invalid reference format');
      }
      expect(refusal(() => parseNormalizedName(`${unit.repeat(referenceMaxLength).slice(1 - referenceMaxLength)}!`))).toStartWith('invalid reference format');
    }
  });
});
