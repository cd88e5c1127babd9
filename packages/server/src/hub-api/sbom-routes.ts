/** What is installed in an image as a document for other programs. */
import type { Digest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import { writeCycloneDx } from '../inventory/sbom/cyclonedx.ts';
import { writeSpdx } from '../inventory/sbom/spdx.ts';
import type { ImageInventory, ImagePackage, InventoryRows, PackageKey } from '../metadata/inventory-port.ts';
import { version } from '../runtime/version.ts';
import { resolveImage } from './image-routes.ts';
import { required } from './repository-routes.ts';
import { type ApiRoute, route } from './route.ts';

const formats = {
  spdx: { mediaType: 'application/spdx+json', write: writeSpdx, ending: 'spdx.json' },
  cyclonedx: { mediaType: 'application/vnd.cyclonedx+json', write: writeCycloneDx, ending: 'cdx.json' },
} as const;

const pageSize = 1000;
/** Of one document, which is made in memory (I6). */
const packagesMax = 100_000;

export const sbomRoutes: readonly ApiRoute[] = [
  route({
    operation: 'getSbom',
    method: 'GET',
    path: '/repositories/{repository}/-/images/{reference}/sbom',
    summary: 'Get what is installed in an image of one platform as an SBOM: SPDX 2.3 or CycloneDX 1.6. 409 while, or because, it is unknown',
    access: 'pull',
    query: z.object({ format: z.enum(['spdx', 'cyclonedx']).default('spdx') }),
    async handle({ repository, params, query, parts: { rows, registry } }) {
      const name = required(repository);
      const { kind, digest } = await registry.images.get(name, await resolveImage(name, params['reference'] ?? '', registry));
      if (kind === 'index') throw new RegistryError('REQUEST_INVALID', { message: 'this is an index: name the image of one platform', detail: { digest } });
      const inventory = known(await rows.inventory.find(digest), digest);
      const { mediaType, write, ending } = formats[query.format];
      const packages = await readPackages(rows.inventory, digest);
      const headers = {
        'content-type': mediaType,
        'content-disposition': `attachment; filename="${digest.replace(':', '-')}.${ending}"`,
        'x-content-type-options': 'nosniff',
      };
      const { release, problems, readAt } = inventory;
      const text = write({ repository: name, digest, packages, problems, readAt, version, ...(release && { distribution: release }) });
      return { headers, stream: new Blob([text]).stream() };
    },
  }),
];

/** An SBOM that says nothing would be taken for an image that holds nothing. Throws CONFLICT. */
function known(inventory: ImageInventory | undefined, digest: Digest): ImageInventory {
  if (inventory?.state === 'done') return inventory;
  const message =
    inventory === undefined
      ? 'the image is being read: ask again in a moment'
      : `what the image holds is unknown: ${inventory.problems.join('; ').slice(0, 500)}`;
  throw new RegistryError('CONFLICT', { message, detail: { digest } });
}

/** Throws CONFLICT when there are more than one document may hold. */
async function readPackages(rows: Pick<InventoryRows, 'listPackages'>, digest: Digest): Promise<ImagePackage[]> {
  const packages: ImagePackage[] = [];
  for (let after: PackageKey | undefined; ;) {
    const page = await rows.listPackages(digest, { limit: pageSize, ...(after && { after }) });
    packages.push(...page);
    if (page.length < pageSize) return packages;
    if (packages.length >= packagesMax) throw new RegistryError('CONFLICT', { message: `the image has more than ${packagesMax} packages`, detail: { digest } });
    after = page.at(-1);
  }
}
