/**
 * Jobs as rows: work that must happen although the process may die before it does. `jobs/runner.ts`
 * takes them with a lease; a lease that ends without word makes the job free again, so a job may run
 * twice and its work must bear that.
 *
 * `due` is when a runner may take the job: of a waiting job its time, of a running one the end of its
 * lease. Jobs with the same `ordering` run one after the other in the order of their ids, also while
 * the first waits for another try: the later ones are `behind` and cost a runner nothing, however
 * many they are. A `dead` job has used up its tries; it holds up nobody.
 */
export type JobState = 'waiting' | 'behind' | 'running' | 'dead';

/** A closed set, so that each is a walk of its own through an index. */
export const jobPriorities = { high: 0, normal: 1, low: 2 } as const;
export type JobPriority = keyof typeof jobPriorities;

/** What a job needs to be told: names and ids, whose truth is read when it runs. */
export const jobPayloadMaxBytes = 64 * 1024;
export const jobErrorMaxLength = 2000;

export type NewJob = {
  readonly kind: string;
  /** Anything JSON can say, up to `jobPayloadMaxBytes`. */
  readonly payload: unknown;
  /** While a job of this kind and key has not begun, another is the same: the earlier time and the higher priority count. */
  readonly key?: string;
  readonly ordering?: string;
  readonly priority?: JobPriority;
  /** Not before; at once when absent. */
  readonly runAt?: number;
};

export type Job = {
  /** Ids grow and are never used twice. */
  readonly id: number;
  readonly kind: string;
  readonly payload: unknown;
  readonly key?: string;
  readonly ordering?: string;
  readonly priority: JobPriority;
  readonly state: JobState;
  /** How often it has begun, this time included. */
  readonly attempts: number;
  readonly createdAt: number;
  /** Of a waiting job: when it may run. */
  readonly runAt: number;
  /** When its state changed last. */
  readonly changedAt: number;
  /** Why the last try failed. */
  readonly error?: string;
};

/** Names one taking of a job: whoever does not hold it any more settles nothing. */
export type Lease = { readonly id: number; readonly lease: string };

export type JobOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'again'; readonly runAt: number; readonly error: string }
  | { readonly kind: 'dead'; readonly error: string }
  /** Given back unfinished, as by a server that stops: the try does not count. */
  | { readonly kind: 'released' };

/** `claim`, `extend` and `settle` may be taken back by a power cut, and by nothing else: then the job is due again. */
export interface JobRows {
  enqueue(jobs: readonly NewJob[], at: number): Promise<void>;
  /** Takes jobs that are due: by priority, then the longest due. `except`: those that the caller runs, though a clock that jumped says that their leases ended. */
  claim(options: { kind: string; limit: number; lease: string; leaseUntil: number; at: number; except?: readonly number[] }): Promise<Job[]>;
  /** False: the lease was lost. */
  extend(lease: Lease, leaseUntil: number): Promise<boolean>;
  /** False: the lease was lost, and nothing has changed. What is done is gone; the next of its ordering becomes free. */
  settle(lease: Lease, outcome: JobOutcome, at: number): Promise<boolean>;
  /** Does a job of this kind and ordering live: wait, stand behind or run? */
  hasLive(kind: string, ordering: string): Promise<boolean>;
  /**
   * The clock was set back: what was written at a time that has not come yet would wait for it. It is as if it
   * had been written now, and waits as long as it had to from there. Returns how many there were.
   */
  followClock(at: number): Promise<number>;
  /** When the next job of the kind is due; undefined when there is none. */
  findNextDue(kind: string): Promise<number | undefined>;
}

/** For people: what is there, and another chance for what has died. */
export interface JobInspection {
  find(id: number): Promise<Job | undefined>;
  /** In order of kind and id. */
  list(query: { state: JobState; after?: Pick<Job, 'kind' | 'id'>; limit: number }): Promise<Job[]>;
  count(kind: string, state: JobState): Promise<number>;
  /** A dead job waits again, with all its tries. False: it is not dead. */
  retry(id: number, at: number): Promise<boolean>;
  /** Takes a job that is not running. False: there is none. */
  remove(id: number): Promise<boolean>;
  /** Forgets dead jobs that died before; returns how many. */
  pruneDead(before: number, limit: number): Promise<number>;
}
