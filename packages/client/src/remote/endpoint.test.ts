import { describe, expect, test } from 'bun:test';
import { type Answer, type Asked, lost, scriptedConnection } from '../../../../test/support/client/scripted-transport.ts';
import type { EndpointAddress } from './endpoint.ts';
import { RemoteError } from './remote-error.ts';
import { openRepository, type Repository } from './repository.ts';

const alice = { kind: 'password', username: 'alice', password: 's3cret' } as const;

function open(script: (asked: Asked, count: number) => Answer | RemoteError, options: Parameters<typeof scriptedConnection>[1] = {}) {
  const scripted = scriptedConnection(script, options);
  return { ...scripted, repository: openRepository({ path: 'team/app' }, scripted.connection) };
}

async function tagsOf(repository: Repository): Promise<string[]> {
  return Array.fromAsync(repository.listTags());
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no failure',
    (error: unknown) => (error instanceof RemoteError ? `${error.kind}: ${error.message}` : error),
  );
}

const isPing = ({ url }: Asked) => url.endsWith('/v2/');
const noTags: Answer = { status: 200, body: '{"tags":[]}' };

describe('how to speak with a host', () => {
  const either: EndpointAddress = { host: 'localhost:5000', schemes: ['https', 'http'] };
  const notTls = new RemoteError('not-tls', 'tls: handshake failure');

  test('TLS where it is spoken', async () => {
    const { repository, asked } = open(() => noTags, { addresses: [either] });
    await tagsOf(repository);
    expect(asked.map(({ url }) => url)).toEqual(['https://localhost:5000/v2/', 'https://localhost:5000/v2/team/app/tags/list']);
  });

  test.each([
    [{ isLocal: true }, []],
    [{}, [{ kind: 'plain-http' as const, host: 'localhost:5000' }]],
  ])('plain HTTP where it is allowed and TLS is not spoken, with a warning where somebody could listen: %j', async (place, expected) => {
    const { repository, asked, warnings } = open(({ url }) => (url.startsWith('https') ? notTls : noTags), {
      addresses: [{ ...either, ...place }],
    });
    await tagsOf(repository);
    expect(asked.map(({ url }) => url)).toEqual(['https://localhost:5000/v2/', 'http://localhost:5000/v2/', 'http://localhost:5000/v2/team/app/tags/list']);
    expect(warnings).toEqual(expected);
  });

  test('never after a 401, and never after a wrong certificate', async () => {
    const refusing = open(() => ({ status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } }), { addresses: [either] });
    expect(await failure(tagsOf(refusing.repository))).toBe('unauthorized: no basic auth credentials');
    const wrong = open(() => new RemoteError('tls', 'x509'), { addresses: [either] });
    expect(await failure(tagsOf(wrong.repository))).toBe('tls: x509');
    expect([...refusing.asked, ...wrong.asked].filter(({ url }) => url.startsWith('http:'))).toEqual([]);
  });

  test("refused elsewhere in Docker's words, with the remedy, and no secret in the clear", async () => {
    const { repository, asked } = open(({ url }) => (url.startsWith('https') ? notTls : noTags), { credentials: { find: () => Promise.resolve(alice) } });
    const error: unknown = await tagsOf(repository).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      kind: 'plain-http',
      message: 'Get "https://reg.test/v2/": http: server gave HTTP response to HTTPS client',
      remedy: { kind: 'allow-plain-http', host: 'reg.test' },
    });
    expect(asked.map(({ url, headers }) => [url, headers['authorization']])).toEqual([
      ['https://reg.test/v2/', undefined],
      ['http://reg.test/v2/', undefined],
    ]);
  });

  test('who is not there is not waited for; who is busy is', async () => {
    const gone = open(() => new RemoteError('unreachable', 'connection refused', { retryable: true }));
    expect([await failure(tagsOf(gone.repository)), gone.asked.length]).toEqual(['unreachable: connection refused', 1]);
    const busy = open((_asked, count) => (count < 3 ? { status: 503, headers: { 'retry-after': '2' } } : noTags));
    await tagsOf(busy.repository);
    expect(busy.clock.slept).toEqual([2000, 2000]);
  });
});

describe('redirects', () => {
  const credentials = { find: () => Promise.resolve(alice) };
  const digest = `sha256:${'a'.repeat(64)}`;
  const blobs = (to: string): ((asked: Asked) => Answer) => {
    return (asked) => {
      if (isPing(asked)) return { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } };
      return asked.url.includes('/blobs/') ? { status: 307, headers: { location: to } } : { status: 200, body: 'there' };
    };
  };
  const get = async (repository: Repository) => new Response((await repository.getBlob(digest as Parameters<Repository['getBlob']>[0])).stream).text();

  test.each([
    ['https://cdn.test/x?sig=1', false],
    ['https://reg.test:444/x', false],
    ['https://reg.test.evil/x', false],
    ['/elsewhere', true],
    ['https://user:pass@reg.test/x', true],
  ])('to %s', async (location, isOwn) => {
    const { repository, asked } = open(blobs(location), { credentials });
    expect(await get(repository)).toBe('there');
    expect(asked.at(-1)?.headers['authorization'] !== undefined).toBe(isOwn);
    expect(asked.at(-1)?.url).not.toContain('pass@');
  });

  test.each([
    ['http://cdn.test/x', 'plain-http: '],
    ['file:///etc/passwd', 'broken-answer: '],
    ['http://[', 'broken-answer: '],
  ])('not to %s', async (location, expected) => {
    const { repository } = open(blobs(location), { credentials });
    expect(await failure(get(repository))).toStartWith(expected);
  });

  test('to plain HTTP where it was allowed', async () => {
    const { repository } = open(blobs('http://cdn.test/x'), { credentials, isPlainHttpAllowed: (host) => Promise.resolve(host === 'cdn.test') });
    expect(await get(repository)).toBe('there');
  });

  test('not in a circle', async () => {
    const { repository, asked } = open((one) => (isPing(one) ? noTags : { status: 302, headers: { location: one.url } }));
    expect(await failure(get(repository))).toBe('broken-answer: reg.test: stopped after 5 redirects');
    expect(asked.length).toBe(7);
  });

  test('without a place to go', async () => {
    const { repository } = open((one) => (isPing(one) ? noTags : { status: 302 }));
    expect(await failure(get(repository))).toContain('answered without a Location');
  });
});

describe('answers', () => {
  test('an expired authorization is got again, once', async () => {
    const challenge = { 'www-authenticate': 'Bearer realm="https://auth.test/t"' };
    let tokens = 0;
    const script =
      (accepted: string) =>
      (asked: Asked): Answer => {
        if (asked.url.startsWith('https://auth.test')) return { status: 200, body: JSON.stringify({ token: `t${++tokens}` }) };
        return asked.headers['authorization'] === accepted
          ? noTags
          : { status: 401, headers: challenge, body: '{"errors":[{"code":"UNAUTHORIZED","message":"go away"}]}' };
      };
    await tagsOf(open(script('Bearer t2')).repository);
    tokens = 0;
    expect(await failure(tagsOf(open(script('never')).repository))).toBe('unauthorized: unauthorized: go away');
    expect(tokens).toBe(2);
  });

  test.each([
    [404, '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}', 'not-found: manifest unknown: manifest unknown'],
    [403, '', 'denied: denied: requested access to the resource is denied'],
    [400, '<html>no</html>', 'refused: received unexpected HTTP status: 400 Bad Request'],
    [418, '{"errors":[{"code":"A"},{"code":"B_C","message":"two\\nlines"}]}', 'refused: errors:\na\nb c: two lines'],
  ] as const)('%d %s', async (status, body, expected) => {
    const { repository } = open((asked) => (isPing(asked) ? noTags : { status, body }));
    expect(await failure(repository.getManifest('v1'))).toBe(expected);
  });

  test('warnings are handed on, cleaned', async () => {
    const { repository, warnings } = open((asked) => (isPing(asked) ? noTags : { ...noTags, headers: { warning: '299 - "moves \u001b[2Jon Monday"' } }));
    await tagsOf(repository);
    expect(warnings).toEqual([{ kind: 'registry-says', host: 'reg.test', text: 'moves  [2Jon Monday' }]);
  });

  test('a lost connection is tried again where that is safe', async () => {
    const flaky = open((asked, count) => (isPing(asked) ? noTags : count < 4 ? lost() : noTags));
    await tagsOf(flaky.repository);
    expect(flaky.asked.length).toBe(4);
    const patch = open((asked) => (isPing(asked) ? noTags : lost()));
    expect(await failure(patch.repository.appendUpload({ url: 'https://reg.test/u', offset: 0 }, new Uint8Array(3)))).toContain('network');
    expect(patch.asked.length).toBe(2);
  });
});

describe('lists', () => {
  test('pages are followed on the host that was asked, whatever the link says', async () => {
    const { repository, asked } = open((one) => {
      if (isPing(one)) return noTags;
      if (one.url.includes('last=b')) return { status: 200, body: '{"tags":["c",7,"../x","\\u001b"]}' };
      return { status: 200, headers: { link: '<http://internal:8080/v2/team/app/tags/list?last=b>; rel="next"' }, body: '{"tags":["a","b"]}' };
    });
    expect(await tagsOf(repository)).toEqual(['a', 'b', 'c']);
    expect(asked.at(-1)?.url).toBe('https://reg.test/v2/team/app/tags/list?last=b');
  });

  test.each([
    ['in a circle', { link: '</v2/team/app/tags/list>; rel="next"' }, '{"tags":["a"]}', 'leads in a circle'],
    ['not JSON', {}, 'tags', 'is not JSON'],
    ['no list', {}, '{"tags":"a"}', 'is no list of names'],
    ['too long', {}, `{"tags":["${'a'.repeat(9 * 2 ** 20)}"]}`, 'is longer than'],
  ] as const)('%s', async (_name, headers, body, expected) => {
    const { repository } = open((asked) => (isPing(asked) ? noTags : { status: 200, headers, body }));
    expect(await failure(tagsOf(repository))).toContain(expected);
  });

  test('an endless list of pages has an end', async () => {
    const { repository } = open((asked, count) =>
      isPing(asked) ? noTags : { status: 200, headers: { link: `</v2/team/app/tags/list?n=${count}>; rel="next"` }, body: '{"tags":[]}' },
    );
    expect(await failure(tagsOf(repository))).toContain('has more than 10000 pages');
  });

  test('none is null in Go', async () => {
    const { repository } = open((asked) => (isPing(asked) ? noTags : { status: 200, body: '{"name":"a","tags":null}' }));
    expect(await tagsOf(repository)).toEqual([]);
  });
});
