/** What agents ask and say. They connect out to the server; nothing connects to them. */
import { z } from 'zod';
import { requireAgent } from '../deploy/releases.ts';
import { waitMaxMs } from '../deploy/wishes.ts';
import { actorOf } from '../registry/actor-of.ts';
import { findCalled } from './environment-routes.ts';
import { type ApiRoute, route } from './route.ts';
import { digest, line, shortName, tag, time } from './schemas.ts';

const agentId = z.string().regex(/^[A-Za-z0-9-]{8,64}$/, 'must be 8 to 64 letters, digits and -');
const wish = z.object({ instance: z.string(), release: z.number().int(), digest, tag: tag.optional() });

export const agentRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listWishes',
    method: 'GET',
    path: '/repositories/{repository}/-/environments/{environment}/wishes',
    summary: 'What an agent is to make true on its target. With `known` the answer waits for something else; asking keeps the target for this agent',
    access: 'pull', // and named as an agent of the environment
    query: z.object({
      target: shortName,
      agent: agentId,
      agentVersion: line.default(''),
      known: z.string().max(64).optional(),
      waitMs: z.coerce.number().int().min(0).max(waitMaxMs).default(0),
    }),
    response: z.object({ version: z.string(), leaseUntil: time, wishes: z.array(wish) }),
    async handle(call) {
      const { repository, name, ...environment } = await findCalled(call);
      await requireAgent(call.caller, { repository, name, ...environment });
      return { value: await call.parts.wishes.ask({ repository, name, ...call.query }), headers: { 'cache-control': 'no-store' } };
    },
  }),
  route({
    operation: 'reportDeployment',
    method: 'POST',
    path: '/repositories/{repository}/-/environments/{environment}/reports',
    summary: 'Say what became of a wish on a target',
    access: 'pull', // and named as an agent of the environment
    body: z.object({
      target: shortName,
      agent: agentId,
      instance: z.string().max(128),
      release: z.number().int().positive(),
      state: z.enum(['starting', 'running', 'failed']),
      message: line.max(500).optional(),
      url: z
        .url({ protocol: /^https?$/ })
        .max(500)
        .optional(),
    }),
    async handle(call) {
      const environment = await findCalled(call);
      await requireAgent(call.caller, environment);
      const { agent, message, url, ...said } = call.body;
      const { repository, name } = environment;
      const at = call.parts.clock.now();
      await call.parts.wishes.requireLease({ repository, name, target: said.target, agent });
      await call.parts.rows.deployments.releases.report({
        repository,
        name,
        ...said,
        ...(message !== undefined && { message }),
        ...(url !== undefined && { url }),
        at,
        ...actorOf(call.caller),
      });
      return {};
    },
  }),
  route({
    operation: 'leaveTarget',
    method: 'DELETE',
    path: '/repositories/{repository}/-/environments/{environment}/targets/{target}',
    summary: 'An agent goes, and another may serve its target at once',
    access: 'pull', // and named as an agent of the environment
    query: z.object({ agent: agentId }),
    async handle(call) {
      const environment = await findCalled(call);
      await requireAgent(call.caller, environment);
      const { repository, name } = environment;
      await call.parts.rows.deployments.targets.release({ repository, name, target: call.params['target'] ?? '', agent: call.query.agent });
      return {};
    },
  }),
];
