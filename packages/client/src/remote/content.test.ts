/** Manifests, blobs and uploads, against a registry that lies, breaks off and ignores ranges. */
import { describe, expect, test } from 'bun:test';
import { type Answer, type Asked, lost, scriptedConnection, streamOf } from '../../../../test/support/client/scripted-transport.ts';
import { getVerifiedBlob } from './blobs.ts';
import { hashBytes } from './content-hash.ts';
import type { EndpointAddress } from './endpoint.ts';
import { readManifest } from './manifests.ts';
import { RemoteError } from './remote-error.ts';
import { openRepository } from './repository.ts';
import { createVerifier } from './verify.ts';

const text = 'abcdefghijklmnopqrstuvwxyz';
const bytes = new TextEncoder().encode(text);
const digest = hashBytes('sha256', bytes);
const isPing = ({ url }: Asked) => url.endsWith('/v2/');

function open(script: (asked: Asked, count: number) => Answer | RemoteError, addresses?: readonly EndpointAddress[]) {
  const scripted = scriptedConnection((asked, count) => (isPing(asked) ? { status: 200 } : script(asked, count)), addresses === undefined ? {} : { addresses });
  return { ...scripted, repository: openRepository({ path: 'team/app' }, scripted.connection) };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no failure',
    (error: unknown) => (error instanceof RemoteError ? `${error.kind}: ${error.message}` : error),
  );
}

/** Serves `text`, a few bytes at a time, losing the connection after each of the first answers. */
function flaky(breaks: number, answerOf: (from: number) => Pick<Answer, 'status' | 'headers'> & { readonly from: number }) {
  let answers = 0;
  return (asked: Asked): Answer => {
    const wanted = Number(/^bytes=(\d+)-/.exec(asked.headers['range'] ?? '')?.[1] ?? 0);
    const { from, ...head } = answerOf(wanted);
    answers++;
    return { ...head, body: answers <= breaks ? streamOf([text.slice(from, from + 5 + wanted), lost()]) : text.slice(from) };
  };
}

const ranged = (from: number) =>
  from === 0 ? { status: 200, headers: { 'content-length': '26' }, from } : { status: 206, headers: { 'content-range': `bytes ${from}-25/26` }, from };
const rangeless = () => ({ status: 200, headers: { 'content-length': '26' }, from: 0 });

describe('blobs', () => {
  test.each([
    ['with ranges', ranged],
    ['without ranges', rangeless],
  ])('taken up where they broke: %s', async (_name, answerOf) => {
    const { repository, asked, clock } = open(flaky(2, answerOf));
    expect(await new Response(await getVerifiedBlob(repository, { digest, size: 26 })).text()).toBe(text);
    expect(asked.length).toBe(4);
    expect(clock.slept).toEqual([100, 100]);
  });

  test('given up when nothing comes any more', async () => {
    const { repository, asked } = open((_asked, count) => (count === 2 ? { status: 200, body: streamOf(['abc', lost()]) } : lost()));
    expect(await failure(new Response(await getVerifiedBlob(repository, { digest, size: 26 })).text())).toContain('network');
    expect(asked.length).toBeLessThan(12);
  });

  test('from the middle on, behind what is there already', async () => {
    const { repository, asked } = open(flaky(0, ranged));
    const verifier = createVerifier({ digest, size: 26 });
    verifier.update(bytes.subarray(0, 10));
    expect(await new Response(await getVerifiedBlob(repository, { digest, size: 26 }, { verifier })).text()).toBe(text.slice(10));
    expect(asked.at(-1)?.headers['range']).toBe('bytes=10-');
  });

  test.each([
    [{ offset: 3, length: 4 }, 'defg'],
    [{ offset: 20 }, 'uvwxyz'],
    [{ length: 2 }, 'ab'],
  ])('a part of a registry that knows no ranges: %j', async (part, expected) => {
    const { repository } = open(flaky(0, rangeless));
    expect(await new Response((await repository.getBlob(digest, part)).stream).text()).toBe(expected);
  });

  test('another range than asked for is refused', async () => {
    const { repository } = open(() => ({ status: 206, headers: { 'content-range': 'bytes 0-25/26' }, body: text }));
    expect(await failure(repository.getBlob(digest, { offset: 5 }))).toContain('another range');
  });

  test('another size than the descriptor says is refused before a byte is read', async () => {
    const { repository } = open(() => ({ status: 200, headers: { 'content-length': '999999' }, body: text }));
    expect(await failure(getVerifiedBlob(repository, { digest, size: 26 }))).toContain('has 999999 bytes in the registry');
  });

  test('none is undefined to whoever asks, and an error to whoever wants it', async () => {
    const { repository } = open(() => ({ status: 404 }));
    expect(await repository.headBlob(digest)).toBeUndefined();
    expect(await failure(repository.getBlob(digest))).toStartWith('not-found');
  });
});

describe('mirrors', () => {
  const addresses: EndpointAddress[] = [
    { host: 'one.test', schemes: ['https'], mirrorOf: 'reg.test' },
    { host: 'two.test', schemes: ['https'], mirrorOf: 'reg.test', prefix: 'cache/reg' },
    { host: 'reg.test', schemes: ['https'] },
  ];

  test('in their order, and the registry last', async () => {
    const { repository, asked, warnings } = open(
      ({ url }) => (url.startsWith('https://reg.test') ? { status: 200, headers: { 'content-length': '26' } } : { status: 503 }),
      addresses,
    );
    expect(await repository.headBlob(digest)).toEqual({ sizeBytes: 26 });
    expect([...new Set(asked.filter((one) => !isPing(one)).map(({ url }) => url))]).toEqual([
      `https://one.test/v2/team/app/blobs/${digest}?ns=reg.test`,
      `https://two.test/v2/cache/reg/team/app/blobs/${digest}?ns=reg.test`,
      `https://reg.test/v2/team/app/blobs/${digest}`,
    ]);
    expect(warnings).toEqual([
      { kind: 'mirror-failed', host: 'one.test', why: 'received unexpected HTTP status: 503 Service Unavailable' },
      { kind: 'mirror-failed', host: 'two.test', why: 'received unexpected HTTP status: 503 Service Unavailable' },
    ]);
  });

  test('one that is out of service is asked once for an image', async () => {
    const { repository, asked } = open(
      ({ url }) => (url.startsWith('https://one.test') ? lost() : { status: 200, body: text }),
      addresses.slice(0, 1).concat(addresses.slice(2)),
    );
    for (let layer = 0; layer < 3; layer++) await new Response((await repository.getBlob(digest)).stream).text();
    expect(asked.filter(({ url }) => url.includes('one.test/v2/team')).length).toBe(2);
  });

  test('one that gives wrong content is not asked again', async () => {
    const { repository, asked } = open(({ url }) => ({ status: 200, body: url.startsWith('https://one.test') ? text.toUpperCase() : text }), addresses);
    expect(await failure(new Response(await getVerifiedBlob(repository, { digest, size: 26 })).text())).toStartWith('wrong-content');
    expect(await new Response(await getVerifiedBlob(repository, { digest, size: 26 })).text()).toBe(text);
    expect(asked.at(-1)?.url).toStartWith('https://two.test');
  });

  test('nothing is written to them', async () => {
    const { repository, asked } = open(() => ({ status: 202, headers: { location: '/u' } }), addresses);
    await repository.startUpload();
    expect(asked.every(({ url }) => url.startsWith('https://reg.test'))).toBe(true);
  });
});

describe('manifests', () => {
  const manifest = '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}';
  const itsDigest = hashBytes('sha256', new TextEncoder().encode(manifest));
  const headers = { 'content-type': 'application/vnd.oci.image.index.v1+json; charset=utf-8' };

  test('by tag and by digest, byte for byte', async () => {
    const { repository } = open(() => ({ status: 200, headers, body: manifest }));
    for (const reference of ['v1', itsDigest]) {
      expect(await repository.getManifest(reference)).toEqual({
        bytes: new TextEncoder().encode(manifest),
        mediaType: 'application/vnd.oci.image.index.v1+json',
        digest: itsDigest,
      });
    }
  });

  test.each([
    ['another digest than asked for', digest, headers, manifest, 'wrong-content: manifest verification failed'],
    ['another digest than the registry says', 'v1', { ...headers, 'docker-content-digest': digest }, manifest, 'wrong-content: manifest verification failed'],
    ['endless', 'v1', headers, ' '.repeat(5 * 2 ** 20), 'broken-answer: the manifest is longer than'],
  ])('%s', async (_name, reference, answered, body, expected) => {
    const { repository } = open(() => ({ status: 200, headers: answered, body }));
    expect(await failure(repository.getManifest(reference))).toStartWith(expected);
  });

  test('a connection that is lost in the middle is asked again', async () => {
    const { repository } = open((_asked, count) => ({ status: 200, headers, body: count === 2 ? streamOf(['{"sch', lost()]) : manifest }));
    expect((await repository.getManifest('v1')).digest).toBe(itsDigest);
  });

  test('served as plain JSON, the document says what it is', () => {
    const asBytes = new TextEncoder().encode(manifest);
    expect(readManifest({ bytes: asBytes, mediaType: 'application/json' }).kind).toBe('index');
    expect(() => readManifest({ bytes: asBytes, mediaType: 'application/vnd.oci.image.manifest.v1+json' })).toThrow('manifest invalid');
    expect(() => readManifest({ bytes: asBytes, mediaType: 'application/vnd.docker.distribution.manifest.v1+prettyjws' })).toThrow('schema 1 is not supported');
  });

  test('put with a condition is sent once; the registry must have stored the same', async () => {
    const once = open(() => lost());
    expect(await failure(once.repository.putManifest('v1', { bytes, mediaType: 'a/b' }, { ifMatch: digest }))).toContain('network');
    expect(once.asked.filter(({ method }) => method === 'PUT').map(({ headers: sent }) => sent['if-match'])).toEqual([`"${digest}"`]);
    const other = open(() => ({ status: 201, headers: { 'docker-content-digest': `sha256:${'0'.repeat(64)}` } }));
    expect(await failure(other.repository.putManifest('v1', { bytes, mediaType: 'a/b' }))).toContain('broken-answer: the registry stored the manifest as');
    const changed = open(() => ({ status: 412 }));
    expect(await failure(changed.repository.putManifest('v1', { bytes, mediaType: 'a/b' }, { ifAbsent: true }))).toStartWith('precondition');
  });
});

describe('uploads', () => {
  test('are plain data that says where to go on', async () => {
    const { repository, asked } = open(({ method }) => {
      if (method === 'POST') return { status: 202, headers: { location: '/v2/team/app/blobs/uploads/1?_state=a%2Fb', 'oci-chunk-min-length': '4' } };
      if (method === 'PATCH') return { status: 202, headers: { location: '/v2/team/app/blobs/uploads/1?_state=c', range: '0-25' } };
      if (method === 'GET') return { status: 204, headers: { location: '/v2/team/app/blobs/uploads/1?_state=d', range: '0-25' } };
      return { status: 201, headers: { 'docker-content-digest': digest } };
    });
    const begun = await repository.startUpload();
    expect(begun).toEqual({ url: 'https://reg.test/v2/team/app/blobs/uploads/1?_state=a%2Fb', offset: 0, chunkMinBytes: 4 });
    const grown = await repository.appendUpload(begun, bytes);
    expect(grown).toEqual({ url: 'https://reg.test/v2/team/app/blobs/uploads/1?_state=c', offset: 26, chunkMinBytes: 4 });
    const asJson = JSON.parse(JSON.stringify(grown)) as typeof grown;
    expect(await repository.uploadStatus(asJson)).toEqual({ url: 'https://reg.test/v2/team/app/blobs/uploads/1?_state=d', offset: 26, chunkMinBytes: 4 });
    await repository.finishUpload(asJson, digest);
    expect(asked.slice(2).map(({ method, url, headers }) => [method, url.slice(url.indexOf('?')), headers['content-range']])).toEqual([
      ['PATCH', '?_state=a%2Fb', '0-25'],
      ['GET', '?_state=c', undefined],
      ['PUT', `?_state=c&digest=${encodeURIComponent(digest)}`, undefined],
    ]);
  });

  test.each([
    ['http://reg.test/u', 'https://reg.test/u'],
    ['http://reg.test:8080/u', 'https://reg.test/u'],
    ['//reg.test/u', 'https://reg.test/u'],
    ['https://uploads.test/u', 'https://uploads.test/u'],
  ])('a Location of %s', async (location, url) => {
    const { repository } = open(() => ({ status: 202, headers: { location } }));
    expect(await repository.startUpload()).toEqual({ url, offset: 0 });
  });

  test.each([['http://uploads.test/u'], ['ftp://reg.test/u'], ['http://[']])('not to %s', async (location) => {
    const { repository } = open(() => ({ status: 202, headers: { location } }));
    expect(await failure(repository.startUpload())).toMatch(/^(plain-http|broken-answer): /);
  });

  test('another host gets no credentials', async () => {
    const scripted = scriptedConnection(
      (asked) =>
        isPing(asked) ? { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } } : { status: 202, headers: { location: 'https://uploads.test/u' } },
      {
        credentials: { find: () => Promise.resolve({ kind: 'password', username: 'a', password: 'b' }) },
      },
    );
    const repository = openRepository({ path: 'team/app' }, scripted.connection);
    await repository.appendUpload(await repository.startUpload(), bytes);
    expect(scripted.asked.map(({ url, headers }) => [new URL(url).host, headers['authorization'] !== undefined])).toEqual([
      ['reg.test', false],
      ['reg.test', true],
      ['uploads.test', false],
    ]);
  });

  test('a mount asks for the right to read the other repository, too', async () => {
    const { repository, asked } = open(() => ({ status: 201 }));
    expect(await repository.mountBlob(digest, 'other/app')).toEqual({ kind: 'mounted' });
    expect(asked.at(-1)?.url).toBe(`https://reg.test/v2/team/app/blobs/uploads/?mount=${encodeURIComponent(digest)}&from=other%2Fapp`);
  });

  test('a mount that is refused becomes an upload', async () => {
    const { repository } = open(({ url }) => (url.includes('mount=') ? { status: 403 } : { status: 202, headers: { location: '/u' } }));
    expect(await repository.mountBlob(digest, 'secret/app')).toEqual({ kind: 'upload', upload: { url: 'https://reg.test/u', offset: 0 } });
  });

  test('one that the registry forgot, and a cancel that it refuses', async () => {
    const { repository } = open(() => ({ status: 404 }));
    expect(await repository.uploadStatus({ url: 'https://reg.test/u', offset: 5 })).toBeUndefined();
    await repository.cancelUpload({ url: 'https://reg.test/u', offset: 5 });
  });
});

describe('referrers', () => {
  const entry = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 26, artifactType: 'a/x' };
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [entry, { ...entry, artifactType: 'a/y' }],
  });
  const headers = { 'content-type': 'application/vnd.oci.image.index.v1+json' };

  test('by the endpoint, filtered here when the registry does not', async () => {
    const { repository } = open(() => ({ status: 200, headers, body: index }));
    expect((await repository.listReferrers(digest)).length).toBe(2);
    expect(await repository.listReferrers(digest, { artifactType: 'a/x' })).toEqual([entry]);
  });

  test('by the fallback tag where there is no endpoint, and none where there is no tag', async () => {
    const old = open(({ url }) => (url.includes('/referrers/') ? { status: 404, body: '404 page not found' } : { status: 200, headers, body: index }));
    expect((await old.repository.listReferrers(digest)).length).toBe(2);
    expect(old.asked.at(-1)?.url).toEndWith(`/manifests/${digest.replace(':', '-')}`);
    expect(await open(() => ({ status: 404 })).repository.listReferrers(digest)).toEqual([]);
  });
});
