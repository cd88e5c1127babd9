/** Tags as people manage them: where they point, what is there, where they pointed before, deleted and put back. */
import { parseTag, type RepositoryName, type Tag } from '@naru/oci/repository-name';
import { z } from 'zod';
import type { TagRow } from '../metadata/port.ts';
import { actorOf } from '../registry/actor-of.ts';
import { findNotice } from '../tag-rules/policy.ts';
import { requireForEach } from './require-for-each.ts';
import { required } from './repository-routes.ts';
import { type ApiCall, type ApiRoute, route } from './route.ts';
import { bytes, digest, listOf, tag, time, toList, toPage } from './schemas.ts';

/** Of tags in one request to change them. */
const tagsMax = 100;
/** In a page that says what is behind each: the pages of the hub show all of a repository, which may have thousands. */
const listMax = 1000;
const historyMax = 1000;

/** As its author wrote it. */
export const tagNotice = z.object({ kind: z.enum(['deprecated', 'end-of-life']), message: z.string() });

const tagEntry = z.object({
  tag,
  digest,
  movedAt: time,
  movedBy: z.string(),
  pulls: z.number().int(),
  pulledAt: time.optional(),
  mediaType: z.string(),
  artifactType: z.string().optional(),
  /** What a pull of all platforms transfers, compressed. */
  sizeBytes: bytes,
  platforms: z.array(z.string()),
  /** What whoever pulls it is told. */
  notice: tagNotice.optional(),
  /** Not approved: others do not see it. `shown`: what the tag shows them meanwhile. */
  review: z.object({ state: z.enum(['staged', 'refused']), reason: z.string(), shown: digest.optional() }).optional(),
});

const tagMove = z.object({ digest: digest.optional(), previous: digest.optional(), at: time, by: z.string() });

/** `expected`: where the tag is now, null for nowhere. When it has moved since, nothing is changed. */
const placement = z.object({ tag, digest, expected: digest.nullable().optional() });

const moment = z
  .string()
  .transform((text) => (/^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text)))
  .pipe(time);

export const tagRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listTags',
    method: 'GET',
    path: '/repositories/{repository}/-/tags',
    summary: 'List the tags of a repository with what they point to, in byte order',
    access: 'pull',
    query: z.object({ after: z.string().max(512).optional(), limit: z.coerce.number().int().min(1).max(listMax).default(50) }),
    response: listOf(tagEntry),
    async handle({ repository, query, caller, parts }) {
      const name = required(repository);
      const entries = [];
      for (const row of await parts.shown.listTags(caller, name, toPage(query))) entries.push(await describe(name, row, parts));
      return { value: toList(entries, query.limit, (entry) => entry.tag) };
    },
  }),
  route({
    operation: 'getTag',
    method: 'GET',
    path: '/repositories/{repository}/-/tags/{tag}',
    summary: 'Get a tag with what it points to, or pointed to at a time (`at`: milliseconds since 1970, or a date like 2026-11-26)',
    access: 'pull',
    query: z.object({ at: moment.optional() }),
    response: tagEntry,
    async handle({ repository, params, query, caller, parts }) {
      const name = required(repository);
      const wanted = parseTag(params['tag'] ?? '');
      const { getTag, getTagAt } = parts.shown;
      const row = query.at === undefined ? await getTag(caller, name, wanted) : await getTagAt(caller, name, wanted, query.at);
      return { value: await describe(name, row, parts) };
    },
  }),
  route({
    operation: 'listTagHistory',
    method: 'GET',
    path: '/repositories/{repository}/-/tags/{tag}/history',
    summary: 'List where a tag pointed, newest first; no digest means that it was deleted',
    access: 'pull',
    query: z.object({ limit: z.coerce.number().int().min(1).max(historyMax).default(100) }),
    response: z.object({ items: z.array(tagMove) }),
    async handle({ repository, params, query, caller, parts: { shown } }) {
      const moves = await shown.listHistory(caller, required(repository), parseTag(params['tag'] ?? ''), query.limit);
      return { value: { items: moves.map(({ digest: to, previous, at, actor }) => ({ at, by: actor, digest: to, previous })) } };
    },
  }),
  route({
    operation: 'deleteTags',
    method: 'POST',
    path: '/repositories/{repository}/-/delete-tags',
    summary: 'Delete tags (needs delete of each); the answer is what placeTags takes to put them back, as long as their manifests are there',
    access: 'pull', // and `delete` of each tag, since that may be allowed for some only
    body: z.object({ tags: z.array(tag).min(1).max(tagsMax) }),
    response: z.object({ deleted: z.array(placement) }),
    async handle({ repository, caller, body, parts: { registry } }) {
      const name = required(repository);
      await requireForEach(caller, 'delete', name, body.tags);
      const deleted = await registry.tags.removeAll(name, body.tags, actorOf(caller));
      return { value: { deleted: deleted.map((entry) => ({ ...entry, expected: null })) } };
    },
  }),
  route({
    operation: 'placeTags',
    method: 'POST',
    path: '/repositories/{repository}/-/place-tags',
    summary: 'Point tags (needs tag:move of each) at manifests that the repository holds, all or none: to restore what a tag pointed to, or what was deleted',
    access: 'pull', // and `tag:move` of each tag
    body: z.object({ tags: z.array(placement).min(1).max(tagsMax) }),
    async handle({ repository, caller, body, parts: { registry } }) {
      const name = required(repository);
      await requireForEach(
        caller,
        'tag:move',
        name,
        body.tags.map((entry) => entry.tag),
      );
      const tags = body.tags.map(({ expected, ...entry }) => (expected === undefined ? entry : { ...entry, expected }));
      await registry.tags.place(name, tags, actorOf(caller));
      return {};
    },
  }),
];

async function describe(name: RepositoryName, row: TagRow, parts: ApiCall['parts']): Promise<z.input<typeof tagEntry>> {
  const { at, actor, ...rest } = row;
  const { platforms, ...summary } = await parts.registry.images.summarize(name, row.digest);
  const review = await findReview(name, row, parts);
  const notice = await findNoticeOn(name, row.tag, parts);
  return { ...rest, movedAt: at, movedBy: actor, ...summary, platforms: [...platforms], ...(notice && { notice }), ...(review && { review }) };
}

/** Of a page of tags the rules are read once, and from memory. */
export async function findNoticeOn(repository: RepositoryName, of: Tag, { rows }: Pick<ApiCall['parts'], 'rows'>) {
  const found = findNotice((await rows.tagPolicies.findHot(repository)) ?? {}, of);
  return found && { kind: found.kind, message: found.message };
}

async function findReview(repository: RepositoryName, seen: Pick<TagRow, 'tag' | 'digest'>, { rows: { reviews } }: ApiCall['parts']) {
  if (!(await reviews.hot.isHidden({ repository, digest: seen.digest }))) return undefined;
  const found = await reviews.find({ repository, digest: seen.digest });
  if (found === undefined || found.state === 'approved') return undefined;
  const shown = await reviews.hot.findShown(repository, seen.tag);
  return { state: found.state, reason: found.reason, ...(shown && { shown }) };
}
