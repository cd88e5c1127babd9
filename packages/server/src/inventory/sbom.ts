/** What both kinds of SBOM say. The same inventory gives the same bytes, however often it is asked for. */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { ImageInventory, ImagePackage } from '../metadata/inventory-port.ts';

/** `purl`: its package URL. */
export type SbomPackage = ImagePackage & { readonly purl: string };

export type SbomOf = {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly inventory: ImageInventory;
  readonly packages: readonly SbomPackage[];
  /** Of the program that writes it. */
  readonly version: string;
};

/** In an order that does not depend on which image a server saw first. */
export function inOrder(packages: readonly SbomPackage[]): SbomPackage[] {
  const keyed = packages.map((one) => ({ one, key: [one.purl, one.path, one.layer].join('\n') }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))).map(({ one }) => one);
}

/** Written as a UUID of version 8 (RFC 9562 5.8), made of the digest. */
export function documentId(digest: Digest): string {
  const hex = digest.slice(digest.indexOf(':') + 1);
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

/** https://github.com/package-url/purl-spec, type `oci`. */
export function imageUrl({ repository, digest }: Pick<SbomOf, 'repository' | 'digest'>): string {
  return `pkg:oci/${encodeURIComponent(repository.slice(repository.lastIndexOf('/') + 1))}@${encodeURIComponent(digest)}`;
}

export function timeOf({ readAt }: ImageInventory): string {
  return new Date(readAt).toISOString().replace(/\.\d+Z$/, 'Z');
}
