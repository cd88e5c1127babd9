/** end-4a, 4b, 4c, 5, 6, 13 and 14: every way in for a blob, and what becomes of the ways that end badly. */
import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { startServer } from '../support/server.ts';
import { type Algorithm, digestOf, newBlob } from './support/content.ts';
import { type Answer, head, openConnection } from './support/exchange.ts';
import { errorOf, expectStatus, newRepository, type Repository, withQuery } from './support/repository.ts';

// A slow machine under load is no failure.
setDefaultTimeout(30_000);

const server = await startServer();
const { host } = new URL(server.url);
afterAll(() => server[Symbol.asyncDispose]());

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;
const octets = { 'content-type': 'application/octet-stream' };
const chunkBytes = 1024;

/** Chunks of a blob in their order, with the range that each one claims. */
function chunksOf(bytes: Uint8Array): { range: string; end: number; chunk: Uint8Array }[] {
  return Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) => {
    const start = index * chunkBytes;
    const chunk = bytes.subarray(start, start + chunkBytes);
    const end = start + chunk.length - 1;
    return { range: `${start}-${end}`, end, chunk };
  });
}

function patch(repository: Repository, location: string, range: string, body: Uint8Array): Promise<Answer> {
  return repository.sendTo('PATCH', location, { headers: { ...octets, 'content-range': range }, body });
}

function put(repository: Repository, location: string, digest: string, body?: Uint8Array, headers: Record<string, string> = octets): Promise<Answer> {
  return repository.sendTo('PUT', withQuery(location, { digest }), { headers, ...(body !== undefined && { body }) });
}

/** 201, an address where the blob is, and its bytes there. */
async function expectCreated(repository: Repository, answer: Answer, digest: string, algorithm: Algorithm): Promise<void> {
  expectStatus(201, answer);
  expect(answer.headers['docker-content-digest']).toBe(digest);
  const pulled = await repository.sendTo('GET', answer.headers['location'] ?? '');
  expect([pulled.status, digestOf(pulled.body, algorithm)]).toEqual([200, digest]);
}

async function expectAbsent(repository: Repository, digest: string): Promise<void> {
  expect((await repository.send('HEAD', `/blobs/${digest}`)).status).toBe(404);
}

/** Where the registry says that the upload ends: the position of its last byte. */
async function statusOf(repository: Repository, location: string): Promise<string | undefined> {
  const status = expectStatus(204, await repository.sendTo('GET', location));
  expect(status.headers['location']).toMatch(uuid);
  return status.headers['range'];
}

for (const algorithm of ['sha256', 'sha512'] as const) {
  const startQuery = algorithm === 'sha256' ? '' : `?digest-algorithm=${algorithm}`;

  describe(`${algorithm} blobs`, () => {
    test('post only (end-4b)', async () => {
      const repository = newRepository(host);
      const bytes = newBlob();
      const digest = digestOf(bytes, algorithm);
      await expectCreated(repository, await repository.send('POST', `/blobs/uploads/?digest=${digest}`, { headers: octets, body: bytes }), digest, algorithm);
    });

    test('post+put (end-4a, end-6)', async () => {
      const repository = newRepository(host);
      const bytes = newBlob();
      const digest = digestOf(bytes, algorithm);
      const started = expectStatus(202, await repository.send('POST', `/blobs/uploads/${startQuery}`));
      expect(started.headers['location']).toMatch(uuid);
      expect(started.headers['docker-upload-uuid']).toMatch(uuid);
      await expectCreated(repository, await put(repository, started.headers['location'] ?? '', digest, bytes), digest, algorithm);
    });

    // Most clients do not know end-4c yet: the digest of the last request decides.
    test('post+put without saying the algorithm first', async () => {
      const repository = newRepository(host);
      const bytes = newBlob();
      const digest = digestOf(bytes, algorithm);
      await expectCreated(repository, await put(repository, await repository.startUpload(), digest, bytes), digest, algorithm);
    });

    test('the digest of the last request decides, also against the announced algorithm', async () => {
      const repository = newRepository(host);
      const bytes = newBlob();
      const digest = digestOf(bytes, algorithm);
      const location = await repository.startUpload(`?digest-algorithm=${algorithm === 'sha256' ? 'sha512' : 'sha256'}`);
      await expectCreated(repository, await put(repository, location, digest, bytes), digest, algorithm);
    });

    for (const [name, size, putsLast] of [
      ['chunked single', 512, false],
      ['chunked multi', 3 * chunkBytes - 5, false],
      ['chunked multi and put chunk', 3 * chunkBytes - 5, true],
    ] as const) {
      test(`${name} (end-5, end-6)`, async () => {
        const repository = newRepository(host);
        const bytes = newBlob(size);
        const digest = digestOf(bytes, algorithm);
        let location = await repository.startUpload(startQuery);
        const chunks = chunksOf(bytes);
        const last = putsLast ? chunks.pop() : undefined;
        for (const { range, end, chunk } of chunks) {
          const answer = expectStatus(202, await patch(repository, location, range, chunk));
          expect(answer.headers['range']).toBe(`0-${end}`);
          location = answer.headers['location'] ?? '';
        }
        const finish = last ? put(repository, location, digest, last.chunk, { ...octets, 'content-range': last.range }) : put(repository, location, digest);
        await expectCreated(repository, await finish, digest, algorithm);
      });
    }

    test('chunked out-of-order: 416, and the upload goes on where it was', async () => {
      const repository = newRepository(host);
      const bytes = newBlob(3 * chunkBytes - 5);
      const digest = digestOf(bytes, algorithm);
      const location = await repository.startUpload(startQuery);
      const [first, second, third] = chunksOf(bytes);
      if (!first || !second || !third) throw new Error('three chunks are needed');
      for (const early of [second, third]) expect(errorOf(await patch(repository, location, early.range, early.chunk)).status).toBe(416);
      expectStatus(202, await patch(repository, location, first.range, first.chunk));
      for (const wrong of [first, third]) {
        const answer = await patch(repository, location, wrong.range, wrong.chunk);
        expect(errorOf(answer)).toMatchObject({ status: 416, code: 'BLOB_UPLOAD_INVALID' });
        expect(answer.headers).toMatchObject({ range: `0-${first.end}`, location: expect.stringMatching(uuid) as unknown });
        expect(await statusOf(repository, location)).toBe(`0-${first.end}`);
      }
      expectStatus(202, await patch(repository, location, second.range, second.chunk));
      expectStatus(202, await patch(repository, location, third.range, third.chunk));
      await expectCreated(repository, await put(repository, location, digest), digest, algorithm);
    });

    test('chunked out-of-order and put chunk: 416 on the closing PUT too', async () => {
      const repository = newRepository(host);
      const bytes = newBlob(2 * chunkBytes);
      const digest = digestOf(bytes, algorithm);
      const location = await repository.startUpload(startQuery);
      const [first, second] = chunksOf(bytes);
      if (!first || !second) throw new Error('two chunks are needed');
      const closing = (chunk: { range: string; chunk: Uint8Array }): Promise<Answer> =>
        put(repository, location, digest, chunk.chunk, { ...octets, 'content-range': chunk.range });
      expect(errorOf(await closing(second)).status).toBe(416);
      await expectAbsent(repository, digest);
      expectStatus(202, await patch(repository, location, first.range, first.chunk));
      expect(errorOf(await closing(first)).status).toBe(416);
      await expectAbsent(repository, digest);
      await expectCreated(repository, await closing(second), digest, algorithm);
    });

    test('stream: one PATCH of unknown length, as docker sends it', async () => {
      const repository = newRepository(host);
      const bytes = newBlob(300_000);
      const digest = digestOf(bytes, algorithm);
      const location = await repository.startUpload(startQuery);
      const answer = expectStatus(202, await repository.sendTo('PATCH', location, { headers: octets, body: bytes, streamed: true }));
      expect(answer.headers['range']).toBe('0-299999');
      await expectCreated(repository, await put(repository, answer.headers['location'] ?? '', digest), digest, algorithm);
    });

    test('a PUT of unknown length', async () => {
      const repository = newRepository(host);
      const bytes = newBlob(300_000);
      const digest = digestOf(bytes, algorithm);
      const location = withQuery(await repository.startUpload(startQuery), { digest });
      await expectCreated(repository, await repository.sendTo('PUT', location, { headers: octets, body: bytes, streamed: true }), digest, algorithm);
    });

    for (const [name, finish] of [
      [
        'bad digest post only',
        (repository: Repository, digest: string, bytes: Uint8Array) =>
          repository.send('POST', `/blobs/uploads/?digest=${digest}`, { headers: octets, body: bytes }),
      ],
      [
        'bad digest post+put',
        async (repository: Repository, digest: string, bytes: Uint8Array) => put(repository, await repository.startUpload(startQuery), digest, bytes),
      ],
      [
        'bad digest chunked',
        async (repository: Repository, digest: string, bytes: Uint8Array) => {
          const location = await repository.startUpload(startQuery);
          for (const { range, chunk } of chunksOf(bytes)) expectStatus(202, await patch(repository, location, range, chunk));
          return put(repository, location, digest);
        },
      ],
      [
        'bad digest chunked and put chunk',
        async (repository: Repository, digest: string, bytes: Uint8Array) => {
          const location = await repository.startUpload(startQuery);
          const chunks = chunksOf(bytes);
          const last = chunks.pop();
          for (const { range, chunk } of chunks) expectStatus(202, await patch(repository, location, range, chunk));
          return put(repository, location, digest, last?.chunk, { ...octets, 'content-range': last?.range ?? '' });
        },
      ],
      [
        'bad digest stream',
        async (repository: Repository, digest: string, bytes: Uint8Array) => {
          const location = await repository.startUpload(startQuery);
          expectStatus(202, await repository.sendTo('PATCH', location, { headers: octets, body: bytes, streamed: true }));
          return put(repository, location, digest);
        },
      ],
    ] as const) {
      test(`${name}: refused, and neither digest is there`, async () => {
        const repository = newRepository(host);
        const bytes = newBlob(3 * chunkBytes - 5);
        const promised = digestOf(bytes, algorithm);
        const sent = Buffer.concat([bytes, Buffer.from('oh no')]);
        expect(errorOf(await finish(repository, promised, sent))).toEqual({
          status: 400,
          code: 'DIGEST_INVALID',
          message: 'provided digest did not match uploaded content',
        });
        await expectAbsent(repository, promised);
        await expectAbsent(repository, digestOf(sent, algorithm));
      });
    }
  });
}

test('post cancel (end-14): the upload is gone', async () => {
  const repository = newRepository(host);
  const location = await repository.startUpload();
  expectStatus(202, await repository.sendTo('PATCH', location, { headers: octets, body: newBlob() }));
  expectStatus(204, await repository.sendTo('DELETE', location));
  const unknown = { status: 404, code: 'BLOB_UPLOAD_UNKNOWN', message: 'blob upload unknown to registry' };
  const bytes = newBlob();
  expect(errorOf(await repository.sendTo('GET', location))).toEqual(unknown);
  expect(errorOf(await repository.sendTo('PATCH', location, { headers: octets, body: bytes }))).toEqual(unknown);
  expect(errorOf(await put(repository, location, digestOf(bytes), bytes))).toEqual(unknown);
  expect(errorOf(await repository.sendTo('DELETE', location))).toEqual(unknown);
  await expectAbsent(repository, digestOf(bytes));
});

test('upload status (end-13), from nothing to the last byte', async () => {
  const repository = newRepository(host);
  const location = await repository.startUpload();
  expect(await statusOf(repository, location)).toBe('0-0');
  expectStatus(202, await patch(repository, location, '0-9', newBlob(10)));
  expect(await statusOf(repository, location)).toBe('0-9');
});

test('an upload is finished once', async () => {
  const repository = newRepository(host);
  const bytes = newBlob();
  const location = await repository.startUpload();
  expectStatus(201, await put(repository, location, digestOf(bytes), bytes));
  expect(errorOf(await put(repository, location, digestOf(bytes), bytes))).toMatchObject({ status: 404, code: 'BLOB_UPLOAD_UNKNOWN' });
  expect((await repository.send('HEAD', `/blobs/${digestOf(bytes)}`)).status).toBe(200);
});

test("another repository's upload is not there", async () => {
  const [owner, other] = [newRepository(host), newRepository(host)];
  const bytes = newBlob();
  const location = await owner.startUpload();
  const elsewhere = location.replace(owner.name, other.name);
  for (const method of ['GET', 'DELETE', 'PATCH'] as const) expect(errorOf(await other.sendTo(method, elsewhere)).status).toBe(404);
  expect(errorOf(await put(other, elsewhere, digestOf(bytes), bytes))).toMatchObject({ status: 404, code: 'BLOB_UPLOAD_UNKNOWN' });
  await expectAbsent(other, digestOf(bytes));
  expectStatus(201, await put(owner, location, digestOf(bytes), bytes));
});

test('upload ids that are none', async () => {
  const repository = newRepository(host);
  for (const id of ['x', '..', '%2e%2e', '..%2f..%2fetc', '00000000-0000-4000-8000-000000000000', 'A'.repeat(300)]) {
    const answer = await repository.send('PATCH', `/blobs/uploads/${id}`, { body: newBlob(3) });
    expect([id, answer.status >= 400 && answer.status < 500]).toEqual([id, true]);
  }
});

test('a range that is none, or disagrees with the length', async () => {
  const repository = newRepository(host);
  const location = await repository.startUpload();
  for (const range of ['a-b', '0', '-', '0-', '-9', '9-0', '0-9-10', '99999999999999999999-99999999999999999999']) {
    const answer = await patch(repository, location, range, newBlob(10));
    expect([range, answer.status >= 400 && answer.status < 500]).toEqual([range, true]);
  }
  for (const range of ['0-8', '0-10'])
    expect(errorOf(await patch(repository, location, range, newBlob(10)))).toMatchObject({ status: 400, code: 'SIZE_INVALID' });
  expect(await statusOf(repository, location)).toBe('0-0');
  const bytes = newBlob(10);
  expectStatus(202, await patch(repository, location, '0-9', bytes));
  expectStatus(201, await put(repository, location, digestOf(bytes)));
});

test('a streamed chunk longer or shorter than its range', async () => {
  const repository = newRepository(host);
  const bytes = newBlob(10);
  const location = await repository.startUpload();
  for (const range of ['0-8', '0-10']) {
    const answer = await repository.sendTo('PATCH', location, { headers: { 'content-range': range }, body: bytes, streamed: true });
    expect([range, errorOf(answer)]).toMatchObject([range, { status: 400, code: 'SIZE_INVALID' }]);
    const range0 = (await statusOf(repository, location)) ?? '';
    // Either nothing of it was kept, or the client is told how much.
    expect(Number(range0.slice(2))).toBeLessThan(10);
    if (range0 !== '0-0') break;
  }
});

test('an unknown algorithm is refused before a byte is sent', async () => {
  const repository = newRepository(host);
  for (const algorithm of ['md5', 'sha384', 'SHA256', '', '../x']) {
    expect([algorithm, errorOf(await repository.send('POST', `/blobs/uploads/?digest-algorithm=${algorithm}`))]).toMatchObject([
      algorithm,
      { status: 400, code: 'DIGEST_INVALID' },
    ]);
  }
  const location = await repository.startUpload();
  for (const digest of [`md5:${'a'.repeat(32)}`, 'sha256:abc', '', 'x']) {
    expect([digest, errorOf(await put(repository, location, digest, newBlob(5)))]).toMatchObject([digest, { status: 400, code: 'DIGEST_INVALID' }]);
  }
  expect(errorOf(await repository.sendTo('PUT', location))).toMatchObject({ status: 400, code: 'DIGEST_INVALID' });
  expect(errorOf(await repository.send('POST', `/blobs/uploads/?digest=md5:${'a'.repeat(32)}`, { body: newBlob(5) }))).toMatchObject({
    status: 400,
    code: 'DIGEST_INVALID',
  });
});

test('a broken connection: the chunk resumes where the registry says', async () => {
  const repository = newRepository(host);
  const bytes = newBlob(4_000_000);
  const digest = digestOf(bytes);
  const location = await repository.startUpload();
  {
    await using connection = await openConnection(host);
    connection.write(head(host, 'PATCH', location, { headers: { ...octets, 'content-length': String(bytes.length) } }));
    connection.write(bytes.subarray(0, 2_500_000));
    await untilReceiving(repository, location);
    connection.cut();
  }
  await expectAbsent(repository, digest);
  const offset = await untilFree(repository, location);
  expect(offset).toBeLessThanOrEqual(2_500_000);
  const rest = bytes.subarray(offset);
  expectStatus(202, await patch(repository, location, `${offset}-${bytes.length - 1}`, rest));
  await expectCreated(repository, await put(repository, location, digest), digest, 'sha256');
});

test('a broken connection on a PUT leaves no blob, and the same PUT works again', async () => {
  const repository = newRepository(host);
  const bytes = newBlob(2_000_000);
  const digest = digestOf(bytes);
  const location = await repository.startUpload();
  {
    await using connection = await openConnection(host);
    connection.write(head(host, 'PUT', withQuery(location, { digest }), { headers: { ...octets, 'content-length': String(bytes.length) } }));
    connection.write(bytes.subarray(0, bytes.length - 1));
    await untilReceiving(repository, location);
    connection.cut();
  }
  const offset = await untilFree(repository, location);
  await expectAbsent(repository, digest);
  const again =
    offset === 0
      ? put(repository, location, digest, bytes)
      : put(repository, location, digest, bytes.subarray(offset), { ...octets, 'content-range': `${offset}-${bytes.length - 1}` });
  await expectCreated(repository, await again, digest, 'sha256');
});

test('two writers on one upload: one is told, and the bytes of the other are whole', async () => {
  const repository = newRepository(host);
  const bytes = newBlob(1_000_000);
  const digest = digestOf(bytes);
  const location = await repository.startUpload();
  await using first = await openConnection(host);
  first.write(head(host, 'PATCH', location, { headers: { ...octets, 'content-length': String(bytes.length) } }));
  first.write(bytes.subarray(0, 600_000));
  await untilReceiving(repository, location);
  for (const attempt of [
    () => repository.sendTo('PATCH', location, { headers: octets, body: newBlob(100) }),
    () => put(repository, location, digestOf('x'), Buffer.from('x')),
    () => repository.sendTo('DELETE', location),
  ]) {
    const second = errorOf(await attempt());
    expect(second.code).toBe('BLOB_UPLOAD_INVALID');
    expect([409, 416]).toContain(second.status);
  }
  first.write(bytes.subarray(600_000));
  expectStatus(202, await first.readAnswer('PATCH'));
  await expectCreated(repository, await put(repository, location, digest), digest, 'sha256');
});

test('two clients push the same blob at once: both succeed', async () => {
  const bytes = newBlob(500_000);
  const digest = digestOf(bytes);
  const repositories = [newRepository(host), newRepository(host)];
  const pushes = [...repositories, ...repositories].map((repository) => repository.pushBlob({ bytes, digest }));
  await Promise.all(pushes);
  for (const repository of repositories) expect(digestOf((await repository.send('GET', `/blobs/${digest}`)).body)).toBe(digest);
});

test('a smallest chunk that the operator asks for is announced (OCI-Chunk-Min-Length)', async () => {
  await using own = await startServer({ env: { NARU_LIMITS_UPLOAD_CHUNK_MIN: '1MiB' } });
  const repository = newRepository(new URL(own.url).host);
  const started = expectStatus(202, await repository.send('POST', '/blobs/uploads/'));
  expect(started.headers['oci-chunk-min-length']).toBe(String(2 ** 20));
  // The last chunk may have any length, so a small one is no error.
  const bytes = newBlob(10);
  expectStatus(201, await put(repository, started.headers['location'] ?? '', digestOf(bytes), bytes));
});

test('an upload alone makes no repository that others see', async () => {
  const repository = newRepository(host, 'only-started');
  await repository.startUpload();
  expect(errorOf(await repository.send('GET', '/tags/list'))).toEqual({ status: 404, code: 'NAME_UNKNOWN', message: 'repository name not known to registry' });
});

/** Until the registry has taken in something of the body that is under way. */
async function untilReceiving(repository: Repository, location: string): Promise<void> {
  while ((await statusOf(repository, location)) === '0-0') await Bun.sleep(5);
}

/** Until the registry has noticed that the writer is gone; returns where to go on. */
async function untilFree(repository: Repository, location: string): Promise<number> {
  for (;;) {
    const busy = await repository.sendTo('PATCH', location, { headers: { ...octets, 'content-range': '999999999-999999999' }, body: newBlob(1) });
    if (busy.status === 416) break;
    await Bun.sleep(5);
  }
  const range = (await statusOf(repository, location)) ?? '0-0';
  return range === '0-0' ? 0 : Number(range.slice(2)) + 1;
}
