/** What is amiss with an image that was pushed. */
import { z } from 'zod';
import { lintRules } from '../lint/lint-image.ts';
import { lintImages } from '../lint/lint.ts';
import { resolveImage } from './image-routes.ts';
import { required } from './repository-routes.ts';
import { type ApiRoute, route } from './route.ts';
import { bytes, digest } from './schemas.ts';

const finding = z.object({
  rule: z.enum(lintRules),
  level: z.enum(['warning', 'note']),
  message: z.string(),
  step: z.number().int().nonnegative().optional(),
  sizeBytes: bytes.optional(),
  /** What brought it, and where it is. */
  layer: digest.optional(),
  path: z.string().optional(),
});
const report = z.object({
  digest,
  platform: z.string().optional(),
  /** False: its files were not all looked at yet, so there may be more. */
  isWhole: z.boolean(),
  findings: z.array(finding),
  steps: z.array(z.object({ instruction: z.string(), sizeBytes: bytes, isInherited: z.boolean() })),
});

export const lintRoutes: readonly ApiRoute[] = [
  route({
    operation: 'lintImage',
    method: 'GET',
    path: '/repositories/{repository}/-/images/{reference}/lint',
    summary:
      'Say what is amiss with an image, for each platform of an index: its user, its base, its tags, what each instruction costs, the order of them, and what looks like a secret',
    access: 'pull',
    response: z.object({ digest, images: z.array(report) }),
    async handle(call) {
      const { repository, params, caller, parts } = call;
      const name = required(repository);
      const asked = await resolveImage(name, params['reference'] ?? '', call);
      await parts.registry.manifests.get(name, { kind: 'digest', digest: asked }); // only what this repository holds
      return { value: { digest: asked, images: await lintImages(parts, name, asked, parts.shown.placesFor(caller)) } };
    },
  }),
];
