/**
 * Webhooks of a repository, of a namespace, and of the server (`/namespaces/server/webhooks`): made,
 * tried, taken away, and what became of each delivery. The same routes under both addresses.
 */
import { RegistryError } from '@naru/oci/registry-error';
import { validRange } from 'semver';
import { z } from 'zod';
import type { Caller } from '../access/caller.ts';
import { type EventKind, eventKinds } from '../metadata/port.ts';
import { type Delivery, type Webhook, type WebhookChange, webhookFormats, type WebhookScope } from '../metadata/webhook-port.ts';
import { actorOf } from '../registry/actor-of.ts';
import type { DeliveryDetail } from '../webhooks/webhooks.ts';
import { keyOf } from '../webhooks/signature.ts';
import type { HubParts } from './parts.ts';
import { required } from './repository-routes.ts';
import { type ApiCall, type ApiRoute, route } from './route.ts';
import { digest, line, tag, tagPattern, time } from './schemas.ts';
import { withoutUndefined } from './without-undefined.ts';

/** Words that stand for the kinds of events that people mean by them. */
const eventWords: Readonly<Record<string, readonly EventKind[]>> = {
  pushed: ['tag.moved'],
  deleted: ['tag.deleted', 'manifest.deleted', 'repository.deleted'],
  created: ['repository.created'],
  all: eventKinds,
};
const eventWord = z.enum([...eventKinds, 'pushed', 'deleted', 'created', 'all']);
const url = z.string().max(2048).refine(isReceiver, 'must be an address like https://ci.example.org/hook, without a user name, or mailto:somebody@example.org');
const secret = z.string().refine(isSecret, 'must be 8 to 64 characters, or whsec_ and base64 of 8 to 64 bytes');
const platform = z.string().regex(/^[a-z0-9._-]{1,64}\/[a-z0-9._-]{1,64}(\/[a-z0-9._-]{1,64})?$/, 'must be a platform like linux/arm64');
const range = z
  .string()
  .max(200)
  .refine((text) => validRange(text) !== null, 'must be a range of versions like ^1.2 or >=2.0.0');

const newWebhook = z.object({
  url,
  format: z.enum(webhookFormats).optional(),
  secret: secret.optional(),
  events: z.array(eventWord).min(1).max(50).default(['pushed', 'deleted', 'created']),
  tags: z.array(tagPattern).min(1).max(50).optional(),
  versions: range.optional(),
  platforms: z.array(platform).min(1).max(50).optional(),
  allowPrivateAddress: z.boolean().default(false),
});

/** What is not named stays as it is; null takes a filter away. */
const changedWebhook = z.object({
  disabled: z.boolean().optional(),
  url: url.optional(),
  format: z.enum(webhookFormats).optional(),
  events: z.array(eventWord).min(1).max(50).optional(),
  tags: z.array(tagPattern).min(1).max(50).nullable().optional(),
  versions: range.nullable().optional(),
  platforms: z.array(platform).min(1).max(50).nullable().optional(),
  allowPrivateAddress: z.boolean().optional(),
});

/** `failingSince`: its last delivery failed, and so did all since then. */
const webhook = z.object({
  id: z.string(),
  url: z.string(),
  format: z.enum(webhookFormats),
  events: z.array(z.string()),
  tags: z.array(z.string()).optional(),
  versions: z.string().optional(),
  platforms: z.array(z.string()).optional(),
  allowPrivateAddress: z.boolean(),
  disabledAt: time.optional(),
  failingSince: time.optional(),
  createdAt: time,
  createdBy: z.string(),
});

const delivery = z.object({
  id: z.number().int(),
  messageId: z.string(),
  state: z.enum(['pending', 'delivered', 'dead']),
  event: z.string(),
  repository: z.string(),
  tag: tag.optional(),
  digest: digest.optional(),
  attempts: z.number().int(),
  createdAt: time,
  changedAt: time,
});
const headers = z.record(z.string(), z.string());
const callback = z.object({
  state: z.enum(['success', 'failure', 'error']),
  description: line.max(255).optional(),
  context: line.max(100).optional(),
  targetUrl: z.string().optional(),
});
const deliveryDetail = delivery.extend({
  /** What was sent; responses are cut to what the log keeps. */
  body: z.string().optional(),
  callback: callback.optional(),
  log: z.array(
    z.object({
      at: time,
      durationMs: z.number(),
      requestHeaders: headers,
      status: z.number().optional(),
      responseHeaders: headers.optional(),
      responseBody: z.string().optional(),
      error: z.string().optional(),
    }),
  ),
});
const page = z.object({ before: z.coerce.number().int().positive().optional(), limit: z.coerce.number().int().min(1).max(100).default(50) });

export const webhookRoutes: readonly ApiRoute[] = [
  ...routesAt('/namespaces/{namespace}', 'Namespace', 'a namespace, or of the server (namespace `server`)'),
  ...routesAt('/repositories/{repository}/-', 'Repository', 'a repository'),
  route({
    operation: 'answerWebhook',
    method: 'POST',
    path: '/webhook-callbacks/{webhook}/{message}/{key}',
    summary: 'What a receiver says of a delivery, at the callback URL that it was given',
    access: 'open',
    body: z.object({
      state: callback.shape.state,
      description: z.string().max(255).optional(),
      context: z.string().max(100).optional(),
      target_url: z
        .url({ protocol: /^https?$/ })
        .max(2048)
        .optional(),
    }),
    async handle({ params, body: { target_url: targetUrl, ...said }, parts }) {
      await parts.webhooks.recordCallback(params['webhook'] ?? '', params['message'] ?? '', params['key'] ?? '', withoutUndefined({ ...said, targetUrl }));
      return {};
    },
  }),
];

/** `where` ends the operations' names. */
function routesAt(path: string, where: 'Namespace' | 'Repository', of: string): ApiRoute[] {
  const one = `${path}/webhooks/{webhook}`;
  const edits = { record: `get${where}Webhook`, audit: ['webhook.change', 'webhook.disable', 'webhook.enable', 'webhook.delete'] };
  return [
    route({
      operation: `list${where}Webhooks`,
      method: 'GET',
      path: `${path}/webhooks`,
      summary: `List the webhooks of ${of}`,
      access: 'manage',
      response: z.object({ items: z.array(webhook) }),
      async handle(call) {
        return { value: { items: (await call.parts.webhooks.list(scopeOf(call))).map(toWebhook) } };
      },
    }),
    route({
      operation: `create${where}Webhook`,
      method: 'POST',
      path: `${path}/webhooks`,
      summary: `Make a webhook of ${of}; the answer is the only one that holds its secret`,
      access: 'manage',
      body: newWebhook,
      response: webhook.extend({ secret: z.string() }),
      async handle(call) {
        const { body, caller, parts } = call;
        const format = body.format ?? (body.url.startsWith('mailto:') ? 'email' : 'standard');
        await requireReceiver({ ...body, format }, caller, parts);
        const { tags, versions, platforms } = body;
        const filter = withoutUndefined({ events: kindsOf(body.events), tags, versions, platforms });
        const made = await parts.webhooks.create(
          { scope: scopeOf(call), url: body.url, format, secret: body.secret, filter, allowPrivateAddress: body.allowPrivateAddress },
          actorOf(caller),
        );
        return { status: 201, value: { ...toWebhook(made), secret: made.secret } };
      },
    }),
    route({
      operation: `get${where}Webhook`,
      method: 'GET',
      path: one,
      summary: `Get a webhook of ${of}`,
      access: 'manage',
      response: webhook,
      edited: ['url', 'format', 'events', 'tags', 'versions', 'platforms', 'allowPrivateAddress', 'disabledAt'],
      async handle(call) {
        return { value: toWebhook(await call.parts.webhooks.get(scopeOf(call), idIn(call))) };
      },
    }),
    route({
      operation: `change${where}Webhook`,
      method: 'PATCH',
      path: one,
      summary: `Change a webhook of ${of}, or disable or enable it; its secret stays, and what happens while it is disabled is not delivered later`,
      access: 'manage',
      edits,
      body: changedWebhook,
      response: webhook,
      async handle(call) {
        const { body, caller, parts } = call;
        const { disabled, ...wanted } = body;
        let now = await parts.webhooks.get(scopeOf(call), idIn(call));
        if (Object.values(wanted).some((value) => value !== undefined)) {
          const changed = changeOf(now, wanted);
          // Whoever was allowed one address was not allowed all others.
          const isElsewhere = changed.url !== now.url || (changed.allowPrivateAddress && !now.allowPrivateAddress);
          await requireReceiver(changed, caller, parts, isElsewhere);
          now = await parts.webhooks.change(scopeOf(call), idIn(call), changed, actorOf(caller));
        }
        if (disabled !== undefined) now = await parts.webhooks.setDisabled(scopeOf(call), idIn(call), disabled, actorOf(caller));
        return { value: toWebhook(now) };
      },
    }),
    route({
      operation: `delete${where}Webhook`,
      method: 'DELETE',
      path: one,
      summary: `Delete a webhook of ${of} with its deliveries, also those that wait`,
      access: 'manage',
      async handle(call) {
        await call.parts.webhooks.remove(scopeOf(call), idIn(call), actorOf(call.caller));
        return {};
      },
    }),
    route({
      operation: `test${where}Webhook`,
      method: 'POST',
      path: `${one}/test`,
      summary: 'Send a test now, and say what the receiver answered',
      access: 'manage',
      response: deliveryDetail,
      async handle(call) {
        return { value: toDetail(await call.parts.webhooks.test(scopeOf(call), idIn(call), actorOf(call.caller), new AbortController().signal)) };
      },
    }),
    route({
      operation: `list${where}Deliveries`,
      method: 'GET',
      path: `${one}/deliveries`,
      summary: 'List the deliveries of a webhook, newest first',
      access: 'manage',
      query: page,
      response: z.object({ items: z.array(delivery), next: z.number().int().optional() }),
      async handle(call) {
        const { before, limit } = call.query;
        const items = await call.parts.webhooks.listDeliveries(scopeOf(call), idIn(call), { limit, ...(before !== undefined && { before }) });
        const next = items.length < limit ? undefined : items.at(-1)?.id;
        return { value: { items: items.map(toDelivery), ...(next !== undefined && { next }) } };
      },
    }),
    route({
      operation: `get${where}Delivery`,
      method: 'GET',
      path: `${one}/deliveries/{delivery}`,
      summary: 'Get a delivery with its requests and what was answered to them',
      access: 'manage',
      response: deliveryDetail,
      async handle(call) {
        return { value: toDetail(await call.parts.webhooks.getDelivery(scopeOf(call), idIn(call), deliveryIn(call))) };
      },
    }),
    route({
      operation: `redeliver${where}Delivery`,
      method: 'POST',
      path: `${one}/deliveries/{delivery}/redeliver`,
      summary: 'Deliver the same message again, under the same id',
      access: 'manage',
      response: delivery,
      async handle(call) {
        return { value: toDelivery(await call.parts.webhooks.redeliver(scopeOf(call), idIn(call), deliveryIn(call))) };
      },
    }),
  ];
}

type Receiver = Pick<Webhook, 'url' | 'format' | 'allowPrivateAddress'>;

/** `isNew`: nobody has allowed this address yet. */
async function requireReceiver({ url: to, format, allowPrivateAddress }: Receiver, caller: Caller, parts: HubParts, isNew = true): Promise<void> {
  const isMail = to.startsWith('mailto:');
  if (isMail !== (format === 'email')) throw new RegistryError('REQUEST_INVALID', { message: 'format: email is for mailto: and for nothing else' });
  if (!isNew) return;
  if (isMail) await requireOwnAddress(to, caller, parts);
  if (allowPrivateAddress && !(await caller.mayInNamespace('manage', ''))) {
    throw new RegistryError('DENIED', { message: 'only an administrator of the server may allow private addresses' });
  }
}

function changeOf({ filter, ...now }: Webhook, wanted: Omit<z.output<typeof changedWebhook>, 'disabled'>): WebhookChange {
  const kept = <Value>(value: Value | null | undefined, before: Value | undefined) => (value === undefined ? before : (value ?? undefined));
  return {
    url: wanted.url ?? now.url,
    format: wanted.format ?? now.format,
    allowPrivateAddress: wanted.allowPrivateAddress ?? now.allowPrivateAddress,
    filter: withoutUndefined({
      events: wanted.events === undefined ? filter.events : kindsOf(wanted.events),
      tags: kept<readonly string[]>(wanted.tags, filter.tags),
      versions: kept(wanted.versions, filter.versions),
      platforms: kept<readonly string[]>(wanted.platforms, filter.platforms),
    }),
  };
}

function kindsOf(words: readonly z.output<typeof eventWord>[]): EventKind[] {
  return [...new Set(words.flatMap((word) => eventWords[word] ?? [word as EventKind]))]; // every word that stands for no others is a kind
}

/** No account can be called `server`: it is the whole of it. */
function scopeOf({ repository, params }: Pick<ApiCall, 'repository' | 'params'>): WebhookScope {
  const { namespace } = params;
  if (namespace === undefined) return { kind: 'repository', name: required(repository) };
  return namespace === 'server' ? { kind: 'server', name: '' } : { kind: 'namespace', name: namespace };
}

function idIn({ params }: Pick<ApiCall, 'params'>): string {
  return params['webhook'] ?? '';
}

function deliveryIn({ params }: Pick<ApiCall, 'params'>): number {
  const text = params['delivery'] ?? '';
  if (!/^\d{1,15}$/.test(text)) throw new RegistryError('NOT_FOUND', { message: 'no such delivery' });
  return Number(text);
}

/** Mails go where somebody wants them: to the address that the caller has proved, or where an administrator says. */
async function requireOwnAddress(address: string, { principal, mayInNamespace }: Caller, { rows }: HubParts): Promise<void> {
  if (await mayInNamespace('manage', '')) return;
  const user = principal.kind === 'user' ? await rows.identity.users.get(principal.id) : undefined;
  if (user?.emailVerifiedAt !== undefined && decodeURIComponent(new URL(address).pathname) === user.email) return;
  throw new RegistryError('DENIED', { message: 'mails go to your own confirmed address; an administrator of the server may name another' });
}

function toWebhook({ secret: _secret, scope: _scope, filter, ...shown }: Webhook): z.input<typeof webhook> {
  const { events, tags, platforms, versions } = filter;
  return {
    ...shown,
    events: [...events],
    ...(tags && { tags: [...tags] }),
    ...(versions !== undefined && { versions }),
    ...(platforms && { platforms: [...platforms] }),
  };
}

function toDelivery({ id, messageId, state, event, attempts, createdAt, changedAt }: Delivery): z.input<typeof delivery> {
  const named = event.digest ?? event.previous;
  return {
    id,
    messageId,
    state,
    event: event.kind,
    repository: event.repository,
    ...(event.tag !== undefined && { tag: event.tag }),
    ...(named !== undefined && { digest: named }),
    attempts,
    createdAt,
    changedAt,
  };
}

function toDetail(detail: DeliveryDetail): z.input<typeof deliveryDetail> {
  const { body, callback: said, log } = detail;
  return {
    ...toDelivery(detail),
    ...(body !== undefined && { body }),
    ...(said && { callback: said }),
    log: log.map(({ requestHeaders, responseHeaders, ...attempt }) => ({
      ...attempt,
      requestHeaders: { ...requestHeaders },
      ...(responseHeaders && { responseHeaders: { ...responseHeaders } }),
    })),
  };
}

function isReceiver(text: string): boolean {
  const at = URL.canParse(text) ? new URL(text) : undefined;
  if (at?.protocol === 'mailto:') return z.email().safeParse(decodeURIComponent(at.pathname)).success && at.search === '';
  return at !== undefined && /^https?:$/.test(at.protocol) && at.username === '' && at.password === '' && at.hash === '';
}

function isSecret(text: string): boolean {
  const size = text.startsWith('whsec_') ? keyOf(text).length : text.length;
  return size >= 8 && size <= 64 && (!text.startsWith('whsec_') || /^[A-Za-z0-9+/]+={0,2}$/.test(text.slice(6)));
}
