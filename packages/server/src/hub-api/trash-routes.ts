/** Images that were deleted by their digest, and how they come back. */
import { parseDigest } from '@naru/oci/digest';
import { z } from 'zod';
import { actorOf } from '../registry/actor-of.ts';
import { requireForEach } from './require-for-each.ts';
import { required } from './repository-routes.ts';
import { type ApiRoute, route } from './route.ts';
import { digest, tag, time } from './schemas.ts';

const trashed = z.object({ digest, mediaType: z.string(), tags: z.array(tag), deletedAt: time, deletedBy: z.string(), until: time });

export const trashRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listTrashedImages',
    method: 'GET',
    path: '/repositories/{repository}/-/trash/images',
    summary: 'List images that were deleted by their digest and can be put back, those first that were deleted last',
    access: 'pull',
    query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
    response: z.object({ items: z.array(trashed) }),
    async handle({ repository, query, caller, parts: { registry, gate } }) {
      const name = required(repository);
      // Nobody knows any more what of it was approved.
      const found = (await gate.hidesFrom(caller, name)) ? [] : await registry.trash.list(name, query.limit);
      return { value: { items: found.map(({ repository: _same, ...one }) => ({ ...one, tags: [...one.tags] })) } };
    },
  }),
  route({
    operation: 'restoreImage',
    method: 'POST',
    path: '/repositories/{repository}/-/trash/images/{digest}/restore',
    summary: 'Put an image back as it was, with the platforms of an index, and on those of its tags (needs tag:move of each) that are nowhere now',
    access: 'push',
    body: z.object({ tags: z.array(tag).max(1000).optional() }),
    response: z.object({ digest, tags: z.array(tag) }),
    async handle({ repository, params, caller, body, parts: { registry } }) {
      const name = required(repository);
      const image = parseDigest(params['digest'] ?? '');
      const tags = body.tags ?? (await registry.trash.get(name, image)).tags;
      await requireForEach(caller, 'tag:move', name, tags);
      return { value: { digest: image, tags: await registry.trash.restore(name, image, tags, actorOf(caller)) } };
    },
  }),
  route({
    operation: 'deleteTrashedImage',
    method: 'DELETE',
    path: '/repositories/{repository}/-/trash/images/{digest}',
    summary: 'Give up one image in the trash: its space is free after the next collection',
    access: 'delete',
    async handle({ repository, params, caller, parts: { registry } }) {
      await registry.trash.empty(required(repository), parseDigest(params['digest'] ?? ''), actorOf(caller));
      return {};
    },
  }),
  route({
    operation: 'emptyTrash',
    method: 'POST',
    path: '/repositories/{repository}/-/trash/empty',
    summary: 'Give up all images in the trash of a repository; the tags that were deleted alone stay in it',
    access: 'delete',
    response: z.object({ images: z.number().int() }),
    async handle({ repository, caller, parts: { registry } }) {
      return { value: { images: await registry.trash.empty(required(repository), undefined, actorOf(caller)) } };
    },
  }),
];
