/**
 * What a feature says about a kind of its jobs. `app.ts` gathers them and hands them to the runner.
 *
 * A job may run twice: the process may die behind its work and before the row says so, and a lease may
 * end under a process that was stopped. So what a job does must bear to be done again.
 */
import type { Job } from '../metadata/job-port.ts';
import type { RetryPolicy } from './retry-delay.ts';

export type JobKind = {
  /** Letters of few values: it is a label of metrics. */
  readonly name: string;
  /** How many of this kind run at the same time in this process. */
  readonly concurrency: number;
  readonly retry: RetryPolicy;
  /** One job of the kind comes by itself, again and again, this long after the one before: one for all processes. */
  readonly everyMs?: number;
  /** Ends well, or throws why it did not: `JobFailure` when it knows more about the next try. Stops when the signal says so. */
  run(job: Job, signal: AbortSignal): Promise<void>;
};

export type JobFailureOptions = ErrorOptions & {
  /** Instead of the policy's delay, as when a receiver names a time. It is kept within the policy's longest. */
  readonly delayMs?: number;
  /** No other try can end better. */
  readonly isFinal?: boolean;
};

export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  readonly delayMs: number | undefined;
  readonly isFinal: boolean;

  constructor(message: string, { delayMs, isFinal = false, ...options }: JobFailureOptions = {}) {
    super(message, options);
    this.delayMs = delayMs;
    this.isFinal = isFinal;
  }
}
