import type { Violation } from '../../metadata/collection-port.ts';
import type { Stores } from '../stores.ts';

/** A violation, and what can be done about it without losing anything that is sound. */
export type Finding = Violation & {
  /** Does what `repair` says, after looking once more whether there is anything left to mend. */
  readonly mend?: () => Promise<unknown>;
};

export type CheckOptions = {
  readonly stores: Stores;
  /** Leftovers that are younger belong to work under way, or to the next collection. */
  readonly leftBefore: number;
  readonly uploadsLeftBefore: number;
  readonly signal: AbortSignal | undefined;
  /** Counts into the report. */
  readonly checked: { blobs: number; manifests: number; uploads: number };
};

/** Pushes and collections run meanwhile: a check yields only what is still so when it has looked twice. */
export type IntegrityCheck = (options: CheckOptions) => AsyncGenerator<Finding, void, undefined>;
