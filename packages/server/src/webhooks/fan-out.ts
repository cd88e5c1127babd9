/**
 * Which jobs follow from a page of events: one for each webhook that wants one of them. A webhook that
 * fails gets its jobs among those that are tried again, so that however many they are, they stand
 * before nobody else; unless one of the same line is still where it is tried first.
 */
import type { RepositoryName } from '@naru/oci/repository-name';
import type { NewJob } from '../metadata/job-port.ts';
import { askOnce } from '../events/ask-once.ts';
import type { EventConsumer } from '../events/consumers.ts';
import type { MetadataStore } from '../metadata/port.ts';
import type { Clock } from '../runtime/clock.ts';
import { type DeliveryJob, firstTryKind, orderingOf, retryJob } from './deliveries.ts';
import { wants } from './filter.ts';

export type FanOutParts = Pick<MetadataStore, 'webhooks' | 'jobs'> & { readonly clock: Clock };

export function webhookConsumer({ webhooks, jobs, clock }: FanOutParts): EventConsumer {
  return {
    name: 'webhooks',
    async toJobs(events) {
      const made: NewJob[] = [];
      const candidates = askOnce((repository: RepositoryName) => webhooks.listFor(repository));
      for (const { origin: _origin, ...event } of events) {
        const wanting = (await candidates(event.repository)).filter(({ afterEvent, filter }) => event.id > afterEvent && wants(filter, event));
        for (const webhook of wanting) {
          const payload: DeliveryJob = { webhookId: webhook.id, event };
          const ordering = orderingOf(webhook, event);
          const isFailing = webhook.failingSince !== undefined && !made.some((job) => job.kind === firstTryKind && job.ordering === ordering);
          const isRetried = isFailing && !(await jobs.hasLive(firstTryKind, ordering));
          made.push(isRetried ? retryJob({ payload }, ordering, clock.now()) : { kind: firstTryKind, payload, ordering });
        }
      }
      return made;
    },
  };
}
