/** Which image was built on which, for people and for a drawing of it. */
import { z } from 'zod';
import { describeLineage } from '../lineage/lineage.ts';
import { resolveImage } from './image-routes.ts';
import { required } from './repository-routes.ts';
import { type ApiRoute, route } from './route.ts';
import { digest, tag } from './schemas.ts';

const count = z.number().int().nonnegative();
const relative = z.object({
  digest,
  layers: count,
  witness: z.enum(['layers', 'annotation']),
  places: z.array(z.object({ repository: z.string(), tags: z.array(tag) })),
});
const lineage = z.object({
  digest,
  layers: count,
  base: z.object({ digest: digest.optional(), name: z.string().optional(), confirmed: z.boolean() }).optional(),
  builtOn: z.array(relative),
  usedBy: z.array(relative),
  golden: z.array(
    z.object({
      namespace: z.string(),
      repository: z.string(),
      tag,
      digest,
      state: z.enum(['current', 'outdated', 'deleted', 'expired']),
      now: digest.optional(),
    }),
  ),
  next: count.optional(),
});

export const lineageRoutes: readonly ApiRoute[] = [
  route({
    operation: 'getLineage',
    method: 'GET',
    path: '/repositories/{repository}/-/images/{reference}/lineage',
    summary:
      'List what an image was built on, the nearest first, and what was built on it, for each platform of an index. `witness`: whether the layers prove it, or only an annotation says so. `after` is `next` of the page before',
    access: 'pull',
    query: z.object({ after: z.coerce.number().int().nonnegative().optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }),
    response: z.object({ digest, images: z.array(lineage) }),
    async handle(call) {
      const {
        repository,
        params,
        query: { after, limit },
        caller,
        parts,
      } = call;
      const name = required(repository);
      const asked = await resolveImage(name, params['reference'] ?? '', call);
      await parts.registry.manifests.get(name, { kind: 'digest', digest: asked }); // only what this repository holds
      return {
        value: { digest: asked, images: await describeLineage(parts, asked, parts.shown.placesFor(caller), { limit, ...(after !== undefined && { after }) }) },
      };
    },
  }),
];
