/** One job in the hands of this process: its heartbeat while it runs, and what became of it. */
import type { Job, JobOutcome, JobRows } from '../metadata/job-port.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Sleep } from '../runtime/sleep.ts';
import { JobFailure, type JobKind } from './job-kind.ts';
import { retryDelayMs } from './retry-delay.ts';

export type RunningJobParts = {
  readonly rows: JobRows;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly jitter: () => number;
  readonly log: Log;
};

/** Long enough for a slow disk, short enough for whoever waits behind a machine that died. */
export const leaseMs = 60_000;
const heartbeatMs = leaseMs / 3;

class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** Never throws for what the job did; throws what the rows did. `stopping` ends the work and gives the job back. */
export async function runJob(
  parts: RunningJobParts,
  kind: JobKind,
  { job, lease }: { job: Job; lease: string },
  stopping: AbortSignal,
): Promise<JobOutcome['kind']> {
  const { rows, clock, log } = parts;
  const held = { id: job.id, lease };
  const lost = new AbortController();
  const ended = new AbortController();
  const heart = beat();
  const outcome = await outcomeOf(parts, kind, job, AbortSignal.any([stopping, lost.signal]));
  ended.abort();
  await heart;

  if (outcome.kind === 'dead') log.error(`a ${kind.name} job was given up`, { job: job.id, attempts: job.attempts, reason: outcome.error });
  const settled = await rows.settle(held, outcome, clock.now());
  if (!settled) log.warn(`a ${kind.name} job was taken over by another process while it ran`, { job: job.id });
  return outcome.kind;

  async function beat(): Promise<void> {
    while (!ended.signal.aborted) {
      try {
        await parts.sleep(heartbeatMs, ended.signal);
        if (!(await rows.extend(held, clock.now() + leaseMs))) lost.abort(new LeaseLost('the lease of the job was lost'));
      } catch (error) {
        // One that is missed is no harm: two more come before the lease ends.
        if (!ended.signal.aborted) log.warn(`the lease of a ${kind.name} job could not be extended`, { job: job.id, error });
      }
    }
  }
}

async function outcomeOf({ clock, jitter }: RunningJobParts, kind: JobKind, job: Job, signal: AbortSignal): Promise<JobOutcome> {
  const { attemptsMax, longestMs } = kind.retry;
  // It has taken its process down, or outlived its lease, each time.
  if (job.attempts > attemptsMax) return { kind: 'dead', error: `it did not come to an end in ${attemptsMax} tries` };
  try {
    await kind.run(job, signal);
    return { kind: 'done' };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (signal.aborted) return { kind: 'released' };
    const { isFinal, delayMs } = error instanceof JobFailure ? error : new JobFailure(message);
    if (isFinal || job.attempts >= attemptsMax) return { kind: 'dead', error: message };
    const delay = delayMs === undefined ? retryDelayMs(kind.retry, job.attempts, jitter()) : Math.min(delayMs, longestMs);
    return { kind: 'again', runAt: clock.now() + delay, error: message };
  }
}
