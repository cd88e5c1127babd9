import { describe, expect, test } from 'bun:test';
import { type Answer, type Asked, scriptedTransport, testClock } from '../../../../test/support/client/scripted-transport.ts';
import { createAuthenticator } from './authenticator.ts';
import type { Credential } from './credential.ts';
import { RemoteError } from './remote-error.ts';

const bearer = 'Bearer realm="https://auth.test/token",service="reg.test",scope="repository:a:pull"';
const pull = { repository: 'a', scopes: ['repository:a:pull'] };
const alice: Credential = { kind: 'password', username: 'alice', password: 's3cret' };

function authenticator(options: { credential?: Credential; origin?: string; answer?: (asked: Asked, count: number) => Answer | RemoteError } = {}) {
  const scripted = scriptedTransport(options.answer ?? ((_asked, count) => ({ status: 200, body: JSON.stringify({ token: `t${count}`, expires_in: 300 }) })));
  const clock = testClock();
  const made = createAuthenticator({
    host: 'reg.test',
    origin: () => new URL(options.origin ?? 'https://reg.test/'),
    credentials: { find: () => Promise.resolve(options.credential) },
    transport: scripted.transport,
    clock,
    retry: { attempts: 3, firstDelayMs: 100, maxDelayMs: 1000, maxRetryAfterMs: 5000 },
    userAgent: 'naru/test',
  });
  return { ...made, clock, asked: scripted.asked };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no failure',
    (error: unknown) => (error instanceof RemoteError ? `${error.kind}: ${error.message}` : error),
  );
}

describe('basic', () => {
  test('gives user and password, and nothing when there are none', async () => {
    const known = authenticator({ credential: alice });
    known.learn('Basic realm="r"');
    expect(await known.authorize(pull)).toBe(`Basic ${btoa('alice:s3cret')}`);
    const nobody = authenticator();
    nobody.learn('Basic realm="r"');
    expect(await nobody.authorize(pull)).toBeUndefined();
  });
});

describe('bearer', () => {
  test('a password is shown to the token service by GET, with every scope', async () => {
    const one = authenticator({ credential: alice });
    one.learn(bearer);
    expect(await one.authorize({ repository: 'a', scopes: ['repository:b:pull', 'repository:a:pull,push'] })).toBe('Bearer t1');
    expect(one.asked).toEqual([
      {
        method: 'GET',
        url: 'https://auth.test/token?account=alice&service=reg.test&scope=repository%3Aa%3Apull%2Cpush&scope=repository%3Ab%3Apull',
        headers: { 'user-agent': 'naru/test', authorization: `Basic ${btoa('alice:s3cret')}` },
        body: '',
      },
    ]);
  });

  test('an identity token is exchanged by POST', async () => {
    const one = authenticator({ credential: { kind: 'identity-token', token: 'id' }, answer: () => ({ status: 200, body: '{"access_token":"x"}' }) });
    one.learn(bearer);
    expect(await one.authorize(pull)).toBe('Bearer x');
    expect(one.asked.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', 'https://auth.test/token', 'client_id=naru&grant_type=refresh_token&refresh_token=id&service=reg.test&scope=repository%3Aa%3Apull'],
    ]);
  });

  test('nobody asks without authorization; a registry token asks nobody', async () => {
    const nobody = authenticator();
    nobody.learn(bearer);
    await nobody.authorize(pull);
    expect(nobody.asked[0]?.headers).toEqual({ 'user-agent': 'naru/test' });
    const token = authenticator({ credential: { kind: 'registry-token', token: 'given' } });
    token.learn(bearer);
    expect([await token.authorize(pull), token.asked.length]).toEqual(['Bearer given', 0]);
  });

  test('one token for the same scopes, also for many at once, until it ends', async () => {
    const one = authenticator();
    one.learn(bearer);
    expect(await Promise.all([one.authorize(pull), one.authorize(pull), one.authorize(pull)])).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t1']);
    expect(await one.authorize({ repository: 'a', scopes: ['repository:a:push'] })).toBe('Bearer t2');
    one.clock.advance(289_000);
    expect(await one.authorize(pull)).toBe('Bearer t1');
    one.clock.advance(2000);
    expect(await Promise.all([one.authorize(pull), one.authorize(pull)])).toEqual(['Bearer t3', 'Bearer t3']);
  });

  test('a lifetime below a minute counts as one', async () => {
    const one = authenticator({ answer: (_asked, count) => ({ status: 200, body: JSON.stringify({ token: `t${count}`, expires_in: 1 }) }) });
    one.learn(bearer);
    await one.authorize(pull);
    one.clock.advance(49_000);
    expect(await one.authorize(pull)).toBe('Bearer t1');
  });

  test('asks again with the scope that the registry named, and remembers it', async () => {
    const one = authenticator();
    one.learn(bearer);
    await one.authorize(pull);
    one.learn('Bearer realm="https://auth.test/token",service="reg.test",scope="repository:a:delete",error="insufficient_scope"');
    expect(await one.reauthorize(pull)).toBe('Bearer t2');
    expect(await one.authorize(pull)).toBe('Bearer t2');
    expect(one.asked[1]?.url).toContain('scope=repository%3Aa%3Adelete%2Cpull');
  });

  test('tries again when the service is busy, and not when it says no', async () => {
    const busy = authenticator({ answer: (_asked, count) => (count < 3 ? { status: 503 } : { status: 200, body: '{"token":"t"}' }) });
    busy.learn(bearer);
    expect(await busy.authorize(pull)).toBe('Bearer t');
    const no = authenticator({ credential: alice, answer: () => ({ status: 401, body: '{"details":"incorrect username or password"}' }) });
    no.learn(bearer);
    expect(await failure(no.authorize(pull))).toBe('unauthorized: incorrect username or password');
    expect(no.asked.length).toBe(1);
  });
});

describe('credentials stay where they belong', () => {
  test.each([
    ['http://auth.evil/token', 'https://reg.test/', 'refused: '],
    ['http://auth.evil/token', 'http://reg.test/', 'refused: '],
    ['http://reg.test/token', 'https://reg.test/', 'refused: '],
    ['ftp://auth.test/token', 'https://reg.test/', 'broken-answer: '],
    ['https://user:pass@auth.test/token', 'https://reg.test/', 'broken-answer: '],
    ['//', 'https://reg.test/', 'broken-answer: '],
    ['', 'https://reg.test/', 'broken-answer: '],
  ])('realm %s of %s', async (realm, origin, expected) => {
    const one = authenticator({ credential: alice, origin });
    one.learn(`Bearer realm="${realm}"`);
    expect(await failure(one.authorize(pull))).toStartWith(expected);
    expect(one.asked).toEqual([]);
  });

  test('plain HTTP on the host that we speak plain HTTP with already, and to anybody for nobody', async () => {
    const own = authenticator({ credential: alice, origin: 'http://localhost:5000/' });
    own.learn('Bearer realm="http://localhost:5001/token"');
    expect(await own.authorize(pull)).toBe('Bearer t1');
    const nobody = authenticator();
    nobody.learn('Bearer realm="http://auth.evil/token"');
    expect(await nobody.authorize(pull)).toBe('Bearer t1');
  });

  test('no redirect is followed', async () => {
    const one = authenticator({ credential: alice, answer: () => ({ status: 307, headers: { location: 'https://evil.test/' } }) });
    one.learn(bearer);
    expect(await failure(one.authorize(pull))).toContain('redirects');
    expect(one.asked.length).toBe(1);
  });

  test.each([
    ['not JSON', '<html>', 'is not JSON'],
    ['no token', '{}', 'without a token'],
    ['a header in the token', JSON.stringify({ token: 'a\r\nx: y' }), 'cannot be sent'],
    ['a token without end', JSON.stringify({ token: 'a'.repeat(70_000) }), 'cannot be sent'],
    ['an answer without end', `{"token":"${'a'.repeat(300_000)}"}`, 'is longer than'],
  ])('%s', async (_name, body, expected) => {
    const one = authenticator({ answer: () => ({ status: 200, body }) });
    one.learn(bearer);
    expect(await failure(one.authorize(pull))).toContain(expected);
  });
});
