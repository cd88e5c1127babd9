/** What has to be judged again, as jobs: after a push, a check, or a change of what is demanded. */
import { type Digest, isDigest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import { askOnce } from '../events/ask-once.ts';
import type { EventConsumer } from '../events/consumers.ts';
import type { GateRows } from '../metadata/gate/port.ts';
import type { NewJob } from '../metadata/job-port.ts';
import type { Event } from '../metadata/port.ts';
import type { GateScope } from './policy.ts';

export const judgeImageKind = 'judge-image';
export const judgeScopeKind = 'judge-scope';
export const judgeCheckedKind = 'judge-checked';
export const judgeSignalsKind = 'judge-signals';

/** One image, and what its verdict hangs together with. */
export function judgeImageJob(repository: RepositoryName, digest: Digest): NewJob {
  return { kind: judgeImageKind, payload: { repository, digest }, key: `${repository}@${digest}`, priority: 'high' };
}

/** All images of a level, after what it demands has changed. `after`: a job goes on where the one before it stopped. */
export function judgeScopeJob(scope: GateScope, after?: RepositoryName): NewJob {
  const name = scope.kind === 'server' ? '' : scope.name;
  return { kind: judgeScopeKind, payload: { scope, ...(after !== undefined && { after }) }, key: `${scope.kind} ${name} ${after ?? ''}` };
}

/** In every repository that holds the image: for whoever has checked it, in the transaction that records what was found. */
export function judgeCheckedJob(digest: Digest): NewJob {
  return { kind: judgeCheckedKind, payload: { digest }, key: digest, priority: 'high' };
}

/** After it has become known which CVEs are exploited, or are likely to be: for the levels that ask. */
export const judgeSignalsJob: NewJob = { kind: judgeSignalsKind, payload: {}, key: 'all' };

/** An image is judged where something is demanded. A demand that comes later brings its own job for all images. */
export function judgedEvents({ policies }: Pick<GateRows, 'policies'>): EventConsumer {
  return {
    name: 'judge',
    async toJobs(events) {
      const isDemanding = askOnce(async (repository: RepositoryName) => (await policies.listLevels(repository)).length > 0);
      const jobs: NewJob[] = [];
      for (const event of events) {
        const job = jobFor(event);
        if (job !== undefined && (job.kind !== judgeImageKind || (await isDemanding(event.repository)))) jobs.push(job);
      }
      return jobs;
    },
  };
}

function jobFor({ kind, repository, digest, tag }: Event): NewJob | undefined {
  switch (kind) {
    case 'manifest.pushed':
      return digest && judgeImageJob(repository, digest);
    case 'tag.moved':
    case 'tag.deleted': {
      // What a signature in a tag is for, says the tag (cosign's first scheme).
      const signed = tag === undefined ? undefined : readAttachmentTag(tag);
      return signed && judgeImageJob(repository, signed);
    }
    // Perhaps it was a signature, and nobody knows any more of what.
    case 'manifest.deleted':
    case 'repository.renamed':
      return judgeScopeJob({ kind: 'repository', name: repository });
    default:
      return undefined;
  }
}

/** `sha256-<hex>.sig` and its like. */
export function readAttachmentTag(tag: string): Digest | undefined {
  const match = /^(sha256|sha512)-([0-9a-f]+)\.(?:sig|att|sbom)$/.exec(tag);
  const text = match === null ? '' : `${match[1]}:${match[2]}`;
  return isDigest(text) ? text : undefined;
}
