/** What is installed in images. What was not looked into is said to be unknown. */
import { z } from 'zod';
import { packageTypes } from '../inventory/package.ts';
import type { AttachedPackage } from '../metadata/attached-port.ts';
import type { ImagePackage, PackageKey } from '../metadata/inventory-port.ts';
import type { ImageDetail } from '../registry/images.ts';
import { resolveImage } from './image-routes.ts';
import { shownSboms } from './shown-sboms.ts';
import { required } from './repository-routes.ts';
import { type ApiRoute, route } from './route.ts';
import { digest, time } from './schemas.ts';

const packageType = z.enum(packageTypes);
const installed = z.object({
  type: packageType,
  /** Of the package URL: the distribution, the group, the scope. */
  namespace: z.string(),
  name: z.string(),
  version: z.string(),
  sourceName: z.string(),
  sourceVersion: z.string(),
  architecture: z.string(),
  licences: z.array(z.string()),
  /** '' where no file of the image says so. */
  path: z.string(),
  layer: digest.optional(),
  /** The attached SBOM that says so. */
  sbom: digest.optional(),
  /** The step of the build that made the layer. */
  createdBy: z.string().optional(),
});
const secret = z.object({
  /** A path of the layer, or `environment NAME`, `label NAME`, `history 3` of the configuration. */
  place: z.string(),
  layer: digest.optional(),
  line: z.number().int().optional(),
  rule: z.string(),
  title: z.string(),
  masked: z.string(),
  /** `checked`: a checksum inside it is right. */
  certainty: z.enum(['likely', 'checked']),
  createdBy: z.string().optional(),
});
const attached = z.object({
  digest,
  /** '' when nothing of it was understood. */
  format: z.enum(['spdx', 'cyclonedx', '']),
  problem: z.string().optional(),
  packages: z.number().int(),
  /** Components that could not be taken for packages. */
  unknown: z.number().int(),
  readAt: time,
});
const after = z
  .string()
  .regex(/^\d{1,15} /)
  .max(5000);

export const inventoryRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listPackages',
    method: 'GET',
    path: '/repositories/{repository}/-/images/{reference}/packages',
    summary:
      'List what is installed in an image of one platform. `state`: `waiting` is not read yet, of `unsupported` and `failed` images it is unknown what they hold, and `problems` says why; files that could not be understood stand there, too',
    access: 'pull',
    query: z.object({
      type: packageType.optional(),
      name: z.string().max(512).optional(),
      after: after.optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(200),
    }),
    response: z.object({
      digest,
      state: z.enum(['waiting', 'done', 'failed', 'unsupported']),
      distribution: z.object({ id: z.string(), version: z.string(), name: z.string() }).optional(),
      problems: z.array(z.string()),
      readAt: time.optional(),
      /** Of all, not of this page. */
      count: z.number().int(),
      /** SBOMs that somebody attached to it here: what they name stands among the items with `sbom`. */
      attached: z.array(attached),
      items: z.array(installed),
      next: z.string().optional(),
    }),
    async handle(call) {
      const {
        repository,
        params,
        query,
        parts: { rows, registry },
      } = call;
      const name = required(repository);
      const image = await registry.images.get(name, await resolveImage(name, params['reference'] ?? '', call));
      const subject = { repository: name, subject: image.digest };
      const inventory = await rows.inventory.find(image.digest);
      const sboms = shownSboms(call);
      const documents = await sboms.list(subject);
      const { type, name: wanted, limit } = query;
      const filter = { limit, ...(type !== undefined && { type }), ...(wanted !== undefined && { name: wanted }) };
      const behind = query.after === undefined ? undefined : toKey(query.after);
      const found = await rows.inventory.listPackages(image.digest, { ...filter, ...(behind && { after: behind }) });
      const said = await sboms.listPackages(subject, { ...filter, ...(behind && { after: { id: behind.id, sbom: behind.path } }) });
      const both = [...found.map((one) => ({ ...one, key: one.path })), ...said.map((one) => ({ ...one, path: '', key: one.sbom }))];
      const page = both.toSorted((one, other) => one.id - other.id || (one.key < other.key ? -1 : 1)).slice(0, limit);
      const last = page.length < limit ? undefined : page.at(-1);
      return {
        value: {
          digest: image.digest,
          state: inventory?.state ?? ('waiting' as const),
          ...(inventory?.release && { distribution: inventory.release }),
          problems: [...(inventory?.problems ?? [])],
          ...(inventory && { readAt: inventory.readAt }),
          count: (await rows.inventory.countPackages(image.digest)) + documents.reduce((sum, one) => sum + one.packages, 0),
          attached: documents.map(({ problem, ...one }) => ({ ...one, ...(problem !== '' && { problem }) })),
          items: page.map((one) => toInstalled(one, image)),
          ...(last && { next: `${last.id} ${last.key}` }),
        },
      };
    },
  }),
  route({
    operation: 'listSecrets',
    method: 'GET',
    path: '/repositories/{repository}/-/images/{reference}/secrets',
    summary:
      'List passwords and keys that were left in an image of one platform: in files of any layer, those too that a later layer deletes, in its environment, labels and history. What they say is not kept. `state` as with packages',
    access: 'pull',
    query: z.object({ after: z.coerce.number().int().nonnegative().optional(), limit: z.coerce.number().int().min(1).max(1000).default(200) }),
    response: z.object({ digest, state: z.enum(['waiting', 'done', 'failed', 'unsupported']), items: z.array(secret), next: z.number().int().optional() }),
    async handle(call) {
      const {
        repository,
        params,
        query: { after: behind, limit },
        parts: { rows, registry },
      } = call;
      const name = required(repository);
      const image = await registry.images.get(name, await resolveImage(name, params['reference'] ?? '', call));
      const state = (await rows.inventory.find(image.digest))?.state ?? 'waiting';
      const page = await rows.inventory.listSecrets(image.digest, { limit, ...(behind !== undefined && { after: behind }) });
      const last = page.length < limit ? undefined : page.at(-1);
      return {
        value: {
          digest: image.digest,
          state,
          items: page.map(({ id: _id, ...one }) => ({ ...one, ...createdByOf(one.layer, image) })),
          ...(last && { next: last.id }),
        },
      };
    },
  }),
];

function createdByOf(layer: string | undefined, { steps }: ImageDetail): { createdBy?: string } {
  const createdBy = layer === undefined ? undefined : steps.find((step) => step.layer?.digest === layer)?.createdBy;
  return createdBy === undefined ? {} : { createdBy };
}

function toKey(text: string): PackageKey {
  const space = text.indexOf(' ');
  return { id: Number(text.slice(0, space)), path: text.slice(space + 1) };
}

type Listed = (ImagePackage | (AttachedPackage & { readonly path: string })) & { readonly key: string };

function toInstalled({ id: _id, distribution: _distribution, key: _key, licences, ...one }: Listed, image: ImageDetail): z.output<typeof installed> {
  return { ...one, licences: [...licences], ...('layer' in one && createdByOf(one.layer, image)) };
}
