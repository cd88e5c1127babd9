/** The bills of materials that the server attaches to images, wired. */
import type { Digest } from '@naru/oci/digest';
import { judgeImageJob } from './gate/judge-jobs.ts';
import { attachEarlierJob, attachEarlierSboms, attachSboms, attachSbomsJob } from './inventory/sbom/attach-sboms.ts';
import { sbomFormats } from './inventory/sbom/make-sbom.ts';
import type { JobKind } from './jobs/job-kind.ts';
import type { MetadataStore } from './metadata/port.ts';
import type { Registry } from './registry/registry.ts';
import type { Clock } from './runtime/clock.ts';
import type { Log } from './runtime/log.ts';

/** `onRead`: what is in an image is known. */
export type OpenSboms = { readonly jobKinds: readonly JobKind[]; readonly onRead: (image: Digest) => Promise<void>; readonly start: () => Promise<void> };

type SbomParts = {
  readonly rows: MetadataStore;
  readonly registry: Registry;
  /** Of the configuration: the formats that are attached. */
  readonly attach: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
};

export function openSboms({ rows, registry, attach, clock, log }: SbomParts): OpenSboms {
  const formats = sbomFormats.filter((format) => attach.includes(format));
  if (formats.length === 0) return { jobKinds: [], onRead: async () => undefined, start: async () => undefined };
  const parts = {
    ...rows,
    formats,
    registry,
    clock,
    log,
    listHolders: rows.gate.verdicts.listHolders,
    onAttached: (repository: Parameters<typeof judgeImageJob>[0], document: Digest) => rows.jobs.enqueue([judgeImageJob(repository, document)], clock.now()),
  };
  return {
    jobKinds: [attachSboms(parts), attachEarlierSboms(parts)],
    onRead: (image) => rows.jobs.enqueue([attachSbomsJob(image)], clock.now()),
    start: () => rows.jobs.enqueue([attachEarlierJob], clock.now()),
  };
}
