/** Registries that say no, or no to the manner: Docker's words, and another manner. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { naruOn } from '../client-store/support/naru.ts';
import { json, startScriptedServer } from '../support/client/scripted-server.ts';
import { digestOf, makeImage } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// A busy machine takes its time, and nothing here is about time.
setDefaultTimeout(60_000);

const denied = { errors: [{ code: 'DENIED', message: 'requested access to the resource is denied' }] };

describe('a registry that says no', () => {
  test('to a pull', async () => {
    await using registry = await startScriptedServer(({ url }, response) => (url.pathname === '/v2/' ? json(response, {}) : json(response, denied, {}, 403)));
    await using folder = await temporaryFolder('naru-refusals-');
    const { exitCode, stdout, stderr } = await naruOn(join(folder.path, 'store')).run(['pull', `${registry.host}/private/x:1`]);
    const name = `${registry.host}/private/x`;
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        `Error response from daemon: pull access denied for ${name}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied\n` +
        `naru: to log in: naru login ${registry.host}. If you are, ask whoever owns ${name}.\n`,
    });
  });

  test('to a push', async () => {
    await using server = await startServer();
    await createRegistryClient(server.url).pushImage('a', makeImage({ seed: 'no', layers: 6 }), 'v1');
    await using registry = await startScriptedServer(({ url }, response) => (url.pathname === '/v2/' ? json(response, {}) : json(response, denied, {}, 403)));
    await using folder = await temporaryFolder('naru-refusals-');
    const naru = naruOn(join(folder.path, 'store'));
    await naru.ok(['pull', '-q', `127.0.0.1:${server.port}/a:v1`]);
    await naru.ok(['tag', `127.0.0.1:${server.port}/a:v1`, `${registry.host}/beyool95/x:1`]);
    const { exitCode, stdout, stderr } = await naru.run(['push', `${registry.host}/beyool95/x:1`]);
    expect(exitCode).toBe(1);
    expect(stdout).toStartWith(`The push refers to repository [${registry.host}/beyool95/x]\n`);
    expect(stdout.match(/: Preparing\n/g)?.length).toBe(6);
    expect(stderr).toStartWith('denied: requested access to the resource is denied\n');
  });

  test('because there is nobody', async () => {
    await using folder = await temporaryFolder('naru-refusals-');
    const { exitCode, stderr } = await naruOn(join(folder.path, 'store')).run(['pull', 'no-such-host.invalid/x:1']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^Error response from daemon: Get "https:\/\/no-such-host\.invalid\/v2\/": dial tcp/);
  });
});

describe('uploads', () => {
  const image = makeImage({ seed: 'manner', layers: 1, bytes: 36 * 1024 * 1024 });

  test.each([
    ['chunks of the least length that it asks for', { chunkMinBytes: 20 * 1024 * 1024, takesChunks: true }, ['PATCH 0-20971519', 'PUT']],
    ['one piece, where it takes no chunks', { chunkMinBytes: 0, takesChunks: false }, ['PATCH 0-16777215', 'PUT']],
  ])('in %s', async (_, manner, layerRequests) => {
    await using server = await startServer();
    await createRegistryClient(server.url).pushImage('a', image, 'v1');
    await using folder = await temporaryFolder('naru-refusals-');
    const naru = naruOn(join(folder.path, 'store'));
    await naru.ok(['pull', '-q', `127.0.0.1:${server.port}/a:v1`]);
    await using registry = await startPickyRegistry(manner);
    await naru.ok(['tag', `127.0.0.1:${server.port}/a:v1`, `${registry.host}/a:v1`]);
    await naru.ok(['push', `${registry.host}/a:v1`]);
    expect(registry.seen.slice(0, layerRequests.length)).toEqual(layerRequests);
    expect([...registry.blobs].sort()).toEqual(image.blobs.map(({ digest }) => digest).sort());
    expect(registry.manifests).toEqual([image.manifest.digest]);
  });
});

test('what only a mirror has is pushed all the same', async () => {
  const image = makeImage({ seed: 'mirror', layers: 2 });
  await using mirror = await startServer();
  await using registry = await startServer();
  await using folder = await temporaryFolder('naru-refusals-');
  await createRegistryClient(mirror.url).pushImage('a', image, 'v1');
  const naru = naruOn(join(folder.path, 'store'));
  await naru.ok(['pull', '-q', `127.0.0.1:${mirror.port}/a:v1`]);
  await naru.ok(['tag', `127.0.0.1:${mirror.port}/a:v1`, `127.0.0.1:${registry.port}/a:v1`]);
  await mkdir(join(folder.path, '.config/naru'), { recursive: true });
  const settings = { registries: { [`127.0.0.1:${registry.port}`]: { mirrors: [mirror.url] } } };
  await writeFile(join(folder.path, '.config/naru/client.yaml'), JSON.stringify(settings));
  expect(await naru.ok(['push', `127.0.0.1:${registry.port}/a:v1`])).toContain(': Pushed\n');
  expect((await createRegistryClient(registry.url).pullManifest('a', 'v1'))?.digest).toBe(image.manifest.digest);
});

/** Just enough of a registry to be pushed to. */
async function startPickyRegistry({ chunkMinBytes, takesChunks }: { chunkMinBytes: number; takesChunks: boolean }) {
  const uploads = new Map<string, Buffer>();
  const blobs = new Set<string>();
  const manifests: string[] = [];
  const seen: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
      const body = Buffer.concat(parts);
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      const range = request.headers['content-range'];
      if (request.method === 'PATCH' || (request.method === 'PUT' && pathname.includes('/up/'))) seen.push(request.method === 'PUT' ? 'PUT' : `PATCH ${range}`);
      const before = uploads.get(pathname) ?? Buffer.alloc(0);
      if (pathname === '/v2/') response.end('{}');
      else if (request.method === 'HEAD') response.writeHead(404).end();
      else if (request.method === 'POST') {
        const location = `/v2/a/up/${uploads.size}`;
        uploads.set(location, Buffer.alloc(0));
        response.writeHead(202, { location, ...(chunkMinBytes > 0 && { 'oci-chunk-min-length': String(chunkMinBytes) }) }).end();
      } else if (request.method === 'PATCH' && !takesChunks) response.writeHead(405).end();
      else if (request.method === 'PATCH') {
        uploads.set(pathname, Buffer.concat([before, body]));
        response.writeHead(202, { location: pathname, range: `0-${before.length + body.length - 1}` }).end();
      } else if (pathname.includes('/up/') && request.method === 'PUT') {
        const digest = searchParams.get('digest') ?? '';
        const isRight = digestOf(Buffer.concat([before, body])) === digest;
        if (isRight) blobs.add(digest);
        response.writeHead(isRight ? 201 : 400, { location: `/v2/a/blobs/${digest}` }).end();
      } else if (request.method === 'PUT') {
        manifests.push(digestOf(body));
        response.writeHead(201).end();
      } else response.writeHead(204).end();
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    host: `127.0.0.1:${address.port}`,
    blobs,
    manifests,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
