/** The bill of materials of one image, made of its inventory: the same bytes for whoever asks for it and for what is attached. */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { AttachedSbomRows } from '../../metadata/attached-port.ts';
import type { ImageInventory, InventoryRows, PackageKey } from '../../metadata/inventory-port.ts';
import { version } from '../../runtime/version.ts';
import { writeCycloneDx } from './cyclonedx.ts';
import type { ListedPackage } from './sbom-image.ts';
import { writeSpdx } from './spdx.ts';

export const sbomFormats = ['spdx', 'cyclonedx'] as const;
export type SbomFormat = (typeof sbomFormats)[number];

const writers = {
  spdx: { mediaType: 'application/spdx+json', write: writeSpdx, ending: 'spdx.json' },
  cyclonedx: { mediaType: 'application/vnd.cyclonedx+json', write: writeCycloneDx, ending: 'cdx.json' },
} as const;

const pageSize = 1000;
/** Of one document, which is made in memory (I6). */
export const sbomPackagesMax = 100_000;

export type Sbom = { readonly mediaType: string; readonly fileName: string; readonly text: string };

export const sbomMediaType = (format: SbomFormat): string => writers[format].mediaType;

export type SbomWanted = { readonly repository: RepositoryName; readonly digest: Digest; readonly inventory: ImageInventory; readonly format: SbomFormat };

/**
 * `inventory`: one that is done. `attached`: with what SBOMs that somebody attached name, told apart; then it may be any.
 * Undefined: there are more packages than one document may hold.
 */
export async function makeSbom(
  { repository, digest, inventory, format }: SbomWanted,
  rows: Pick<InventoryRows, 'listPackages'>,
  attached?: Pick<AttachedSbomRows, 'listPackages'>,
): Promise<Sbom | undefined> {
  const packages: ListedPackage[] = [];
  for await (const page of pagesOf(digest, rows)) if (packages.push(...page) > sbomPackagesMax) return undefined;
  if (attached !== undefined) {
    for await (const page of saidPagesOf({ repository, subject: digest }, attached)) if (packages.push(...page) > sbomPackagesMax) return undefined;
  }
  const { release, problems, readAt } = inventory;
  const { mediaType, write, ending } = writers[format];
  const text = write({ repository, digest, packages, problems, readAt, version, ...(release && { distribution: release }) });
  return { mediaType, fileName: `${digest.replace(':', '-')}.${ending}`, text };
}

async function* pagesOf(digest: Digest, rows: Pick<InventoryRows, 'listPackages'>): AsyncGenerator<readonly ListedPackage[]> {
  let after: PackageKey | undefined;
  do {
    const page = await rows.listPackages(digest, { limit: pageSize, ...(after && { after }) });
    yield page;
    after = page.length < pageSize ? undefined : page.at(-1);
  } while (after !== undefined);
}

async function* saidPagesOf(
  image: { repository: RepositoryName; subject: Digest },
  rows: Pick<AttachedSbomRows, 'listPackages'>,
): AsyncGenerator<readonly ListedPackage[]> {
  let after: { id: number; sbom: Digest } | undefined;
  do {
    const page = await rows.listPackages(image, { limit: pageSize, ...(after && { after }) });
    yield page.map(({ sbom, ...one }) => ({ ...one, layer: '' as const, path: '', saidBy: sbom }));
    after = page.length < pageSize ? undefined : page.at(-1);
  } while (after !== undefined);
}
