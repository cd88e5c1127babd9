/**
 * What may be pulled: policies of a repository, of a namespace, and of the server
 * (`/namespaces/server/policy`), their exceptions, and the verdicts that follow. The same routes under
 * both addresses.
 */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import { tryPolicy } from '../gate/dry-run.ts';
import { judgeScopeJob } from '../gate/judge-jobs.ts';
import { reasonRules } from '../gate/judge.ts';
import { attachedKinds, type GatePolicy, type GateScope, type Level, severities } from '../gate/policy.ts';
import { lintRules } from '../lint/lint-image.ts';
import type { StoredException } from '../metadata/gate/port.ts';
import { actorOf } from '../registry/actor-of.ts';
import { newId } from '../runtime/ids.ts';
import { resolveImage } from './image-routes.ts';
import { required } from './repository-routes.ts';
import { type ApiCall, type ApiRoute, route } from './route.ts';
import { digest, line, tag, time } from './schemas.ts';
import { withoutUndefined } from './without-undefined.ts';

const days = z.number().min(0).max(36_500);
const signerName = z
  .string()
  .regex(/^(\*|[a-z0-9]+([._-][a-z0-9]+)*)$/, 'must be the name of a trusted signer, or * for any')
  .max(64);
const scannerName = z
  .string()
  .regex(/^(\*|[a-z0-9]+([._-][a-z0-9]+)*)$/, 'must be the name of a scanner, or * for all')
  .max(64);
const findingRule = z
  .object({
    severity: z.enum(severities).optional(),
    fixable: z.boolean().optional(),
    olderThanDays: days.optional(),
    epss: z.number().min(0).max(1).optional(),
    exploited: z.boolean().optional(),
  })
  .strict()
  .refine((rule) => Object.values(rule).some((value) => value !== undefined), 'must say what blocks: severity, fixable, olderThanDays, epss or exploited');
/** Kept as a text: what has no name any more forbids nothing. */
const configurationRule = z.string().refine((text) => lintRules.some((rule) => rule === text), `must be one of ${lintRules.join(', ')}`);
const policy = z
  .object({
    quarantine: z.boolean().optional(),
    scannedBy: z.array(scannerName).max(32).optional(),
    block: z.array(findingRule).max(32).optional(),
    signedBy: z.array(signerName).max(32).optional(),
    require: z.array(z.enum(attachedKinds)).max(attachedKinds.length).optional(),
    forbidSecrets: z.boolean().optional(),
    forbidLicences: z.array(line.min(1).max(100)).max(200).optional(),
    forbidConfiguration: z.array(configurationRule).max(lintRules.length).optional(),
    checkedWithinDays: days.optional(),
    mayLoosen: z.boolean().optional(),
  })
  .strict();
const level = z.object({ kind: z.enum(['server', 'namespace', 'repository']), name: z.string(), policy });
const shownPolicy = z.object({
  policy: policy.optional(),
  changedAt: time.optional(),
  changedBy: z.string().optional(),
  /** Those of wider levels that hold here as well. */
  inherited: z.array(level),
});
const reason = z.object({ rule: z.enum(reasonRules), by: z.string(), text: z.string(), finding: z.string().optional(), package: z.string().optional() });
/** `unjudged`: nobody has looked yet, or nothing is demanded here. */
const verdict = z.object({
  digest,
  state: z.enum(['allowed', 'blocked', 'exempt', 'unjudged']),
  /** The worst first; `reasonCount` says of how many. */
  reasons: z.array(reason),
  reasonCount: z.number().int(),
  exceptions: z.array(z.string()),
  judgedAt: time.optional(),
  checkedAt: time.optional(),
  reviewAt: time.optional(),
});
const trial = z.object({
  blocked: z.array(z.object({ repository: z.string(), tags: z.array(tag), digest, reasons: z.array(reason), reasonCount: z.number().int() })),
  judged: z.number().int(),
  /** False: there are more images than one dry run judges. */
  isWhole: z.boolean(),
});
const target = z
  .object({
    rule: z.enum(reasonRules).optional(),
    finding: line.min(1).max(100).optional(),
    package: line.min(1).optional(),
    digest: digest.optional(),
  })
  .strict()
  .refine((given) => Object.values(given).some((value) => value !== undefined), 'must say what it lifts: rule, finding, package or digest');
const exception = z.object({
  id: z.string(),
  target,
  reason: z.string(),
  owner: z.string(),
  endsAt: time,
  createdAt: time,
  createdBy: z.string(),
});

/** An exception without an end is a rule that nobody wrote down. */
const longestMs = 366 * 86_400e3;
const listMax = 1000;

export const policyRoutes: readonly ApiRoute[] = [
  ...routesAt('/namespaces/{namespace}', 'Namespace', 'a namespace, or of the server (namespace `server`)'),
  ...routesAt('/repositories/{repository}/-', 'Repository', 'a repository'),
  route({
    operation: 'getVerdict',
    method: 'GET',
    path: '/repositories/{repository}/-/images/{reference}/verdict',
    summary: 'Get whether an image may be pulled, and why not',
    access: 'pull',
    response: verdict,
    async handle(call) {
      const {
        repository,
        params,
        parts: { rows },
      } = call;
      const name = required(repository);
      const found = await resolveImage(name, params['reference'] ?? '', call);
      const stored = await rows.gate.verdicts.find({ repository: name, digest: found });
      const shown = stored ?? { state: 'unjudged' as const, reasons: [], reasonCount: 0, exceptions: [] };
      return { value: { digest: found, ...shown } };
    },
  }),
];

/** `where` ends the operations' names. */
function routesAt(path: string, where: 'Namespace' | 'Repository', of: string): ApiRoute[] {
  const edits = { record: `get${where}Policy`, audit: ['policy.change', 'policy.delete'] };
  return [
    route({
      operation: `get${where}Policy`,
      method: 'GET',
      path: `${path}/policy`,
      summary: `Get what must be so before an image is pulled: the policy of ${of}`,
      access: where === 'Repository' ? 'pull' : 'manage',
      response: shownPolicy,
      edited: ['policy'],
      async handle(call) {
        return { value: await showPolicy(call) };
      },
    }),
    route({
      operation: `set${where}Policy`,
      method: 'PUT',
      path: `${path}/policy`,
      summary: `Replace the policy of ${of}: all images there are judged by it in a moment`,
      access: 'manage',
      edits,
      body: policy,
      response: shownPolicy,
      async handle(call) {
        const { caller, body, parts } = call;
        const scope = gateScopeOf(call);
        await parts.rows.gate.policies.set({ scope, policy: toPolicy(body), jobs: [judgeScopeJob(scope)], at: parts.clock.now(), ...actorOf(caller) });
        return { value: await showPolicy(call) };
      },
    }),
    route({
      operation: `delete${where}Policy`,
      method: 'DELETE',
      path: `${path}/policy`,
      summary: `Demand nothing any more: take the policy of ${of} away`,
      access: 'manage',
      edits,
      async handle(call) {
        const scope = gateScopeOf(call);
        const { rows, clock } = call.parts;
        const removed = await rows.gate.policies.remove({ scope, jobs: [judgeScopeJob(scope)], at: clock.now(), ...actorOf(call.caller) });
        if (!removed) throw new RegistryError('NOT_FOUND', { message: 'there is no policy' });
        return {};
      },
    }),
    route({
      operation: `check${where}Policy`,
      method: 'POST',
      path: `${path}/policy/check`,
      summary: `Say what would be blocked now, and block nothing: by a policy for ${of}, or without one by those that hold`,
      access: 'manage',
      body: z.object({ policy: policy.optional() }).strict(),
      response: trial,
      async handle(call) {
        const { parts, body } = call;
        const found = await tryPolicy(
          { scope: gateScopeOf(call), policy: body.policy && toPolicy(body.policy) },
          { ...parts.facts, rows: parts.rows, clock: parts.clock },
        );
        const blocked = found.blocked.map(({ judged, ...image }) => ({ ...image, reasons: judged.reasons, reasonCount: judged.reasonCount }));
        return { value: { ...found, blocked } };
      },
    }),
    route({
      operation: `list${where}Exceptions`,
      method: 'GET',
      path: `${path}/policy/exceptions`,
      summary: `List the exceptions to policies that were made for ${of}, also those that have ended`,
      access: where === 'Repository' ? 'pull' : 'manage',
      response: z.object({ items: z.array(exception) }),
      async handle(call) {
        const { caller, repository, parts } = call;
        const items = [];
        for (const one of await parts.rows.gate.exceptions.list(gateScopeOf(call), listMax)) {
          const { digest: of } = one.target;
          if (of === undefined || repository === undefined || (await parts.gate.isShown(caller, repository, of))) items.push(toException(one));
        }
        return { value: { items } };
      },
    }),
    route({
      operation: `create${where}Exception`,
      method: 'POST',
      path: `${path}/policy/exceptions`,
      summary: `Lift for a while what a policy demands, in all of ${of}: with who answers for it, why, and until when`,
      access: 'manage',
      body: z.object({ target, reason: line.min(1), owner: line.min(1).optional(), endsAt: time }).strict(),
      response: exception,
      async handle(call) {
        const { caller, body, parts } = call;
        const at = parts.clock.now();
        if (body.endsAt <= at) throw new RegistryError('REQUEST_INVALID', { message: 'endsAt is in the past', detail: { field: 'endsAt' } });
        if (body.endsAt > at + longestMs)
          throw new RegistryError('REQUEST_INVALID', { message: 'endsAt: an exception ends within a year', detail: { field: 'endsAt' } });
        const scope = gateScopeOf(call);
        const made = { id: newId(), scope, target: withoutUndefined(body.target), reason: body.reason, owner: body.owner ?? caller.name, endsAt: body.endsAt };
        await parts.rows.gate.exceptions.create({ ...made, jobs: [judgeScopeJob(scope)], at, ...actorOf(caller) });
        return { status: 201, value: toException({ ...made, createdAt: at, createdBy: caller.name }) };
      },
    }),
    route({
      operation: `delete${where}Exception`,
      method: 'DELETE',
      path: `${path}/policy/exceptions/{exception}`,
      summary: `End an exception of ${of} now`,
      access: 'manage',
      async handle(call) {
        const scope = gateScopeOf(call);
        const { rows, clock } = call.parts;
        const id = call.params['exception'] ?? '';
        const removed = await rows.gate.exceptions.remove({ scope, id, jobs: [judgeScopeJob(scope)], at: clock.now(), ...actorOf(call.caller) });
        if (!removed) throw new RegistryError('NOT_FOUND', { message: 'there is no such exception' });
        return {};
      },
    }),
  ];
}

/** No account can be called `server`: it is the whole of it. */
export function gateScopeOf({ repository, params }: Pick<ApiCall, 'repository' | 'params'>): GateScope {
  const { namespace } = params;
  if (namespace === undefined) return { kind: 'repository', name: required(repository) };
  return namespace === 'server' ? { kind: 'server' } : { kind: 'namespace', name: namespace };
}

async function showPolicy(call: Pick<ApiCall, 'repository' | 'params' | 'parts'>): Promise<z.input<typeof shownPolicy>> {
  const { policies } = call.parts.rows.gate;
  const scope = gateScopeOf(call);
  const stored = await policies.find(scope);
  const wider = scope.kind === 'repository' ? (await policies.listLevels(required(call.repository))).filter((one) => one.scope.kind !== 'repository') : [];
  const server = scope.kind === 'namespace' ? await policies.find({ kind: 'server' }) : undefined;
  const levels: Level[] = server === undefined ? wider : [{ scope: { kind: 'server' }, policy: server.policy }];
  return {
    ...(stored && { policy: fromPolicy(stored.policy), changedAt: stored.changedAt, changedBy: stored.changedBy }),
    inherited: levels.map((one) => ({ kind: one.scope.kind, name: one.scope.kind === 'server' ? '' : one.scope.name, policy: fromPolicy(one.policy) })),
  };
}

function toPolicy({ block, ...given }: z.output<typeof policy>): GatePolicy {
  return { ...withoutUndefined(given), ...(block && { block: block.map(withoutUndefined) }) };
}

function fromPolicy({ block, scannedBy, signedBy, require, forbidLicences, forbidConfiguration, ...others }: GatePolicy): z.input<typeof policy> {
  return {
    ...others,
    ...(block && { block: block.map((rule) => ({ ...rule })) }),
    ...(scannedBy && { scannedBy: [...scannedBy] }),
    ...(signedBy && { signedBy: [...signedBy] }),
    ...(require && { require: [...require] }),
    ...(forbidLicences && { forbidLicences: [...forbidLicences] }),
    ...(forbidConfiguration && { forbidConfiguration: [...forbidConfiguration] }),
  };
}

function toException({ scope: _scope, target: lifted, ...shown }: StoredException): z.input<typeof exception> {
  return { ...shown, target: { ...lifted } };
}
