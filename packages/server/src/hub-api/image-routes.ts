/** Images as people look at them: what is inside, which tags are on it, and what refers to it. */
import { type Digest, isDigest, parseDigest } from '@naru/oci/digest';
import { parseTag, type RepositoryName } from '@naru/oci/repository-name';
import { z } from 'zod';
import { describeReview, imageReview } from './image-review.ts';
import { required } from './repository-routes.ts';
import { type ApiCall, type ApiRoute, route } from './route.ts';
import { findNoticeOn, tagNotice } from './tag-routes.ts';
import { bytes, digest, listOf, tag, toPage } from './schemas.ts';

/** Tags that are named on one image. */
const tagsMax = 100;

const layer = z.object({ digest, mediaType: z.string(), sizeBytes: bytes });
const step = z.object({ createdBy: z.string().optional(), created: z.string().optional(), comment: z.string().optional(), layer: layer.optional() });
const texts = z.array(z.string());

const config = z.object({
  platform: z.string(),
  created: z.string().optional(),
  author: z.string().optional(),
  user: z.string().optional(),
  workingDirectory: z.string().optional(),
  stopSignal: z.string().optional(),
  entrypoint: texts,
  command: texts,
  environment: texts,
  ports: texts,
  volumes: texts,
  labels: z.record(z.string(), z.string()),
});

const image = z.object({
  digest,
  kind: z.enum(['image', 'index']),
  mediaType: z.string(),
  artifactType: z.string().optional(),
  sizeBytes: bytes,
  platforms: texts,
  annotations: z.record(z.string(), z.string()),
  subject: digest.optional(),
  tags: z.array(tag),
  /** What whoever pulls one of these tags is told. */
  notices: z.array(tagNotice.extend({ tag })),
  manifests: z.array(layer.extend({ platform: z.string().optional() })),
  config: config.optional(),
  layers: z.array(layer),
  steps: z.array(step),
  review: imageReview.optional(),
});

const referrer = z.object({
  digest,
  mediaType: z.string(),
  artifactType: z.string().optional(),
  sizeBytes: bytes,
  annotations: z.record(z.string(), z.string()).optional(),
  /** This server made it of the image. */
  generated: z.boolean(),
});

export const imageRoutes: readonly ApiRoute[] = [
  route({
    operation: 'getImage',
    method: 'GET',
    path: '/repositories/{repository}/-/images/{reference}',
    summary: 'Get an image by digest or tag: platforms, configuration, layers, and the step of the build that made each',
    access: 'pull',
    response: image,
    async handle(call) {
      const { repository, params, caller, parts } = call;
      const name = required(repository);
      const found = await resolveImage(name, params['reference'] ?? '', call);
      const tags = (await parts.shown.listTagsOn(caller, name, found, tagsMax)) ?? [];
      const review = await describeReview(name, found, call);
      const notices = [];
      for (const one of tags) {
        const notice = await findNoticeOn(name, one, parts);
        if (notice !== undefined) notices.push({ tag: one, ...notice });
      }
      return { value: { ...(await parts.registry.images.get(name, found)), tags, notices, ...(review && { review }) } };
    },
  }),
  route({
    operation: 'listReferrers',
    method: 'GET',
    path: '/repositories/{repository}/-/images/{reference}/referrers',
    summary: 'List what refers to an image: signatures, inventories, attestations',
    access: 'pull',
    query: z.object({ after: digest.optional(), limit: z.coerce.number().int().min(1).max(tagsMax).default(tagsMax), artifactType: z.string().optional() }),
    response: listOf(referrer),
    async handle(call) {
      const {
        repository,
        params,
        query,
        parts: { registry },
      } = call;
      const name = required(repository);
      const subject = await resolveImage(name, params['reference'] ?? '', call);
      const { artifactType, ...asked } = query;
      const { descriptors, generated, next } = await registry.referrers.list({
        repository: name,
        subject,
        ...(artifactType !== undefined && { artifactType }),
        ...(toPage(asked) as { after?: Digest; limit: number }), // the schema lets only digests through
      });
      const shown = [];
      for (const descriptor of descriptors) if (await call.parts.gate.isShown(call.caller, name, descriptor.digest)) shown.push(descriptor);
      return {
        value: {
          items: shown.map(({ size, ...descriptor }) => ({ ...descriptor, sizeBytes: size, generated: generated.has(descriptor.digest) })),
          ...(next && { next }),
        },
      };
    },
  }),
];

/** What the reference is for the caller. Throws DIGEST_INVALID, TAG_INVALID, MANIFEST_UNKNOWN. */
export async function resolveImage(
  name: RepositoryName,
  reference: string,
  { caller, parts: { gate, registry } }: Pick<ApiCall, 'caller' | 'parts'>,
): Promise<Digest> {
  if (reference.includes(':') || isDigest(reference)) return gate.findShown(caller, name, parseDigest(reference));
  const named = parseTag(reference);
  return gate.findShown(caller, name, (await registry.tags.get(name, named)).digest, named);
}
