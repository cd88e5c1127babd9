import { expect, test } from 'bun:test';
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { makeTar, type TarItem } from '../../../../test/support/tar.ts';
import { makeZip } from '../../../../test/support/zip.ts';
import { hasMark, markOf } from './path-marks.ts';
import { layerFactLimits, readLayerFacts } from './layer-facts.ts';
import { allReaders } from './readers/all-readers.ts';

async function* bytesOf(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

const factsOf = (items: readonly TarItem[], limits = {}) => readLayerFacts(bytesOf(gzipSync(makeTar(items))), { ...layerFactLimits, ...limits });
const wordsOf = async (items: readonly TarItem[]) =>
  (await factsOf(items)).files.flatMap(({ packages }) =>
    packages.map(({ type, namespace, name, version, sourceName, sourceVersion, architecture, licences }) =>
      [type, namespace, name, version, sourceName, sourceVersion, architecture, licences.join('+')].join(' ').replaceAll(/ +/g, ' ').trim(),
    ),
  );

const crates = deflateSync(
  JSON.stringify({
    packages: [
      { name: 'serde', version: '1.0.200', source: 'crates.io', kind: 'runtime' },
      { name: 'cc', version: '1.0.0', kind: 'build' },
    ],
  }),
);

test.each<[string, TarItem, string[]]>([
  [
    'dpkg, with what was removed and what is another source’s',
    {
      name: 'var/lib/dpkg/status',
      content:
        'Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\nSource: openssl (3.0.11-1)\nVersion: 3.0.11-1+b1\nDescription: a\n more: x\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n\nPackage: bash\nStatus: install ok installed\nVersion: 1:5.2\n',
    },
    ['deb libssl3 3.0.11-1+b1 openssl 3.0.11-1 amd64', 'deb bash 1:5.2 bash 1:5.2'],
  ],
  [
    'an image without a shell',
    { name: './var/lib/dpkg/status.d/tzdata', content: 'Package: tzdata\nVersion: 2024a-0+deb12u1\nArchitecture: all\n' },
    ['deb tzdata 2024a-0+deb12u1 tzdata 2024a-0+deb12u1 all'],
  ],
  [
    'apk',
    { name: 'lib/apk/db/installed', content: 'C:Q1\nP:libcrypto3\nV:3.3.2-r0\nA:x86_64\nL:Apache-2.0\no:openssl\nF:usr\nR:x\nZ:Q1\n\nP:musl\nV:1.2.5-r0\n\n' },
    ['apk libcrypto3 3.3.2-r0 openssl 3.3.2-r0 x86_64 Apache-2.0', 'apk musl 1.2.5-r0 musl 1.2.5-r0'],
  ],
  [
    'npm with a scope',
    { name: 'app/node_modules/@naru/oci/package.json', content: '{"name":"@naru/oci","version":"1.2.3","license":{"type":"MIT"},"licenses":[{"type":"ISC"}]}' },
    ['npm @naru oci 1.2.3 MIT+ISC'],
  ],
  ['a folder that only says how modules are read', { name: 'node_modules/x/package.json', content: '{"type":"module"}' }, []],
  [
    'pypi',
    {
      name: 'usr/lib/python3/dist-packages/PyYAML-6.0.dist-info/METADATA',
      content: 'Metadata-Version: 2.1\nName: PyYAML\nVersion: 6.0\nLicense: MIT\n\nName: no\n',
    },
    ['pypi PyYAML 6.0 MIT'],
  ],
  [
    'an egg, licensed by its classifiers',
    { name: 'lib/a.egg-info', content: 'Name: a\nVersion: 1\nLicense: UNKNOWN\nClassifier: License :: OSI Approved :: BSD License\n' },
    ['pypi a 1 BSD License'],
  ],
  [
    'nuget',
    { name: 'app/web.deps.json', content: '{"libraries":{"web/1.0.0":{"type":"project"},"Newtonsoft.Json/13.0.3":{"type":"package"}}}' },
    ['nuget Newtonsoft.Json 13.0.3'],
  ],
  [
    'composer',
    { name: 'srv/vendor/composer/installed.json', content: '{"packages":[{"name":"monolog/monolog","version":"v3.5.0","license":["MIT"]}]}' },
    ['composer monolog monolog 3.5.0 MIT'],
  ],
  [
    'gem',
    {
      name: 'usr/lib/ruby/specifications/rack-3.0.8.gemspec',
      content: 'Gem::Specification.new do |s|\n  s.name = "rack".freeze\n  s.version = Gem::Version.new("3.0.8")\n  s.licenses = ["MIT".freeze]\nend\n',
    },
    ['gem rack 3.0.8 MIT'],
  ],
  [
    'jar in a war',
    {
      name: 'srv/app.war',
      content: makeZip({
        'WEB-INF/lib/log4j-core-2.14.1.jar': makeZip({
          'META-INF/maven/org.apache.logging.log4j/log4j-core/pom.properties': 'version=2.14.1\ngroupId=org.apache.logging.log4j\nartifactId=log4j-core\n',
        }),
        'WEB-INF/lib/plain-1.0.jar': makeZip({ 'META-INF/MANIFEST.MF': 'Implementation-Version: 1.0\r\n' }),
      }),
    },
    ['maven org.apache.logging.log4j log4j-core 2.14.1', 'maven plain 1.0'],
  ],
  ['crates', { name: 'bin/app', mode: 0o755, content: elfWith('.dep-v0', crates) }, ['cargo serde 1.0.200']],
])('%s', async (_, item, expected) => {
  expect(await wordsOf([item])).toEqual(expected);
});

test('whiteouts, folders that begin empty, links in the place of folders, and the release', async () => {
  const { files, hidden, opaque, placed, folders } = await factsOf([
    { name: 'etc/os-release', content: 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian \\"12\\""\n' },
    { name: 'usr/.wh.share' },
    { name: 'app/.wh..wh..opq' },
    { name: 'lib', type: '2', target: 'usr/lib' },
  ]);
  expect(files).toEqual([{ path: 'etc/os-release', packages: [], release: { id: 'debian', version: '12', name: 'Debian "12"' } }]);
  expect([hidden, opaque]).toEqual([['usr/share'], ['app']]);
  expect([hasMark(placed, markOf('lib')), hasMark(placed, markOf('usr')), hasMark(folders, markOf('usr'))]).toEqual([true, false, false]);
});

test.each<[string, TarItem, string]>([
  ['no JSON', { name: 'node_modules/x/package.json', content: '{' }, 'node_modules/x/package.json: it is not JSON'],
  ['no zip', { name: 'a.jar', content: 'PK' }, 'a.jar: it is no zip'],
  ['no database', { name: 'var/lib/rpm/Packages', content: 'x'.repeat(9000) }, 'var/lib/rpm/Packages: it is no Berkeley DB hash'],
  ['no ndb', { name: 'usr/lib/sysimage/rpm/Packages.db', content: 'x' }, 'usr/lib/sysimage/rpm/Packages.db: it is no ndb database'],
  [
    'no SQLite',
    { name: 'var/lib/rpm/rpmdb.sqlite', content: 'SQLite format 3\0'.padEnd(9000, 'x') },
    'var/lib/rpm/rpmdb.sqlite: its SQLite database cannot be read',
  ],
  ['a broken section', { name: 'bin/app', mode: 0o755, content: elfWith('.dep-v0', Buffer.from('nothing')) }, 'bin/app: its .dep-v0 section is broken'],
  [
    'a bomb in a section',
    { name: 'bin/app', mode: 0o755, content: elfWith('.dep-v0', deflateSync(Buffer.alloc(64e6))) },
    'bin/app: its .dep-v0 section is broken',
  ],
  [
    'too large',
    { name: 'node_modules/x/package.json', content: Buffer.alloc(5e6, 0x20) },
    'node_modules/x/package.json: it has 5000000 bytes, too many to look into',
  ],
])('%s is said, and the rest is read', async (_, item, problem) => {
  const { problems, files } = await factsOf([item, { name: 'node_modules/y/package.json', content: '{"name":"y","version":"1"}' }]);
  expect(problems.length).toBe(1);
  expect(problems[0]).toStartWith(problem);
  expect(files.at(-1)?.packages.map(({ name }) => name)).toEqual(['y']);
});

test('a database that is a link is read where it leads in its layer, or said not to be', async () => {
  const status = { name: 'var/lib/dpkg/status', content: 'Package: bash\nStatus: install ok installed\nVersion: 5\n' };
  const second = await factsOf([
    status,
    { name: 'node_modules/x/package.json', content: '{"name":"x","version":"1"}' },
    { name: 'node_modules/y/package.json', type: '1', target: './node_modules/x/package.json' },
  ]);
  expect(second.files.map(({ path, packages }) => `${path} ${packages.length}`)).toEqual([
    'var/lib/dpkg/status 1',
    'node_modules/x/package.json 1',
    'node_modules/y/package.json 1',
  ]);
  for (const type of ['1', '2']) {
    const { files, problems } = await factsOf([
      { name: 'opt/hidden', content: status.content },
      { name: status.name, type, target: 'opt/hidden' },
    ]);
    const problem = 'var/lib/dpkg/status: it is a link, and not followed';
    expect([files, problems]).toEqual([[{ path: status.name, packages: [], unread: problem }], [problem]]);
  }
});

test.each<[what: string, item: TarItem, reason: string]>([
  [
    'dpkg',
    { name: 'var/lib/dpkg/status', content: 'Package: bash\nVersion: 5\nStatus: install ok installed\n\nVersion: 1\n' },
    'it has a paragraph without a package',
  ],
  ['dpkg, text', { name: 'var/lib/dpkg/status', content: 'no list\n' }, 'it has a line that is no field'],
  ['apk', { name: 'lib/apk/db/installed', content: '\x1f\x8b\x08 compressed' }, 'it has a paragraph without a package'],
  ['RPM, Berkeley DB', { name: 'var/lib/rpm/Packages', content: 'x'.repeat(9000) }, 'it is no Berkeley DB hash'],
  ['RPM, ndb', { name: 'usr/lib/sysimage/rpm/Packages.db', content: 'RpmP'.padEnd(900, 'x') }, 'it is no ndb database'],
  ['RPM, SQLite', { name: 'var/lib/rpm/rpmdb.sqlite', content: 'SQLite format 3\0'.padEnd(9000, 'x') }, 'its SQLite database cannot be read'],
  ['too large', { name: 'var/lib/dpkg/status', content: Buffer.alloc(64 * 2 ** 20 + 1, 0x0a) }, 'it has 67108865 bytes, too many to look into'],
])('a list of the whole system that is broken is no empty list: %s', async (_, item, reason) => {
  const { files } = await factsOf([item]);
  expect(files.map(({ path, packages, unread = '' }) => [path, packages.length, unread.startsWith(`${item.name}: ${reason}`)])).toEqual([[item.name, 0, true]]);
});

test('no bytes break a reader: it reads them, or says what is wrong', async () => {
  const starts = ['', '\x7fELF\x02\x01', 'RpmP', 'PK\x05\x06', '\xff Go buildinf:\x08\x02', 'SQLite format 3\0', '{"packages":'];
  const content = fc
    .tuple(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 5000 }))
    .map(([start, rest]) => Buffer.concat([Buffer.from(start, 'latin1'), rest]));
  await fc.assert(
    fc.asyncProperty(
      content,
      fc.constantFrom(...allReaders),
      fc.constantFrom('a/rpmdb.sqlite', 'a/Packages', 'a/Packages.db', 'a.jar'),
      async (bytes, reader, path) => {
        const failure = await Promise.resolve()
          .then(() => reader.read(Buffer.from(bytes), path))
          .then(
            () => undefined,
            (error: unknown) => (error instanceof Error ? error.name : 'thrown'),
          );
        expect([undefined, 'PackageProblem']).toContain(failure);
      },
    ),
    { numRuns: 500 },
  );
});

test('what grows is refused', async () => {
  const many = Array.from({ length: 30 }, (_, at) => ({ name: `node_modules/x${at}/package.json`, content: `{"name":"x${at}","version":"1"}` }));
  await expect(factsOf(many, { packagesMax: 20 })).rejects.toThrow('it has more than 20 packages');
  await expect(factsOf(many, { unpackedMaxBytes: 9000 })).rejects.toThrow('it unpacks to more than 9000 bytes');
  const broken = many.map(({ name }) => ({ name, content: '{' }));
  expect((await factsOf(broken, { problemsMax: 3 })).problems.slice(2)).toEqual(['node_modules/x2/package.json: it is not JSON', 'and more of the kind']);
});

/** The least of an ELF: two sections, one with their names. */
function elfWith(name: string, content: Buffer): Buffer {
  const names = Buffer.from(`\0${name}\0.shstrtab\0`, 'latin1');
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  const start = 64 + names.length + content.length;
  header.writeBigUInt64LE(BigInt(start), 0x28);
  header.writeUInt16LE(64, 0x3a);
  header.writeUInt16LE(2, 0x3c);
  header.writeUInt16LE(1, 0x3e);
  const section = (nameAt: number, from: number, bytes: number): Buffer => {
    const one = Buffer.alloc(64);
    one.writeUInt32LE(nameAt, 0);
    one.writeBigUInt64LE(BigInt(from), 0x18);
    one.writeBigUInt64LE(BigInt(bytes), 0x20);
    return one;
  };
  return Buffer.concat([header, names, content, section(1, 64 + names.length, content.length), section(name.length + 2, 64, names.length)]);
}
