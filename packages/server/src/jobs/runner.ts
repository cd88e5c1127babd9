/**
 * Runs the jobs that are due, in as many processes as there are on one database. Each kind has a loop
 * of its own, so that a slow kind holds up no other: it takes what it has room for and waits for a
 * commit of this process, for the next due time, or for `pollMs`, which finds what others committed.
 *
 * Whoever stops drains first (nothing new is taken, what runs may end) and disposes then (what still
 * runs is aborted and given back). A process that is killed does neither: its leases end by themselves.
 */
import { type JobInspection, type JobRows, type JobState } from '../metadata/job-port.ts';
import type { CommitSignals } from '../metadata/port.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { stopwatch } from '../runtime/clock.ts';
import { type Alarm, createAlarm } from '../runtime/alarm.ts';
import type { JobKind } from './job-kind.ts';
import { leaseMs, runJob, type RunningJobParts } from './running-job.ts';

export type JobRunnerParts = Omit<RunningJobParts, 'rows'> & {
  readonly rows: { readonly jobs: JobRows; readonly jobInspection: JobInspection; readonly commits: CommitSignals };
  readonly kinds: readonly JobKind[];
  readonly metrics: Pick<Metrics, 'recordJob' | 'countJobs'>;
  readonly newLease: () => string;
};

export type JobRunner = AsyncDisposable & {
  /** Takes no more jobs and waits for those that run. */
  drain(): Promise<void>;
  /** Resolves when nothing is due that there is room for and nothing runs. */
  idle(): Promise<void>;
};

/** What another process committed is found after this at the latest. */
export const pollMs = 5000;

/** Somebody else has taken what was due: so soon it is looked again. */
const othersMs = 500;

/** Corrections of a clock that are smaller are borne. */
const setBackMs = 1000;

const countedStates: readonly JobState[] = ['waiting', 'behind', 'running', 'dead'];

export function startJobRunner(parts: JobRunnerParts): JobRunner {
  const { rows, kinds, metrics } = parts;
  const life = { isDraining: false, stopping: new AbortController(), clock: followClock(parts) };
  const loops = kinds.map((kind) => startLoop({ ...parts, rows: rows.jobs, commits: rows.commits }, kind, life));
  metrics.countJobs(async () =>
    Promise.all(kinds.flatMap(({ name }) => countedStates.map(async (state) => ({ kind: name, state, count: await rows.jobInspection.count(name, state) })))),
  );
  async function drain(): Promise<void> {
    life.isDraining = true;
    await Promise.all(loops.map((loop) => loop.end()));
  }
  return {
    drain,
    async idle() {
      // A job of one kind may bring one of another.
      while (loops.some((loop) => loop.isBusy())) await Promise.all(loops.map((loop) => loop.idle()));
    },
    async [Symbol.asyncDispose]() {
      life.stopping.abort(new Error('the server is shutting down'));
      await drain();
    },
  };
}

/** A clock may be set back while the process runs, and while none does. */
function followClock({ rows, clock, log }: Pick<JobRunnerParts, 'rows' | 'clock' | 'log'>): FollowedClock {
  let seen = Number.POSITIVE_INFINITY;
  let following: Promise<unknown> | undefined;
  return {
    async now() {
      const at = clock.now();
      if (at < seen - setBackMs) {
        following ??= rows.jobs.followClock(at).then((count) => {
          if (count > 0) log.warn('the clock was set back: jobs that waited for what was the time go on from now', { jobs: count });
          seen = at;
        });
        await following.finally(() => (following = undefined));
      }
      seen = Math.max(seen, at);
      return at;
    },
  };
}

type LoopParts = RunningJobParts & Pick<JobRunnerParts, 'metrics' | 'newLease'> & { readonly commits: CommitSignals };
type Life = { isDraining: boolean; readonly stopping: AbortController; readonly clock: FollowedClock };
/** The time, once all that waits for it knows it. */
type FollowedClock = { now(): Promise<number> };
type Loop = { isBusy(): boolean; idle(): Promise<void>; end(): Promise<void> };

function startLoop(parts: LoopParts, kind: JobKind, life: Life): Loop {
  const { rows, clock, log, newLease, metrics } = parts;
  const alarm = createAlarm(parts.sleep);
  const running = new Map<number, Promise<void>>();
  let quiet: PromiseWithResolvers<void> | undefined = Promise.withResolvers<void>();
  const listening = parts.commits.listen(`job ${kind.name}`, ring);
  const ended = loop();

  return {
    isBusy: () => quiet !== undefined,
    idle: async () => quiet?.promise,
    async end() {
      ring();
      await ended;
      await Promise.all(running.values());
    },
  };

  function ring(): void {
    quiet ??= Promise.withResolvers();
    alarm.ring();
  }

  async function loop(): Promise<void> {
    let isScheduled = kind.everyMs === undefined;
    while (!life.isDraining) {
      let waitMs = pollMs;
      try {
        if (!isScheduled) await schedule();
        isScheduled = true;
        waitMs = await take();
      } catch (error) {
        log.error(`${kind.name} jobs cannot be taken, and will be tried again`, { error });
      }
      if (!life.isDraining) await rest(alarm, waitMs);
    }
    listening[Symbol.dispose]();
    quiet?.resolve();
    quiet = undefined;
  }

  async function rest(until: Alarm, waitMs: number): Promise<void> {
    if (running.size === 0 && !until.isRinging()) {
      quiet?.resolve();
      quiet = undefined;
    }
    await until.wait(waitMs);
    quiet ??= Promise.withResolvers();
  }

  /** Takes what is due and there is room for. Returns how long nothing more will be. */
  async function take(): Promise<number> {
    while (running.size < kind.concurrency && !life.isDraining) {
      const at = await life.clock.now();
      const due = await rows.findNextDue(kind.name);
      if (due === undefined) return pollMs;
      if (due > at) return Math.min(due - at, pollMs);
      const lease = newLease();
      const jobs = await rows.claim({
        kind: kind.name,
        limit: kind.concurrency - running.size,
        lease,
        leaseUntil: at + leaseMs,
        at,
        except: [...running.keys()],
      });
      if (jobs.length === 0) return othersMs;
      for (const job of jobs) {
        const run = work(job, lease).finally(() => {
          running.delete(job.id);
          ring();
        });
        running.set(job.id, run);
      }
    }
    return pollMs;
  }

  async function work(job: Parameters<typeof runJob>[2]['job'], lease: string): Promise<void> {
    const startedAt = stopwatch();
    try {
      const outcome = await runJob(parts, kind, { job, lease }, life.stopping.signal);
      metrics.recordJob(kind.name, outcome, (stopwatch() - startedAt) / 1000);
      if (outcome === 'done' || outcome === 'dead') await schedule();
    } catch (error) {
      log.error(`what became of a ${kind.name} job could not be written: it will run again when its lease ends`, { job: job.id, error });
    }
  }

  /** The next of a kind that comes by itself; the key makes it one for all processes. */
  async function schedule(): Promise<void> {
    if (kind.everyMs === undefined) return;
    const at = clock.now();
    await rows.enqueue([{ kind: kind.name, payload: {}, key: 'scheduled', runAt: at + Math.round(kind.everyMs * (0.9 + 0.2 * parts.jitter())) }], at);
  }
}
