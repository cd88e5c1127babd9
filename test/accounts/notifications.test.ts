/** What people are told of, over HTTP, the command line, mails and the live stream. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readMail, startMailSink } from '../support/mail-sink.ts';
import { makeImage } from '../support/image.ts';
import { runNaru } from '../support/server.ts';
import { startReceiver } from '../webhooks/support/receiver.ts';
import { type Person, startWorld, type World } from './support/accounts.ts';
import { pushImage } from './support/push.ts';

setDefaultTimeout(60_000);

type Notice = { readonly id: number; readonly kind: string; readonly isUnread: boolean; readonly [fact: string]: unknown };

const sink = await startMailSink();
let world: World;
let owner: Person;
let writer: Person;

beforeAll(async () => {
  world = await startWorld({ flags: ['--mail-smtp-url', `smtp://127.0.0.1:${sink.port}`, '--mail-link-url', 'https://registry.example.com'] });
  [owner, writer] = (await Promise.all(['olli', 'wim'].map((name) => world.person(name)))) as [Person, Person];
  await owner.api('POST', '/organisations', { name: 'acme' });
  await owner.api('POST', '/namespaces/acme/grants', { subject: { kind: 'user', name: 'wim' }, role: 'write' });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await sink[Symbol.asyncDispose]();
});

async function list(person: Person, query = ''): Promise<Notice[]> {
  const answer = await person.api('GET', `/user/notifications${query}`);
  expect(answer.status).toBe(200);
  return answer.body['items'] as Notice[];
}

/** The next that the person has not heard of, once it comes. */
async function hear(person: Person, kind: string, about: (notice: Notice) => boolean = () => true): Promise<Notice> {
  for (const endsAt = Date.now() + 30_000; Date.now() < endsAt; await sleep(50)) {
    const found = (await list(person)).find((notice) => notice.kind === kind && about(notice));
    if (found !== undefined) return found;
  }
  throw new Error(`${person.name} was not told of ${kind}: ${JSON.stringify(await list(person))}`);
}

test('a quota that is nearly full, and one that is: whoever owns the namespace is told, and nobody else', async () => {
  await pushImage(owner, 'acme/first', 'v1');
  const { bytes } = (await owner.api('GET', '/namespaces/acme/usage')).body as { bytes: number };
  const image = makeImage({ seed: 'quota', layers: 1 });
  const more = image.blobs.reduce((sum, blob) => sum + blob.bytes.length, 0);
  await world.admin.api('PUT', '/namespaces/acme/quota', { maxBytes: Math.ceil((bytes + more) * 1.01) });
  await pushImage(writer, 'acme/first', 'v2', 'quota');
  expect(await hear(owner, 'quota')).toMatchObject({ state: 'near', namespace: 'acme', repository: 'acme/first', isUnread: true });
  expect((await pushImage(writer, 'acme/first', 'v3', 'one too many')).status).toBe(403);
  await hear(owner, 'quota', ({ state }) => state === 'reached');
  await world.admin.api('DELETE', '/namespaces/acme/quota');
  expect(await list(writer)).toEqual([]);
});

test('a deployment that fails: whoever asked, and whoever owns the repository; one that awaits: who may approve', async () => {
  await pushImage(owner, 'acme/app', 'seed');
  const at = '/repositories/acme/app/-/environments';
  await owner.api('PUT', `${at}/test`, { follows: { kind: 'tags', pattern: 'v*' }, agents: ['olli'] });
  await owner.api('PUT', `${at}/production`, { needsApproval: true, approvers: ['wim'] });
  const { digest } = await pushImage(writer, 'acme/app', 'v1');
  const query = 'target=web&agent=agent-0001&waitMs=20000';
  let wishes: { release: number }[] = [];
  while (wishes.length === 0) wishes = (await owner.api('GET', `${at}/test/wishes?${query}`)).body['wishes'] as { release: number }[];
  const report = { target: 'web', agent: 'agent-0001', instance: '', release: wishes[0]?.release, state: 'failed', message: 'it answered 500' };
  expect((await owner.api('POST', `${at}/test/reports`, report)).status).toBe(204);
  const facts = { state: 'rolled_back', repository: 'acme/app', tag: 'v1', digest, environment: 'test', message: 'web: it answered 500' };
  expect([await hear(owner, 'deployment'), await hear(writer, 'deployment')]).toMatchObject([facts, facts]);

  expect((await owner.api('POST', `${at}/production/releases`, { digest })).status).toBe(201);
  expect(await hear(writer, 'deployment', ({ state }) => state === 'awaiting')).toMatchObject({ environment: 'production', by: 'olli' });
  expect((await list(owner)).filter(({ state }) => state === 'awaiting')).toEqual([]);
});

test('a badge that ends because its repository is deleted or goes elsewhere: its people are told, there and where it was', async () => {
  const [old, fresh] = [await world.person('orla'), await world.person('fred')];
  await fresh.api('POST', '/organisations', { name: 'freds' });
  await world.admin.api('PUT', '/organisations/freds/members/orla', { role: 'owner' });
  for (const name of ['gone', 'moved', 'asked']) {
    await pushImage(old, `orla/${name}`, 'v1', name);
    const asked = await old.api('POST', `/repositories/orla/${name}/-/badge-requests`, {});
    if (name !== 'asked') await world.admin.api('POST', `/badge-requests/${String(asked.body['id'])}/decision`, { decision: 'grant', reason: 'well kept' });
  }
  for (const name of ['gone', 'asked']) expect((await world.admin.api('DELETE', `/repositories/orla/${name}`)).status).toBe(204);
  expect((await old.api('POST', '/repositories/orla/moved/-/rename', { to: 'freds/moved' })).status).toBe(200);
  const ended = (person: Person, repository: string, state: string) =>
    hear(person, 'badge', (one) => one['repository'] === repository && one['state'] === state);
  expect(await ended(old, 'orla/gone', 'revoked')).toMatchObject({ subject: 'official', message: 'the repository was deleted' });
  expect(await ended(old, 'orla/asked', 'declined')).toMatchObject({ subject: 'official', message: 'the repository was deleted' });
  for (const person of [old, fresh]) expect(await ended(person, 'freds/moved', 'revoked')).toMatchObject({ message: 'transferred from orla/moved' });
});

test('a webhook that is gone, an invitation, a badge and a token that ends soon', async () => {
  await using receiver = await startReceiver((_, response) => void response.writeHead(410).end());
  await world.admin.api('POST', '/repositories/acme/app/-/webhooks', { url: receiver.url, allowPrivateAddress: true });
  await pushImage(owner, 'acme/app', 'told');
  expect(await hear(owner, 'webhook')).toMatchObject({ repository: 'acme/app', subject: new URL(receiver.url).host });
  await hear(world.admin, 'webhook');

  await owner.api('POST', '/organisations/acme/invitations', { email: 'wim@example.org' });
  // Made by the administrator, so confirmed.
  expect(await hear(writer, 'invitation')).toMatchObject({ namespace: 'acme', by: 'olli' });

  const asked = await owner.api('POST', '/repositories/acme/app/-/badge-requests', {});
  await world.admin.api('POST', `/badge-requests/${String(asked.body['id'])}/decision`, { decision: 'decline', reason: 'too young' });
  expect(await hear(owner, 'badge')).toMatchObject({ state: 'declined', message: 'too young', subject: 'official', repository: 'acme/app' });
});

test('unread until it is read, one by one or all; the stream says how many', async () => {
  const headers = { authorization: owner.basic };
  const stop = new AbortController();
  const stream = await fetch(`${world.server.url}/api/v1/events?notifications=true&kinds=repository.created`, { headers, signal: stop.signal });
  const counts: number[] = [];
  const reading = (async () => {
    let text = '';
    for await (const part of stream.body ?? []) {
      text += new TextDecoder().decode(part);
      counts.splice(0, counts.length, ...[...text.matchAll(/event: notification\ndata: \{"unread":(\d+)/g)].map(([, count]) => Number(count)));
    }
  })().catch(() => undefined);
  const all = await list(owner);
  const [first] = all;
  expect(all.every(({ isUnread }) => isUnread)).toBe(true);
  expect((await owner.api('POST', '/user/notifications/read', { ids: [first?.id] })).status).toBe(204);
  expect((await list(owner, '?unread=true')).map(({ id }) => id)).toEqual(all.slice(1).map(({ id }) => id));
  while (counts.at(-1) !== all.length - 1) await sleep(20);
  expect(counts[0]).toBe(all.length);
  // What is somebody else's stays as it is.
  expect((await writer.api('POST', '/user/notifications/read', { ids: all.map(({ id }) => id) })).status).toBe(204);
  expect((await owner.api('GET', '/user/notifications')).body['unread']).toBe(all.length - 1);
  const { secret } = (await owner.api('POST', '/user/tokens', { name: 'command line' })).body;
  const naru = (...words: string[]) => runNaru([...words, '--server', world.server.url], { NARU_TOKEN: String(secret) });
  expect((await naru('notification', 'list')).stdout).toContain('The badge “official” of acme/app was declined: too young');
  expect(await naru('notification', 'read', '--all')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await naru('notification', 'list', '--unread')).toMatchObject({ stdout: 'nothing to tell\n' });
  while (counts.at(-1) !== 0) await sleep(20);
  stop.abort();
  await reading;
  // Nobody else's stream, and none of who is nobody, tells of it.
  const anonymous = await fetch(`${world.server.url}/api/v1/events?notifications=true`, { signal: AbortSignal.timeout(5000) });
  const reader = anonymous.body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toStartWith(': ');
  await reader?.cancel();
});

test('by mail for who wants it, in their language, and not at all for who does not', async () => {
  expect(await writer.api('PUT', '/user/notification-settings/badge', { page: false, mail: true })).toMatchObject({ status: 200 });
  await writer.api('PATCH', '/user', { language: 'ko' });
  expect((await writer.api('GET', '/user/notification-settings')).body['items']).toContainEqual({ kind: 'badge', page: false, mail: true });
  await pushImage(writer, 'wim/app', 'v1');
  const asked = await writer.api('POST', '/repositories/wim/app/-/badge-requests', {});
  await world.admin.api('POST', `/badge-requests/${String(asked.body['id'])}/decision`, { decision: 'grant' });
  const invited = readMail((await sink.take('wim@example.org')).raw);
  expect(invited.headers).toContain('Invitation to acme');
  const { headers, body } = readMail((await sink.take('wim@example.org')).raw);
  expect(headers).toContain('“official” 배지');
  expect(body).toContain('https://registry.example.com/notifications');
  expect((await list(writer)).filter(({ kind }) => kind === 'badge')).toEqual([]);
});

test('what is not understood is an error that says why', async () => {
  for (const [method, path, body, status] of [
    ['PUT', '/user/notification-settings/weather', { page: true, mail: true }, 404],
    ['PUT', '/user/notification-settings/badge', { page: 'yes' }, 400],
    ['POST', '/user/notifications/read', {}, 400],
    ['POST', '/user/notifications/read', { ids: [] }, 400],
    ['POST', '/user/notifications/read', { ids: [1.5] }, 400],
    ['GET', '/user/notifications?limit=1000', undefined, 400],
    ['GET', '/user/notifications?before=x', undefined, 400],
  ] as const)
    expect([path, (await owner.api(method, path, body)).status]).toEqual([path, status]);
  expect((await world.anonymous.api('GET', '/user/notifications')).status).toBe(401);
});
