/** VEX documents: what their authors say that does not count becomes rules, in a repository, a namespace, or everywhere. */
import { z } from 'zod';
import { readVex, vexDocument } from '../advisories/read-vex.ts';
import { tallyScopeJob } from '../advisories/tallies/tally-jobs.ts';
import { judgeScopeJob } from '../gate/judge-jobs.ts';
import { type FindingRule, findingRulesMax } from '../metadata/finding-port.ts';
import { actorOf } from '../registry/actor-of.ts';
import { newRequestId } from '../runtime/ids.ts';
import { rulePlaces, scopeOf } from './finding-rule-routes.ts';
import { type ApiRoute, route } from './route.ts';

const reasonMax = 1000;

export const vexRoutes: readonly ApiRoute[] = rulePlaces.map(({ path, of, where }) =>
  route({
    operation: `import${of}Vex`,
    method: 'POST',
    path: path.replace('finding-rules', 'vex'),
    summary: `Take the statements of a VEX document (OpenVEX, or CSAF VEX) as rules ${where}: those that say not_affected or fixed`,
    access: 'manage',
    body: vexDocument,
    response: z.object({ added: z.number().int(), known: z.number().int() }),
    async handle(call) {
      const { parts, caller, body } = call;
      const scope = scopeOf(call);
      const { actor } = actorOf(caller);
      const { author, statements } = readVex(body);
      const keyOf = ({ vulnerability, package: of_, status }: Pick<FindingRule, 'vulnerability' | 'package' | 'status'>): string =>
        [vulnerability, of_, status].join('\0');
      const known = new Set((await parts.rows.findingRules.list(scope, { limit: findingRulesMax })).map(keyOf));
      const added = statements.filter((statement) => !known.has(keyOf(statement)));
      const createdAt = parts.clock.now();
      const rules = added.map(({ reason, ...statement }) => ({
        ...statement,
        reason: `VEX${author === '' ? '' : ` of ${author}`}: ${reason}`.slice(0, reasonMax),
        id: newRequestId(),
        scope,
        owner: actor,
        createdAt,
        createdBy: actor,
      }));
      if (rules.length > 0) await parts.rows.findingRules.record(rules, [judgeScopeJob(scope), tallyScopeJob(scope)]);
      return { value: { added: added.length, known: statements.length - added.length } };
    },
  }),
);
