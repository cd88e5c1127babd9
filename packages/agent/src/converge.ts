/**
 * Makes one wish true on a target:
 *
 *     start beside → healthy → lead people to it → healthy for a while → take the old one away
 *
 * Nothing is remembered between the steps: whoever was killed begins again and finds what is there.
 * Until people are led to the new one they are led to the old one, by a process that is not this.
 */
import { type HealthRules, stayHealthy, waitUntilHealthy } from './health.ts';
import type { Surroundings } from './surroundings.ts';
import { type Target, TargetError, type Wish } from './target.ts';

export type Said = { readonly state: 'starting' | 'running' | 'failed'; readonly message?: string; readonly url?: string };

export type ConvergeParts = {
  readonly target: Target;
  readonly health: HealthRules;
  readonly settleMs: number;
  /** Connections to the old one may end within this. */
  readonly drainMs: number;
  readonly surroundings: Surroundings;
  readonly say: (wish: Wish, said: Said) => Promise<void>;
};

/** Throws only what ended it from outside. */
export async function converge(parts: ConvergeParts, wish: Wish, signal: AbortSignal): Promise<void> {
  const { target, say, surroundings, drainMs } = parts;
  const serving = await target.findServing(wish.instance);
  if (serving?.release === wish.release) {
    await target.tidy(wish.instance, wish.release);
    return say(wish, { state: 'running' });
  }
  await say(wish, { state: 'starting' });
  let url: string | undefined;
  try {
    url = await replace(parts, wish, serving, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof TargetError)) throw error;
    await target.discard(wish.instance, wish.release);
    return say(wish, { state: 'failed', message: error.message.slice(0, 400) });
  }
  await say(wish, { state: 'running', ...(url !== undefined && { url }) });
  if (serving !== undefined) await surroundings.sleep(drainMs, signal);
  await target.tidy(wish.instance, wish.release);
}

async function replace(
  { target, health, settleMs, surroundings }: ConvergeParts,
  wish: Wish,
  serving: Wish | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const started = await target.start(wish, signal);
  await waitUntilHealthy(started, health, surroundings, signal);
  const url = await target.serve(wish, started);
  try {
    await stayHealthy(started, health, settleMs, surroundings, signal);
  } catch (error) {
    if (serving !== undefined && error instanceof TargetError) await target.serveAgain(serving);
    throw error;
  }
  return url;
}
