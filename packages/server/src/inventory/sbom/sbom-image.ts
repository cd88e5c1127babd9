/** What a bill of materials is written from: the inventory of one image, in an order that is always the same. */
import { createHash } from 'node:crypto';
import type { Digest } from '@naru/oci/digest';
import type { DistributionRelease, InstalledPackage } from '../package.ts';
import { packageUrlOf } from '../package-url.ts';

/** `saidBy`: not found in the image, but named by this SBOM that somebody attached to it; it has no layer and no path then. */
export type ListedPackage = Omit<InstalledPackage, 'layer'> & { readonly layer: Digest | ''; readonly saidBy?: Digest };

export type SbomImage = {
  readonly digest: Digest;
  /** The repository as people pull from it, for example `registry.example.org/team/app`. */
  readonly repository: string;
  readonly distribution?: DistributionRelease;
  readonly packages: readonly ListedPackage[];
  /** What could not be understood, and so is not among the packages. */
  readonly problems: readonly string[];
  /** Epoch ms: when the inventory was made. The same inventory gives the same bytes. */
  readonly readAt: number;
  /** Of Naru. */
  readonly version: string;
};

export type SbomPackage = ListedPackage & { readonly url: string; /** Of this package in this place. */ readonly key: string };

/** Sorted, and each once. */
export function sbomPackages({ packages, distribution }: SbomImage): SbomPackage[] {
  const byKey = new Map<string, SbomPackage>();
  for (const one of packages) {
    const url = packageUrlOf(one, distribution);
    const key = hashOf([url, one.path, one.layer, ...(one.saidBy === undefined ? [] : [one.saidBy])]).slice(0, 20);
    byKey.set(key, { ...one, url, key });
  }
  return [...byKey.values()].sort(
    (one, other) =>
      compare(one.url, other.url) || compare(one.path, other.path) || compare(one.layer, other.layer) || compare(one.saidBy ?? '', other.saidBy ?? ''),
  );
}

export function sbomProblems({ problems }: SbomImage): string[] {
  return problems.toSorted(compare);
}

/** In hex. */
export function hashOf(words: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(words)).digest('hex');
}

/** To the second, as both formats want it. */
export function timestampOf(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}

export function imageUrlName(repository: string): string {
  return repository.split('/').at(-1) ?? repository;
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
