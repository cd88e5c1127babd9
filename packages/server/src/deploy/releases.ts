/**
 * The rules of releases: what may run where, and who may say so. The rows carry them out
 * (`metadata/deploy/`), agents make them true.
 */
import { RegistryError } from '@naru/oci/registry-error';
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Caller } from '../access/caller.ts';
import { refusalText } from '../gate/judge.ts';
import { type DemandParts, findUnmet } from '../gate/unmet-demands.ts';
import type { Environment, Release, ReleaseCause } from '../metadata/deploy/port.ts';
import type { Change, MetadataStore } from '../metadata/port.ts';
import type { Clock } from '../runtime/clock.ts';
import { instanceFor } from './follow.ts';

export type ReleaseParts = {
  readonly rows: Pick<MetadataStore, 'deployments' | 'gate' | 'reviews'>;
  readonly facts: Omit<DemandParts, 'rows' | 'clock'>;
  readonly clock: Clock;
};

/** `isPending`: it is still being checked. */
export type Fault = { readonly text: string; readonly isPending: boolean };

export type WantedRelease = {
  readonly digest: Digest;
  readonly tag?: Tag | undefined;
  readonly instance?: string | undefined;
  readonly cause: ReleaseCause;
  readonly source?: string;
  readonly event?: number;
};

/** Throws NAME_UNKNOWN. */
export async function getEnvironment({ rows }: Pick<ReleaseParts, 'rows'>, repository: RepositoryName, name: string): Promise<Environment> {
  const environment = await rows.deployments.environments.find({ repository, name });
  if (environment === undefined) throw new RegistryError('NOT_FOUND', { message: `${repository} has no environment ${name}`, detail: { environment: name } });
  return environment;
}

/** Undefined when there is nothing to do. What a rule forbids is recorded as refused, with the reason, so that nobody wonders why it does not run. */
export async function requestRelease(parts: ReleaseParts, environment: Environment, wanted: WantedRelease, change: Change): Promise<Release | undefined> {
  const { repository, name, needsApproval, ttlMs } = environment;
  const instance = wanted.instance ?? instanceFor(environment, wanted.tag);
  const hasRunHere = wanted.cause === 'rollback';
  const fault = hasRunHere ? undefined : await findFault(parts, environment, wanted.digest);
  const state = fault !== undefined ? 'refused' : needsApproval && !hasRunHere ? 'awaiting' : 'pending';
  return parts.rows.deployments.releases.request({
    repository,
    name,
    instance,
    digest: wanted.digest,
    ...(wanted.tag !== undefined && { tag: wanted.tag }),
    cause: wanted.cause,
    ...(wanted.source !== undefined && { source: wanted.source }),
    state,
    ...(fault !== undefined && { message: fault.text }),
    ...(wanted.event !== undefined && { event: wanted.event }),
    ...(ttlMs !== undefined && { expiresAt: change.at + ttlMs }),
    ...change,
  });
}

/** Why it may not run there now. What ran there already may be gone back to, and is not asked about. */
export async function findFault(parts: ReleaseParts, environment: Environment, digest: Digest): Promise<Fault | undefined> {
  const { rows, facts, clock } = parts;
  const { repository, name, after, requires: { checked = false, block, signedBy = [] } = {} } = environment;
  const final = (text: string): Fault => ({ text, isPending: false });
  if (after !== undefined && !(await rows.deployments.releases.hasRun({ repository, name: after }, digest))) return final(`it has not run in ${after} yet`);
  // No agent could pull it.
  const review = await rows.reviews.find({ repository, digest });
  if (review?.state === 'staged') return final('it waits for its review: nobody has approved the image yet');
  if (review?.state === 'refused') return final(`its review refused it: ${review.reason}`);
  const refusal = await rows.gate.hot.findRefusal({ repository, digest });
  if (refusal !== undefined) return final(refusalText(refusal));
  const policy = { quarantine: checked || block !== undefined, ...(block !== undefined && { block: [{ severity: block }] }), signedBy };
  const unmet = policy.quarantine || signedBy.length > 0 ? await findUnmet({ repository, digest }, policy, { ...facts, rows: rows.gate, clock }) : undefined;
  return unmet && { ...unmet, text: `${name} does not take it: ${unmet.text}` };
}

/** Throws DENIED. */
export async function requireDeployer(caller: Caller, { repository, deployers }: Environment): Promise<void> {
  if (deployers.length === 0 ? await caller.may('tag:move', repository) : deployers.includes(caller.name)) return;
  if (await caller.may('manage', repository)) return;
  throw new RegistryError('DENIED', { message: 'you may not deploy here' });
}

/** Somebody else than who asked for it, or an approval would be none. Throws DENIED. */
export async function requireApprover(caller: Caller, { repository, approvers }: Environment, { requestedBy }: Release): Promise<void> {
  const isNamed = approvers.includes(caller.name);
  if (!isNamed && (approvers.length > 0 || !(await caller.may('manage', repository)))) {
    throw new RegistryError('DENIED', { message: 'you may not approve releases here' });
  }
  if (caller.name === requestedBy && caller.credential.kind !== 'open') {
    throw new RegistryError('DENIED', { message: 'somebody else must approve what you asked for' });
  }
}

/** Throws DENIED. */
export async function requireAgent(caller: Caller, { repository, agents }: Environment): Promise<void> {
  if (agents.includes(caller.name) || (await caller.may('manage', repository))) return;
  throw new RegistryError('DENIED', { message: `${caller.name} is not an agent of this environment` });
}
