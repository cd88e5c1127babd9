/** What was done, by itself or for an operator, into the numbers of `/metrics`. Rot is counted where it is found. */
import type { Metrics } from '../runtime/metrics.ts';
import type { AdminReport } from './admin-request.ts';

export type LifecycleMetrics = Pick<Metrics, 'recordCollected' | 'recordScrubbed'>;

export function countReport(metrics: LifecycleMetrics, report: AdminReport): void {
  switch (report.verb) {
    case 'gc':
      if (report.dryRun) return;
      metrics.recordCollected('manifest', report.manifests.count, report.manifests.sizeBytes);
      metrics.recordCollected('link', report.links.count, 0); // a link has no bytes: its blob is counted when it goes
      metrics.recordCollected('blob', report.blobs.count, report.blobs.sizeBytes);
      return;
    case 'scrub':
      return metrics.recordScrubbed(report.checked.count, report.checked.sizeBytes);
    case 'fsck':
      return;
  }
}
