/** Certificates, plain HTTP, proxies and mirrors: whom the client speaks with, and how. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeAuthority, type TestAuthority } from '../support/client/certificates.ts';
import { type ClientHome, makeClientHome } from '../support/client/client-home.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/client/docker-registry.ts';
import { startProxy } from '../support/client/network.ts';
import { startScriptedServer } from '../support/client/scripted-server.ts';
import { makeImage } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';

const image = makeImage({ seed: 'trust' });
let server: TestServer;
let home: ClientHome;
beforeAll(async () => {
  server = await startServer();
  home = await makeClientHome();
  await createRegistryClient(server.url).pushImage('team/app', image, 'v1');
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await home[Symbol.asyncDispose]();
});

describe('plain HTTP away from loopback', () => {
  test("is refused in Docker's words, with what to do; the insecure list lets it through with a warning", async () => {
    // Behind the proxy the name is somebody else's machine.
    await using proxy = await startProxy(server.port);
    const env = { HTTP_PROXY: proxy.host, HTTPS_PROXY: proxy.host };
    const refused = await home.run(['remote', 'tags', 'registry.test:5000/team/app'], { env });
    expect(refused).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `naru: Get "https://registry.test:5000/v2/": http: server gave HTTP response to HTTPS client
naru: if registry.test:5000 is meant to speak plain HTTP: naru config add insecure-registries registry.test:5000
`,
    });
    expect(proxy.seen).toEqual(['CONNECT registry.test:5000', 'GET http://registry.test:5000/v2/']);

    await using other = await makeClientHome();
    await other.write('.config/naru/client.yaml', 'insecure-registries: [registry.test:5000]\n');
    const trusted = await other.run(['remote', 'tags', 'registry.test:5000/team/app'], { env });
    expect(trusted).toMatchObject({ exitCode: 0, stdout: 'v1\n' });
    expect(trusted.stderr).toMatch(/^WARNING: registry\.test:5000 speaks plain HTTP: [^\n]+\n$/);
  });

  test('proxies are left alone for loopback and for NO_PROXY', async () => {
    await using proxy = await startProxy(server.port);
    const env = { HTTP_PROXY: proxy.host, HTTPS_PROXY: proxy.host };
    expect((await home.run(['remote', 'tags', `localhost:${server.port}/team/app`], { env })).stdout).toBe('v1\n');
    expect((await home.run(['remote', 'tags', 'registry.test:5000/x'], { env: { ...env, NO_PROXY: '.test' } })).stderr).toContain('no such host');
    expect(proxy.seen).toEqual([]);
  });
});

describe('settings', () => {
  test('a mistake in the file names the file and the key', async () => {
    await using other = await makeClientHome();
    await other.write('.config/naru/client.yaml', 'insecure-registry: [a]\n');
    const { exitCode, stderr } = await other.run(['ref', 'explain', 'nginx']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining(`naru: ${other.path}/.config/naru/client.yaml: there is no setting insecure-registry.`),
    });
  });

  test('names without a registry live where the settings say', async () => {
    await using other = await makeClientHome();
    await other.write('.config/naru/client.yaml', `default-registry: localhost:${server.port}\n`);
    expect((await other.run(['ref', 'explain', 'team/app'])).stdout).toStartWith(`registry:  localhost:${server.port}\nproject:   team\nimage:     app\n`);
    expect((await other.run(['remote', 'tags', 'team/app'])).stdout).toBe('v1\n');
  });

  test('a blocked registry is not asked', async () => {
    await using other = await makeClientHome();
    await other.write('.config/naru/client.yaml', `registries: { "localhost:${server.port}": { blocked: true } }\n`);
    expect((await other.run(['remote', 'tags', `localhost:${server.port}/team/app`])).stderr).toStartWith(`naru: registry localhost:${server.port} is blocked`);
  });

  test('mirrors of any registry, in their order; the one that is down costs a line', async () => {
    await using down = await startScriptedServer((_request, response) => void response.writeHead(500).end());
    await using other = await makeClientHome();
    await other.write(
      '.config/naru/client.yaml',
      `registries: { registry.test: { mirrors: ["http://127.0.0.1:1", "http://${down.host}", "http://127.0.0.1:${server.port}/team"] } }\n`,
    );
    const { exitCode, stdout, stderr } = await other.run(['remote', 'inspect', '--raw', 'registry.test/app:v1']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: new TextDecoder().decode(image.manifest.bytes) });
    expect(stderr).toBe(
      `WARNING: mirror 127.0.0.1:1: Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused\nWARNING: mirror ${down.host}: received unexpected HTTP status: 500 Internal Server Error\n`,
    );
  }, 30_000);
});

test('what a mirror has is not taken for there when it is copied to the registry itself', async () => {
  await using target = await startServer();
  await using other = await makeClientHome();
  const name = `localhost:${target.port}/team/app:v1`;
  await other.write('.config/naru/client.yaml', `registries: { "localhost:${target.port}": { mirrors: ["http://127.0.0.1:${server.port}"] } }\n`);
  expect((await other.run(['remote', 'copy', '-q', `127.0.0.1:${server.port}/team/app:v1`, name])).exitCode).toBe(0);
  const pulled = await fetch(`${target.url}/v2/team/app/manifests/v1`);
  expect([pulled.status, pulled.headers.get('docker-content-digest')]).toEqual([200, image.manifest.digest]);
});

describe.skipIf(!needs('docker-registry', 'openssl'))('TLS', () => {
  let authority: TestAuthority;
  let folder: ClientHome;
  let registry: DockerRegistry;
  beforeAll(async () => {
    folder = await makeClientHome();
    authority = makeAuthority(join(folder.path, 'authority'));
    const tls = authority.issue('server', 'DNS:registry.test,IP:127.0.0.1');
    registry = await startDockerRegistry({ tls: { ...tls, clientCa: authority.ca } });
  });
  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  test('an authority and a client certificate from certs.d', async () => {
    await using proxy = await startProxy(registry.port);
    await using user = await makeClientHome();
    const env = { HTTPS_PROXY: proxy.host, HTTP_PROXY: proxy.host };
    const search = () => user.run(['search', 'registry.test:5000/x'], { env });
    expect((await search()).stderr).toContain('x509: certificate signed by unknown authority');

    const certs = join(user.path, '.config/containers/certs.d/registry.test:5000');
    await mkdir(certs, { recursive: true });
    await copyFile(authority.ca, join(certs, 'ca.crt'));
    // The server is believed now; it does not believe us yet.
    expect((await search()).exitCode).toBe(1);

    const { cert, key } = authority.issue('client', 'DNS:client');
    await copyFile(cert, join(certs, 'client.cert'));
    expect((await search()).stderr).toContain('missing key client.key for client certificate client.cert');
    await copyFile(key, join(certs, 'client.key'));
    expect(await search()).toEqual({ exitCode: 0, stdout: 'NAME      DESCRIPTION   STARS     OFFICIAL\n', stderr: '' });

    // Another name than the certificate's.
    const elsewhere = join(user.path, '.config/containers/certs.d/other.test:5000');
    await mkdir(elsewhere);
    for (const file of ['ca.crt', 'client.cert', 'client.key']) await copyFile(join(certs, file), join(elsewhere, file));
    expect((await user.run(['search', 'other.test:5000/x'], { env })).stderr).toContain('x509: certificate is not valid for other.test');
    await rm(certs, { recursive: true });
  });
});
