/**
 * Rows of deployments: which image runs where, and who wanted it.
 *
 * An **environment** belongs to a repository: `test`, `production`. It has one instance, named `''`, or
 * with `perTag` one for each tag it follows. A **release** is the wish that a digest runs in an
 * instance. A **target** is where an agent runs it; all targets of an environment run the same.
 *
 *     awaiting ──approved──> pending ──all targets run it──> running ──the next one runs──> replaced
 *        │ └─rejected            └─a target could not─> failed: the instance wants what ran before
 *        └─superseded <──────────┘   a newer one came            refused: a rule forbade it, from the start
 */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Severity } from '../../gate/policy.ts';
import type { Change } from '../port.ts';

export type DeploymentRows = {
  readonly environments: EnvironmentRows;
  readonly releases: ReleaseRows;
  readonly targets: TargetRows;
};

/** What it takes without being asked: tags by a pattern, the highest version of a range, or nothing. */
export type Follows =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'tags'; readonly pattern: string }
  | { readonly kind: 'versions'; readonly range: string };

/** `block`: checked, with nothing found that is this bad or worse. `signedBy`: by one of these trusted signers; `*` is any of them. */
export type Demands = { readonly checked?: boolean; readonly block?: Severity; readonly signedBy?: readonly string[] };

export type Environment = {
  readonly repository: RepositoryName;
  readonly name: string;
  readonly follows: Follows;
  /** Every tag it follows gets an instance of its own. */
  readonly perTag: boolean;
  /** An instance ends this long after its last release. */
  readonly ttlMs?: number;
  /** Only what ran in this environment before. */
  readonly after?: string;
  /** What an image must be, beside what policies say of pulling it. */
  readonly requires?: Demands;
  /** Somebody else must approve each release. */
  readonly needsApproval: boolean;
  /** It takes nothing by itself for now. */
  readonly isPaused: boolean;
  /** Names of accounts. An empty list: who may move tags deploys; who may manage the repository approves, and runs agents. */
  readonly deployers: readonly string[];
  readonly approvers: readonly string[];
  readonly agents: readonly string[];
  readonly createdAt: number;
};

export type EnvironmentKey = Pick<Environment, 'repository' | 'name'>;

export type Instance = { readonly name: string; readonly wanted?: Release; readonly running?: Release; readonly expiresAt?: number };

/** Of each repository (I6). */
export const environmentsMax = 50;
export const instancesMax = 200;
export const targetsMax = 50;
/** Of each instance; older ones are forgotten. */
export const releasesMax = 200;
/** So many that ran before keep their manifests from collection, so that one can go back to them. */
export const keptReleases = 5;

export interface EnvironmentRows {
  /** Makes it, or changes all of it. Throws NAME_UNKNOWN, CONFLICT when there are too many. */
  put(environment: Omit<Environment, 'createdAt'> & Change): Promise<void>;
  find(key: EnvironmentKey): Promise<Environment | undefined>;
  list(repository: RepositoryName): Promise<Environment[]>;
  /** Of all repositories of a namespace, in order of repository and name. */
  listOf(namespace: string, page: { readonly after?: EnvironmentKey; readonly limit: number }): Promise<Environment[]>;
  /** With its instances, releases and targets. False when there is none. */
  remove(key: EnvironmentKey & Change): Promise<boolean>;
  listInstances(key: EnvironmentKey): Promise<Instance[]>;
  /** Ends instances: agents take down what runs there. */
  endInstance(instance: EnvironmentKey & { readonly instance: string } & Change): Promise<boolean>;
  /** What runs in an environment of the repository, or is to run there. */
  listRunning(repository: RepositoryName): Promise<Digest[]>;
  listExpired(at: number, limit: number): Promise<(EnvironmentKey & { readonly instance: string })[]>;
}

export const releaseStates = ['awaiting', 'pending', 'running', 'replaced', 'failed', 'rejected', 'superseded', 'refused', 'ended'] as const;
export type ReleaseState = (typeof releaseStates)[number];

export const releaseCauses = ['push', 'deploy', 'promotion', 'rollback'] as const;
export type ReleaseCause = (typeof releaseCauses)[number];

export type Release = {
  /** Ids grow and are never used twice. */
  readonly id: number;
  readonly instance: string;
  readonly digest: Digest;
  readonly tag?: Tag;
  readonly cause: ReleaseCause;
  /** promotion: the environment it comes from. */
  readonly source?: string;
  readonly state: ReleaseState;
  /** Why it is in this state, in one line. */
  readonly message?: string;
  readonly requestedAt: number;
  readonly requestedBy: string;
  readonly decidedBy?: string;
  /** When its state changed last. */
  readonly changedAt: number;
};

export type NewRelease = EnvironmentKey & {
  readonly instance: string;
  readonly digest: Digest;
  readonly tag?: Tag;
  readonly cause: ReleaseCause;
  readonly source?: string;
  readonly state: 'awaiting' | 'pending' | 'refused';
  readonly message?: string;
  /** The event that caused it: the same event causes one release of an instance. */
  readonly event?: number;
  readonly expiresAt?: number;
} & Change;

export type ReportState = 'starting' | 'running' | 'failed';

/** What an agent says of one instance on its target. */
export type Report = EnvironmentKey & {
  readonly instance: string;
  readonly target: string;
  readonly release: number;
  readonly state: ReportState;
  readonly message?: string;
  /** Where people find it. */
  readonly url?: string;
} & Change;

export interface ReleaseRows {
  /**
   * Undefined when its event has caused one, or a push brings what the instance wants already. An older one
   * that is not running yet is superseded. Throws MANIFEST_UNKNOWN, CONFLICT when there are too many instances.
   */
  request(release: NewRelease): Promise<Release | undefined>;
  /** Of one that awaits it. Throws CONFLICT when it does not. */
  decide(decision: EnvironmentKey & { readonly id: number; readonly approved: boolean; readonly message?: string } & Change): Promise<void>;
  find(key: EnvironmentKey, id: number): Promise<Release | undefined>;
  /** One that was refused still is, for another reason by now. */
  restate(release: EnvironmentKey & { readonly id: number; readonly message: string }): Promise<void>;
  /** Newest first. */
  list(key: EnvironmentKey, page: { readonly before?: number; readonly limit: number }): Promise<Release[]>;
  /** Has the digest run there, or does it? */
  hasRun(key: EnvironmentKey, digest: Digest): Promise<boolean>;
  /** What was the last to run in the instance before this one, if any? */
  findBefore(key: EnvironmentKey & { readonly instance: string }, id: number): Promise<Release | undefined>;
  /** Writes down what an agent says, and moves the release when all targets, or one that failed, have decided it. */
  report(report: Report): Promise<void>;
}

/** No agent asks for more. A lease that ends later was given by a clock that was set back since, and holds nobody up. */
export const leaseMaxMs = 120_000;

export function isLeased(leaseUntil: number, at: number): boolean {
  return leaseUntil > at && leaseUntil <= at + leaseMaxMs;
}

/** One agent at a time serves a target: the one whose lease holds. */
export type Target = {
  readonly name: string;
  readonly agent: string;
  readonly leaseUntil: number;
  readonly seenAt: number;
  readonly version: string;
  readonly reports: readonly Omit<Report, keyof EnvironmentKey | 'target' | 'actor' | 'origin'>[];
};

export interface TargetRows {
  /** False while another agent's lease holds. Throws CONFLICT when there are too many targets. */
  claim(target: EnvironmentKey & Omit<Target, 'reports' | 'name'> & { readonly target: string }): Promise<boolean>;
  /** The agent goes in good order: another may come at once. */
  release(target: EnvironmentKey & { readonly target: string; readonly agent: string }): Promise<void>;
  list(key: EnvironmentKey): Promise<Target[]>;
}
