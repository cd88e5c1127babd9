/**
 * What `naru admin` asks and what it is told, in the shape that goes over the control socket of a
 * running server as JSON: `POST /gc`, `/fsck` and `/scrub` with the request, answered with the
 * report. Without a server the same request is answered in the command's own process.
 */
import type { Violation } from '../metadata/collection-port.ts';

export type AdminRequest =
  | ({ readonly verb: 'gc' } & CollectionWish)
  | { readonly verb: 'fsck'; readonly repair: boolean }
  /** Every stored blob, now, at full speed. */
  | { readonly verb: 'scrub' };

/** `untagged`: manifests without a tag go too, whatever `collection.untaggedAfter` says, once their grace is over. */
export type CollectionWish = { readonly dryRun: boolean; readonly untagged: boolean };

export type AdminReport = GcReport | FsckReport | ScrubReport;

export type Tally = { readonly count: number; readonly sizeBytes: number };

/** What was deleted; with `dryRun`, what would have been. */
export type GcReport = {
  readonly verb: 'gc';
  readonly dryRun: boolean;
  readonly manifests: Tally;
  /** Blobs that a repository no longer refers to; their bytes go when no other repository holds them. */
  readonly links: Tally;
  readonly blobs: Tally;
  readonly uploads: Tally;
  /** The first of them (`detailsMax`), one line each: `manifest team/app@sha256:…`. */
  readonly details: readonly string[];
};

export type FsckReport = {
  readonly verb: 'fsck';
  readonly repair: boolean;
  readonly checked: { readonly blobs: number; readonly manifests: number; readonly uploads: number };
  /** The first of them (`detailsMax`); `violationCount` counts them all. */
  readonly violations: readonly (Violation & { readonly repaired: boolean })[];
  readonly violationCount: number;
  readonly repairedCount: number;
};

export type ScrubReport = {
  readonly verb: 'scrub';
  readonly checked: Tally;
  /** Set aside and no longer served, with the reason. */
  readonly quarantined: readonly { readonly digest: string; readonly what: string }[];
};

/** A report stays readable, and small enough for one answer (I6). */
export const detailsMax = 1000;
