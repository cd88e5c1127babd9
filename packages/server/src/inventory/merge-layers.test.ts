import { createHash } from 'node:crypto';
import { expect, test } from 'bun:test';
import { type Digest, parseDigest } from '@naru/oci/digest';
import type { LayerFacts } from './layer-facts.ts';
import { mergeLayers } from './merge-layers.ts';
import { markOf, toMarks } from './path-marks.ts';
import { found } from './readers/reader.ts';

const digestOf = (name: string): Digest => parseDigest(`sha256:${createHash('sha256').update(name).digest('hex')}`);

const nothing: LayerFacts = { files: [], problems: [], secrets: [], hidden: [], opaque: [], placed: toMarks([]), folders: toMarks([]) };

type Files = Readonly<Record<string, readonly string[]>>;
/** Packages by file, as `name@version`. */
function layer(name: string, files: Files, more: Partial<LayerFacts> = {}) {
  const facts = Object.entries(files).map(([path, packages]) => ({
    path,
    packages: packages.map((one) => found(path.startsWith('var/') ? 'deb' : 'npm', ...(one.split('@') as [string, string]))),
  }));
  return { digest: digestOf(name), facts: { ...nothing, files: facts, ...more } };
}

const names = new Map(['base', 'middle', 'top'].map((name) => [digestOf(name) as string, name]));
const merged = (...layers: ReturnType<typeof layer>[]) =>
  mergeLayers(layers).packages.map(({ name, version, path, layer: from }) => `${name}@${version} ${path} ${names.get(from)}`);

const status = 'var/lib/dpkg/status';

test('the topmost database counts, and a package is of the layer since which it is there as it is', () => {
  expect(
    merged(
      layer('base', { [status]: ['bash@5', 'ssl@1', 'gone@1'] }),
      layer('middle', { [status]: ['bash@5', 'ssl@2', 'curl@8'] }),
      layer('top', { [status]: ['bash@5', 'ssl@2', 'curl@8', 'gone@1'] }),
    ),
  ).toEqual([`bash@5 ${status} base`, `ssl@2 ${status} middle`, `curl@8 ${status} middle`, `gone@1 ${status} top`]);
});

test('a whiteout, a folder that begins empty and what takes its place hide what is below, and only that', () => {
  const base = layer('base', { 'a/x.json': ['x@1'], 'a/b/y.json': ['y@1'], 'ab/z.json': ['z@1'] });
  expect(merged(base, layer('top', {}, { hidden: ['a/x.json'] }))).toEqual(['y@1 a/b/y.json base', 'z@1 ab/z.json base']);
  expect(merged(base, layer('top', {}, { hidden: ['a'] }))).toEqual(['z@1 ab/z.json base']);
  expect(merged(base, layer('top', { 'a/n.json': ['n@1'] }, { opaque: ['a'] }))).toEqual(['z@1 ab/z.json base', 'n@1 a/n.json top']);
  expect(merged(base, layer('top', {}, { opaque: [''] }))).toEqual([]);
  // A file or a link in the place of a folder, a folder or something else in the place of a file.
  expect(merged(base, layer('top', {}, { placed: toMarks(['a', 'ab/z.json'].map(markOf)) }))).toEqual([]);
  expect(merged(base, layer('top', {}, { folders: toMarks(['a', 'a/x.json'].map(markOf)) }))).toEqual(['y@1 a/b/y.json base', 'z@1 ab/z.json base']);
  // The same again after it was away is of the layer that brought it back.
  expect(merged(base, layer('middle', {}, { hidden: ['ab'] }), layer('top', { 'ab/z.json': ['z@1'] }))).toContain('z@1 ab/z.json top');
});

test('a list that is broken counts until a layer puts another in its place; one that is missing counts where the system should have one', () => {
  const broken = { ...layer('base', {}), facts: { ...nothing, files: [{ path: status, packages: [], unread: 'why' }] } };
  expect(mergeLayers([layer('base', { [status]: ['bash@5'] }), broken]).unread).toEqual(['why']);
  expect(mergeLayers([broken, layer('top', { [status]: ['bash@5'] })]).unread).toEqual([]);
  expect(mergeLayers([broken, layer('top', {}, { hidden: ['var'] })]).unread).toEqual([]);
  const system = (id: string) => ({
    ...layer('base', {}),
    facts: { ...nothing, files: [{ path: 'etc/os-release', packages: [], release: { id, version: '12', name: '' } }] },
  });
  expect(mergeLayers([system('debian'), layer('top', { 'a.json': ['x@1'] })]).unread).toEqual([
    'it is a system of debian, and nothing in it lists its packages',
  ]);
  expect(mergeLayers([system('debian'), layer('top', { [status]: ['bash@5'] })]).unread).toEqual([]);
  expect(mergeLayers([system('my-own'), layer('top', {})]).unread).toEqual([]);
});

test('packages of a distribution are named after it, and its release is that of the topmost file', () => {
  const release = (id: string, version: string) => ({ path: 'usr/lib/os-release', packages: [], release: { id, version, name: '' } });
  const base = layer('base', { [status]: ['bash@5'], 'a.json': ['x@1'] });
  const { release: found, packages } = mergeLayers([
    { ...base, facts: { ...base.facts, files: [...base.facts.files, release('debian', '11')], problems: ['a: broken'] } },
    { digest: digestOf('top'), facts: { ...nothing, files: [release('debian', '12')] } },
  ]);
  expect(found).toEqual({ id: 'debian', version: '12', name: '' });
  expect(packages.map(({ name, namespace }) => [name, namespace])).toEqual([
    ['bash', 'debian'],
    ['x', ''],
  ]);
});
