/** What is installed in an image: what its layers say, the lowest first, each hiding what is below it (image-spec, "Layer changesets"). */
import type { Digest } from '@naru/oci/digest';
import type { FileFacts, LayerFacts } from './layer-facts.ts';
import { hasMark, markOf } from './path-marks.ts';
import { type DistributionRelease, type ImageSecret, type InstalledPackage, isOfDistribution } from './package.ts';
import type { FoundPackage } from './readers/reader.ts';

export type MergedInventory = {
  readonly packages: readonly InstalledPackage[];
  readonly problems: readonly string[];
  /** Why nobody knows what the whole of it has; empty: what it has is known. */
  readonly unread: readonly string[];
  readonly secrets: readonly ImageSecret[];
  readonly release?: DistributionRelease;
};

export type NamedLayer = { readonly digest: Digest; readonly facts: LayerFacts };

type Version = { readonly layer: Digest; readonly file: FileFacts };

export function mergeLayers(layers: readonly NamedLayer[]): MergedInventory {
  /** Of each path all that it was since it was last hidden, the newest last. */
  const histories = new Map<string, Version[]>();
  for (const { digest, facts } of layers) {
    hide(histories, facts);
    for (const file of facts.files) {
      const history = histories.get(file.path);
      if (history === undefined) histories.set(file.path, [{ layer: digest, file }]);
      else history.push({ layer: digest, file });
    }
  }
  const release = ['etc/os-release', 'usr/lib/os-release'].map((path) => histories.get(path)?.at(-1)?.file.release).find((one) => one !== undefined);
  const packages = [...histories.values()].flatMap((history) => attribute(history, release?.id ?? ''));
  return {
    packages,
    unread: [...[...histories.values()].flatMap((history) => history.at(-1)?.file.unread ?? []), ...missingDatabase(packages, release)],
    problems: layers.flatMap(({ facts }) => facts.problems),
    // What a later layer deletes is in the image all the same.
    secrets: layers.flatMap(({ digest, facts }) => facts.secrets.map((secret) => ({ ...secret, layer: digest }))),
    ...(release && { release }),
  };
}

/** These come with a list of what is installed: where it was taken away, its packages are there all the same. */
const listing = new Set(['debian', 'ubuntu', 'alpine', 'wolfi', 'chainguard', 'rhel', 'centos', 'rocky', 'almalinux', 'fedora', 'ol', 'amzn', 'sles']);

function missingDatabase(packages: readonly InstalledPackage[], release: DistributionRelease | undefined): string[] {
  if (release === undefined || !listing.has(release.id) || packages.some(({ type }) => isOfDistribution(type))) return [];
  return [`it is a system of ${release.name || release.id}, and nothing in it lists its packages`];
}

function hide(histories: Map<string, Version[]>, { files, hidden, opaque, placed, folders }: LayerFacts): void {
  const [gone, emptied, again] = [new Set(hidden), new Set(opaque), new Set(files.map(({ path }) => path))];
  for (const path of histories.keys()) {
    const parts = path.split('/');
    const above = parts.map((_, index) => parts.slice(0, index).join('/'));
    const isBelowHidden = above.some((folder) => gone.has(folder) || emptied.has(folder) || (folder !== '' && hasMark(placed, markOf(folder))));
    const mark = markOf(path);
    // What is read again has a history: who brought a package stays known.
    const isReplaced = !again.has(path) && (hasMark(placed, mark) || hasMark(folders, mark));
    if (gone.has(path) || isBelowHidden || isReplaced) histories.delete(path);
  }
}

/** A database names everything in each layer that changes it: a package is of the layer since which it has been there as it is. */
function attribute(history: readonly Version[], distribution: string): InstalledPackage[] {
  const known = history.map(({ file }) => new Set(file.packages.map(keyOf)));
  return (history.at(-1)?.file.packages ?? []).map((one) => {
    const key = keyOf(one);
    let first = history.length - 1;
    while (first > 0 && known[first - 1]?.has(key) === true) first--;
    const { layer, file } = history[first] as Version; // between 0 and the last
    return { ...one, ...(isOfDistribution(one.type) && { namespace: distribution }), path: file.path, layer };
  });
}

function keyOf({ type, namespace, name, version, architecture }: FoundPackage): string {
  return [type, namespace, name, version, architecture].join('\0');
}
