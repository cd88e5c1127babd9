/** How long tags stay, what was deleted and can be put back, and what would be deleted next. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { TagRow } from '../metadata/port.ts';
import { actorOf } from '../registry/actor-of.ts';
import type { RetentionPolicy } from '../retention/plan.ts';
import { applyRetention, previewRetention } from '../retention/retention.ts';
import { isTagRulePattern, patternsMax } from '../tag-rules/policy.ts';
import { required } from './repository-routes.ts';
import { type ApiRoute, route } from './route.ts';
import { digest, tag, time } from './schemas.ts';
import { withoutUndefined } from './without-undefined.ts';

const dayMs = 86_400e3;
const patterns = z.array(z.string().refine(isTagRulePattern, 'must be a pattern of tags like v*, {semver} or {release}')).min(1).max(patternsMax);
const days = z.number().positive().max(36_500);
const count = z.number().int().min(1).max(100_000);
const policy = z.object({
  tags: patterns.optional(),
  keep: z
    .object({
      tags: patterns.optional(),
      newest: count.optional(),
      movedWithinDays: days.optional(),
      pulledWithinDays: days.optional(),
      patches: count.optional(),
      minors: count.optional(),
      majors: count.optional(),
    })
    .refine(
      (keep) => Object.values(keep).some((value) => value !== undefined),
      'must keep something: newest, movedWithinDays, pulledWithinDays, patches, minors, majors or tags',
    ),
  /** Needed where the policy would leave nothing. */
  mayEmpty: z.boolean().optional(),
});
const tagPlace = z.object({ tag, digest, movedAt: time });
const found = z.object({ tags: z.array(tagPlace), kept: z.number().int(), refused: z.boolean() });

const edits = { record: 'getRetention', audit: ['retention.change', 'retention.delete'] };

export const retentionRoutes: readonly ApiRoute[] = [
  route({
    operation: 'getRetention',
    method: 'GET',
    path: '/repositories/{repository}/-/retention',
    summary: 'Get how long the tags of a repository stay',
    access: 'pull',
    response: policy,
    edited: ['tags', 'keep', 'mayEmpty'],
    async handle({ repository, parts: { rows } }) {
      const stored = await rows.retention.find(required(repository));
      if (stored === undefined) throw new RegistryError('NOT_FOUND', { message: 'tags stay here until somebody deletes them' });
      return { value: toWritten(stored.policy) };
    },
  }),
  route({
    operation: 'setRetention',
    method: 'PUT',
    path: '/repositories/{repository}/-/retention',
    summary: 'Say how long tags stay: carried out every hour, and refused when it would leave nothing now and mayEmpty does not confirm that',
    access: 'manage',
    edits,
    body: policy,
    response: found,
    async handle({ repository, caller, body, parts }) {
      const name = required(repository);
      const wanted = fromWritten(body);
      const plan = await previewRetention(parts, name, wanted);
      if (plan.isRefused) throw refusal(name, plan.taken.length);
      await parts.rows.retention.set({ repository: name, policy: wanted, at: parts.clock.now(), ...actorOf(caller) });
      return { value: { tags: plan.taken.map(toPlace), kept: plan.kept.length, refused: false } };
    },
  }),
  route({
    operation: 'deleteRetention',
    method: 'DELETE',
    path: '/repositories/{repository}/-/retention',
    summary: 'Let tags stay until somebody deletes them',
    access: 'manage',
    edits,
    async handle({ repository, caller, parts: { rows, clock } }) {
      if (!(await rows.retention.remove({ repository: required(repository), at: clock.now(), ...actorOf(caller) }))) throw new RegistryError('NOT_FOUND');
      return {};
    },
  }),
  route({
    operation: 'previewRetention',
    method: 'POST',
    path: '/repositories/{repository}/-/retention/preview',
    summary: 'Say what a policy would delete now, and delete nothing',
    access: 'manage',
    body: policy,
    response: found,
    async handle({ repository, body, parts }) {
      const { taken, kept, isRefused } = await previewRetention(parts, required(repository), fromWritten(body));
      return { value: { tags: taken.map(toPlace), kept: kept.length, refused: isRefused } };
    },
  }),
  route({
    operation: 'runRetention',
    method: 'POST',
    path: '/repositories/{repository}/-/retention/run',
    summary: 'Carry the policy of a repository out now; what it deletes is in the trash',
    access: 'manage',
    response: z.object({ tags: z.array(tagPlace) }),
    async handle({ repository, caller, parts }) {
      const name = required(repository);
      const stored = await parts.rows.retention.find(name);
      if (stored === undefined) throw new RegistryError('NOT_FOUND', { message: 'there is no policy' });
      return { value: { tags: (await applyRetention(parts, name, stored.policy, actorOf(caller))).map(toPlace) } };
    },
  }),
  route({
    operation: 'listTrash',
    method: 'GET',
    path: '/repositories/{repository}/-/trash',
    summary:
      'List tags that were deleted and can be put back, those first that were deleted last; `keptUntil`: their images stay at least so long, absent: until somebody deletes them',
    access: 'pull',
    query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
    response: z.object({ items: z.array(z.object({ tag, digest, deletedAt: time, deletedBy: z.string(), keptUntil: time.optional() })) }),
    async handle({ repository, query, caller, parts: { registry, settings, gate } }) {
      const name = required(repository);
      const deleted = (await gate.hidesFrom(caller, name)) ? [] : await registry.tags.listDeleted(name, query.limit);
      const { untaggedForMs } = settings;
      const items = deleted.map(({ at, actor, ...one }) => ({
        ...one,
        deletedAt: at,
        deletedBy: actor,
        ...(untaggedForMs !== undefined && { keptUntil: at + untaggedForMs }),
      }));
      return { value: { items } };
    },
  }),
];

function refusal(name: RepositoryName, tags: number): RegistryError {
  return new RegistryError('CONFLICT', { message: `this would delete every tag of ${name} (${tags}): confirm it with mayEmpty`, detail: { tags } });
}

function fromWritten({ tags, keep: { movedWithinDays, pulledWithinDays, ...keep }, mayEmpty }: z.output<typeof policy>): RetentionPolicy {
  return withoutUndefined({
    tags,
    keep: withoutUndefined({
      ...keep,
      movedWithinMs: movedWithinDays === undefined ? undefined : movedWithinDays * dayMs,
      pulledWithinMs: pulledWithinDays === undefined ? undefined : pulledWithinDays * dayMs,
    }),
    mayEmpty,
  });
}

function toWritten({ keep: { movedWithinMs, pulledWithinMs, ...keep }, ...others }: RetentionPolicy): object {
  return {
    ...others,
    keep: {
      ...keep,
      ...(movedWithinMs !== undefined && { movedWithinDays: movedWithinMs / dayMs }),
      ...(pulledWithinMs !== undefined && { pulledWithinDays: pulledWithinMs / dayMs }),
    },
  };
}

function toPlace({ tag: name, digest: to, at }: TagRow): z.input<typeof tagPlace> {
  return { tag: name, digest: to, movedAt: at };
}
