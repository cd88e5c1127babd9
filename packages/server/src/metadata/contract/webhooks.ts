import { expect } from 'bun:test';
import { parseRepositoryName } from '@naru/oci/repository-name';
import type { MetadataStore } from '../port.ts';
import { attemptsMax, type NewWebhook, type Webhook, webhooksPerScopeMax, type WebhookScope } from '../webhook-port.ts';
import { actor, type Contract, failureOf, other, pushBlob, repository } from './content.ts';

const server: WebhookScope = { kind: 'server', name: '' };
const own: WebhookScope = { kind: 'repository', name: repository };

function create(store: MetadataStore, id: string, scope: WebhookScope, more: Partial<NewWebhook> = {}): Promise<void> {
  const filter = { events: ['tag.moved'], tags: ['v*'] } as const;
  return store.webhooks.create({
    id,
    scope,
    url: 'https://ci.example.org/hook',
    format: 'standard',
    secret: 'whsec_eA==',
    filter,
    allowPrivateAddress: false,
    at: 1,
    actor,
    ...more,
  });
}

const key = { webhookId: 'a', messageId: 'm' };
const event = { id: 7, kind: 'tag.moved', repository, at: 1, actor } as const;
const attempt = (at: number) => ({ at, durationMs: 3, requestHeaders: { a: 'b' }, status: 500 });

export function webhookContract(it: Contract): void {
  it('finds those of a repository, its namespace and the server, and not those that are disabled', async (store) => {
    await create(store, 'a', server, { allowPrivateAddress: true });
    await create(store, 'b', { kind: 'namespace', name: 'mina' });
    await create(store, 'c', own);
    const idsFor = async (name: typeof repository) => (await store.webhooks.listFor(name)).map(({ id }) => id);
    expect([await idsFor(repository), await idsFor(other), await idsFor(parseRepositoryName('alone'))]).toEqual([['a', 'b', 'c'], ['a'], ['a']]);
    expect(await store.webhooks.find('a')).toMatchObject({ scope: server, allowPrivateAddress: true, createdAt: 1, createdBy: actor });
    expect(await store.webhooks.setDisabled({ id: 'a', disabled: true, at: 5, actor })).toBe(true);
    expect(await idsFor(other)).toEqual([]);
    expect((await store.webhooks.find('a'))?.afterEvent).toBe(0);
    await pushBlob(store, 'news');
    await create(store, 'd', server);
    expect((await store.webhooks.find('d'))?.afterEvent).toBe(await store.events.findNewestId());
    await store.webhooks.remove({ id: 'd', at: 6, actor });
    expect((await store.webhooks.list(server)).map(({ id, disabledAt }) => [id, disabledAt])).toEqual([['a', 5]]);
    await store.webhooks.setDisabled({ id: 'a', disabled: false, at: 6, actor });
    expect(await idsFor(other)).toEqual(['a']);
    expect(await store.webhooks.setDisabled({ id: 'x', disabled: true, at: 5, actor })).toBe(false);
  });

  it('changes where one leads and what it wants, and keeps its secret', async (store) => {
    await create(store, 'a', own, { allowPrivateAddress: true });
    const wanted = { url: 'https://elsewhere.example.org/', format: 'slack', filter: { events: ['tag.deleted'] }, allowPrivateAddress: false } as const;
    const before = await store.webhooks.find('a');
    expect(await store.webhooks.change({ id: 'a', ...wanted, at: 5, actor })).toBe(true);
    expect(await store.webhooks.find('a')).toEqual({ ...before, ...wanted } as Webhook);
    expect(await store.webhooks.change({ id: 'x', ...wanted, at: 5, actor })).toBe(false);
  });

  it('holds so many in one place', async (store) => {
    for (let index = 0; index < webhooksPerScopeMax; index++) await create(store, `w${index}`, own);
    expect(await failureOf(create(store, 'more', own))).toMatchObject({ code: 'CONFLICT' });
    await create(store, 'elsewhere', server);
  });

  it('goes with a repository that is renamed, and with a namespace that is deleted', async (store) => {
    await pushBlob(store, 'layer');
    await create(store, 'c', own);
    const to = parseRepositoryName('mina/new');
    await store.repositories.rename({ from: repository, to, aliasUntil: 1, at: 2, actor });
    expect((await store.webhooks.find('c'))?.scope.name).toBe(to);
    await store.identity.users.create({ id: 'jun', name: 'jun', administrator: false, fullName: '', language: 'en', at: 1, actor });
    await create(store, 'b', { kind: 'namespace', name: 'jun' });
    await store.identity.accounts.remove({ id: 'jun', at: 3, actor });
    expect(await store.webhooks.find('b')).toBeUndefined();
  });

  it('writes a delivery with its attempts, its job and the health of its webhook at once', async (store) => {
    await create(store, 'a', server);
    await store.deliveries.postpone({ ...key, event }, { kind: 'retry', payload: 1 }, 2);
    expect(await store.deliveries.find(key)).toMatchObject({ state: 'pending', attempts: 0, event });
    expect(await store.jobInspection.count('retry', 'waiting')).toBe(1);
    const made = { ...key, event, body: '{}' };
    const id = await store.deliveries.recordAttempt({ ...made, state: 'pending', attempt: attempt(3), job: { kind: 'retry', payload: 2 } });
    expect(await store.jobInspection.count('retry', 'waiting')).toBe(2);
    await store.deliveries.recordAttempt({ ...made, state: 'pending', attempt: attempt(4) });
    expect((await store.webhooks.find('a'))?.failingSince).toBe(3);
    expect(await store.deliveries.recordAttempt({ ...made, state: 'delivered', attempt: attempt(5) })).toBe(id);
    expect((await store.webhooks.find('a'))?.failingSince).toBeUndefined();
    expect(await store.deliveries.get('a', id)).toMatchObject({ state: 'delivered', attempts: 3, body: '{}', createdAt: 2, changedAt: 5 });
    expect(await store.deliveries.get('b', id)).toBeUndefined();
    expect(await store.deliveries.listAttempts(id)).toEqual([3, 4, 5].map(attempt));
    for (let at = 6; at < 6 + attemptsMax; at++) await store.deliveries.recordAttempt({ ...made, state: 'dead', attempt: attempt(at) });
    expect((await store.deliveries.listAttempts(id)).map(({ at }) => at)).toEqual(Array.from({ length: attemptsMax }, (_, index) => 6 + index));
    const callback = { state: 'success', description: 'fine' } as const;
    expect(await store.deliveries.recordCallback(key, callback, 99)).toBe(true);
    expect((await store.deliveries.find(key))?.callback).toEqual(callback);
    expect(await store.deliveries.recordCallback({ ...key, messageId: 'x' }, callback, 99)).toBe(false);
    expect([await store.deliveries.prune(99, 10), await store.deliveries.prune(100, 10)]).toEqual([0, 1]);
  });

  it('lists deliveries newest first, and forgets them with their webhook', async (store) => {
    await create(store, 'a', server);
    const ids: number[] = [];
    for (const messageId of ['x', 'y', 'z'])
      ids.unshift(await store.deliveries.recordAttempt({ webhookId: 'a', messageId, event, state: 'delivered', body: '', attempt: attempt(1) }));
    expect((await store.deliveries.list('a', { limit: 2 })).map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect((await store.deliveries.list('a', { before: ids[1] ?? 0, limit: 2 })).map(({ id }) => id)).toEqual(ids.slice(2));
    expect(await store.webhooks.remove({ id: 'a', at: 2, actor })).toBe(true);
    expect(await store.webhooks.remove({ id: 'a', at: 2, actor })).toBe(false);
    expect([await store.deliveries.list('a', { limit: 9 }), await store.deliveries.listAttempts(ids[0] ?? 0)]).toEqual([[], []]);
    // One that was on its way when its webhook went.
    expect(await store.deliveries.recordAttempt({ ...key, event, state: 'delivered', body: '', attempt: attempt(3) })).toBe(0);
    expect(await store.deliveries.find(key)).toBeUndefined();
  });
}
