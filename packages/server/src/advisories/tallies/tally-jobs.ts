/** What has to be counted again, as jobs: after a check, when a tag leads elsewhere, and when findings are set aside. */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import { namespaceOf } from '../../access/namespace.ts';
import type { EventConsumer } from '../../events/consumers.ts';
import type { FindingScope } from '../../metadata/finding-port.ts';
import type { NewJob } from '../../metadata/job-port.ts';
import type { Event } from '../../metadata/port.ts';

/** Tags that go back and forth between images in this time have them counted once. */
const movedMs = 1000;

export const tallyImageKind = 'tally-image';
export const tallyScopeKind = 'tally-scope';
export const tallyNamespaceKind = 'tally-namespace';

/** `isMoved`: a tag has come to it or left it, so what stands on it may have a newer base now. */
export type TallyWish = { readonly repository?: RepositoryName; readonly isMoved?: true; readonly runAt?: number };

/** An image, or those of an index: in one repository, or wherever it is held. */
export function tallyImageJob(digest: Digest, { repository, isMoved, runAt }: TallyWish = {}): NewJob {
  const payload = { digest, ...(repository !== undefined && { repository }), ...(isMoved && { isMoved }) };
  const key = `${repository ?? ''}@${digest}${isMoved === true ? ' moved' : ''}`;
  return { kind: tallyImageKind, payload, key, ...(runAt !== undefined && { runAt }) };
}

/** All images of a level. `after`: a job goes on where the one before it stopped. */
export function tallyScopeJob(scope: FindingScope, { after, runAt }: { after?: RepositoryName; runAt?: number } = {}): NewJob {
  const name = scope.kind === 'server' ? '' : scope.name;
  return {
    kind: tallyScopeKind,
    payload: { scope, ...(after !== undefined && { after }) },
    key: [scope.kind, name, after ?? '', runAt ?? ''].join(' '),
    priority: 'low',
    ...(runAt !== undefined && { runAt }),
  };
}

/** Its images were counted: what they are together, a moment later, since others of them may follow. */
export function tallyNamespaceJob(namespace: string, runAt: number): NewJob {
  return { kind: tallyNamespaceKind, payload: { namespace }, key: namespace, runAt };
}

export const talliedEvents: EventConsumer = {
  name: 'tally',
  toJobs: (events) => events.flatMap(jobsFor),
};

function jobsFor({ kind, repository, digest, previous, from, at }: Event): NewJob[] {
  switch (kind) {
    case 'tag.moved':
    case 'tag.deleted':
      return [digest, previous].flatMap((one) => (one === undefined ? [] : [tallyImageJob(one, { repository, isMoved: true, runAt: at + movedMs })]));
    case 'image.approved':
    case 'image.refused':
      return digest === undefined ? [] : [tallyScopeJob({ kind: 'repository', name: repository })];
    case 'manifest.deleted':
    case 'repository.deleted':
      return [tallyNamespaceJob(namespaceOf(repository), at)];
    case 'repository.renamed':
      // What is set aside in one namespace counts in another.
      return [tallyScopeJob({ kind: 'repository', name: repository }), ...(from === undefined ? [] : [tallyNamespaceJob(namespaceOf(from), at)])];
    default:
      return [];
  }
}
