/** Webhooks against the real program: receivers are real HTTP servers, and the server may die between a push and its news. */
import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { startWorld } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { makeImage } from '../support/image.ts';
import { startMailSink } from '../support/mail-sink.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startReceiver, type Taken } from './support/receiver.ts';

setDefaultTimeout(60_000);

type Json = Readonly<Record<string, unknown>>;

async function askAt(url: string, method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> {
  const response = await fetch(`${url}/api/v1${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Json) };
}
const json = ({ body }: Taken) => JSON.parse(body) as Json;
const itemsOf = ({ body }: { body: Json }) => body['items'] as Json[];

const server = await startServer();
afterAll(() => server[Symbol.asyncDispose]());
const client = createRegistryClient(server.url);
const ask = (method: string, path: string, body?: unknown) => askAt(server.url, method, path, body);

async function create(repository: string, url: string, more: Json = {}): Promise<{ path: string; secret: string }> {
  const made = await ask('POST', `/repositories/${repository}/-/webhooks`, { url, allowPrivateAddress: true, ...more });
  expect(made.status).toBe(201);
  return { path: `/repositories/${repository}/-/webhooks/${String(made.body['id'])}`, secret: String(made.body['secret']) };
}

test('a push is told of, signed so that the libraries of Standard Webhooks verify it', async () => {
  await using receiver = await startReceiver();
  await client.pushImage('team/quick', makeImage({ seed: 'before' }), 'before');
  const { secret, path } = await create('team/quick', receiver.url);
  for (let round = 1; round <= 5; round++) {
    const image = makeImage({ seed: `quick ${round}` });
    await client.pushImage('team/quick', image, `v${round}`);
    const taken = (await receiver.come(round))[round - 1];
    if (taken === undefined) throw new Error('nothing came');
    new Webhook(secret).verify(taken.body, taken.headers);
    expect(json(taken)).toMatchObject({
      type: 'tag.moved',
      data: { repository: 'team/quick', tag: `v${round}`, digest: image.manifest.digest, actor: 'anonymous' },
    });
  }
  // The receiver has it a moment before the server has noted that.
  let newest: Json | undefined;
  while (newest?.['tag'] !== 'v5' || newest['state'] !== 'delivered') [newest] = itemsOf(await ask('GET', `${path}/deliveries`));
  expect([newest['attempts'], newest['event']]).toEqual([1, 'tag.moved']);
  expect((await ask('GET', `${path}/deliveries/${String(newest?.['id'])}`)).body).toMatchObject({
    body: receiver.taken[4]?.body ?? '',
    log: [{ status: 200, responseBody: 'ok', requestHeaders: { 'webhook-id': newest?.['messageId'] } }],
  });
});

test('a server that is killed behind a push tells of it when it is back, once per id and in order', async () => {
  await using folder = await temporaryFolder('naru-webhooks-');
  const answered: Taken[] = [];
  const all = Promise.withResolvers<void>();
  let isDown = true;
  await using receiver = await startReceiver((taken, response) => {
    if (isDown) return void response.socket?.destroy();
    answered.push(taken);
    response.end();
    if (answered.length === 4) all.resolve();
  });
  const first = await startServer({ data: folder.path });
  await askAt(first.url, 'POST', '/namespaces/server/webhooks', { url: receiver.url, allowPrivateAddress: true });
  for (let index = 0; index < 3; index++) await createRegistryClient(first.url).pushImage('team/killed', makeImage({ seed: `killed ${index}` }), `v${index}`);
  await first.kill();
  isDown = false;
  await using _second = await startServer({ data: folder.path });
  await all.promise;
  expect(answered.map((taken) => (json(taken)['data'] as Json)['tag'])).toEqual([undefined, 'v0', 'v1', 'v2']);
  expect(new Set(answered.map(({ headers }) => headers['webhook-id'])).size).toBe(4);
  // A lease that was left behind ends after a minute.
}, 120_000);

describe('formats', () => {
  test('Docker Hub, with a callback that says what came of it', async () => {
    await using receiver = await startReceiver();
    await client.pushImage('acme/web/app', makeImage({ seed: 'first' }), 'first');
    await ask('PATCH', '/repositories/acme/web/app', { description: 'the shop window' });
    await ask('PUT', '/repositories/acme/web/app/-/readme', { text: '# Shop' });
    const { path } = await create('acme/web/app', receiver.url, { format: 'docker-hub', events: ['pushed'] });
    await client.pushImage('acme/web/app', makeImage({ seed: 'hub' }), 'v1');
    const [taken] = await receiver.come(1);
    const sent = taken && json(taken);
    expect(sent).toMatchObject({
      push_data: { tag: 'v1', pusher: 'anonymous' },
      repository: {
        repo_name: 'acme/web/app',
        name: 'web/app',
        namespace: 'acme',
        owner: 'acme',
        is_private: false,
        status: 'Active',
        description: 'the shop window',
        full_description: '# Shop',
        is_official: false,
        star_count: 0,
      },
    });
    const callback = (body: Json) => fetch(String(sent?.['callback_url']), { method: 'POST', body: JSON.stringify(body) });
    expect((await callback({ state: 'done' })).status).toBe(400);
    expect((await callback({ state: 'success', description: 'x'.repeat(256) })).status).toBe(400);
    expect((await callback({ state: 'success', description: '387 tests passed', context: 'CI', target_url: 'https://ci.example.org/1' })).status).toBe(204);
    const forged = String(sent?.['callback_url']).replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    expect((await fetch(forged, { method: 'POST', body: '{"state":"success"}' })).status).toBe(404);
    // Whoever reads the log must not be able to answer in the receiver's place.
    const key = String(sent?.['callback_url']).split('/').at(-1) ?? '';
    while (!server.output.stderr.includes('/webhook-callbacks/')) await delay(20); // it writes in its own time
    expect([key.length > 20, server.output.stderr.includes(key)]).toEqual([true, false]);
    const [delivery] = itemsOf(await ask('GET', `${path}/deliveries`));
    expect((await ask('GET', `${path}/deliveries/${String(delivery?.['id'])}`)).body['callback']).toEqual({
      state: 'success',
      description: '387 tests passed',
      context: 'CI',
      targetUrl: 'https://ci.example.org/1',
    });
  });

  test('each by its own document', async () => {
    await using receiver = await startReceiver();
    const image = makeImage({ seed: 'formats', architecture: 'arm64' });
    await client.pushImage('team/formats', makeImage({ seed: 'formats before' }), 'v1');
    const formats = ['standard', 'cloudevents', 'distribution', 'slack', 'mattermost'];
    for (const format of formats) await create('team/formats', `${receiver.url}/${format}`, { format, events: ['pushed'] });
    await client.pushImage('team/formats', image, 'v1');
    const taken = await receiver.come(formats.length);
    const by = Object.fromEntries(formats.map((format) => [format, taken.find(({ path }) => path.endsWith(format))]));
    const sent = Object.fromEntries(formats.map((format) => [format, by[format] && json(by[format])]));
    const { digest } = image.manifest;
    const reference = `${new URL(server.url).host}/team/formats:v1`;
    expect(by['cloudevents']?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(sent['cloudevents']).toMatchObject({
      specversion: '1.0',
      id: by['cloudevents']?.headers['webhook-id'],
      source: `${server.url}/v2/team/formats`,
      type: 'naru.tag.moved',
      subject: 'v1',
      data: { digest, platforms: ['linux/arm64'], reference },
    });
    expect(by['distribution']?.headers['content-type']).toBe('application/vnd.docker.distribution.events.v2+json');
    expect(sent['distribution']).toMatchObject({
      events: [
        {
          action: 'push',
          target: { repository: 'team/formats', tag: 'v1', digest, url: `${server.url}/v2/team/formats/manifests/${digest}` },
          actor: { name: 'anonymous' },
        },
      ],
    });
    expect(String(sent['slack']?.['text'])).toStartWith(`anonymous pushed ${reference}, which was sha256:`);
    expect(String(sent['mattermost']?.['text'])).toStartWith(`\`anonymous\` pushed \`${reference}\``);
  });
});

test('filters by event, tag, range and platform', async () => {
  await using receiver = await startReceiver();
  const repository = 'team/filters';
  await client.pushImage(repository, makeImage({ seed: 'f0' }), 'first');
  const wanted: Readonly<Record<string, Json>> = {
    tags: { tags: ['v*'], events: ['pushed'] },
    versions: { versions: '^1.2', events: ['pushed'] },
    platforms: { platforms: ['linux/arm64'], events: ['pushed'] },
    deleted: { events: ['deleted'] },
  };
  for (const [name, filter] of Object.entries(wanted)) await create(repository, `${receiver.url}/${name}`, filter);
  await client.pushImage(repository, makeImage({ seed: 'f1' }), 'v1.2.9');
  await client.pushImage(repository, makeImage({ seed: 'f2' }), '1.10.0');
  await client.pushImage(repository, makeImage({ seed: 'f3' }), '2.0.0');
  await client.pushImage(repository, makeImage({ seed: 'f4', architecture: 'arm64' }), 'edge');
  await ask('POST', `/repositories/${repository}/-/delete-tags`, { tags: ['2.0.0'] });
  const taken = await receiver.come(5);
  const tagsAt = (name: string) => taken.filter(({ path }) => path.endsWith(name)).map((one) => (json(one)['data'] as Json)['tag']);
  expect(Object.fromEntries(Object.keys(wanted).map((name) => [name, tagsAt(name)]))).toEqual({
    tags: ['v1.2.9'],
    versions: ['v1.2.9', '1.10.0'],
    platforms: ['edge'],
    deleted: ['2.0.0'],
  });
});

describe('with accounts', () => {
  test('by mail, to one’s own confirmed address: what the SMTP server could not take comes when it is back', async () => {
    const down = await startMailSink();
    const { port } = down;
    const mailFlags = ['--mail-smtp-url', `smtp://127.0.0.1:${port}`, '--mail-link-url', 'https://registry.example.org'];
    await using world = await startWorld({ flags: mailFlags });
    const kim = await world.person('kim');
    await pushImage(kim, 'kim/app', 'before');
    const made = await kim.api('POST', '/repositories/kim/app/-/webhooks', { url: 'mailto:kim@example.org', events: ['pushed'] });
    expect(made).toMatchObject({ status: 201, body: { format: 'email' } });
    await pushImage(kim, 'kim/app', 'v1');
    const first = await down.take('kim@example.org');
    expect(first.to).toEqual(['kim@example.org']);
    expect(first.raw).toMatch(/kim pushed .*kim\/app:v1/s);
    await down[Symbol.asyncDispose]();
    await pushImage(kim, 'kim/app', 'v2');
    const deliveries = `/repositories/kim/app/-/webhooks/${String(made.body['id'])}/deliveries`;
    const pending = async () => itemsOf(await kim.api('GET', deliveries)).find(({ tag }) => tag === 'v2');
    while (((await pending())?.['attempts'] ?? 0) === 0) await Bun.sleep(50);
    expect(await pending()).toMatchObject({ state: 'pending' });
    await using up = await startMailSink({ port });
    const again = await up.take('kim@example.org');
    expect(again.raw).toMatch(/kim\/app:v2/);
  });

  test('private addresses are an administrator’s to allow, whatever they are written like', async () => {
    await using world = await startWorld();
    await using receiver = await startReceiver();
    const kim = await world.person('kim');
    await pushImage(kim, 'kim/app', 'v1');
    const path = '/repositories/kim/app/-/webhooks';
    expect((await kim.api('POST', path, { url: receiver.url, allowPrivateAddress: true })).status).toBe(403);
    expect((await kim.api('POST', path, { url: 'mailto:somebody@example.org' })).status).toBe(403);
    for (const url of [receiver.url, `http://localhost:${receiver.port}/`, `http://0x7f.1:${receiver.port}/`, `http://[::ffff:127.0.0.1]:${receiver.port}/`]) {
      const { body } = await kim.api('POST', path, { url });
      const tested = await kim.api('POST', `${path}/${String(body['id'])}/test`);
      expect([url, tested.body]).toMatchObject([url, { state: 'dead', log: [{ error: expect.stringContaining('not on the public Internet') as unknown }] }]);
    }
    for (const url of ['ftp://example.org/', 'https://kim:secret@example.org/', 'not an address', 'mailto:nobody', `https://example.org/${'x'.repeat(2048)}`])
      expect([url, (await kim.api('POST', path, { url })).status]).toEqual([url, 400]);
    expect(receiver.taken).toEqual([]);
  });

  test('a namespace’s webhook hears of its repositories and of no others, and goes with a renamed one', async () => {
    await using world = await startWorld();
    await using receiver = await startReceiver();
    const [kim, lee] = [await world.person('kim'), await world.person('lee')];
    const made = await world.admin.api('POST', '/namespaces/kim/webhooks', { url: receiver.url, allowPrivateAddress: true, events: ['pushed'] });
    expect(made.status).toBe(201);
    await pushImage(lee, 'lee/app', 'v1');
    await pushImage(kim, 'kim/app', 'v1');
    const [taken] = await receiver.come(1);
    expect(taken && json(taken)['data']).toMatchObject({ repository: 'kim/app', actor: 'kim' });
    expect((await lee.api('GET', '/namespaces/kim/webhooks')).status).toBe(403);
    const [shown] = (await kim.api('GET', '/namespaces/kim/webhooks')).body['items'] as Json[];
    expect(shown).not.toHaveProperty('secret');
    expect((await kim.api('GET', `/repositories/kim/app/-/webhooks/${String(shown?.['id'])}`)).status).toBe(404);

    const own = await world.admin.api('POST', '/repositories/kim/app/-/webhooks', { url: receiver.url, allowPrivateAddress: true });
    await kim.api('POST', '/repositories/kim/app/-/rename', { to: 'kim/renamed' });
    expect((await kim.api('GET', `/repositories/kim/renamed/-/webhooks/${String(own.body['id'])}`)).status).toBe(200);
  });
});

test('one is changed and keeps its secret; an address is allowed for itself alone', async () => {
  await using world = await startWorld();
  await using receiver = await startReceiver();
  const kim = await world.person('kim');
  await pushImage(kim, 'kim/app', 'v0');
  const made = await world.admin.api('POST', '/repositories/kim/app/-/webhooks', { url: receiver.url, allowPrivateAddress: true, tags: ['v*'] });
  const path = `/repositories/kim/app/-/webhooks/${String(made.body['id'])}`;
  const elsewhere = await kim.api('PATCH', path, { url: 'http://127.0.0.1:1/' });
  expect([elsewhere.status, JSON.stringify(elsewhere.body)]).toEqual([403, expect.stringContaining('only an administrator')]);
  expect((await kim.api('PATCH', path, { url: 'mailto:other@example.org', format: 'email', allowPrivateAddress: false })).status).toBe(403);
  expect((await kim.api('PATCH', path, { format: 'email' })).status).toBe(400);
  expect((await kim.api('PATCH', path, { events: ['nothing'] })).status).toBe(400);
  const changed = await kim.api('PATCH', path, { format: 'cloudevents', events: ['pushed'], tags: null, versions: '^2' });
  expect(changed).toMatchObject({
    status: 200,
    body: { url: receiver.url, format: 'cloudevents', events: ['tag.moved'], versions: '^2', allowPrivateAddress: true },
  });
  expect([changed.body['tags'], changed.body['secret']]).toEqual([undefined, undefined]);
  await pushImage(kim, 'kim/app', '1.0.0');
  await pushImage(kim, 'kim/app', '2.0.0');
  const [taken] = await receiver.come(1);
  if (taken === undefined) throw new Error('nothing came');
  expect(json(taken)).toMatchObject({ specversion: '1.0', data: { tag: '2.0.0' } });
  new Webhook(String(made.body['secret'])).verify(taken.body, taken.headers);
  expect(await kim.api('PATCH', path, { allowPrivateAddress: false })).toMatchObject({ status: 200, body: { allowPrivateAddress: false } });
  expect((await kim.api('PATCH', path, { allowPrivateAddress: true })).status).toBe(403);
  const audit = (await world.admin.api('GET', '/audit?action=webhook.change')).body['items'] as Json[];
  expect(audit.map(({ actor }) => actor)).toEqual(['kim', 'kim']);
});

test('naru webhook: create, list, test, deliveries, redeliver, rm', async () => {
  await using receiver = await startReceiver();
  const image = makeImage({ seed: 'cli' });
  await client.pushImage('team/cli', makeImage({ seed: 'cli before' }), 'before');
  const naru = (...words: string[]) => runNaru(['webhook', ...words, '--server', server.url, '--repository', 'team/cli', '--json']);
  const made = await naru('create', '--url', receiver.url, '--secret', 'a chosen secret', '--events', 'pushed,deleted', '--allow-private-address');
  expect(made).toMatchObject({ exitCode: 0, stderr: '' });
  const { id, secret } = JSON.parse(made.stdout) as { id: string; secret: string };
  expect(Buffer.from(secret.slice('whsec_'.length), 'base64').toString()).toBe('a chosen secret');
  await client.pushImage('team/cli', image, 'v1');
  const [taken] = await receiver.come(1);
  new Webhook(secret).verify(taken?.body ?? '', taken?.headers ?? {});
  expect(JSON.parse((await naru('test', id)).stdout)).toMatchObject({ state: 'delivered', event: 'webhook.test', log: [{ status: 200 }] });
  const { items } = JSON.parse((await naru('deliveries', id)).stdout) as { items: Json[] };
  expect(items.map(({ event }) => event)).toEqual(['webhook.test', 'tag.moved']);
  expect((await naru('redeliver', id, String(items[1]?.['id']))).exitCode).toBe(0);
  const again = (await receiver.come(3))[2];
  expect([again?.headers['webhook-id'], again?.body]).toEqual([String(taken?.headers['webhook-id']), taken?.body]);
  expect((await naru('show', 'nothing')).stderr).toContain('no such webhook');
  expect((await naru('rm', id)).exitCode).toBe(0);
  expect(JSON.parse((await naru('list')).stdout)).toEqual({ items: [] });
});
