/**
 * Trying again: how often, and how long to wait in between. Waits grow twofold up to a cap, and chance
 * takes up to half of each away, so that a hundred machines that lost one registry do not come back in
 * the same moment. What the registry asks for in Retry-After counts more, within a bound.
 */
import type { RemoteClock } from './clock.ts';
import { isRemoteError, RemoteError } from './remote-error.ts';

export type RetryPolicy = {
  /** Tries in all. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** A registry that asks for more is not waited for. */
  readonly maxRetryAfterMs: number;
};

export const defaultRetryPolicy: RetryPolicy = { attempts: 5, firstDelayMs: 250, maxDelayMs: 10_000, maxRetryAfterMs: 60_000 };

/** `attempt` counts from 1: the one that failed. */
export function retryDelayMs(policy: RetryPolicy, attempt: number, random: number): number {
  const full = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (attempt - 1));
  return Math.round(full * (1 - random / 2));
}

export type RetryOptions = {
  readonly policy: RetryPolicy;
  readonly clock: RemoteClock;
  readonly signal?: AbortSignal;
  /** Told before each wait. */
  readonly onRetry?: (error: RemoteError, delayMs: number) => void;
};

/** Throws the last error. Only what a RemoteError calls retryable is tried again. */
export async function withRetries<Result>(run: (attempt: number) => Promise<Result>, { policy, clock, signal, onRetry }: RetryOptions): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run(attempt);
    } catch (error) {
      if (!isRemoteError(error) || !error.retryable || attempt >= policy.attempts || signal?.aborted === true) throw error;
      const asked = error.retryAfterMs ?? 0;
      if (asked > policy.maxRetryAfterMs) throw askedTooMuch(error, asked);
      const delayMs = Math.max(asked, retryDelayMs(policy, attempt, clock.random()));
      onRetry?.(error, delayMs);
      await clock.sleep(delayMs, signal);
    }
  }
}

/** Seconds or a date (RFC 9110 10.2.3), as milliseconds from now. Undefined when it says nothing. */
export function parseRetryAfter(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

function askedTooMuch(error: RemoteError, askedMs: number): RemoteError {
  return new RemoteError(error.kind, error.message, {
    ...(error.status !== undefined && { status: error.status }),
    errors: error.errors,
    remedy: { kind: 'wait', seconds: Math.ceil(askedMs / 1000) },
    cause: error,
  });
}
