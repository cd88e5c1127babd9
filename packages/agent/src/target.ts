/**
 * What an agent can do with a place where images run. Each target brings its own; `converge.ts` says
 * in which order, so that either the old or the new one answers, and never neither.
 */
export type Wish = { readonly instance: string; readonly release: number; readonly digest: string; readonly tag?: string };

/** Where a started one can be reached before people are led to it. `run`: a command inside it; gives its exit code. */
export type Started = {
  readonly release: number;
  readonly address?: { readonly host: string; readonly port: number };
  run?(command: readonly string[], signal: AbortSignal): Promise<number>;
  /** Undefined while it lives, or why it does not any more. */
  whyDead(): Promise<string | undefined>;
};

export interface Target {
  /** Instances of which something is here, running or half begun. */
  listInstances(): Promise<string[]>;
  /** What people are led to, if it lives. */
  findServing(instance: string): Promise<Wish | undefined>;
  /** Starts it beside what runs, or finds it as it was started before. Throws TargetError. */
  start(wish: Wish, signal: AbortSignal): Promise<Started>;
  /** From here on people are led to it. Atomic. Gives its address for people, where there is one. */
  serve(wish: Wish, started: Started): Promise<string | undefined>;
  /** Undoes `serve`: leads people back to what served before, which still runs. */
  serveAgain(before: Wish): Promise<void>;
  /** Takes away everything of the instance but this release; without one, all of it. */
  tidy(instance: string, keep: number | undefined): Promise<void>;
  /** Takes away one release that did not come up. */
  discard(instance: string, release: number): Promise<void>;
}

/** Why something could not be started, in words for people. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
}
