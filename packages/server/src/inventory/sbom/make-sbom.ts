/** The bill of materials of one image, made of its inventory: the same bytes for whoever asks for it and for what is attached. */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { ImageInventory, ImagePackage, InventoryRows, PackageKey } from '../../metadata/inventory-port.ts';
import { version } from '../../runtime/version.ts';
import { writeCycloneDx } from './cyclonedx.ts';
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

/** `inventory`: one that is done. Undefined: there are more packages than one document may hold. */
export async function makeSbom(
  { repository, digest, inventory, format }: { repository: RepositoryName; digest: Digest; inventory: ImageInventory; format: SbomFormat },
  rows: Pick<InventoryRows, 'listPackages'>,
): Promise<Sbom | undefined> {
  const packages: ImagePackage[] = [];
  for (let after: PackageKey | undefined; ;) {
    const page = await rows.listPackages(digest, { limit: pageSize, ...(after && { after }) });
    packages.push(...page);
    if (page.length < pageSize) break;
    if (packages.length >= sbomPackagesMax) return undefined;
    after = page.at(-1);
  }
  const { release, problems, readAt } = inventory;
  const { mediaType, write, ending } = writers[format];
  const text = write({ repository, digest, packages, problems, readAt, version, ...(release && { distribution: release }) });
  return { mediaType, fileName: `${digest.replace(':', '-')}.${ending}`, text };
}
