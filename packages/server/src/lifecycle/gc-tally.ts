/** Counts what a collection takes, or would take, into its report. */
import { detailsMax, type GcReport } from './admin-request.ts';

export type Garbage = 'manifests' | 'links' | 'blobs' | 'uploads';

export type GcTally = {
  /** `line` describes the thing in the details: `link team/app@sha256:…`. */
  add(kind: Garbage, line: string, sizeBytes: number): void;
  report(): GcReport;
};

export function createGcTally({ dryRun }: { dryRun: boolean }): GcTally {
  const tallies = { manifests: none(), links: none(), blobs: none(), uploads: none() };
  const details: string[] = [];
  return {
    add(kind, line, sizeBytes) {
      tallies[kind].count++;
      tallies[kind].sizeBytes += sizeBytes;
      if (details.length < detailsMax) details.push(line);
    },
    report: () => ({ verb: 'gc', dryRun, ...tallies, details }),
  };
}

function none(): { count: number; sizeBytes: number } {
  return { count: 0, sizeBytes: 0 };
}
