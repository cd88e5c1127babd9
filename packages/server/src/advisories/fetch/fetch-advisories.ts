/** Gets the files of advisories that the operator has named, again and again, as a job. Off where none is named. */
import { join } from 'node:path';
import { JobFailure, type JobKind } from '../../jobs/job-kind.ts';
import type { JobRows, NewJob } from '../../metadata/job-port.ts';
import type { Log } from '../../runtime/log.ts';
import { importFile, type ImportParts, OlderData } from '../import-file.ts';
import { matchJob } from '../match-job.ts';
import { discard, download } from './download.ts';

export type FetchParts = ImportParts & {
  readonly addresses: readonly string[];
  readonly everyMs: number;
  /** Where a file lies until it is imported. */
  readonly folder: string;
  readonly jobs: Pick<JobRows, 'enqueue'>;
  readonly log: Log;
};

/** The runner's own next one, at once: a server that starts does not wait a day for its first advisories. */
export const fetchJob: NewJob = { kind: 'fetch-advisories', payload: {}, key: 'scheduled' };

export function fetchAdvisories(parts: FetchParts): JobKind[] {
  if (parts.addresses.length === 0) return [];
  // What has not changed is not fetched again, as long as this process lives.
  const etags = new Map<string, string>();
  return [
    {
      name: fetchJob.kind,
      concurrency: 1,
      everyMs: parts.everyMs,
      retry: { attemptsMax: 5, firstMs: 60e3, longestMs: 3600e3 },
      async run(_, signal) {
        const failed: string[] = [];
        for (const url of parts.addresses) {
          try {
            await fetchOne(url, etags, parts, signal);
          } catch (error) {
            signal.throwIfAborted();
            parts.log.warn('advisories could not be fetched', { url, error });
            failed.push(`${url}: ${error instanceof Error ? error.message : String(error)}`);
          }
        }
        if (failed.length > 0) throw new JobFailure(failed.join('; '));
      },
    },
  ];
}

async function fetchOne(url: string, etags: Map<string, string>, parts: FetchParts, signal: AbortSignal): Promise<void> {
  const path = join(parts.folder, 'fetched-advisories');
  const downloaded = await download({ url, path, etag: etags.get(url), signal });
  if (downloaded.kind === 'unchanged') return;
  try {
    const imported = await importFile({ path, name: url, force: false, signal }, parts);
    parts.log.info('advisories were fetched', { url, sources: imported });
    await parts.jobs.enqueue([matchJob], parts.clock.now());
  } catch (error) {
    // Somebody has carried newer ones in.
    if (!(error instanceof OlderData)) throw error;
    parts.log.info('advisories that were fetched are older than those that hold', { url });
  } finally {
    await discard(path);
  }
  if (downloaded.etag !== undefined) etags.set(url, downloaded.etag);
}
