/**
 * Which jobs follow from a page of events: one for each webhook that wants one of them. A webhook that
 * fails gets its jobs among those that are tried again, so that however many they are, they stand
 * before nobody else; unless one of the same line is still where it is tried first.
 */
import type { NewJob } from '../metadata/job-port.ts';
import type { EventConsumer } from '../events/consumers.ts';
import type { MetadataStore } from '../metadata/port.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Webhook } from '../metadata/webhook-port.ts';
import { type DeliveryJob, firstTryKind, orderingOf, retryJob } from './deliveries.ts';
import { wants } from './filter.ts';

export type FanOutParts = Pick<MetadataStore, 'webhooks' | 'jobs'> & { readonly clock: Clock };

export function webhookConsumer({ webhooks, jobs, clock }: FanOutParts): EventConsumer {
  return {
    name: 'webhooks',
    async toJobs(events) {
      const made: NewJob[] = [];
      const known = new Map<string, readonly Webhook[]>();
      for (const { origin: _origin, ...event } of events) {
        const candidates = known.get(event.repository) ?? (await webhooks.listFor(event.repository));
        known.set(event.repository, candidates);
        for (const webhook of candidates.filter(({ afterEvent, filter }) => event.id > afterEvent && wants(filter, event))) {
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
