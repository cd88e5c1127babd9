/** Environments and releases over /api/v1: who may, what follows what, and what agents hear. The agent itself is in agent.test.ts. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { type Person, startWorld, type World } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { runNaru } from '../support/server.ts';

setDefaultTimeout(60_000);

type Json = Readonly<Record<string, unknown>>;
let world: World;
let owner: Person;
let writer: Person;
let reader: Person;
let bot: Person;

beforeAll(async () => {
  world = await startWorld();
  [owner, writer, reader] = (await Promise.all(['olli', 'wim', 'rea'].map((name) => world.person(name)))) as [Person, Person, Person];
  await owner.api('POST', '/organisations', { name: 'acme' });
  for (const [person, role] of [
    [writer, 'write'],
    [reader, 'read'],
  ] as const) {
    await owner.api('POST', '/namespaces/acme/grants', { subject: { kind: 'user', name: person.name }, role });
  }
  await owner.api('POST', '/namespaces/acme/robots', { name: 'deploy' });
  await owner.api('POST', '/namespaces/acme/grants', { subject: { kind: 'robot', name: 'deploy' }, role: 'read' });
  const { secret } = (await owner.api('POST', '/namespaces/acme/robots/deploy/tokens', { name: 'x' })).body;
  bot = world.as('acme+deploy', String(secret));
});
afterAll(() => world[Symbol.asyncDispose]());

const agents = ['acme+deploy'];
const at = (app: string, path = '') => `/repositories/acme/${app}/-/environments${path}`;

async function make(app: string, name: string, settings: Json = {}): Promise<void> {
  await pushImage(owner, `acme/${app}`, 'seed');
  expect(await owner.api('PUT', at(app, `/${name}`), { agents, ...settings })).toMatchObject({ status: 200 });
}

async function releases(app: string, name: string): Promise<Json[]> {
  return (await owner.api('GET', at(app, `/${name}/releases`))).body['items'] as Json[];
}

const short = (all: readonly Json[]) => all.map(({ tag, cause, state }) => [tag, cause, state].join(' '));

/** As an agent of the environment: what it hears, once something is there that it does not know. */
async function hear(app: string, name: string, known?: string): Promise<{ version: string; wishes: Json[] }> {
  const query = new URLSearchParams({ target: 'web', agent: 'agent-0001', waitMs: '20000', ...(known !== undefined && { known }) });
  const { status, body } = await bot.api('GET', at(app, `/${name}/wishes?${query}`));
  expect(status).toBe(200);
  return body as { version: string; wishes: Json[] };
}

async function say(app: string, name: string, wish: Json | undefined, state: string, more: Json = {}): Promise<void> {
  const { instance, release } = wish ?? {};
  const answer = await bot.api('POST', at(app, `/${name}/reports`), { target: 'web', agent: 'agent-0001', instance, release, state, ...more });
  expect(answer).toMatchObject({ status: 204 });
}

test('a push is deployed where its tag is followed, and its agent hears of it at once', async () => {
  await make('follow', 'test', { follows: { kind: 'tags', pattern: 'v*' } });
  await make('follow', 'production');
  const { version, wishes } = await hear('follow', 'test');
  expect(wishes).toEqual([]);
  const hearing = hear('follow', 'test', version);
  const { digest } = await pushImage(writer, 'acme/follow', 'v1');
  const [wish] = (await hearing).wishes;
  expect(wish).toMatchObject({ instance: '', digest, tag: 'v1' });
  await say('follow', 'test', wish, 'starting');
  await say('follow', 'test', wish, 'running', { url: 'http://web.example:8080/' });
  expect(short(await releases('follow', 'test'))).toEqual(['v1 push running']);
  expect((await releases('follow', 'test'))[0]).toMatchObject({ requestedBy: 'wim', digest });
  expect(await releases('follow', 'production')).toEqual([]);
  const { targets } = (await owner.api('GET', at('follow', '/test'))).body as { targets: Json[] };
  expect(targets).toMatchObject([{ name: 'web', connected: true, reports: [{ state: 'running', url: 'http://web.example:8080/' }] }]);
});

test('production takes the same digest that ran in test, once somebody else has approved it', async () => {
  await make('promote', 'test', { follows: { kind: 'tags', pattern: 'v*' } });
  await make('promote', 'production', { after: 'test', needsApproval: true, approvers: ['rea'] });
  const hearing = hear('promote', 'test', (await hear('promote', 'test')).version);
  const { digest } = await pushImage(writer, 'acme/promote', 'v1');
  const [wish] = (await hearing).wishes;
  // Not before it ran there.
  expect(await writer.api('POST', at('promote', '/production/releases'), { from: 'test' })).toMatchObject({ status: 409 });
  expect(await writer.api('POST', at('promote', '/production/releases'), { digest })).toMatchObject({
    status: 201,
    body: { state: 'refused', message: 'it has not run in test yet' },
  });
  await say('promote', 'test', wish, 'running');
  const asked = await writer.api('POST', at('promote', '/production/releases'), { from: 'test' });
  expect(asked).toMatchObject({ status: 201, body: { state: 'awaiting', digest, cause: 'promotion', source: 'test' } });
  const decision = at('promote', `/production/releases/${String(asked.body['id'])}/decision`);
  expect(await writer.api('POST', decision, { approved: true })).toMatchObject({ status: 403 });
  expect((await hear('promote', 'production')).wishes).toEqual([]);
  expect(await reader.api('POST', decision, { approved: true })).toMatchObject({ status: 204 });
  expect(await reader.api('POST', decision, { approved: true })).toMatchObject({ status: 409 });
  expect((await hear('promote', 'production')).wishes).toMatchObject([{ digest }]);
});

test('nobody approves what they asked for', async () => {
  await make('own', 'production', { needsApproval: true });
  const asked = await owner.api('POST', at('own', '/production/releases'), { tag: 'seed' });
  const decision = at('own', `/production/releases/${String(asked.body['id'])}/decision`);
  expect(await owner.api('POST', decision, { approved: true })).toMatchObject({
    status: 403,
    body: { errors: [{ message: 'somebody else must approve what you asked for' }] },
  });
  expect(await world.admin.api('POST', decision, { approved: false, message: 'not on a Friday' })).toMatchObject({ status: 204 });
  expect((await releases('own', 'production'))[0]).toMatchObject({ state: 'rejected', message: 'not on a Friday', decidedBy: world.admin.name });
});

test('what fails is rolled back, and one request goes back to what ran before', async () => {
  await make('back', 'test', { follows: { kind: 'versions', range: '1.x' } });
  let { version } = await hear('back', 'test');
  const next = async (tag: string) => {
    const hearing = hear('back', 'test', version);
    await pushImage(writer, 'acme/back', tag);
    const heard = await hearing;
    version = heard.version;
    return heard.wishes[0];
  };
  const first = await next('1.0.0');
  await say('back', 'test', first, 'running');
  await say('back', 'test', await next('1.1.0'), 'failed', { message: 'GET / answered 500' });
  const undone = await hear('back', 'test', version);
  expect(undone.wishes).toEqual([first ?? {}]);
  version = undone.version;
  await say('back', 'test', await next('1.2.0'), 'running');
  expect(await writer.api('POST', at('back', '/test/rollback'), {})).toMatchObject({
    status: 201,
    body: { digest: first?.['digest'], cause: 'rollback', state: 'pending' },
  });
  // A patch of an older line takes no newer version's place, whatever is pushed when.
  await pushImage(writer, 'acme/back', '2.0.0');
  await pushImage(writer, 'acme/back', '0.9.0');
  expect(short(await releases('back', 'test'))).toEqual(['1.0.0 rollback pending', '1.2.0 push running', '1.1.0 push failed', '1.0.0 push replaced']);
  expect((await releases('back', 'test'))[2]).toMatchObject({ message: 'web: GET / answered 500' });
});

test('a tag of its own gets an instance of its own, until it is deleted', async () => {
  await make('review', 'review', { follows: { kind: 'tags', pattern: 'pr-*' }, perTag: true, ttlMs: 3600e3 });
  const { version } = await hear('review', 'review');
  const hearing = hear('review', 'review', version);
  await pushImage(writer, 'acme/review', 'pr-17');
  const heard = await hearing;
  expect(heard.wishes).toMatchObject([{ instance: 'pr-17', tag: 'pr-17' }]);
  const { instances } = (await owner.api('GET', at('review', '/review'))).body as { instances: Json[] };
  expect(instances).toMatchObject([{ name: 'pr-17' }]);
  expect(Number(instances[0]?.['expiresAt'])).toBeGreaterThan(Date.now() + 3500e3);
  const ending = hear('review', 'review', heard.version);
  await owner.api('POST', '/repositories/acme/review/-/delete-tags', { tags: ['pr-17'] });
  expect((await ending).wishes).toEqual([]);
});

test('who may not, may not', async () => {
  await make('rights', 'test');
  await make('rights', 'closed', { deployers: ['olli'] });
  const status = async (person: Person, method: string, path: string, body: unknown) => (await person.api(method, at('rights', path), body)).status;
  const asking = '/test/wishes?target=web&agent=agent-0001';
  expect({
    'a reader sees': await status(reader, 'GET', '/test', undefined),
    'a reader deploys': await status(reader, 'POST', '/test/releases', { tag: 'seed' }),
    'a writer deploys': await status(writer, 'POST', '/test/releases', { tag: 'seed' }),
    'a writer deploys where others are named': await status(writer, 'POST', '/closed/releases', { tag: 'seed' }),
    'a writer changes rules': await status(writer, 'PUT', '/test', {}),
    'a writer plays the agent': await status(writer, 'GET', asking, undefined),
    'a reader rolls back': await status(reader, 'POST', '/test/rollback', {}),
    'nobody sees': (await world.anonymous.api('GET', at('rights', '/nothing'))).status,
    'the named robot asks': await status(bot, 'GET', asking, undefined),
    'the named robot deploys': await status(bot, 'POST', '/test/releases', { tag: 'seed' }),
  }).toEqual({
    'a reader sees': 200,
    'a reader deploys': 403,
    'a writer deploys': 201,
    'a writer deploys where others are named': 403,
    'a writer changes rules': 403,
    'a writer plays the agent': 403,
    'a reader rolls back': 403,
    'nobody sees': 404,
    'the named robot asks': 200,
    'the named robot deploys': 403,
  });
});

test('the environments of a namespace in one list, a page at a time, of repositories that the caller may pull', async () => {
  await owner.api('POST', '/organisations', { name: 'listed' });
  await owner.api('POST', '/namespaces/listed/grants', { subject: { kind: 'user', name: 'rea' }, role: 'read', repositories: 'listed/b' });
  for (const [app, name] of [
    ['a', 'test'],
    ['b', 'production'],
    ['b', 'test'],
  ] as const) {
    await owner.api('PUT', `/repositories/listed/${app}`, { visibility: 'private' });
    await pushImage(owner, `listed/${app}`, 'v1');
    await owner.api('PUT', `/repositories/listed/${app}/-/environments/${name}`, {});
  }
  await owner.api('POST', '/repositories/listed/b/-/environments/test/releases', { tag: 'v1' });
  const list = async (person: Person, query = '') =>
    (await person.api('GET', `/namespaces/listed/environments${query}`)).body as { items: Json[]; next?: string };
  const names = ({ items }: { items: Json[] }) => items.map(({ repository, name }) => `${String(repository)}:${String(name)}`);
  expect(names(await list(owner))).toEqual(['listed/a:test', 'listed/b:production', 'listed/b:test']);
  expect(names(await list(reader))).toEqual(['listed/b:production', 'listed/b:test']);
  expect(names(await list(writer))).toEqual([]);
  expect((await list(reader)).items[1]).toMatchObject({ instances: [{ wanted: { tag: 'v1' } }] });
  const first = await list(owner, '?limit=2');
  expect(names(await list(owner, `?limit=2&after=${encodeURIComponent(String(first.next))}`))).toEqual(['listed/b:test']);
  expect((await owner.api('GET', '/namespaces/listed/environments?after=No:test')).status).toBe(400);
});

test('two agents for one target: the second is refused until the first is gone', async () => {
  await make('twins', 'test');
  const ask = (agent: string) => bot.api('GET', at('twins', `/test/wishes?target=web&agent=${agent}`));
  expect((await ask('agent-0001')).status).toBe(200);
  expect(await ask('agent-0002')).toMatchObject({ status: 409, body: { errors: [{ message: 'another agent serves the target web' }] } });
  const report = { target: 'web', agent: 'agent-0002', instance: '', release: 1, state: 'running' };
  expect((await bot.api('POST', at('twins', '/test/reports'), report)).status).toBe(409);
  expect((await bot.api('DELETE', at('twins', '/test/targets/web?agent=agent-0001'))).status).toBe(204);
  expect((await ask('agent-0002')).status).toBe(200);
});

test('bad input', async () => {
  await make('bad', 'test');
  const put = (settings: Json, name = 'test') => owner.api('PUT', at('bad', `/${name}`), settings);
  const message = (answer: { body: Json }) => (answer.body['errors'] as { message: string }[])[0]?.message;
  expect(message(await put({ follows: { kind: 'versions', range: 'newest' } }))).toBe('follows.range: must be a range of versions, like 1.x or >=2.1 <3');
  expect(message(await put({ after: 'test' }))).toBe('after: an environment cannot come after itself');
  expect(message(await put({ perTag: true }))).toBe('perTag: it needs tags to follow');
  expect((await put({}, 'No Name')).status).toBe(400);
  expect((await owner.api('POST', at('bad', '/test/releases'), {})).status).toBe(400);
  expect((await owner.api('POST', at('bad', '/test/releases'), { tag: 'absent' })).status).toBe(404);
  expect((await owner.api('POST', at('bad', '/test/rollback'), {})).status).toBe(409);
  expect((await owner.api('POST', at('bad', '/test/releases/99/decision'), { approved: true })).status).toBe(404);
  expect((await owner.api('GET', at('bad', '/absent'))).status).toBe(404);
});

test('from the command line: an environment is made, deployed into, promoted from, and rolled back', async () => {
  await pushImage(owner, 'acme/shell', 'v1');
  const naru = async (...words: string[]) => {
    const { exitCode, stdout, stderr } = await runNaru([...words, '--data', world.server.data, '--json']);
    expect({ words, exitCode, stderr }).toEqual({ words, exitCode: 0, stderr: '' });
    return stdout === '' ? {} : (JSON.parse(stdout) as Json);
  };
  await naru('environment', 'set', 'acme/shell', 'test', '--tags', 'v*', '--agent', 'acme+deploy');
  await naru('environment', 'set', 'acme/shell', 'production', '--after', 'test', '--approval');
  expect(await naru('environment', 'show', 'acme/shell', 'test')).toMatchObject({ follows: { kind: 'tags', pattern: 'v*' }, agents });
  const first = await naru('deploy', 'acme/shell', 'test', '--tag', 'v1');
  await hear('shell', 'test');
  await say('shell', 'test', { instance: '', release: first['id'] }, 'running');
  expect(await naru('promote', 'acme/shell', 'test', 'production')).toMatchObject({ state: 'awaiting', digest: first['digest'] });
  await pushImage(owner, 'acme/shell', 'v2');
  const { wishes } = await hear('shell', 'test');
  const second = wishes[0]?.['release'] === first['id'] ? (await hear('shell', 'test', (await hear('shell', 'test')).version)).wishes[0] : wishes[0];
  await say('shell', 'test', second, 'running');
  expect(await naru('rollback', 'acme/shell', 'test')).toMatchObject({ cause: 'rollback', digest: first['digest'] });
  expect(short((await naru('release', 'ls', 'acme/shell', 'test'))['items'] as Json[])).toEqual([
    'v1 rollback pending',
    'v2 push running',
    'v1 deploy replaced',
  ]);
  expect(await runNaru(['rollback', 'acme/shell', 'nowhere', '--data', world.server.data])).toMatchObject({
    exitCode: 1,
    stderr: 'naru: acme/shell has no environment nowhere\n',
  });
});

test('what a policy keeps from being pulled is not deployed and says why, and is deployed when it is allowed', async () => {
  await make('gated', 'production', { follows: { kind: 'tags', pattern: 'v*' } });
  const policy = '/repositories/acme/gated/-/policy';
  expect((await owner.api('PUT', policy, { signedBy: ['*'] })).status).toBe(200);
  const { version } = await hear('gated', 'production');
  const { digest } = await pushImage(writer, 'acme/gated', 'v1');
  const settled = async (state: string): Promise<Json> => {
    for (;;) {
      const [newest] = await releases('gated', 'production');
      if (newest?.['state'] === state) return newest;
      await Bun.sleep(50);
    }
  };
  expect(await settled('refused')).toMatchObject({ digest, tag: 'v1', cause: 'push', message: expect.stringContaining('image blocked') as unknown });
  expect((await owner.api('POST', at('gated', '/production/releases'), { tag: 'v1' })).body).toMatchObject({ state: 'refused' });
  // A deploy by hand that was refused is nobody's push: it stays so.
  expect((await owner.api('DELETE', policy)).status).toBe(204);
  await pushImage(writer, 'acme/gated', 'v2');
  expect((await hear('gated', 'production', version)).wishes).toMatchObject([{ tag: 'v2' }]);

  expect((await owner.api('PUT', policy, { signedBy: ['*'] })).status).toBe(200);
  const { digest: third } = await pushImage(writer, 'acme/gated', 'v3');
  expect(await settled('refused')).toMatchObject({ digest: third });
  expect((await owner.api('PUT', policy, { signedBy: [] })).status).toBe(200);
  expect(await settled('pending')).toMatchObject({ digest: third, tag: 'v3', cause: 'push' });
});

test('what waits for its review is not deployed, and is when it is approved; what came after it stays', async () => {
  await make('reviewed', 'test', { follows: { kind: 'tags', pattern: 'v*' } });
  await make('reviewed', 'review', { follows: { kind: 'tags', pattern: 'pr-*' }, perTag: true });
  await make('reviewed', 'production');
  expect((await owner.api('PUT', '/repositories/acme/reviewed/-/review', { required: true })).status).toBe(200);
  const rex = await world.person('rex');
  await owner.api('POST', '/namespaces/acme/grants', { subject: { kind: 'user', name: 'rex' }, actions: ['review'] });
  const decide = async (digest: string, decision: Json): Promise<number> => {
    for (;;) {
      const { status, body } = await rex.api('POST', `/repositories/acme/reviewed/-/images/${digest}/review`, decision);
      if (status !== 409 || !JSON.stringify(body).includes('still being checked')) return status;
      await Bun.sleep(50);
    }
  };
  const settled = async (name: string, wanted: readonly string[]): Promise<Json[]> => {
    for (const until = Date.now() + 30_000; ;) {
      const all = await releases('reviewed', name);
      if (Date.now() > until) expect(short(all)).toEqual([...wanted]);
      if (short(all).join() === wanted.join()) return all;
      await Bun.sleep(50);
    }
  };
  const { digest } = await pushImage(writer, 'acme/reviewed', 'v1');
  for (const tag of ['pr-1', 'pr-2']) await owner.api('POST', '/repositories/acme/reviewed/-/place-tags', { tags: [{ tag, digest }] });
  const [refused] = await settled('test', ['v1 push refused']);
  expect(refused).toMatchObject({ message: 'it waits for its review: nobody has approved the image yet' });
  await settled('review', ['pr-2 push refused', 'pr-1 push refused']);
  expect((await owner.api('POST', at('reviewed', '/production/releases'), { digest })).body).toMatchObject({ state: 'refused' });
  expect((await hear('reviewed', 'test')).wishes).toEqual([]);

  expect(await decide(digest, { decision: 'approve' })).toBe(200);
  await settled('test', ['v1 push pending', 'v1 push refused']);
  await settled('review', ['pr-1 push pending', 'pr-2 push pending', 'pr-2 push refused', 'pr-1 push refused']);
  expect((await hear('reviewed', 'test')).wishes).toMatchObject([{ digest }]);
  // What somebody asked for by hand is theirs to ask for again.
  expect(short(await releases('reviewed', 'production'))).toEqual([' deploy refused']);

  const { digest: second } = await pushImage(writer, 'acme/reviewed', 'v2');
  expect(await decide(second, { decision: 'refuse', reason: 'no source' })).toBe(200);
  expect((await owner.api('POST', at('reviewed', '/production/releases'), { digest: second })).body).toMatchObject({
    message: 'its review refused it: no source',
  });
});

test('an environment that follows tags and comes after another takes them once they have run there', async () => {
  await make('chain', 'test', { follows: { kind: 'tags', pattern: 'v*' } });
  await make('chain', 'production', { follows: { kind: 'tags', pattern: 'v*' }, after: 'test' });
  const { version } = await hear('chain', 'production');
  const hearing = hear('chain', 'test', (await hear('chain', 'test')).version);
  const { digest } = await pushImage(writer, 'acme/chain', 'v1');
  const [wish] = (await hearing).wishes;
  while ((await releases('chain', 'production')).length === 0) await Bun.sleep(50);
  expect((await releases('chain', 'production'))[0]).toMatchObject({ state: 'refused', message: 'it has not run in test yet' });
  await say('chain', 'test', wish, 'running');
  expect((await hear('chain', 'production', version)).wishes).toMatchObject([{ digest, tag: 'v1' }]);
});

test('what has become forbidden while it waited for its approval is not approved', async () => {
  await make('late', 'production', { needsApproval: true });
  const asked = await writer.api('POST', at('late', '/production/releases'), { tag: 'seed' });
  expect(asked.body).toMatchObject({ state: 'awaiting' });
  await owner.api('PUT', '/repositories/acme/late/-/policy', { signedBy: ['*'] });
  const decision = at('late', `/production/releases/${String(asked.body['id'])}/decision`);
  for (const until = Date.now() + 30_000; ;) {
    const check = await owner.api('GET', `/repositories/acme/late/-/images/seed/verdict`);
    if (check.body['state'] === 'blocked' || Date.now() > until) break;
    await Bun.sleep(50);
  }
  const answer = await owner.api('POST', decision, { approved: true });
  expect([answer.status, JSON.stringify(answer.body)]).toEqual([409, expect.stringContaining('it cannot be approved: image blocked')]);
  expect((await owner.api('POST', decision, { approved: false })).status).toBe(204);
});
