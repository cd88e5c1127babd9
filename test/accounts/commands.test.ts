/** `naru admin …` for accounts and rights: every verb, over the socket in the data folder and over HTTP with a token. */
import { describe, expect, test } from 'bun:test';
import { accountCommands } from '../../packages/naru/src/admin/account-commands.ts';
import { machineCommands } from '../../packages/naru/src/admin/machine-commands.ts';
import { organisationCommands } from '../../packages/naru/src/admin/organisation-commands.ts';
import { runNaru } from '../support/server.ts';
import { adminName, password, startWorld, type World } from './support/accounts.ts';
import { startCiIssuer } from './support/ci-issuer.ts';
import { pullStatus, pushImage } from './support/push.ts';

const tried = new Set<string>();
const verbs = Object.keys({ ...accountCommands, ...organisationCommands, ...machineCommands });

describe.each(['--data', '--server'] as const)('%s', (way) => {
  test('people, organisations, teams and what they may do', async () => {
    await using world = await startWorld();
    const { naru, items, refusal } = await commandsOf(world, way);

    expect(await naru('user create', ['kim', '--email', 'kim@example.org', '--full-name', 'Kim Min', '--password-stdin'], password)).toMatchObject({
      name: 'kim',
      email: 'kim@example.org',
      fullName: 'Kim Min',
      administrator: false,
    });
    await naru('user create', ['lee', '--password-stdin'], password);
    expect((await items('user ls')).map(({ name }) => name)).toEqual([adminName, 'kim', 'lee']);
    expect(await naru('user set', ['lee', '--email', 'lee@example.org', '--admin', 'true'])).toMatchObject({ email: 'lee@example.org', administrator: true });
    expect(await naru('user set', ['lee', '--admin', 'false', '--disabled', 'true'])).toMatchObject({ administrator: false, disabledAt: expect.any(Number) });
    expect(await logIn(world, 'lee', password)).toBe(401);
    await naru('user set', ['lee', '--disabled', 'false', '--password-stdin', '--no-second-factor'], 'another good one');
    expect([await logIn(world, 'lee', password), await logIn(world, 'lee', 'another good one')]).toEqual([401, 200]);
    expect(await refusal('user set', ['lee', '--admin', 'perhaps'])).toContain('administrator: ');

    await naru('org create', ['acme', '--owner', 'kim', '--full-name', 'Acme']);
    await naru('org create', ['other', '--owner', 'kim']);
    expect((await items('org ls')).map(({ name, fullName }) => [name, fullName])).toEqual([
      ['acme', 'Acme'],
      ['other', ''],
    ]);
    expect(await naru('org set', ['acme', '--member-role', 'none', '--full-name', 'Acme & Co'])).toMatchObject({ fullName: 'Acme & Co', memberActions: [] });
    await naru('org add', ['acme', 'lee']);
    expect((await items('org members', ['acme'])).map(({ name, role }) => `${String(name)}: ${String(role)}`).toSorted()).toEqual([
      'kim: owner',
      'lee: member',
    ]);

    await naru('team create', ['acme', 'dev', '--description', 'who builds']);
    expect(await items('team ls', ['acme'])).toMatchObject([{ name: 'dev', description: 'who builds' }]);
    await naru('team add', ['acme', 'dev', 'lee']);
    expect(await items('team members', ['acme', 'dev'])).toMatchObject([{ name: 'lee' }]);

    // An invitation: into the team, accepted by its owner, or withdrawn.
    const mina = await world.person('mina');
    const { secret } = await naru('org invite', ['acme', 'mina@example.org', '--team', 'dev']);
    expect(await items('org invitations', ['acme'])).toMatchObject([{ email: 'mina@example.org', role: 'member' }]);
    expect((await mina.api('POST', '/invitations/accept', { secret })).status).toBe(200);
    expect((await items('team members', ['acme', 'dev'])).map(({ name }) => String(name)).toSorted()).toEqual(['lee', 'mina']);
    const withdrawn = await naru('org invite', ['acme', 'somebody@example.org', '--role', 'owner']);
    await naru('org withdraw', ['acme', String(withdrawn['id'])]);
    expect(await items('org invitations', ['acme'])).toEqual([]);
    expect(await refusal('org invite', ['acme', 'mina@example.org', '--team', 'nobody'])).not.toBe('');

    // Rights, as the registry sees them.
    const lee = world.as('lee', 'another good one');
    expect((await pushImage(lee, 'acme/app', 'v1')).status).toBe(403);
    const grant = await naru('grant create', ['acme', 'team:dev', '--role', 'write', '--repositories', 'acme/*']);
    expect((await pushImage(lee, 'acme/app', 'v1')).status).toBe(201);
    expect(await items('grant ls', ['acme'])).toMatchObject([{ id: grant['id'], subject: { kind: 'team', name: 'dev' } }]);
    await naru('grant rm', ['acme', String(grant['id'])]);
    expect((await pushImage(lee, 'acme/app', 'v2')).status).toBe(403);
    await naru('grant create', ['acme', 'team:dev', '--action', 'pull', '--action', 'push', '--action', 'tag:move']);
    expect((await pushImage(lee, 'acme/app', 'v2')).status).toBe(201);
    await naru('team rm-member', ['acme', 'dev', 'lee']);
    expect((await pushImage(lee, 'acme/app', 'v3')).status).toBe(403);
    await naru('team rm', ['acme', 'dev']);
    expect(await items('team ls', ['acme'])).toEqual([]);
    expect(await items('grant ls', ['acme'])).toEqual([]);
    await naru('org rm-member', ['acme', 'lee']);
    expect((await items('org members', ['acme'])).map(({ name }) => String(name)).toSorted()).toEqual(['kim', 'mina']);

    // Repositories and namespaces.
    await naru('repository create', ['acme/empty', '--visibility', 'internal']);
    expect(await naru('repository set', ['acme/empty', '--visibility', 'private', '--description', 'Nothing yet'])).toMatchObject({
      visibility: 'private',
      description: 'Nothing yet',
    });
    expect(await naru('repository set', ['acme/empty', '--description', ''])).toMatchObject({ visibility: 'private', description: '' });
    expect(await refusal('repository set', ['acme/empty'])).toContain('nothing to change');
    expect(await naru('repository rename', ['acme/empty', 'other/moved'])).toMatchObject({ name: 'other/moved', previous: 'acme/empty' });
    expect((await items('repository ls')).map(({ name }) => name)).toEqual(['acme/app', 'other/moved']);
    expect(await naru('namespace set', ['acme', '--visibility', 'internal', '--network', '10.0.0.0/8'])).toMatchObject({ networks: ['10.0.0.0/8'] });
    expect(await pullStatus(world.anonymous, 'acme/app', 'v1')).toBe(403);
    expect(await naru('namespace set', ['acme', '--any-network'])).toMatchObject({ visibility: 'internal', networks: null });
    expect(await pullStatus(world.anonymous, 'acme/app', 'v1')).toBe(200);
    expect(await naru('quota set', ['acme', '5000000'])).toMatchObject({ namespace: 'acme', maxBytes: 5_000_000, isOwn: true });
    expect(await naru('usage show', ['acme'])).toMatchObject({ namespace: 'acme', repositories: 1, maxBytes: 5_000_000 });
    expect((await items('usage ls')).map(({ namespace }) => namespace)).toContain('acme');
    await naru('quota rm', ['acme']);
    expect(await naru('usage show', ['acme'])).toMatchObject({ isOwn: false });
    expect(await refusal('org rm', ['acme'])).not.toBe('');
    for (const name of ['acme/app', 'other/moved']) await naru('repository rm', [name]);
    for (const name of ['acme', 'other']) await naru('org rm', [name]);
    expect(await items('org ls')).toEqual([]);
    await naru('user rm', ['lee']);
    expect(await logIn(world, 'lee', 'another good one')).toBe(401);
    expect(await items('audit ls', ['--limit', '1', '--action', 'user.delete'])).toHaveLength(1);
    expect(await naru('audit verify')).toMatchObject({ entries: expect.any(Number) });
  }, 240_000);

  test('robots, tokens and CI', async () => {
    await using issuer = await startCiIssuer();
    await using world = await startWorld({ flags: ['--federation-issuers', issuer.issuer] });
    const { naru, items, refusal } = await commandsOf(world, way);
    await world.person('kim');

    await naru('robot create', ['kim', 'bot', '--description', 'builds']);
    const { secret } = await naru('token create', ['kim+bot', '--name', 'ci', '--action', 'push', '--repositories', 'kim/*', '--days', '30']);
    expect(await items('token ls', ['kim+bot'])).toMatchObject([{ name: 'ci', actions: ['pull', 'push', 'tag:move'], repositories: ['kim/*'] }]);
    await naru('grant create', ['kim', 'robot:bot', '--role', 'write']);
    const robot = world.as('kim+bot', String(secret));
    expect((await pushImage(robot, 'kim/app', 'v1')).status).toBe(201);
    const running = await robot.token('repository:kim/app:pull,push');
    const upload = () =>
      fetch(`${world.server.url}/v2/kim/app/blobs/uploads/`, { method: 'POST', headers: { authorization: `Bearer ${running}` } }).then(({ status }) => status);
    expect(await upload()).toBe(202);
    await naru('robot set', ['kim', 'bot', '--disabled', 'true']);
    expect(await items('robot ls', ['kim'])).toMatchObject([{ name: 'bot', description: 'builds', disabledAt: expect.any(Number) }]);
    // Also with the registry token that it has already.
    expect([await upload(), await logIn(world, 'kim+bot', String(secret))]).toEqual([401, 401]);
    await naru('robot set', ['kim', 'bot', '--disabled', 'false']);
    expect([await upload(), await logIn(world, 'kim+bot', String(secret))]).toEqual([202, 200]);
    expect(await refusal('robot set', ['kim', 'bot'])).toContain('disabled: ');
    const [token] = await items('token ls', ['kim+bot']);
    await naru('token rm', ['kim+bot', String(token?.['id'])]);
    expect([await upload(), await logIn(world, 'kim+bot', String(secret))]).toEqual([401, 401]);
    await naru('robot rm', ['kim', 'bot']);
    expect(await items('robot ls', ['kim'])).toEqual([]);

    const trust = ['kim', 'ci', '--issuer', issuer.issuer, '--audience', issuer.audience];
    expect(await refusal('trusted-issuer create', trust)).toContain('claims: ');
    expect(await refusal('trusted-issuer create', [...trust, '--claim', 'repository'])).toContain('claims');
    expect(await refusal('trusted-issuer create', ['kim', 'ci', '--issuer', 'https://evil.example', '--audience', 'x', '--claim', 'a=b'])).toContain(
      issuer.issuer,
    );
    await naru('trusted-issuer create', [...trust, '--claim', 'repository=acme/*', '--claim', 'ref=refs/heads/main']);
    expect(await items('trusted-issuer ls', ['kim'])).toMatchObject([{ name: 'ci', claims: { repository: 'acme/*', ref: 'refs/heads/main' } }]);
    await naru('grant create', ['kim', 'ci:ci', '--role', 'write']);
    const run = world.as('a run', await issuer.sign());
    expect((await pushImage(run, 'kim/app', 'from-ci')).status).toBe(201);
    await naru('trusted-issuer rm', ['kim', 'ci']);
    expect(await logIn(world, 'a run', await issuer.sign())).toBe(401);
    expect(await refusal('trusted-issuer rm', ['kim', 'ci'])).not.toBe('');
  }, 240_000);
});

test('without a token, with one for less, and to a server that others could listen to', async () => {
  await using world = await startWorld();
  const { body } = await world.admin.api('POST', `/users/${adminName}/tokens`, { name: 'x', actions: ['pull'] });
  const listed = (env: Record<string, string>, server: string) => runNaru(['admin', 'user', 'ls', '--server', server], env);
  expect(await listed({}, world.server.url)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('NARU_TOKEN') });
  expect(await listed({ NARU_TOKEN: String(body['secret']) }, world.server.url)).toMatchObject({ exitCode: 1, stdout: '' });
  expect(await listed({ NARU_TOKEN: 'naru_wrong' }, world.server.url)).toMatchObject({ exitCode: 1, stdout: '' });
  expect(await listed({ NARU_TOKEN: 'naru_x' }, 'http://registry.example.com')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is not https') });
}, 60_000);

test('on the folder of a server that does not run', async () => {
  await using world = await startWorld();
  await world.server.stop();
  const naru = (...words: string[]) => runNaru(['admin', ...words, '--data', world.server.data, '--json']);
  expect((await naru('org', 'create', 'acme', '--owner', adminName)).exitCode).toBe(0);
  expect(JSON.parse((await naru('org', 'ls')).stdout)).toMatchObject({ items: [{ name: 'acme' }] });
  expect(JSON.parse((await naru('audit', 'ls', '--action', 'organisation.create')).stdout)).toMatchObject({
    items: [{ actor: 'operator', namespace: 'acme' }],
  });
}, 60_000);

test('every verb was tried', () => {
  expect(verbs.filter((verb) => !tried.has(verb))).toEqual([
    // `audit.test.ts`
    'admin audit export',
  ]);
});

async function logIn(world: World, name: string, secret: string): Promise<number> {
  return (await fetch(`${world.server.url}/token`, { headers: { authorization: world.as(name, secret).basic } })).status;
}

async function commandsOf(world: World, way: '--data' | '--server') {
  const { body } = await world.admin.api('POST', `/users/${adminName}/tokens`, { name: 'scripts' });
  const where = way === '--data' ? ['--data', world.server.data] : ['--server', world.server.url];
  const run = (verb: string, words: readonly string[], input?: string) => {
    tried.add(`admin ${verb}`);
    return runNaru(['admin', ...verb.split(' '), ...words, ...where, '--json'], { NARU_TOKEN: String(body['secret']) }, input);
  };
  const naru = async (verb: string, words: readonly string[] = [], input?: string): Promise<Record<string, unknown>> => {
    const { exitCode, stdout, stderr } = await run(verb, words, input);
    expect({ verb, words, exitCode, stderr }).toEqual({ verb, words, exitCode: 0, stderr: '' });
    return stdout === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>);
  };
  return {
    naru,
    items: async (verb: string, words: readonly string[] = []) => (await naru(verb, words))['items'] as Record<string, unknown>[],
    async refusal(verb: string, words: readonly string[]): Promise<string> {
      const { exitCode, stderr } = await run(verb, words);
      expect({ verb, exitCode }).toEqual({ verb, exitCode: 1 });
      return stderr;
    },
  };
}
