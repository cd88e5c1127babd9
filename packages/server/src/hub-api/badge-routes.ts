/** Badges: whoever manages a repository or a namespace asks, an administrator decides, and may take back. */
import { z } from 'zod';
import { actorOf } from '../registry/actor-of.ts';
import { badgeNotice } from '../notifications/notice-job.ts';
import { newId } from '../runtime/ids.ts';
import { required } from './repository-routes.ts';
import { getAccount } from './robot-routes.ts';
import { type ApiCall, type ApiRoute, route } from './route.ts';
import { line, listOf, page, time, toList, toPage } from './schemas.ts';
import type { Badge } from '../metadata/hub-port.ts';

const states = ['applied', 'granted', 'declined', 'revoked'] as const;

const request = z.object({
  id: z.string(),
  badge: z.enum(['official', 'verified']),
  /** The repository, or the namespace. */
  subject: z.string(),
  state: z.enum(states),
  note: z.string(),
  appliedAt: time,
  appliedBy: z.string(),
  reason: z.string(),
  decidedAt: time.optional(),
  decidedBy: z.string().optional(),
  /** Since when it is in doubt, and why: after two weeks it is revoked. */
  doubtedAt: time.optional(),
  doubt: z.string().optional(),
});

const note = z.object({ note: line.default('') });
const decisions = { grant: 'granted', decline: 'declined', revoke: 'revoked' } as const;

export const badgeRoutes: readonly ApiRoute[] = [
  ...ofSubject('official', 'Official', '/repositories/{repository}/-/badge-requests', async ({ repository }) => required(repository)),
  ...ofSubject('verified', 'Verified', '/namespaces/{namespace}/badge-requests', async (call) => (await getAccount(call)).name),
  route({
    operation: 'listBadgeRequests',
    method: 'GET',
    path: '/badge-requests',
    summary: 'List requests for badges by their state',
    access: 'administrator',
    query: page.extend({ state: z.enum(states).default('applied') }),
    response: listOf(request),
    async handle({ query, parts: { rows } }) {
      const found = await rows.hub.badges.list({ state: query.state, ...toPage(query) });
      return { value: toList(found, query.limit, ({ id }) => id) };
    },
  }),
  route({
    operation: 'decideBadgeRequest',
    method: 'POST',
    path: '/badge-requests/{id}/decision',
    summary: 'Grant or decline a request for a badge, or revoke the badge',
    access: 'administrator',
    body: z.object({ decision: z.enum(['grant', 'decline', 'revoke']), reason: line.default('') }),
    response: request,
    async handle({ params, caller, body, parts: { rows, clock } }) {
      const state = decisions[body.decision];
      const decision = { id: params['id'] ?? '', state, reason: body.reason, toJob: badgeNotice };
      return { value: await rows.hub.badges.decide({ ...decision, at: clock.now(), ...actorOf(caller) }) };
    },
  }),
];

function ofSubject(badge: Badge, title: string, path: string, findSubject: (call: ApiCall) => Promise<string>): ApiRoute[] {
  return [
    route({
      operation: `list${title}Requests`,
      method: 'GET',
      path,
      summary: `List what was asked and decided about the badge "${badge}"`,
      access: 'manage',
      query: page,
      response: listOf(request),
      async handle(call) {
        const found = await call.parts.rows.hub.badges.listOf({ badge, subject: await findSubject(call), ...toPage(call.query) });
        return { value: toList(found, call.query.limit, ({ id }) => id) };
      },
    }),
    route({
      operation: `request${title}`,
      method: 'POST',
      path,
      summary: `Ask the administrators for the badge "${badge}"`,
      access: 'manage',
      body: note,
      response: request,
      async handle(call) {
        const { rows, clock } = call.parts;
        const asked = { id: newId(), badge, subject: await findSubject(call), note: call.body.note };
        return { status: 201, value: await rows.hub.badges.apply({ ...asked, at: clock.now(), ...actorOf(call.caller) }) };
      },
    }),
  ];
}
