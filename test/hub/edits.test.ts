/** Two people who change the same thing: for every row that writes what several people may. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { routes } from '@naru/server/hub-api/routes';
import { type Person, startWorld, type World } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';

setDefaultTimeout(60_000);

let world: World;
let kim: Person;
let lee: Person;
beforeAll(async () => {
  world = await startWorld();
  [kim, lee] = [await world.person('kim'), await world.person('lee')];
  await kim.api('POST', '/organisations', { name: 'acme', fullName: 'Acme' });
  await world.admin.api('PUT', '/organisations/acme/members/lee', { role: 'owner' });
  await pushImage(kim, 'acme/app', '1.0.0');
});
afterAll(() => world[Symbol.asyncDispose]());

type Answer = { readonly status: number; readonly etag: string; readonly body: unknown };

async function send(
  person: Person,
  method: string,
  path: string,
  { body, ...conditions }: { body?: unknown; [header: string]: unknown } = {},
): Promise<Answer> {
  const headers = { authorization: person.basic, ...(conditions as Record<string, string>) };
  const response = await fetch(`${world.server.url}/api/v1${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, etag: response.headers.get('etag') ?? '', body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

const repository = '/repositories/acme/app';
const environment = (agents: readonly string[]) => ({ follows: { kind: 'nothing' }, agents });

/** What each row is sent: first by one, then by the other, who has not seen it. */
const bodies: Readonly<Record<string, readonly [path: string, first: unknown, second: unknown]>> = {
  editReadme: [`${repository}/-/readme`, { text: '# One' }, { text: '# Two' }],
  changeRepository: [repository, { description: 'one' }, { visibility: 'private' }],
  setRetention: [`${repository}/-/retention`, { keep: { newest: 1 } }, { keep: { newest: 2 } }],
  setTagRules: [`${repository}/-/tag-rules`, { forbidden: ['x*'] }, { forbidden: ['y*'] }],
  setRepositoryPolicy: [`${repository}/-/policy`, { forbidSecrets: true }, { quarantine: true }],
  setNamespacePolicy: ['/namespaces/acme/policy', { forbidSecrets: true }, { forbidSecrets: false }],
  setRepositoryGoldenPolicy: [`${repository}/-/golden-policy`, { mode: 'report' }, { mode: 'report', former: false }],
  setNamespaceGoldenPolicy: ['/namespaces/acme/golden-policy', { mode: 'report' }, { mode: 'report', former: false }],
  setReviewRequirement: [`${repository}/-/review`, { required: true }, { required: false }],
  changeRepositoryWebhook: [`${repository}/-/webhooks/{webhook}`, { events: ['tag.moved'] }, { events: ['tag.deleted'] }],
  changeNamespaceWebhook: ['/namespaces/acme/webhooks/{webhook}', { events: ['tag.moved'] }, { disabled: true }],
  putEnvironment: [`${repository}/-/environments/test`, environment(['kim']), environment(['lee'])],
  changeOrganisation: ['/organisations/acme', { fullName: 'One' }, { memberRole: 'write' }],
  changeNamespace: ['/namespaces/acme', { visibility: 'private' }, { networks: ['10.0.0.0/8', '127.0.0.0/8'] }],
};
/** Those that take it away, by the row that sets it. */
const removals: Readonly<Record<string, string>> = {
  deleteRetention: 'setRetention',
  deleteTagRules: 'setTagRules',
  deleteRepositoryPolicy: 'setRepositoryPolicy',
  deleteNamespacePolicy: 'setNamespacePolicy',
  deleteRepositoryGoldenPolicy: 'setRepositoryGoldenPolicy',
  deleteNamespaceGoldenPolicy: 'setNamespaceGoldenPolicy',
  deleteEnvironment: 'putEnvironment',
};

const guarded = routes.filter(({ edits }) => edits !== undefined);
const methodOf = (operation: string) => routes.find((row) => row.operation === operation)?.method ?? '';

/** Where it is now, with what its webhook is called. */
async function placeOf(operation: string): Promise<string> {
  const [path = ''] = bodies[operation] ?? [];
  if (!path.endsWith('{webhook}')) return path;
  const list = path.replace('/{webhook}', '');
  const { items } = (await send(kim, 'GET', list)).body as { items: readonly { id: string }[] };
  const made = items[0] ?? ((await send(kim, 'POST', list, { body: { url: 'https://example.org/hook', events: ['all'] } })).body as { id: string });
  return path.replace('{webhook}', made.id);
}

test('every row that writes what others write too is here', () => {
  expect(guarded.map(({ operation }) => operation).toSorted()).toEqual([...Object.keys(bodies), ...Object.keys(removals)].toSorted());
});

/** What one person alone has, what is one word, and what is made and taken away but never changed. */
const unguarded = [
  'addTeamMember',
  'enableSecondFactor',
  'changeEmail',
  'changeSelf',
  'changePassword',
  'changeUser',
  'changeRobot',
  'createRepository',
  'renamePasskey',
  'setMember',
  'setNamespaceSigner',
  'setNotificationSetting',
  'setQuota',
  'setRepositorySigner',
  'setTagNotice',
  'starRepository',
];

test('a new row that writes says whether others may write it meanwhile', () => {
  const others = routes.filter(({ method, edits }) => (method === 'PUT' || method === 'PATCH') && edits === undefined);
  expect(others.map(({ operation }) => operation).toSorted()).toEqual(unguarded.toSorted());
});

test.each(Object.keys(bodies))('%s: who has not seen the change of another is told of it, and nothing is lost', async (operation) => {
  const [path, [, first, second]] = [await placeOf(operation), bodies[operation] ?? []];
  const method = methodOf(operation);
  const before = await send(kim, 'GET', path);
  const isNew = before.status === 404;
  const condition = isNew ? { 'if-none-match': '*' } : { 'if-match': before.etag };
  const changed = await send(lee, method, path, { body: first, ...condition });
  const now = await send(kim, 'GET', path);
  expect([changed.status, changed.etag]).toEqual([200, now.etag]);

  const refused = await send(kim, method, path, { body: second, ...condition });
  expect([refused.status, refused.body]).toEqual([
    412,
    {
      errors: [
        {
          code: 'PRECONDITION_FAILED',
          message: 'lee has changed it meanwhile: read it again',
          detail: { changedBy: 'lee', changedAt: expect.any(Number) },
        },
      ],
    },
  ]);
  expect((await send(kim, 'GET', path)).etag).toBe(now.etag);

  const over = await send(kim, method, path, { body: second, 'if-match': `"other.one", ${now.etag}` });
  expect(over.status).toBe(200);
  expect(over.etag.split('.')[0]).not.toBe(now.etag.split('.')[0]);
  expect((await send(kim, method, path, { body: first })).status).toBe(200);
  expect((await send(kim, method, path, { body: second, 'if-match': '*' })).status).toBe(200);
});

test.each(Object.keys(removals))('%s: what has been changed is not taken away unseen', async (operation) => {
  const setter = removals[operation] ?? '';
  const [path, [, first, second]] = [await placeOf(setter), bodies[setter] ?? []];
  const { etag } = await send(kim, methodOf(setter), path, { body: first });
  await send(lee, methodOf(setter), path, { body: second });
  expect((await send(kim, 'DELETE', path, { 'if-match': etag })).status).toBe(412);
  const now = await send(kim, 'GET', path);
  expect((await send(lee, 'DELETE', path, { 'if-match': now.etag })).status).toBe(204);
  const gone = await send(kim, methodOf(setter), path, { body: first, 'if-match': now.etag });
  expect(gone.status).toBe(412);
  expect(JSON.stringify(gone.body)).toMatch(/lee has (changed|deleted) it meanwhile/);
});

test('what people do not write is no conflict: a push and a star change the answer, not what If-Match means', async () => {
  const { etag } = await send(kim, 'GET', repository);
  await pushImage(kim, 'acme/app', '2.0.0');
  await send(lee, 'PUT', `${repository}/-/star`);
  const now = await send(kim, 'GET', repository);
  expect(now.etag).not.toBe(etag);
  expect((await send(kim, 'GET', repository, { 'if-none-match': etag })).status).toBe(200);
  expect((await send(kim, 'GET', repository, { 'if-none-match': now.etag })).status).toBe(304);
  expect((await send(kim, 'PATCH', repository, { body: { description: 'after a push' }, 'if-match': etag })).status).toBe(200);
});

test('of many who have read the same, one writes', async () => {
  const { etag } = await send(kim, 'GET', repository);
  const writers = Array.from({ length: 12 }, (_, number) =>
    send(number % 2 === 0 ? kim : lee, 'PATCH', repository, { body: { description: `by ${number}` }, 'if-match': etag }),
  );
  const answers = await Promise.all(writers);
  expect(answers.map(({ status }) => status).toSorted((one, two) => one - two)).toEqual([200, ...Array.from({ length: 11 }, () => 412)]);
  const won = answers.findIndex(({ status }) => status === 200);
  expect(((await send(kim, 'GET', repository)).body as { description: string }).description).toBe(`by ${won}`);
});

test.each(['"a"b"', 'W/"x"', '"no.such"', ''])('If-Match: %s matches nothing', async (condition) => {
  const before = await send(kim, 'GET', repository);
  expect((await send(kim, 'PATCH', repository, { body: { description: 'lost' }, 'if-match': condition })).status).toBe(412);
  expect((await send(kim, 'GET', repository)).etag).toBe(before.etag);
});
