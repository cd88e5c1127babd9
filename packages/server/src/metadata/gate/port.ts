/**
 * What the gate remembers: the policies of all levels, exceptions to them, and a verdict for each
 * image of a repository. `gate/policy.ts` and `gate/judge.ts` say what they mean.
 *
 * A verdict is what was found when it was last judged; it stays until the next one takes its place.
 * What has to be judged again after a change is enqueued in the change's own transaction, so that
 * nobody can die between the two.
 */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { GatePolicy, GateScope, Level } from '../../gate/policy.ts';
import type { GateException, Judgement } from '../../gate/judge.ts';
import type { NewJob } from '../job-port.ts';
import type { SignerRows } from './signer-port.ts';
import type { Change, Page } from '../port.ts';

export type GateRows = {
  readonly policies: GatePolicyRows;
  readonly exceptions: GateExceptionRows;
  readonly signers: SignerRows;
  readonly verdicts: VerdictRows;
  readonly hot: HotGate;
};

export type StoredGatePolicy = { readonly policy: GatePolicy; readonly changedAt: number; readonly changedBy: string };

export interface GatePolicyRows {
  find(scope: GateScope): Promise<StoredGatePolicy | undefined>;
  /** Of all levels, by kind and name. */
  list(page: Page<GateScope>): Promise<Level[]>;
  /** Those that hold in a repository: of the server, of its namespace, its own. */
  listLevels(repository: RepositoryName): Promise<Level[]>;
  /** Throws NAME_UNKNOWN for a repository that is not there. */
  set(policy: { scope: GateScope; policy: GatePolicy; jobs: readonly NewJob[] } & Change): Promise<void>;
  /** False: there was none. */
  remove(policy: { scope: GateScope; jobs: readonly NewJob[] } & Change): Promise<boolean>;
}

export type StoredException = GateException & { readonly reason: string; readonly owner: string; readonly createdAt: number; readonly createdBy: string };

export interface GateExceptionRows {
  /** Of this level alone, also those that have ended; those first that end last. */
  list(scope: GateScope, limit: number): Promise<StoredException[]>;
  /** Of all levels of a repository, those that have not ended. */
  listFor(repository: RepositoryName, now: number): Promise<StoredException[]>;
  /** Throws NAME_UNKNOWN, and CONFLICT when there are too many. */
  create(exception: Omit<StoredException, 'createdAt' | 'createdBy'> & { jobs: readonly NewJob[] } & Change): Promise<void>;
  /** False: there is none. */
  remove(exception: { scope: GateScope; id: string; jobs: readonly NewJob[] } & Change): Promise<boolean>;
}

/** Of one level (I6). */
export const exceptionsMax = 1000;

export type Verdict = Judgement & { readonly judgedAt: number; readonly checkedAt?: number };

export type VerdictKey = { readonly repository: RepositoryName; readonly digest: Digest };

export interface VerdictRows {
  find(key: VerdictKey): Promise<Verdict | undefined>;
  /**
   * Takes the place of the one before, with events for what changed for whoever watches. Nothing
   * happens when the manifest is gone.
   */
  record(verdict: VerdictKey & { verdict: Omit<Verdict, 'judgedAt'> } & Change): Promise<void>;
  /** Its check has ended, where no verdict says so: for whoever watches. Nothing happens when the manifest is gone. */
  tellChecked(key: VerdictKey & Change): Promise<void>;
  /** Of a repository that demands nothing (any more); returns how many went. */
  forget(repository: RepositoryName, limit: number): Promise<number>;
  /** Those that time alone changes, the longest due first. */
  listDue(before: number, limit: number): Promise<VerdictKey[]>;
  /** Manifests of a repository, to be judged one after the other. */
  listManifests(repository: RepositoryName, page: Page<Digest>): Promise<Digest[]>;
  /** Repositories that hold a manifest. */
  listHolders(digest: Digest, page: Page<RepositoryName>): Promise<RepositoryName[]>;
  /** Indexes of the repository that name a manifest. */
  listIndexesOf(key: VerdictKey, limit: number): Promise<Digest[]>;
}

/** For every pull: from memory while nothing was committed, and nothing at all where nobody has a policy. */
export interface HotGate {
  /** Undefined: nothing keeps the image from being pulled. */
  findRefusal(key: VerdictKey): Promise<Pick<Verdict, 'reasons' | 'reasonCount'> | undefined>;
  /** Of a blob: refused when blocked images have it and no image that may be pulled. */
  findBlobRefusal(key: VerdictKey): Promise<Pick<Verdict, 'reasons' | 'reasonCount'> | undefined>;
}
