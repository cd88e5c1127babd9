/** The webhooks of one place, by the routes of a repository or of a namespace (`server` is the whole server). */
import { type Answer, call, callWithEtag, type Seen } from '../../api/client.ts';
import type { Api } from '../../api/schema.ts';

export type WebhookPlace = { readonly repository: string } | { readonly namespace: string };
export type Webhook = Answer<'GET /repositories/{repository}/-/webhooks/{webhook}'>;
export type Delivery = Answer<'GET /repositories/{repository}/-/webhooks/{webhook}/deliveries'>['items'][number];
export type DeliveryDetail = Answer<'GET /repositories/{repository}/-/webhooks/{webhook}/deliveries/{delivery}'>;
export type DeliveryPage = Answer<'GET /repositories/{repository}/-/webhooks/{webhook}/deliveries'>;
export type NewWebhook = Api['POST /repositories/{repository}/-/webhooks']['body'];
export type WebhookChange = Api['PATCH /repositories/{repository}/-/webhooks/{webhook}']['body'];
export type EventWord = NonNullable<NewWebhook['events']>[number];
export type Format = Webhook['format'];

export type WebhookCalls = {
  /** The beginning of the keys of all that is asked for here. */
  readonly key: readonly [string, string];
  list(signal: AbortSignal): Promise<{ readonly items: readonly Webhook[] }>;
  create(body: NewWebhook): Promise<Webhook & { readonly secret: string }>;
  get(webhook: string, signal: AbortSignal): Promise<Seen<Webhook>>;
  /** `seen`: only if it is still so. */
  change(webhook: string, body: WebhookChange, seen?: Seen): Promise<unknown>;
  remove(webhook: string): Promise<unknown>;
  test(webhook: string): Promise<DeliveryDetail>;
  deliveries(webhook: string, query: { before?: number; limit: number }, signal: AbortSignal): Promise<DeliveryPage>;
  delivery(webhook: string, delivery: number, signal: AbortSignal): Promise<DeliveryDetail>;
  redeliver(webhook: string, delivery: number): Promise<Delivery>;
};

export function webhookCalls(place: WebhookPlace): WebhookCalls {
  return 'repository' in place ? ofRepository(place) : ofNamespace(place);
}

function ofRepository(place: { readonly repository: string }): WebhookCalls {
  const at = '/repositories/{repository}/-/webhooks';
  const one = `${at}/{webhook}` as const;
  return {
    key: ['webhooks', place.repository],
    list: (signal) => call(`GET ${at}`, { params: place, signal }),
    create: (body) => call(`POST ${at}`, { params: place, body }),
    get: (webhook, signal) => callWithEtag(`GET ${one}`, { params: { ...place, webhook }, signal }),
    change: (webhook, body, seen) => callWithEtag(`PATCH ${one}`, { params: { ...place, webhook }, body }, seen),
    remove: (webhook) => call(`DELETE ${one}`, { params: { ...place, webhook } }),
    test: (webhook) => call(`POST ${one}/test`, { params: { ...place, webhook } }),
    deliveries: (webhook, query, signal) => call(`GET ${one}/deliveries`, { params: { ...place, webhook }, query, signal }),
    delivery: (webhook, delivery, signal) => call(`GET ${one}/deliveries/{delivery}`, { params: { ...place, webhook, delivery: String(delivery) }, signal }),
    redeliver: (webhook, delivery) => call(`POST ${one}/deliveries/{delivery}/redeliver`, { params: { ...place, webhook, delivery: String(delivery) } }),
  };
}

function ofNamespace(place: { readonly namespace: string }): WebhookCalls {
  const at = '/namespaces/{namespace}/webhooks';
  const one = `${at}/{webhook}` as const;
  return {
    // No repository's name ends like this.
    key: ['webhooks', `${place.namespace}/`],
    list: (signal) => call(`GET ${at}`, { params: place, signal }),
    create: (body) => call(`POST ${at}`, { params: place, body }),
    get: (webhook, signal) => callWithEtag(`GET ${one}`, { params: { ...place, webhook }, signal }),
    change: (webhook, body, seen) => callWithEtag(`PATCH ${one}`, { params: { ...place, webhook }, body }, seen),
    remove: (webhook) => call(`DELETE ${one}`, { params: { ...place, webhook } }),
    test: (webhook) => call(`POST ${one}/test`, { params: { ...place, webhook } }),
    deliveries: (webhook, query, signal) => call(`GET ${one}/deliveries`, { params: { ...place, webhook }, query, signal }),
    delivery: (webhook, delivery, signal) => call(`GET ${one}/deliveries/{delivery}`, { params: { ...place, webhook, delivery: String(delivery) }, signal }),
    redeliver: (webhook, delivery) => call(`POST ${one}/deliveries/{delivery}/redeliver`, { params: { ...place, webhook, delivery: String(delivery) } }),
  };
}
