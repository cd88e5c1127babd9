/**
 * Not a time but a fact: how many packages Naru lists of each kind, and how many Syft finds in the same image, which it
 * pulls from Naru. The image is this machine's own system with Python's packages, all that this checkout installs by npm,
 * and Syft itself, which is a program in Go; and Alpine's root file systems, where they are at hand.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Content, contentOf, digestOf, jsonContent, makeManifest, mediaTypes } from '../../test/support/image.ts';
import { createRegistryClient } from '../../test/support/registry-client.ts';
import { findSharedData } from '../../test/support/shared-data.ts';
import { isOnPath, runProgram } from '../load/programs.ts';
import { expectStatus } from '../load/requests.ts';
import type { Sample, Scenario } from './scenario.ts';

/** How each calls the same kind. */
const kinds = { deb: 'deb', apk: 'apk', pypi: 'python', npm: 'npm', golang: 'go-module' } as const;
type Kind = keyof typeof kinds;
const kindList = Object.keys(kinds) as Kind[]; // of an object that is written above

const root = join(import.meta.dirname, '../..');
const repository = 'bench/opinions';
const alpines = ['alpine-minirootfs-3.10.9-x86_64.tar.gz', 'alpine-minirootfs-3.20.3-x86_64.tar.gz'];
const system = ['etc/os-release', 'usr/lib/os-release', 'var/lib/dpkg/status', 'usr/lib/python3/dist-packages'];

export const secondOpinion: Scenario = {
  id: 'second-opinion',
  title: 'packages of real root file systems, by Naru and by Syft: how many, and how many of them both name with the same version',
  metrics: kindList.flatMap((kind) => [
    { key: kind, unit: `${kind}, by Naru`, digits: 0 },
    { key: `${kind}Syft`, unit: 'by Syft', digits: 0 },
    { key: `${kind}Both`, unit: 'the same', digits: 0 },
  ]),
  mostRepetitions: 1,
  fullRunOnly: true,
  suits: (peer) => peer.fill.layout === 'naru' && peer.kind === 'registry' && isOnPath('syft'),
  async run(bench, peer) {
    await using folder = bench.scratch.fresh('second-opinion');
    await using server = await peer.start(folder.path);
    const client = createRegistryClient(server.url);
    const images = [['system', machineLayers()] as const, ...alpineLayers()];
    const sums = new Map<string, number>();
    const add = (key: string, count: number) => sums.set(key, (sums.get(key) ?? 0) + count);
    for (const [tag, layers] of images) {
      await client.pushImage(repository, imageOf(layers), tag);
      const [ours, theirs] = [await listByNaru(server.url, tag), await listBySyft(server.url, tag)];
      for (const kind of kindList) {
        const [one, other] = [ours.get(kind) ?? new Set<string>(), theirs.get(kind) ?? new Set<string>()];
        add(kind, one.size);
        add(`${kind}Syft`, other.size);
        add(`${kind}Both`, one.intersection(other).size);
        report(tag, kind, one, other);
      }
    }
    return Object.fromEntries(sums) satisfies Sample;
  },
};

/** What only one of them names is what one wants to know next. */
function report(tag: string, kind: Kind, ours: ReadonlySet<string>, theirs: ReadonlySet<string>): void {
  const shown = (names: ReadonlySet<string>) => `${names.size}${names.size === 0 ? '' : ` (${[...names].toSorted().slice(0, 5).join(', ')} …)`}`;
  const [more, less] = [ours.difference(theirs), theirs.difference(ours)];
  if (more.size > 0 || less.size > 0) console.error(`${tag}, ${kind}: only Naru ${shown(more)}; only Syft ${shown(less)}`);
}

function machineLayers(): Content[] {
  const there = system.filter((path) => existsSync(join('/', path)));
  const syft = Bun.which('syft') ?? '';
  return [tarOf('/', there), tarOf(root, ['node_modules']), tarOf(join(syft, '..'), ['syft'])];
}

function alpineLayers(): (readonly [tag: string, layers: Content[]])[] {
  return alpines.flatMap((name, index) => {
    const path = findSharedData(name);
    return path === undefined ? [] : [[`alpine-${index}`, [layerOf(gunzipSync(readFileSync(path)))]] as const];
  });
}

function tarOf(folder: string, paths: readonly string[]): Content {
  return layerOf(execFileSync('tar', ['--numeric-owner', '--exclude=.cache', '-C', folder, '-cf', '-', ...paths], { maxBuffer: 2 ** 31 - 1 }));
}

const layerOf = (tar: Uint8Array): Content => contentOf(new Uint8Array(tar), 'application/vnd.oci.image.layer.v1.tar');

function imageOf(layers: readonly Content[]) {
  const config = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: layers.map(({ bytes }) => digestOf(bytes)) } };
  return makeManifest({ config: jsonContent(mediaTypes.config, config), layers });
}

type ByKind = ReadonlyMap<Kind, ReadonlySet<string>>;

/** Each name and version once, in however many places. */
function byKind(found: readonly { kind: Kind; name: string; version: string }[]): ByKind {
  const sets = new Map<Kind, Set<string>>();
  for (const { kind, name, version } of found) sets.set(kind, (sets.get(kind) ?? new Set()).add(`${normal(kind, name)} ${version}`));
  return sets;
}

const normal = (kind: Kind, name: string): string => (kind === 'pypi' ? name.toLowerCase().replaceAll(/[-_.]+/g, '-') : name);

async function listByNaru(url: string, tag: string): Promise<ByKind> {
  type Answer = { state: string; next?: string; items: { type: string; namespace: string; name: string; version: string }[] };
  const found: { kind: Kind; name: string; version: string }[] = [];
  for (let after: string | undefined = ''; after !== undefined;) {
    const query = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
    const answer = await expectStatus([200], `${url}/api/v1/repositories/${repository}/-/images/${tag}/packages?limit=1000${query}`, {});
    const { state, items, next } = (await answer.json()) as Answer;
    if (state === 'waiting') {
      await Bun.sleep(100);
      continue;
    }
    if (state !== 'done') throw new Error(`the inventory of ${tag} is ${state}`);
    for (const { type, namespace, name, version } of items) {
      const kind = kindList.find((one) => one === type);
      const isNamed = namespace !== '' && (kind === 'npm' || kind === 'golang');
      if (kind !== undefined) found.push({ kind, name: isNamed ? `${namespace}/${name}` : name, version });
    }
    after = next;
  }
  return byKind(found);
}

async function listBySyft(url: string, tag: string): Promise<ByKind> {
  const plain = ['env', 'SYFT_REGISTRY_INSECURE_USE_HTTP=true', 'SYFT_CHECK_FOR_APP_UPDATE=false'] as const;
  const output = await runProgram([...plain, 'syft', 'scan', '--quiet', '--from', 'registry', `${new URL(url).host}/${repository}:${tag}`, '--output', 'json']);
  const { artifacts } = JSON.parse(output) as { artifacts: { type: string; name: string; version: string }[] };
  return byKind(
    artifacts.flatMap(({ type, name, version }) => {
      const kind = kindList.find((one) => kinds[one] === type);
      return kind === undefined ? [] : [{ kind, name, version: name === 'stdlib' ? version.replace(/^go/, '') : version }];
    }),
  );
}
