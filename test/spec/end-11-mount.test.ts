/** end-11: a blob of one repository becomes another's, without its bytes going over the wire. What cannot be mounted becomes an upload. */
import { afterAll, describe, expect, test } from 'bun:test';
import { startServer } from '../support/server.ts';
import { digestOf, newBlob } from './support/content.ts';
import { errorOf, expectStatus, newRepository, type Repository, withQuery } from './support/repository.ts';

const server = await startServer();
const { host } = new URL(server.url);
afterAll(() => server[Symbol.asyncDispose]());

for (const algorithm of ['sha256', 'sha512'] as const) {
  describe(`${algorithm} blobs`, () => {
    for (const name of ['mount', 'mount anonymous'] as const) {
      test(name, async () => {
        const [source, target] = [newRepository(host), newRepository(host)];
        const bytes = newBlob();
        const digest = digestOf(bytes, algorithm);
        await source.pushBlob({ bytes, digest });
        const from = name === 'mount' ? `&from=${encodeURIComponent(source.name)}` : '';
        const mounted = expectStatus(201, await target.send('POST', `/blobs/uploads/?mount=${encodeURIComponent(digest)}${from}`));
        expect(mounted.headers['docker-content-digest']).toBe(digest);
        const pulled = await target.sendTo('GET', mounted.headers['location'] ?? '');
        expect([pulled.status, digestOf(pulled.body, algorithm)]).toEqual([200, digest]);

        expectStatus(202, await source.send('DELETE', `/blobs/${digest}`));
        expect(digestOf((await target.send('GET', `/blobs/${digest}`)).body, algorithm)).toBe(digest);
      });
    }

    test('mount missing: 202, and the upload takes the blob', async () => {
      const [source, target] = [newRepository(host), newRepository(host)];
      await source.pushBlob({ bytes: Buffer.from('other'), digest: digestOf('other') });
      const bytes = newBlob();
      const digest = digestOf(bytes, algorithm);
      for (const from of [`&from=${source.name}`, '&from=no/such-repository', '&from=NOT%20A%20NAME', '&from=', '']) {
        const started = expectStatus(202, await target.send('POST', `/blobs/uploads/?mount=${digest}${from}`));
        expect((await target.send('HEAD', `/blobs/${digest}`)).status).toBe(404);
        expectStatus(201, await target.sendTo('PUT', withQuery(started.headers['location'] ?? '', { digest }), { body: bytes }));
        expectStatus(202, await target.send('DELETE', `/blobs/${digest}`));
      }
    });
  });
}

test('a mount from a repository that deleted the blob is an upload again', async () => {
  const [source, target] = [newRepository(host), newRepository(host)];
  const bytes = newBlob();
  const digest = digestOf(bytes);
  await source.pushBlob({ bytes, digest });
  expectStatus(202, await source.send('DELETE', `/blobs/${digest}`));
  expectStatus(202, await target.send('POST', `/blobs/uploads/?mount=${digest}&from=${source.name}`));
});

test('mounting what is there already, also from itself', async () => {
  const repository = newRepository(host);
  const bytes = newBlob();
  const digest = digestOf(bytes);
  await repository.pushBlob({ bytes, digest });
  const mount = (target: Repository): Promise<{ status: number }> => target.send('POST', `/blobs/uploads/?mount=${digest}&from=${repository.name}`);
  expect((await mount(repository)).status).toBe(201);
  const other = newRepository(host);
  expect([(await mount(other)).status, (await mount(other)).status]).toEqual([201, 201]);
});

test('a digest that is none', async () => {
  const repository = newRepository(host);
  for (const digest of ['x', `md5:${'a'.repeat(32)}`, '', `sha256:${'A'.repeat(64)}`]) {
    expect([digest, errorOf(await repository.send('POST', `/blobs/uploads/?mount=${digest}&from=a/b`))]).toMatchObject([
      digest,
      { status: 400, code: 'DIGEST_INVALID' },
    ]);
  }
});
