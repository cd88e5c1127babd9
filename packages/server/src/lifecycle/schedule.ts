/** What a server does by itself in the background: collection, with the expiry of uploads, and the scrub. */
import { collectGarbage } from './collect.ts';
import { countReport, type LifecycleMetrics } from './count-report.ts';
import { type IntervalJob, startIntervals } from './intervals.ts';
import { scrub } from './scrub.ts';
import type { Sleep } from '../runtime/sleep.ts';
import type { Stores } from './stores.ts';

/** As the configuration names them. */
export type ScheduleSettings = {
  readonly collection: {
    readonly enabled: boolean;
    readonly intervalMs: number;
    readonly graceMs: number;
    readonly untaggedAfterMs: number | undefined;
    readonly trashForMs: number;
    readonly uploadExpiryMs: number;
  };
  readonly scrub: { readonly enabled: boolean; readonly intervalMs: number; readonly bytesPerSecond: number };
};

export type ScheduleParts = {
  readonly stores: Stores;
  readonly settings: ScheduleSettings;
  readonly metrics: LifecycleMetrics;
  readonly sleep: Sleep;
  readonly jitter: () => number;
};

/** A server may not live as long as the scrub's interval, so it looks more often whether a blob is due. */
const scrubLookMs = 6 * 3600e3;

/** Disposing aborts what runs and waits for its end. */
export function startSchedule({ stores, settings, metrics, sleep, jitter }: ScheduleParts): AsyncDisposable {
  const jobs: IntervalJob[] = [];
  if (settings.collection.enabled) jobs.push({ name: 'collection', intervalMs: settings.collection.intervalMs, run: collect });
  if (settings.scrub.enabled) jobs.push({ name: 'scrub', intervalMs: Math.min(settings.scrub.intervalMs, scrubLookMs), run: scrubWhatIsDue });
  return startIntervals(jobs, { sleep, jitter, log: stores.log });

  async function collect(signal: AbortSignal): Promise<void> {
    const report = await collectGarbage(stores, { ...settings.collection, signal });
    const { manifests, links, blobs, uploads } = report;
    countReport(metrics, report);
    if (manifests.count + links.count + blobs.count + uploads.count > 0) stores.log.info('collected', { manifests, links, blobs, uploads });
  }

  async function scrubWhatIsDue(signal: AbortSignal): Promise<void> {
    const { intervalMs, bytesPerSecond } = settings.scrub;
    countReport(metrics, await scrub(stores, { checkedBefore: stores.clock.now() - intervalMs, pace: { bytesPerSecond, sleep }, signal }));
  }
}
