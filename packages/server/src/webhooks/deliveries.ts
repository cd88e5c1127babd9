/**
 * Delivers what the events brought: at least once, with an id that stays, and for each webhook and
 * repository in the order of the events.
 *
 *     event ─ fan-out.ts ─> "webhook" ──────────────────────────> delivered
 *                               │  failed, or its line waits        △
 *                               └──> "webhook-retry", again and again, for more than a day ──> dead
 *
 * Two kinds of jobs, so that those who fail wait among themselves: whatever is known to fail, or stands
 * behind something that does, goes to the second line at once, and no webhook may fill the first.
 */
import { isRegistryError } from '@naru/oci/registry-error';
import type { Job, NewJob } from '../metadata/job-port.ts';
import type { MetadataStore } from '../metadata/port.ts';
import type { Attempt, DeliveryState, ReportedEvent, Webhook } from '../metadata/webhook-port.ts';
import { JobFailure, type JobKind } from '../jobs/job-kind.ts';
import { retryDelayMs } from '../jobs/retry-delay.ts';
import type { ImageRules } from '../registry/images.ts';
import type { Clock } from '../runtime/clock.ts';
import { callbackPath } from './callback.ts';
import { formats } from './formats/formats.ts';
import type { Report } from './formats/report.ts';
import type { Receiver, Sent } from './receiver.ts';

export type DeliveryParts = {
  readonly rows: Pick<MetadataStore, 'webhooks' | 'deliveries' | 'jobs' | 'repositories' | 'hub'>;
  readonly images: Pick<ImageRules, 'summarize'>;
  readonly receivers: { readonly http: Receiver; readonly mail: Receiver };
  readonly clock: Clock;
  readonly jitter: () => number;
  readonly baseUrl: () => string;
  /** The job that tells people, in the transaction that gives a delivery up. */
  readonly noticeOfDead: (webhook: Webhook) => NewJob;
};

export type DeliveryJob = {
  readonly webhookId: string;
  readonly event: ReportedEvent;
  /** For what was delivered, or given up, already. */ readonly isAgain?: true;
};

export const firstTryKind = 'webhook';
export const retryKind = 'webhook-retry';

/** A receiver may be down for more than a day, also when chance makes each wait the shortest. */
export const webhookRetry = { attemptsMax: 64, firstMs: 5000, longestMs: 3600e3 };
/** What is older has waited behind others all the while, and gets one try of its own. */
export const givenUpAfterMs = 48 * 3600e3;

/** Docker Hub keeps no more of a repository's description. */
const readmeMaxLength = 25_000;
const firstTries = 64;
const retries = 64;
/** Of the first line, for one webhook at a time. */
const firstTriesPerWebhook = 8;

export function deliveryJobs(parts: DeliveryParts): readonly JobKind[] {
  const { rows, clock, jitter } = parts;
  const underWay = new Map<string, number>();
  return [
    {
      name: firstTryKind,
      concurrency: firstTries,
      // A try that fails is no failure of this job: it goes on as one of the other kind.
      retry: { attemptsMax: 10, firstMs: 1000, longestMs: 60e3 },
      async run(job, signal) {
        const { webhook, event } = await open(parts, job);
        if (webhook === undefined) return;
        const ordering = orderingOf(webhook, event);
        const isBusy = (underWay.get(webhook.id) ?? 0) >= firstTriesPerWebhook;
        const at = clock.now();
        if (isBusy || webhook.failingSince !== undefined || (await rows.jobs.hasLive(retryKind, ordering))) {
          return rows.deliveries.postpone({ webhookId: webhook.id, messageId: messageIdOf(event), event }, retryJob(job, ordering, at), at);
        }
        underWay.set(webhook.id, (underWay.get(webhook.id) ?? 0) + 1);
        try {
          await deliver(parts, webhook, event, signal, (sent) => {
            if (sent.outcome === 'gone') return { state: 'dead', job: parts.noticeOfDead(webhook) };
            const delay = sent.retryAfterMs ?? retryDelayMs(webhookRetry, 1, jitter());
            return { state: 'pending', job: retryJob(job, ordering, clock.now() + Math.min(delay, webhookRetry.longestMs)) };
          });
        } finally {
          const left = (underWay.get(webhook.id) ?? 1) - 1;
          if (left === 0) underWay.delete(webhook.id);
          else underWay.set(webhook.id, left);
        }
      },
    },
    {
      name: retryKind,
      concurrency: retries,
      retry: webhookRetry,
      async run(job, signal) {
        const { webhook, event } = await open(parts, job);
        if (webhook === undefined) return;
        const isLast = job.attempts >= webhookRetry.attemptsMax || clock.now() - job.createdAt > givenUpAfterMs;
        const sent = await deliver(parts, webhook, event, signal, ({ outcome }) =>
          isLast || outcome === 'gone' ? { state: 'dead', job: parts.noticeOfDead(webhook) } : { state: 'pending' },
        );
        if (sent === undefined || sent.outcome === 'delivered') return;
        throw new JobFailure(sent.exchange.error ?? 'it failed', {
          isFinal: isLast || sent.outcome === 'gone',
          ...(sent.retryAfterMs !== undefined && { delayMs: sent.retryAfterMs }),
        });
      },
    },
  ];
}

export function retryJob(job: Pick<Job, 'payload'>, ordering: string, runAt: number): NewJob {
  const payload = job.payload as DeliveryJob; // written by fan-out.ts and webhooks.ts, and by nobody else
  return { kind: retryKind, payload, ordering, key: `${payload.webhookId} ${messageIdOf(payload.event)}`, runAt };
}

/** Events of one repository reach a webhook in their order. */
export function orderingOf({ id }: Pick<Webhook, 'id'>, { repository }: Pick<ReportedEvent, 'repository'>): string {
  return `${id} ${repository}`;
}

/** The time is in it, since ids begin anew when a backup is restored. */
export function messageIdOf({ id, at }: Pick<ReportedEvent, 'id' | 'at'>): string {
  return `evt_${id}_${at.toString(36)}`;
}

/** No webhook: there is nothing to deliver (any more). */
async function open({ rows }: DeliveryParts, job: Job): Promise<{ webhook?: Webhook; event: ReportedEvent }> {
  const { webhookId, event, isAgain } = job.payload as DeliveryJob; // as above
  const webhook = await rows.webhooks.find(webhookId);
  if (webhook === undefined || webhook.disabledAt !== undefined) return { event };
  const known = await rows.deliveries.find({ webhookId, messageId: messageIdOf(event) });
  // The process died behind the row that says so.
  if (known !== undefined && known.state !== 'pending' && isAgain !== true) return { event };
  return { webhook, event };
}

type Verdict = { readonly state: DeliveryState; readonly job?: NewJob };

/** One try, and its row. Undefined: the webhook does not want it, as its platforms say. */
export async function deliver(
  parts: DeliveryParts,
  webhook: Webhook,
  event: ReportedEvent,
  signal: AbortSignal,
  judge: (failed: Sent) => Verdict,
): Promise<(Sent & { readonly deliveryId: number }) | undefined> {
  const { rows, clock, receivers } = parts;
  const key = { webhookId: webhook.id, messageId: messageIdOf(event) };
  const report = await reportOn(parts, webhook, event);
  if (!isForPlatforms(webhook, report)) return undefined;
  const made = formats[webhook.format](report);
  // What was sent once stays the same: a receiver knows it by its id.
  const message = { ...made, id: key.messageId, body: (await rows.deliveries.find(key))?.body ?? made.body };
  const at = clock.now();
  const sent = await (webhook.format === 'email' ? receivers.mail : receivers.http).send(webhook, message, signal);
  const attempt: Attempt = { ...sent.exchange, at, durationMs: Math.max(0, clock.now() - at) };
  const verdict: Verdict = sent.outcome === 'delivered' ? { state: 'delivered' } : judge(sent);
  const deliveryId = await rows.deliveries.recordAttempt({ ...key, event, body: message.body, attempt, ...verdict });
  if (sent.outcome === 'gone') await rows.webhooks.setDisabled({ id: webhook.id, disabled: true, at: clock.now(), actor: 'naru' });
  return { ...sent, deliveryId };
}

async function reportOn({ rows, images, baseUrl }: DeliveryParts, webhook: Webhook, event: ReportedEvent): Promise<Report> {
  const facts = await rows.repositories.findFacts(event.repository);
  const image = await summarize(images, event);
  const readme = webhook.format === 'docker-hub' ? await rows.hub.pages.findReadme(event.repository) : undefined;
  return {
    event,
    messageId: messageIdOf(event),
    baseUrl: baseUrl(),
    callbackUrl: `${baseUrl()}${callbackPath(webhook, messageIdOf(event))}`,
    ...(facts && { repository: facts }),
    ...(readme && { readme: readme.text.slice(0, readmeMaxLength) }),
    ...(image && { image }),
  };
}

async function summarize(images: DeliveryParts['images'], { kind, repository, digest, previous }: ReportedEvent): Promise<Report['image']> {
  const named = digest ?? previous;
  if (named === undefined || kind.startsWith('blob.') || kind === 'webhook.test') return undefined;
  try {
    const { mediaType, sizeBytes, platforms } = await images.summarize(repository, named);
    return { mediaType, sizeBytes, platforms };
  } catch (error) {
    // It is deleted, and news all the same.
    if (isRegistryError(error, 'MANIFEST_UNKNOWN')) return undefined;
    throw error;
  }
}

function isForPlatforms({ filter: { platforms } }: Webhook, { event, image }: Report): boolean {
  return platforms === undefined || event.kind === 'webhook.test' || (image !== undefined && platforms.some((platform) => image.platforms.includes(platform)));
}
