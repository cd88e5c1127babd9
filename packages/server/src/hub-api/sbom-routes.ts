/** What is installed in an image as a document for other programs. */
import type { Digest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import { makeSbom, sbomFormats, sbomPackagesMax } from '../inventory/sbom/make-sbom.ts';
import type { ImageInventory } from '../metadata/inventory-port.ts';
import { resolveImage } from './image-routes.ts';
import { shownSboms } from './shown-sboms.ts';
import { required } from './repository-routes.ts';
import { type ApiRoute, route } from './route.ts';

export const sbomRoutes: readonly ApiRoute[] = [
  route({
    operation: 'getSbom',
    method: 'GET',
    path: '/repositories/{repository}/-/images/{reference}/sbom',
    summary: 'Get what is installed in an image of one platform as an SBOM: SPDX 2.3 or CycloneDX 1.6. 409 while, or because, it is unknown',
    access: 'pull',
    query: z.object({
      format: z.enum(sbomFormats).default('spdx'),
      /** With what SBOMs that somebody attached name, each said to be its word; so of an image that nobody could look into, too. */
      attached: z.enum(['true', 'false']).default('false'),
    }),
    async handle(call) {
      const {
        repository,
        params,
        query,
        parts: { rows, registry },
      } = call;
      const name = required(repository);
      const { kind, digest } = await registry.images.get(name, await resolveImage(name, params['reference'] ?? '', call));
      if (kind === 'index') throw new RegistryError('REQUEST_INVALID', { message: 'this is an index: name the image of one platform', detail: { digest } });
      const isWithAttached = query.attached === 'true';
      const inventory = known(
        await rows.inventory.find(digest),
        digest,
        isWithAttached && (await shownSboms(call).list({ repository: name, subject: digest })).length > 0,
      );
      const sbom = await makeSbom({ repository: name, digest, inventory, format: query.format }, rows.inventory, isWithAttached ? shownSboms(call) : undefined);
      if (sbom === undefined) throw new RegistryError('CONFLICT', { message: `the image has more than ${sbomPackagesMax} packages`, detail: { digest } });
      const headers = {
        'content-type': sbom.mediaType,
        'content-disposition': `attachment; filename="${sbom.fileName}"`,
        'x-content-type-options': 'nosniff',
      };
      return { headers, stream: new Blob([sbom.text]).stream() };
    },
  }),
];

/** An SBOM that says nothing would be taken for an image that holds nothing. Throws CONFLICT. */
function known(inventory: ImageInventory | undefined, digest: Digest, isSaid: boolean): ImageInventory {
  if (inventory?.state === 'done' || (inventory !== undefined && isSaid)) return inventory;
  const message =
    inventory === undefined
      ? 'the image is being read: ask again in a moment'
      : `what the image holds is unknown: ${inventory.problems.join('; ').slice(0, 500)}`;
  throw new RegistryError('CONFLICT', { message, detail: { digest } });
}
