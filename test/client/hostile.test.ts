/** Registries that lie, never end, lead in circles, or want credentials that are not theirs; and lines that break. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type ClientHome, makeClientHome } from '../support/client/client-home.ts';
import { startCuttingLine } from '../support/client/network.ts';
import { json, type Request, type ScriptedServer, startScriptedServer } from '../support/client/scripted-server.ts';
import { makeImage } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';

const image = makeImage({ seed: 'hostile', layers: 1, bytes: 4000 });
const [layer] = image.layers;
if (layer === undefined) throw new Error('the image has a layer');
let home: ClientHome;
let server: TestServer;
beforeAll(async () => {
  home = await makeClientHome();
  server = await startServer();
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Serves the image well, but for one address. */
function registryWith(path: string, evil: (request: Request, response: ServerResponse, self: ScriptedServer) => void): Promise<ScriptedServer> {
  return startScriptedServer((request, response, self) => {
    const { pathname } = request.url;
    if (pathname.startsWith(path)) return evil(request, response, self);
    if (pathname === '/v2/') return json(response, {});
    const content =
      [image.manifest, ...image.blobs].find(({ digest }) => pathname.endsWith(digest)) ?? (pathname.endsWith('/manifests/v1') ? image.manifest : undefined);
    if (content === undefined) return json(response, { errors: [{ code: 'NAME_UNKNOWN', message: 'no' }] }, {}, 404);
    response.writeHead(200, { 'content-type': content.mediaType, 'content-length': content.bytes.length });
    response.end(content.bytes);
  });
}

const blobs = '/v2/evil/app/blobs/';
const manifests = '/v2/evil/app/manifests/';

function forever(response: ServerResponse): void {
  const piece = Buffer.alloc(64 * 1024, 'a');
  const more = () => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', more);
  more();
}

describe('a copy from a registry that lies', () => {
  const wrong = Buffer.alloc(layer.bytes.length, 'x');
  test.each<[string, string, (request: Request, response: ServerResponse, self: ScriptedServer) => void, string]>([
    [
      'other bytes of the right length',
      `${blobs}${layer.digest}`,
      (_request, response) => void response.end(wrong),
      'filesystem layer verification failed for digest sha256:',
    ],
    ['a body without end', blobs, (_request, response) => forever(response), 'it is longer than the'],
    [
      'a length that its descriptor does not say',
      blobs,
      (_request, response) => void response.writeHead(200, { 'content-length': 10 }).end('0123456789'),
      'has 10 bytes in the registry, and its descriptor says',
    ],
    [
      'a manifest of other bytes',
      manifests,
      (_request, response) => json(response, {}, { 'docker-content-digest': image.manifest.digest }),
      'manifest verification failed for digest',
    ],
    ['a manifest without end', manifests, (_request, response) => forever(response), 'the manifest is longer than 4194304 bytes'],
    [
      'a manifest that is two things',
      manifests,
      (_request, response) => json(response, { schemaVersion: 2, mediaType: image.manifest.mediaType, manifests: [], config: {}, layers: [] }),
      'manifest invalid: ',
    ],
    ['nesting without end', manifests, (_request, response) => void response.end('['.repeat(100_000)), 'manifest invalid: the manifest nests too deep'],
    ['a circle', blobs, (request, response) => void response.writeHead(307, { location: request.url.pathname }).end(), 'stopped after 5 redirects'],
    [
      'a way out of HTTP',
      blobs,
      (_request, response) => void response.writeHead(307, { location: 'file:///etc/shadow' }).end(),
      'sends us to file:, which is no registry',
    ],
    ['headers without end', blobs, (_request, response) => void response.writeHead(200, { 'x-long': 'a'.repeat(200_000) }).end(), 'header'],
    ['a page instead of JSON', manifests, (_request, response) => void response.end('<html>'), 'manifest invalid: the manifest is not JSON'],
  ])(
    '%s',
    async (_name, path, evil, expected) => {
      await using registry = await registryWith(path, evil);
      const target = `localhost:${server.port}/copy/${createHash('sha256').update(expected).digest('hex').slice(0, 8)}:v1`;
      const { exitCode, stderr } = await home.run(['remote', 'copy', '-q', `${registry.host}/evil/app:v1`, target]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(expected) });
      expect(stderr).toStartWith('naru: ');
      // Nothing of it may be left under the name.
      expect((await home.run(['remote', 'inspect', target])).exitCode).toBe(1);
    },
    30_000,
  );
});

describe('credentials', () => {
  test('do not follow a redirect to another host', async () => {
    await using thief = await startScriptedServer(
      (_request, response) => void response.writeHead(200, { 'content-type': image.manifest.mediaType }).end(image.manifest.bytes),
    );
    await using registry = await startScriptedServer((request, response) => {
      if (request.headers.authorization === undefined) return json(response, {}, { 'www-authenticate': 'Basic realm="r"' }, 401);
      response.writeHead(307, { location: `${thief.url}/stolen` }).end();
    });
    await using user = await makeClientHome();
    await user.write(
      '.docker/config.json',
      JSON.stringify({ auths: { [registry.host]: { auth: btoa('alice:s3cret') }, [thief.host]: { auth: btoa('other:secret') } } }),
    );
    expect((await user.run(['remote', 'inspect', '--raw', `${registry.host}/a:v1`])).exitCode).toBe(0);
    expect(thief.requests.map(({ url, headers }) => [url.pathname, headers.authorization])).toEqual([['/stolen', undefined]]);
  });

  test('do not go to a token service on plain HTTP of another host', async () => {
    await using thief = await startScriptedServer((_request, response) => json(response, { token: 't' }));
    const realm = thief.url.replace('127.0.0.1', 'localhost');
    await using registry = await startScriptedServer((_request, response) => json(response, {}, { 'www-authenticate': `Bearer realm="${realm}/token"` }, 401));
    await using user = await makeClientHome();
    await user.write('.docker/config.json', JSON.stringify({ auths: { [registry.host]: { auth: btoa('alice:s3cret') } } }));
    const { exitCode, stderr } = await user.run(['remote', 'tags', `${registry.host}/a`]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('over plain HTTP: refused') });
    expect(thief.requests).toEqual([]);
  });
});

describe('what a registry writes', () => {
  test('is shown without its control characters', async () => {
    await using registry = await startScriptedServer((request, response) =>
      request.url.pathname === '/v2/'
        ? json(response, {})
        : json(response, { errors: [{ code: 'DENIED', message: '\u001b[2J\u001b]0;owned\u0007\nnaru: all is well' }] }, {}, 403),
    );
    expect((await home.run(['remote', 'tags', `${registry.host}/a`])).stderr).toBe(
      'naru: denied:  [2J ]0;owned  naru: all is well\nnaru: log in with naru login, or ask whoever owns the repository.\n',
    );
  });

  test('its warnings are shown once', async () => {
    await using registry = await startScriptedServer((_request, response) =>
      json(response, { tags: ['a'] }, { warning: '299 - "this registry closes on Friday"' }),
    );
    const { stdout, stderr } = await home.run(['remote', 'tags', `${registry.host}/a`]);
    expect({ stdout, stderr }).toEqual({ stdout: 'a\n', stderr: `WARNING: ${registry.host}: this registry closes on Friday\n` });
  });
});

describe('a line that breaks', () => {
  test('layers are taken up where they broke', async () => {
    const large = makeImage({ seed: 'broken-line', layers: 2, bytes: 3_000_000 });
    await createRegistryClient(server.url).pushImage('broken/source', large, 'v1');
    await using line = await startCuttingLine(server.port, 1_000_000, 4);
    await using other = await startServer();
    const { exitCode, stderr } = await home.run(['remote', 'copy', `${line.host}/broken/source:v1`, `localhost:${other.port}/broken/target:v1`]);
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(line.cuts()).toBe(4);
    const registry = createRegistryClient(other.url);
    for (const { digest, bytes } of large.blobs) expect(await registry.pullBlob('broken/target', digest)).toEqual(bytes);
  }, 30_000);

  test('a registry that is busy is asked again when it says', async () => {
    let answers = 0;
    await using registry = await startScriptedServer((request, response) => {
      if (request.url.pathname === '/v2/') return json(response, {});
      answers++;
      if (answers === 1) return json(response, { errors: [{ code: 'TOOMANYREQUESTS', message: 'slow down' }] }, { 'retry-after': '1' }, 429);
      if (answers === 2) return void response.socket?.destroy();
      json(response, { tags: ['a'] });
    });
    expect(await home.run(['remote', 'tags', `${registry.host}/a`])).toEqual({ exitCode: 0, stdout: 'a\n', stderr: '' });
    expect(answers).toBe(3);
  }, 20_000);
});
