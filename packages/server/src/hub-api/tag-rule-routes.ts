/** What a repository asks of its tags, what the server keeps for it, and what whoever pulls should know. */
import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import { z } from 'zod';
import type { MetadataStore } from '../metadata/port.ts';
import { actorOf } from '../registry/actor-of.ts';
import { aliasKinds, findContradiction, isTagRulePattern, patternsMax, type TagPolicy } from '../tag-rules/policy.ts';
import { previewTagPolicy } from '../tag-rules/preview.ts';
import { required } from './repository-routes.ts';
import { type ApiRoute, route } from './route.ts';
import { line, tag, time } from './schemas.ts';
import { withoutUndefined } from './without-undefined.ts';

const pattern = z
  .string()
  .refine(isTagRulePattern, 'must be a pattern of tags like v*, {semver} for any semantic version, or {release} for one that is no prerelease');
const patterns = z.array(pattern).min(1).max(patternsMax);
const rules = z.object({
  allowed: patterns.optional(),
  forbidden: patterns.optional(),
  immutable: patterns.optional(),
  aliases: z.array(z.enum(aliasKinds)).min(1).max(3).optional(),
});
const notice = z.object({ tags: pattern, kind: z.enum(['deprecated', 'end-of-life']), message: line.min(1) });
const policy = rules.extend({ notices: z.array(notice.extend({ at: time })).optional() });

const hits = z.object({ count: z.number().int(), items: z.array(tag) });
const hitsMax = 100;
const pageSize = 1000;

const edits = { record: 'getTagRules', audit: ['tag-rules.change', 'tag-rules.delete'] };

export const tagRuleRoutes: readonly ApiRoute[] = [
  route({
    operation: 'getTagRules',
    method: 'GET',
    path: '/repositories/{repository}/-/tag-rules',
    summary: 'Get the rules for the tags of a repository, and its notices',
    access: 'pull',
    response: policy,
    edited: Object.keys(rules.shape),
    async handle({ repository, parts: { rows } }) {
      return { value: (await rows.tagPolicies.find(required(repository)))?.policy ?? {} };
    },
  }),
  route({
    operation: 'setTagRules',
    method: 'PUT',
    path: '/repositories/{repository}/-/tag-rules',
    summary: 'Replace the rules for the tags of a repository: those that are there stay, and aliases are placed at once',
    access: 'manage',
    edits,
    body: rules,
    response: policy,
    async handle({ repository, caller, body, parts: { rows, clock } }) {
      const wanted = readRules(body);
      const edit = ({ notices }: TagPolicy): TagPolicy => ({ ...wanted, ...(notices && { notices }) });
      return { value: await rows.tagPolicies.edit({ repository: required(repository), edit, at: clock.now(), ...actorOf(caller) }) };
    },
  }),
  route({
    operation: 'previewTagRules',
    method: 'POST',
    path: '/repositories/{repository}/-/tag-rules/preview',
    summary: 'Say what rules would mean for the tags that are there, and change nothing: of each kind the first hundred, and how many there are',
    access: 'manage',
    body: rules,
    response: z.object({
      tags: z.number().int(),
      refused: hits,
      immutable: hits,
      aliases: z.object({ count: z.number().int(), items: z.array(z.object({ alias: tag, on: tag })) }),
    }),
    async handle({ repository, body, parts: { rows } }) {
      const tags = await listTags(rows, required(repository));
      const { refused, immutable, aliases } = previewTagPolicy(readRules(body), tags);
      return { value: { tags: tags.length, refused: firstOf(refused), immutable: firstOf(immutable), aliases: firstOf(aliases) } };
    },
  }),
  route({
    operation: 'deleteTagRules',
    method: 'DELETE',
    path: '/repositories/{repository}/-/tag-rules',
    summary: 'Take all rules and notices for the tags of a repository away: the tags stay where they are',
    access: 'manage',
    edits,
    async handle({ repository, caller, parts: { rows, clock } }) {
      if (!(await rows.tagPolicies.remove({ repository: required(repository), at: clock.now(), ...actorOf(caller) }))) throw new RegistryError('NOT_FOUND');
      return {};
    },
  }),
  route({
    operation: 'setTagNotice',
    method: 'PUT',
    path: '/repositories/{repository}/-/tag-notices',
    summary: 'Say of tags that they are deprecated or have reached their end of life: whoever pulls one is told, by a Warning header',
    access: 'manage',
    body: notice,
    response: policy,
    async handle({ repository, caller, body, parts: { rows, clock } }) {
      const at = clock.now();
      const edit = ({ notices = [], ...others }: TagPolicy): TagPolicy => {
        const kept = notices.filter(({ tags }) => tags !== body.tags);
        if (kept.length >= patternsMax) throw new RegistryError('CONFLICT', { message: `at most ${patternsMax} notices in a repository: use patterns` });
        return { ...others, notices: [{ ...body, at }, ...kept] };
      };
      return { value: await rows.tagPolicies.edit({ repository: required(repository), edit, at, ...actorOf(caller) }) };
    },
  }),
  route({
    operation: 'deleteTagNotice',
    method: 'POST',
    path: '/repositories/{repository}/-/tag-notices/delete',
    summary: 'Take a notice on tags back',
    access: 'manage',
    body: notice.pick({ tags: true }),
    response: policy,
    async handle({ repository, caller, body, parts: { rows, clock } }) {
      const edit = ({ notices = [], ...others }: TagPolicy): TagPolicy => {
        const kept = notices.filter(({ tags }) => tags !== body.tags);
        if (kept.length === notices.length) throw new RegistryError('NOT_FOUND', { message: `there is no notice on ${body.tags}` });
        return { ...others, ...(kept.length > 0 && { notices: kept }) };
      };
      return { value: await rows.tagPolicies.edit({ repository: required(repository), edit, at: clock.now(), ...actorOf(caller) }) };
    },
  }),
];

/** Throws REQUEST_INVALID for rules that fight each other. */
function readRules(body: z.output<typeof rules>): TagPolicy {
  const wanted: TagPolicy = withoutUndefined(body);
  const fault = findContradiction(wanted);
  if (fault !== undefined) throw new RegistryError('REQUEST_INVALID', { message: `these rules contradict each other: ${fault}` });
  return wanted;
}

async function listTags({ tags }: Pick<MetadataStore, 'tags'>, repository: RepositoryName): Promise<Tag[]> {
  const found: Tag[] = [];
  for (let after: string | undefined = ''; after !== undefined;) {
    const page: Tag[] = await tags.list(repository, { after, limit: pageSize });
    found.push(...page);
    after = page.length < pageSize ? undefined : page.at(-1);
  }
  return found;
}

function firstOf<Item>(items: readonly Item[]): { count: number; items: Item[] } {
  return { count: items.length, items: items.slice(0, hitsMax) };
}
