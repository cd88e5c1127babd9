/** Webhooks with their adapters, for the server and for `naru admin` without one. */
import type { EventConsumer } from './events/consumers.ts';
import type { Mailer } from './identity/mail/mailer.ts';
import type { JobKind } from './jobs/job-kind.ts';
import type { MetadataStore } from './metadata/port.ts';
import type { Registry } from './registry/registry.ts';
import type { Clock } from './runtime/clock.ts';
import { jitter } from './runtime/ids.ts';
import { version } from './runtime/version.ts';
import { deadWebhookNotice } from './notifications/notice-job.ts';
import { deliveryJobs } from './webhooks/deliveries.ts';
import { webhookConsumer } from './webhooks/fan-out.ts';
import { mailReceiver } from './webhooks/mail-receiver.ts';
import { pruneDeliveries } from './webhooks/prune-deliveries.ts';
import { httpReceiver } from './webhooks/receiver.ts';
import { createWebhookRules, type WebhookRules } from './webhooks/webhooks.ts';

export type WebhookOptions = {
  readonly rows: MetadataStore;
  readonly registry: Registry;
  readonly mailer: Mailer | undefined;
  readonly clock: Clock;
  /** Where receivers reach this server. */
  readonly baseUrl: () => string;
};

export type OpenWebhooks = { readonly rules: WebhookRules; readonly jobKinds: readonly JobKind[]; readonly consumer: EventConsumer };

export function openWebhooks({ rows, registry, mailer, clock, baseUrl }: WebhookOptions): OpenWebhooks {
  const receivers = { http: httpReceiver({ clock, userAgent: `naru/${version}` }), mail: mailReceiver(mailer) };
  const parts = { rows, images: registry.images, receivers, clock, jitter, baseUrl, noticeOfDead: deadWebhookNotice };
  const consumer = webhookConsumer({ ...rows, clock });
  return { consumer, rules: createWebhookRules(parts), jobKinds: [...deliveryJobs(parts), pruneDeliveries({ ...rows, clock })] };
}
