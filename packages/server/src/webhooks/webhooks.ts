/** Webhooks as people make and look at them. Whoever calls has already asked `access/policy.ts`. */
import { RegistryError } from '@naru/oci/registry-error';
import { parseRepositoryName, parseTag } from '@naru/oci/repository-name';
import { parseDigest } from '@naru/oci/digest';
import type { Actor } from '../metadata/port.ts';
import type { Attempt, Delivery, DeliveryCallback, NewWebhook, ReportedEvent, Webhook, WebhookChange, WebhookScope } from '../metadata/webhook-port.ts';
import { newId, newSecretBytes } from '../runtime/ids.ts';
import { isCallbackKey } from './callback.ts';
import { deliver, type DeliveryParts, orderingOf, retryJob } from './deliveries.ts';
import { toSecret } from './signature.ts';

export type WebhookRequest = Omit<NewWebhook, 'id' | 'secret'> & { readonly secret?: string | undefined };

export type WebhookRules = {
  /** The secret is given here and never again. */
  create(wanted: WebhookRequest, actor: Actor): Promise<Webhook>;
  list(scope: WebhookScope): Promise<Webhook[]>;
  /** Only within its scope: an id alone opens nothing. Throws NOT_FOUND, as all below do. */
  get(scope: WebhookScope, id: string): Promise<Webhook>;
  change(scope: WebhookScope, id: string, wanted: WebhookChange, actor: Actor): Promise<Webhook>;
  setDisabled(scope: WebhookScope, id: string, disabled: boolean, actor: Actor): Promise<Webhook>;
  remove(scope: WebhookScope, id: string, actor: Actor): Promise<void>;
  /** Sends a test at once, whatever the webhook's filter says, and gives what came of it. */
  test(scope: WebhookScope, id: string, actor: Actor, signal: AbortSignal): Promise<DeliveryDetail>;
  listDeliveries(scope: WebhookScope, id: string, page: { before?: number; limit: number }): Promise<Delivery[]>;
  getDelivery(scope: WebhookScope, id: string, deliveryId: number): Promise<DeliveryDetail>;
  /** The same message with the same id again, with all its tries. */
  redeliver(scope: WebhookScope, id: string, deliveryId: number): Promise<Delivery>;
  recordCallback(id: string, messageId: string, key: string, callback: DeliveryCallback): Promise<void>;
};

export type DeliveryDetail = Delivery & { readonly log: readonly Attempt[] };

export function createWebhookRules(parts: DeliveryParts): WebhookRules {
  const { rows, clock } = parts;
  return {
    async create({ secret, ...wanted }, actor) {
      const id = newId();
      await rows.webhooks.create({ id, ...wanted, secret: toSecret(secret ?? newSecretBytes()), at: clock.now(), ...actor });
      return get(wanted.scope, id);
    },

    list: rows.webhooks.list,
    get,

    async change(scope, id, wanted, actor) {
      await get(scope, id);
      await rows.webhooks.change({ id, ...wanted, at: clock.now(), ...actor });
      return get(scope, id);
    },

    async setDisabled(scope, id, disabled, actor) {
      await get(scope, id);
      await rows.webhooks.setDisabled({ id, disabled, at: clock.now(), ...actor });
      return get(scope, id);
    },

    async remove(scope, id, actor) {
      await get(scope, id);
      await rows.webhooks.remove({ id, at: clock.now(), ...actor });
    },

    async test(scope, id, { actor }, signal) {
      const webhook = await get(scope, id);
      const sent = await deliver(parts, webhook, testEvent(scope, actor, clock.now()), signal, () => ({ state: 'dead' }));
      return getDelivery(scope, id, sent?.deliveryId ?? 0);
    },

    async listDeliveries(scope, id, page) {
      await get(scope, id);
      return rows.deliveries.list(id, page);
    },

    getDelivery,

    async redeliver(scope, id, deliveryId) {
      const { log: _log, ...delivery } = await getDelivery(scope, id, deliveryId);
      if ((await get(scope, id)).disabledAt !== undefined) throw new RegistryError('CONFLICT', { message: 'the webhook is disabled: enable it first' });
      const payload = { webhookId: id, event: delivery.event, isAgain: true };
      const at = clock.now();
      await rows.deliveries.postpone(delivery, retryJob({ payload }, orderingOf({ id }, delivery.event), at), at);
      return { ...delivery, state: 'pending', changedAt: at };
    },

    async recordCallback(id, messageId, key, callback) {
      const webhook = await rows.webhooks.find(id);
      const isKnown = webhook !== undefined && isCallbackKey(webhook, messageId, key);
      if (!isKnown || !(await rows.deliveries.recordCallback({ webhookId: id, messageId }, callback, clock.now()))) throw new RegistryError('NOT_FOUND');
    },
  };

  async function get(scope: WebhookScope, id: string): Promise<Webhook> {
    const webhook = await rows.webhooks.find(id);
    if (webhook?.scope.kind !== scope.kind || webhook.scope.name !== scope.name) throw new RegistryError('NOT_FOUND', { message: 'no such webhook' });
    return webhook;
  }

  async function getDelivery(scope: WebhookScope, id: string, deliveryId: number): Promise<DeliveryDetail> {
    await get(scope, id);
    const delivery = await rows.deliveries.get(id, deliveryId);
    if (delivery === undefined) throw new RegistryError('NOT_FOUND', { message: 'no such delivery' });
    return { ...delivery, log: await rows.deliveries.listAttempts(deliveryId) };
  }
}

/** About nothing that is there. */
function testEvent({ kind, name }: WebhookScope, actor: string, at: number): ReportedEvent {
  const repository = parseRepositoryName(kind === 'repository' ? name : kind === 'namespace' ? `${name}/example` : 'example');
  return { id: 0, kind: 'webhook.test', repository, tag: parseTag('test'), digest: parseDigest(`sha256:${'0'.repeat(64)}`), at, actor };
}
