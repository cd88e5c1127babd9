/** What is vulnerable in images, wired for the server and for commands that work without one. */
import type { Profile } from './access/policy.ts';
import { createFindings, type Findings } from './advisories/findings.ts';
import type { Digest } from '@naru/oci/digest';
import { isRegistryError } from '@naru/oci/registry-error';
import type { RepositoryName } from '@naru/oci/repository-name';
import { checkImageJob } from './advisories/match-job.ts';
import { matchKinds } from './advisories/match-advisories.ts';
import { tallyImageJob, tallyScopeJob } from './advisories/tallies/tally-jobs.ts';
import { tallyKinds } from './advisories/tallies/tally-kinds.ts';
import type { Checks } from './gate/finding-summary.ts';
import { gateChecks } from './open-gate-checks.ts';
import { judgeCheckedJob, judgeSignalsJob } from './gate/judge-jobs.ts';
import type { JobKind } from './jobs/job-kind.ts';
import { findNewerBase } from './lineage/find-newer-base.ts';
import type { Registry } from './registry/registry.ts';
import type { MetadataStore } from './metadata/port.ts';
import { findingsNotice } from './notifications/notice-job.ts';
import type { Clock } from './runtime/clock.ts';

export type OpenFindings = {
  readonly findings: Findings;
  readonly checks: Checks;
  readonly jobKinds: readonly JobKind[];
  readonly onRead: (image: Digest) => Promise<void>;
};

/** Without accounts (`profile` local) there is nobody to tell. `scanners`: names of those of others. */
export type FindingParts = {
  readonly rows: MetadataStore;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly profile: Profile;
  readonly scanners: readonly string[];
};

export function openFindings({ rows, registry, clock, profile, scanners }: FindingParts): OpenFindings {
  const noticesOf = (images: readonly Digest[]) => (profile === 'local' ? [] : images.map(findingsNotice));
  const findings = createFindings({ advisories: rows.advisories, findings: rows.findings, scans: rows.scans, rules: rows.findingRules, clock });
  const jobKinds = matchKinds({
    ...rows,
    clock,
    onChecked: (images) => rows.jobs.enqueue([...images.flatMap((image) => [judgeCheckedJob(image), tallyImageJob(image)]), ...noticesOf(images)], clock.now()),
    onSignals: () => rows.jobs.enqueue([judgeSignalsJob, tallyScopeJob({ kind: 'server' })], clock.now()),
  });
  const findImage = (repository: RepositoryName, image: Digest) =>
    registry.images.get(repository, image).catch((error: unknown) => {
      // It is gone, or its bytes have rotted: it has no base that anybody could name.
      if (isRegistryError(error)) return undefined;
      throw error;
    });
  const platformOf = async (repository: RepositoryName, image: Digest) => (await findImage(repository, image))?.platforms[0];
  return {
    findings,
    checks: gateChecks(findings, rows.inventory, { rows, registry, clock }, scanners),
    jobKinds: [
      ...jobKinds,
      ...tallyKinds({
        rows,
        findings,
        clock,
        findNewerBase: (repository, image) => findNewerBase({ rows, clock, platformOf }, repository, image),
        layersOf: async (repository, image) => (await findImage(repository, image))?.layers.map(({ digest }) => digest) ?? [],
      }),
    ],
    onRead: (image) => rows.jobs.enqueue([checkImageJob(image)], clock.now()),
  };
}
