/** end-2 and end-10: pulling, checking and deleting blobs. */
import { afterAll, describe, expect, test } from 'bun:test';
import { startServer } from '../support/server.ts';
import { type Algorithm, contentOf, digestOf, newBlob, newImage } from './support/content.ts';
import { exchange, head, openConnection } from './support/exchange.ts';
import { errorOf, newRepository, type Repository } from './support/repository.ts';

const server = await startServer();
const { host } = new URL(server.url);
afterAll(() => server[Symbol.asyncDispose]());

const octets = 'application/octet-stream';
const unknown = { status: 404, code: 'BLOB_UNKNOWN', message: 'blob unknown to registry' };

async function pushed(bytes: Uint8Array, algorithm?: Algorithm): Promise<{ repository: Repository; path: string; digest: string }> {
  const repository = newRepository(host);
  const digest = digestOf(bytes, algorithm);
  await repository.pushBlob({ bytes, digest });
  return { repository, path: `/blobs/${digest}`, digest };
}

for (const algorithm of ['sha256', 'sha512'] as const) {
  describe(`${algorithm} blobs`, () => {
    test('get-missing', async () => {
      const repository = newRepository(host);
      expect(errorOf(await repository.send('GET', `/blobs/${digestOf(newBlob(), algorithm)}`))).toEqual(unknown);
      expect((await repository.send('HEAD', `/blobs/${digestOf(newBlob(), algorithm)}`)).status).toBe(404);
    });

    test('blob-get', async () => {
      const bytes = newBlob(200_000);
      const { repository, path, digest } = await pushed(bytes, algorithm);
      const answer = await repository.send('GET', path, { headers: { 'accept-encoding': 'zstd;q=1.0, gzip;q=0.8, br' } });
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({
        'content-length': '200000',
        'content-type': octets,
        'docker-content-digest': digest,
        etag: `"${digest}"`,
        'accept-ranges': 'bytes',
      });
      expect(answer.headers['content-encoding']).toBeUndefined();
      expect(digestOf(answer.body, algorithm)).toBe(digest);
    });

    test('blob-head says what GET says', async () => {
      const { repository, path } = await pushed(newBlob(1000), algorithm);
      const [get, headed] = await Promise.all([repository.send('GET', path), repository.send('HEAD', path)]);
      expect(headed.status).toBe(200);
      expect(withoutRequest(headed.headers)).toEqual(withoutRequest(get.headers));
    });

    for (const [name, bytes] of [
      ['empty', new Uint8Array()],
      ['emptyJSON', new TextEncoder().encode('{}')],
    ] as const) {
      test(`${name}: a well-known blob in several repositories`, async () => {
        for (let round = 0; round < 2; round++) {
          const { repository, path, digest } = await pushed(bytes, algorithm);
          const answer = await repository.send('GET', path);
          expect([answer.status, answer.headers['content-length'], digestOf(answer.body, algorithm)]).toEqual([200, String(bytes.length), digest]);
          expect((await repository.send('HEAD', path)).headers['content-length']).toBe(String(bytes.length));
          expect((await repository.send('DELETE', path)).status).toBe(202);
        }
      });
    }

    test('blob-delete is seen at once, and the blob can come back', async () => {
      const bytes = newBlob();
      const { repository, path, digest } = await pushed(bytes, algorithm);
      expect((await repository.send('DELETE', path)).status).toBe(202);
      expect((await repository.send('HEAD', path)).status).toBe(404);
      expect(errorOf(await repository.send('GET', path))).toEqual(unknown);
      expect(errorOf(await repository.send('DELETE', path))).toEqual(unknown);
      await repository.pushBlob({ bytes, digest });
      expect(digestOf((await repository.send('GET', path)).body, algorithm)).toBe(digest);
    });
  });
}

describe('range requests', () => {
  const bytes = newBlob(2048);
  const blob = pushed(bytes);

  const parts: Record<string, [start: number, end: number]> = {
    'bytes=500-1499': [500, 1499],
    'bytes=500-': [500, 2047],
    'bytes=-500': [1548, 2047],
    'bytes=2000-5000': [2000, 2047],
    'bytes=0-0': [0, 0],
    'bytes=2047-2047': [2047, 2047],
    'bytes=0-': [0, 2047],
    'bytes=0-2047': [0, 2047],
    'bytes=-1': [2047, 2047],
    'bytes=-5000': [0, 2047],
  };
  for (const [range, [start, end]] of Object.entries(parts)) {
    test(`range ${range}`, async () => {
      const { repository, path, digest } = await blob;
      const answer = await repository.send('GET', path, { headers: { range } });
      expect(answer.status).toBe(206);
      expect(answer.headers).toMatchObject({
        'content-range': `bytes ${start}-${end}/2048`,
        'content-length': String(end - start + 1),
        'docker-content-digest': digest,
      });
      expect(answer.body).toEqual(Buffer.from(bytes.subarray(start, end + 1)));
    });
  }

  for (const range of ['bytes=500-0', 'bytes=5000-10000', 'bytes=2048-', 'bytes=-0', 'bytes=99999999999999999999-']) {
    test(`range ${range} cannot be satisfied`, async () => {
      const { repository, path } = await blob;
      const answer = await repository.send('GET', path, { headers: { range } });
      expect(errorOf(answer).status).toBe(416);
      expect(answer.headers['content-range']).toBe('bytes */2048');
    });
  }

  // RFC 9110 14.2: what is not understood is ignored, and several ranges need not be served.
  for (const range of ['bytes=a-b', 'items=0-1', 'bytes', 'bytes=', 'bytes=0-1,5-6', 'bytes=--1', 'bytes=1-2-3']) {
    test(`range ${range} is no range of ours`, async () => {
      const { repository, path } = await blob;
      const answer = await repository.send('GET', path, { headers: { range } });
      expect([answer.status, answer.body.length]).toEqual([200, 2048]);
    });
  }

  test('If-Range: only another copy makes the range void', async () => {
    const { repository, path, digest } = await blob;
    const asked = (ifRange: string): Promise<{ status: number }> => repository.send('GET', path, { headers: { range: 'bytes=0-9', 'if-range': ifRange } });
    expect((await asked(`"${digest}"`)).status).toBe(206);
    expect((await asked(`"${digestOf('else')}"`)).status).toBe(200);
  });

  test('an empty blob has no range', async () => {
    const { repository, path } = await pushed(new Uint8Array());
    expect((await repository.send('GET', path, { headers: { range: 'bytes=0-' } })).status).toBe(416);
    expect((await repository.send('GET', path)).status).toBe(200);
  });
});

test('If-None-Match: what the client has is not sent again', async () => {
  const { repository, path, digest } = await pushed(newBlob());
  for (const etag of [`"${digest}"`, `W/"${digest}"`, `"else", "${digest}"`, '*']) {
    for (const method of ['GET', 'HEAD']) {
      const answer = await repository.send(method, path, { headers: { 'if-none-match': etag } });
      expect([etag, answer.status, answer.body.length, answer.headers['etag']]).toEqual([etag, 304, 0, `"${digest}"`]);
    }
  }
  expect((await repository.send('GET', path, { headers: { 'if-none-match': `"${digestOf('else')}"` } })).status).toBe(200);
});

test('a pull that breaks off goes on with a range', async () => {
  const bytes = newBlob(8_000_000);
  const { repository, path, digest } = await pushed(bytes);
  const request = head(host, 'GET', `/v2/${repository.name}${path}`);
  let received = Buffer.alloc(0);
  {
    await using connection = await openConnection(host);
    connection.write(request);
    const beginning = Buffer.from(await connection.readAtLeast(1_000_000));
    connection.cut();
    received = Buffer.concat([received, beginning.subarray(beginning.indexOf('\r\n\r\n') + 4)]);
  }
  const rest = await repository.send('GET', path, { headers: { range: `bytes=${received.length}-` } });
  expect(rest.status).toBe(206);
  expect(digestOf(Buffer.concat([received, rest.body]))).toBe(digest);
});

test('a digest alone opens nothing: another repository does not hold the blob', async () => {
  const { path } = await pushed(newBlob());
  const other = newRepository(host);
  await other.pushBlob(contentOf(newBlob(), octets));
  for (const method of ['GET', 'DELETE']) expect(errorOf(await other.send(method, path))).toEqual(unknown);
  expect((await other.send('HEAD', path)).status).toBe(404);
});

test('deleting from one repository leaves the other its blob', async () => {
  const bytes = newBlob();
  const { repository, path, digest } = await pushed(bytes);
  const other = newRepository(host);
  await other.pushBlob({ bytes, digest });
  expect((await repository.send('DELETE', path)).status).toBe(202);
  expect(digestOf((await other.send('GET', path)).body)).toBe(digest);
});

test('a blob that a manifest needs cannot be deleted', async () => {
  const repository = newRepository(host);
  const image = newImage();
  await repository.push(image, 'latest');
  for (const blob of image.blobs) {
    expect(errorOf(await repository.send('DELETE', `/blobs/${blob.digest}`))).toMatchObject({ status: 405, code: 'DENIED' });
    expect(digestOf((await repository.send('GET', `/blobs/${blob.digest}`)).body)).toBe(blob.digest);
  }
  expect((await repository.send('DELETE', `/manifests/${image.digest}`)).status).toBe(202);
  for (const blob of image.blobs) expect((await repository.send('DELETE', `/blobs/${blob.digest}`)).status).toBe(202);
});

test('digests that are none, or of an unknown algorithm', async () => {
  const { repository } = await pushed(newBlob());
  const hex = 'a'.repeat(64);
  for (const digest of [
    `sha256:${'A'.repeat(64)}`,
    `sha256:${hex}a`,
    'sha256:',
    `md5:${'a'.repeat(32)}`,
    `sha384:${'a'.repeat(96)}`,
    `sha256-${hex}`,
    hex,
    `sha256:${hex}:x`,
  ]) {
    for (const method of ['GET', 'DELETE'])
      expect([digest, errorOf(await repository.send(method, `/blobs/${digest}`))]).toMatchObject([digest, { status: 400, code: 'DIGEST_INVALID' }]);
    expect((await exchange(host, 'HEAD', `/v2/${repository.name}/blobs/${digest}`)).status).toBe(400);
  }
});

function withoutRequest(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { date: _date, 'x-request-id': _id, ...rest } = headers;
  return rest;
}
