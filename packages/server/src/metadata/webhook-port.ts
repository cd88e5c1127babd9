/**
 * Webhooks as rows: whom to tell of what, and the log of what was told. `webhooks/` decides and sends.
 *
 * Of each webhook the newest `deliveriesMax` deliveries are remembered, and of each of them the newest
 * `attemptsMax` attempts (I6).
 */
import type { RepositoryName } from '@naru/oci/repository-name';
import type { NewJob } from './job-port.ts';
import type { Change, Event, EventKind } from './port.ts';

export const webhookFormats = ['standard', 'cloudevents', 'docker-hub', 'distribution', 'slack', 'mattermost', 'email'] as const;
export type WebhookFormat = (typeof webhookFormats)[number];

/** Whose events: of the whole server (`name` is ''), of all that begins with a namespace's name, or of one repository. */
export type WebhookScope = { readonly kind: 'server' | 'namespace' | 'repository'; readonly name: string };

/** Absent: whatever. Those that name tags or versions hold for no event without a tag. */
export type WebhookFilter = {
  readonly events: readonly EventKind[];
  /** Patterns, of which one must match. */
  readonly tags?: readonly string[];
  /** A range of semantic versions. */
  readonly versions?: string;
  /** Of which the image must have one, such as `linux/arm64`. */
  readonly platforms?: readonly string[];
};

export type Webhook = {
  readonly id: string;
  readonly scope: WebhookScope;
  readonly url: string;
  readonly format: WebhookFormat;
  /** In clear: it must sign. */
  readonly secret: string;
  readonly filter: WebhookFilter;
  readonly allowPrivateAddress: boolean;
  /** The newest event when it was made: it is told of those after it. */
  readonly afterEvent: number;
  readonly disabledAt?: number;
  /** Its last try failed, and so did all since then. */
  readonly failingSince?: number;
  readonly createdAt: number;
  readonly createdBy: string;
};

export type NewWebhook = Omit<Webhook, 'afterEvent' | 'disabledAt' | 'failingSince' | 'createdAt' | 'createdBy'>;

/** Its secret stays, and so does what was sent. */
export type WebhookChange = Pick<Webhook, 'url' | 'format' | 'filter' | 'allowPrivateAddress'>;

/** What a receiver is told of; `webhook.test` stands in no list of events and happens only here. */
export type ReportedEvent = Omit<Event, 'kind' | 'origin'> & { readonly kind: EventKind | 'webhook.test' };

export type DeliveryState = 'pending' | 'delivered' | 'dead';

export type Delivery = {
  readonly id: number;
  readonly webhookId: string;
  /** The same for every try, so that a receiver knows what it has got already. */
  readonly messageId: string;
  readonly event: ReportedEvent;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** What is sent, once it has been made. */
  readonly body?: string;
  /** What the receiver said later, through the callback URL. */
  readonly callback?: DeliveryCallback;
  readonly createdAt: number;
  readonly changedAt: number;
};

export type DeliveryCallback = {
  readonly state: 'success' | 'failure' | 'error';
  readonly description?: string;
  readonly context?: string;
  readonly targetUrl?: string;
};

/** Each side's headers and body are cut to what the log keeps. */
export type Exchange = {
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly status?: number;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  readonly responseBody?: string;
  /** Why there was no good answer. */
  readonly error?: string;
};

export type Attempt = Exchange & { readonly at: number; readonly durationMs: number };

export const webhooksPerScopeMax = 20;
export const deliveriesMax = 1000;
export const attemptsMax = 10;

export interface WebhookRows {
  /** Throws CONFLICT when there are `webhooksPerScopeMax` already. */
  create(webhook: NewWebhook & Change): Promise<void>;
  find(id: string): Promise<Webhook | undefined>;
  list(scope: WebhookScope): Promise<Webhook[]>;
  /** Those that may want events of the repository: its own, its namespace's, the server's. Not those that are disabled. */
  listFor(repository: RepositoryName): Promise<Webhook[]>;
  /** False: there is none. */
  change(webhook: { id: string } & WebhookChange & Change): Promise<boolean>;
  /** False: there is none. */
  setDisabled(webhook: { id: string; disabled: boolean } & Change): Promise<boolean>;
  /** With its log. False: there is none. */
  remove(webhook: { id: string } & Change): Promise<boolean>;
}

export type DeliveryKey = Pick<Delivery, 'webhookId' | 'messageId'>;

export interface DeliveryRows {
  find(key: DeliveryKey): Promise<Delivery | undefined>;
  get(webhookId: string, id: number): Promise<Delivery | undefined>;
  /** Newest first, before an id. */
  list(webhookId: string, page: { before?: number; limit: number }): Promise<Delivery[]>;
  /** In their order. */
  listAttempts(id: number): Promise<Attempt[]>;
  /** It waits, and this job will see to it: one transaction. */
  postpone(delivery: DeliveryKey & Pick<Delivery, 'event'>, job: NewJob, at: number): Promise<void>;
  /** What a try came to, whether its webhook fails now, and the job that tries again: one transaction. Gives the id of the delivery. */
  recordAttempt(made: DeliveryKey & Pick<Delivery, 'event' | 'state' | 'body'> & { attempt: Attempt; job?: NewJob }): Promise<number>;
  recordCallback(key: DeliveryKey, callback: DeliveryCallback, at: number): Promise<boolean>;
  /** Forgets what has not changed since; returns how many. */
  prune(before: number, limit: number): Promise<number>;
}
