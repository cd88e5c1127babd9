/** The server with TLS, as its operator and stock clients meet it. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { Agent, request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { createContainersTools } from '../clients/support/containers-tools.ts';
import { run, tryRun } from '../clients/support/run.ts';
import { makeAuthority, type TestAuthority } from '../support/client/certificates.ts';
import { makeImage } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { runNaru, startServer, type TestServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// A slow machine under load is no failure.
setDefaultTimeout(60_000);

const hasTools = needs('openssl', 'curl', 'skopeo', 'podman');

describe.skipIf(!hasTools)('certificate files', () => {
  let scratch: Awaited<ReturnType<typeof temporaryFolder>>;
  let authority: TestAuthority;
  const at = (name: string): string => join(scratch.path, name);
  beforeAll(async () => {
    scratch = await temporaryFolder('naru-tls-');
    authority = makeAuthority(at('authority'));
    for (const name of ['first', 'second']) authority.issue(name, 'DNS:localhost,IP:127.0.0.1');
    authority.issue('alice', 'email:alice@example.com');
  });
  afterAll(() => scratch[Symbol.asyncDispose]());

  const installed = (name: string) => ({ cert: at(`${name}.crt`), key: at(`${name}.key`) });
  /** As who renews a certificate does: a new file in the old one's place. */
  async function install(name: string, from: string, part: 'cert' | 'key'): Promise<void> {
    const target = installed(name)[part];
    await copyFile(at(`authority/${from}.${part === 'cert' ? 'pem' : 'key'}`), `${target}.new`);
    await rename(`${target}.new`, target);
  }
  async function start(name: string, flags: readonly string[] = []): Promise<TestServer> {
    await Promise.all([install(name, 'first', 'cert'), install(name, 'first', 'key')]);
    const { cert, key } = installed(name);
    return startServer({ flags: ['--tls-cert', cert, '--tls-key', key, '--tls-reload', '100ms', ...flags] });
  }
  const curl = (server: TestServer, path: string, ...args: readonly string[]) =>
    tryRun(['curl', '--silent', '--show-error', '--cacert', authority.ca, ...args, `https://localhost:${server.port}${path}`]);
  /** The common name of the certificate that a new connection is shown. */
  async function shown(port: number): Promise<string> {
    const socket = connectTls({ port, host: '127.0.0.1', ca: await readFile(authority.ca), servername: 'localhost' });
    try {
      await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
      return String(socket.getPeerCertificate().subject.CN);
    } finally {
      socket.destroy();
    }
  }
  async function untilShown(port: number, name: string): Promise<void> {
    await until(async () => (await shown(port)) === name);
  }

  test('skopeo and podman push and pull with the authority’s certificate, and not without', async () => {
    await using server = await start('clients');
    const host = `localhost:${server.port}`;
    await using tools = await createContainersTools('unused.example:1');
    await mkdir(join(tools.folder, 'certs'));
    await copyFile(authority.ca, join(tools.folder, 'certs', 'ca.crt'));
    const trust = join(tools.folder, 'certs');
    await writeLayout(join(tools.folder, 'image'));
    await tools.run('skopeo', ['copy', '--dest-cert-dir', trust, `oci:${join(tools.folder, 'image')}:1`, `docker://${host}/a/b:1`]);
    expect(await tools.run('skopeo', ['inspect', '--cert-dir', trust, '--format', '{{.Name}}', `docker://${host}/a/b:1`])).toBe(`${host}/a/b\n`);
    await tools.run('podman', ['pull', '--quiet', '--cert-dir', trust, `${host}/a/b:1`]);
    await tools.run('podman', ['push', '--quiet', '--cert-dir', trust, `${host}/a/b:1`, `${host}/a/c:1`]);
    expect(JSON.parse((await curl(server, '/v2/a/c/tags/list')).stdout)).toEqual({ name: 'a/c', tags: ['1'] });
    expect((await tools.tryRun('podman', ['pull', '--quiet', `${host}/a/b:1`])).stderr).toContain('certificate signed by unknown authority');
  });

  test('openssl finds the chain sound, TLS 1.3 and 1.2 are spoken, and 1.1 is not', async () => {
    await using server = await start('versions');
    const client = (...args: readonly string[]) =>
      tryRun(['sh', '-c', `openssl s_client -connect localhost:${server.port} -CAfile ${authority.ca} -verify_return_error ${args.join(' ')} </dev/null`]);
    expect((await client('-tls1_3')).stdout).toContain('Verify return code: 0 (ok)');
    expect((await client('-tls1_2')).stdout).toContain('Verify return code: 0 (ok)');
    expect((await client('-tls1_1')).exitCode).toBe(1);
  });

  test('plain HTTP gets a clear answer', async () => {
    await using server = await start('plain');
    const { stdout } = await tryRun(['curl', '--silent', '--include', `http://localhost:${server.port}/v2/`]);
    expect(stdout).toStartWith('HTTP/1.1 400 Bad Request\r\n');
    expect(stdout).toContain('Client sent an HTTP request to an HTTPS server. This registry speaks TLS: use https://');
  });

  test('bytes that are neither, and a handshake that is cut, harm nobody', async () => {
    await using server = await start('nonsense');
    for (const bytes of [Buffer.from([0x16]), Buffer.from([0x16, 3, 1, 255, 255, 1, 2, 3]), Buffer.alloc(70_000, 0), Buffer.from([0x80, 0x2e, 1])]) {
      await new Promise<void>((resolve) => {
        const socket = connect(server.port, '127.0.0.1', () => socket.end(bytes));
        socket
          .resume()
          .once('error', () => undefined)
          .once('close', () => resolve());
      });
    }
    expect((await curl(server, '/healthz')).stdout).toBe('ok\n');
  });

  test('a new pair is taken up under traffic: nothing fails, and connections that are open live on', async () => {
    await using server = await start('reload');
    const ca = await readFile(authority.ca);
    const ask = (agent: Agent) =>
      new Promise<number>((resolve, reject) => {
        const request = httpsRequest({ host: '127.0.0.1', port: server.port, path: '/v2/', agent, ca, servername: 'localhost' }, (answer) => {
          answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
        });
        request.once('error', reject).end();
      });
    const enough = new AbortController();
    const fresh = async (): Promise<number> => {
      let count = 0;
      for (; !enough.signal.aborted; count++) expect(await ask(new Agent({ keepAlive: false }))).toBe(200);
      return count;
    };
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await ask(kept)).toBe(200);
    const clients = [fresh(), fresh(), fresh()];
    for (const name of ['second', 'first', 'second']) {
      await install('reload', name, 'cert');
      await install('reload', name, 'key');
      await untilShown(server.port, name);
      expect(await ask(kept)).toBe(200);
    }
    enough.abort();
    for (const count of await Promise.all(clients)) expect(count).toBeGreaterThan(0);
    kept.destroy();
    expect(server.output.stderr).toContain('"msg":"a new certificate is in use"');
  });

  test('a download that began before goes on to its end', async () => {
    await using server = await start('download');
    const bytes = Buffer.alloc(32 * 2 ** 20, 'naru');
    const digest = `sha256:${new Bun.CryptoHasher('sha256').update(bytes).digest('hex')}`;
    await writeFile(at('blob'), bytes);
    const location = /location: (\S+)/i.exec((await curl(server, '/v2/a/b/blobs/uploads/', '--include', '--request', 'POST')).stdout)?.[1];
    expect((await curl(server, `${location}?digest=${digest}`, '--upload-file', at('blob'), '--write-out', '%{http_code}')).stdout).toBe('201');
    const slow = curl(server, `/v2/a/b/blobs/${digest}`, '--limit-rate', '24M', '--output', at('back'));
    await Promise.all([install('download', 'second', 'cert'), install('download', 'second', 'key')]);
    await untilShown(server.port, 'second');
    expect((await slow).exitCode).toBe(0);
    expect(Buffer.compare(await readFile(at('back')), bytes)).toBe(0);
  });

  test('a broken pair changes nothing, the log says why, and the metric tells the expiry', async () => {
    await using server = await start('broken');
    await install('broken', 'second', 'cert');
    await until(() => server.output.stderr.includes('does not belong to the first certificate'));
    expect(await shown(server.port)).toBe('first');
    await writeFile(installed('broken').cert, 'half a fi');
    await until(() => server.output.stderr.includes('holds no certificate'));
    expect(await shown(server.port)).toBe('first');
    const expiry = /^naru_tls_certificate_expiry_timestamp_seconds (\d+)/m.exec((await curl(server, '/metrics')).stdout)?.[1];
    expect(Number(expiry) * 1000).toBeGreaterThan(Date.now());
    expect(server.output.stderr).toContain('the certificate expires soon');
    await Promise.all([install('broken', 'second', 'cert'), install('broken', 'second', 'key')]);
    await untilShown(server.port, 'second');
  });

  test('client certificates: must, may, and from a stranger', async () => {
    const alice = ['--cert', at('authority/alice.pem'), '--key', at('authority/alice.key')];
    const strangers = makeAuthority(at('strangers')).issue('mallory', 'email:mallory@example.com');
    const mallory = ['--cert', strangers.cert, '--key', strangers.key];
    await using must = await start('must', ['--tls-client-ca', authority.ca, '--tls-client-certificates', 'require']);
    expect((await curl(must, '/healthz', ...alice)).stdout).toBe('ok\n');
    expect((await curl(must, '/healthz')).exitCode).not.toBe(0);
    expect((await curl(must, '/healthz', ...mallory)).exitCode).not.toBe(0);
    await using may = await start('may', ['--tls-client-ca', authority.ca]);
    for (const who of [alice, [], mallory]) expect((await curl(may, '/healthz', ...who)).stdout).toBe('ok\n');
  });

  test('more connections than allowed are closed, and there is room again when others go', async () => {
    await using server = await start('crowd', ['--limits-tls-connections-max', '2']);
    const idle = [connect(server.port, '127.0.0.1'), connect(server.port, '127.0.0.1')];
    await Promise.all(idle.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    await until(async () => (await curl(server, '/healthz')).exitCode !== 0);
    expect(server.output.stderr).toContain('too many connections');
    for (const socket of idle) socket.destroy();
    await until(async () => (await curl(server, '/healthz')).stdout === 'ok\n');
  });

  test('stopping lets a download end', async () => {
    await using server = await start('stop');
    const bytes = Buffer.alloc(16 * 2 ** 20, 'stop');
    const digest = `sha256:${new Bun.CryptoHasher('sha256').update(bytes).digest('hex')}`;
    await writeFile(at('blob'), bytes);
    const location = /location: (\S+)/i.exec((await curl(server, '/v2/a/b/blobs/uploads/', '--include', '--request', 'POST')).stdout)?.[1];
    await curl(server, `${location}?digest=${digest}`, '--upload-file', at('blob'));
    const slow = curl(server, `/v2/a/b/blobs/${digest}`, '--limit-rate', '12M', '--output', at('back-at-stop'));
    await until(async () => (await readFile(at('back-at-stop')).catch(() => Buffer.alloc(0))).length > 1000);
    expect(await server.stop()).toBe(0);
    expect((await slow).exitCode).toBe(0);
    expect(Buffer.compare(await readFile(at('back-at-stop')), bytes)).toBe(0);
  });

  test.each<[string, (files: { cert: string; key: string }) => readonly string[], RegExp]>([
    ['no such file', ({ key }) => ['--tls-cert', '/nowhere.pem', '--tls-key', key], /^naru: cannot read \/nowhere\.pem: there is no such file\n$/],
    ['a folder', ({ key }) => ['--tls-cert', '/tmp', '--tls-key', key], /^naru: cannot read \/tmp: it is a folder\n$/],
    ['exchanged', ({ cert, key }) => ['--tls-cert', key, '--tls-key', cert], /^naru: .* holds no certificate: it should be PEM.*\n$/],
    [
      'of two pairs',
      ({ cert }) => ['--tls-cert', cert, '--tls-key', at('authority/second.key')],
      /^naru: the key in .* does not belong to the first certificate.*\n$/,
    ],
    [
      'no authority of clients',
      ({ cert, key }) => ['--tls-cert', cert, '--tls-key', key, '--tls-client-ca', key],
      /^naru: .* holds no certificate of an authority.*\n$/,
    ],
  ])('a start with files that are %s ends with one line', async (_, flags, message) => {
    await Promise.all([install('mistake', 'first', 'cert'), install('mistake', 'first', 'key')]);
    const { exitCode, stderr } = await runNaru(['serve', '--port', '0', '--data', at('mistake-data'), ...flags(installed('mistake'))]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(message) });
  });
});

describe.skipIf(!hasTools)('--tls self-signed', () => {
  test('greets with the authority and how clients trust it; they do, and go on after a restart', async () => {
    await using scratch = await temporaryFolder('naru-self-signed-');
    const data = join(scratch.path, 'data');
    const ask = (server: TestServer, ...args: readonly string[]) =>
      run(['curl', '--silent', '--cacert', join(data, 'tls/ca.crt'), ...args, `https://localhost:${server.port}/ca.crt`]);
    let ca: string;
    {
      await using server = await startServer({ data, flags: ['--tls', 'self-signed'] });
      expect(server.url).toStartWith('https://');
      const fingerprint = (await run(['openssl', 'x509', '-in', join(data, 'tls/ca.crt'), '-noout', '-fingerprint', '-sha256'])).split('=')[1]?.trim();
      for (const line of [`SHA-256 ${fingerprint}`, `/etc/docker/certs.d/localhost:${server.port}/ca.crt`, 'hosts.toml', '--cert-dir', '--cacert'])
        expect(server.output.stdout).toContain(line);
      ca = await ask(server);
      expect(ca).toBe(await readFile(join(data, 'tls/ca.crt'), 'utf8'));
    }
    await using again = await startServer({ data, flags: ['--tls', 'self-signed', '--tls-names', 'registry.example.com'] });
    expect(await ask(again)).toBe(ca);
    const named = ['--resolve', `registry.example.com:${again.port}:127.0.0.1`];
    expect(await run(['curl', '--silent', '--cacert', join(data, 'tls/ca.crt'), ...named, `https://registry.example.com:${again.port}/healthz`])).toBe('ok\n');
  });
});

test.skipIf(!hasTools)('tokens are to be had over HTTPS, where the passwords go', async () => {
  await using server = await startServer({ flags: ['--tls', 'self-signed', '--profile', 'private'] });
  const { stdout } = await tryRun(['curl', '--silent', '--include', '--cacert', join(server.data, 'tls/ca.crt'), `https://localhost:${server.port}/v2/`]);
  expect(stdout.toLowerCase()).toContain(`www-authenticate: bearer realm="https://localhost:${server.port}/token"`);
});

describe('proxies', () => {
  test('the challenge names the address that clients use: the proxy’s word, or the operator’s', async () => {
    const flags = ['--profile', 'private', '--http-trusted-proxies', '127.0.0.1'];
    await using server = await startServer({ flags });
    await using named = await startServer({ flags: [...flags, '--http-public-url', 'https://hub.example.com'] });
    const headers = { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-host': 'registry.example.com', 'x-forwarded-proto': 'https' };
    const realm = async ({ url }: TestServer) => /realm="([^"]*)"/.exec((await fetch(`${url}/v2/`, { headers })).headers.get('www-authenticate') ?? '')?.[1];
    expect([await realm(server), await realm(named)]).toEqual(['https://registry.example.com/token', 'https://hub.example.com/token']);
  });

  const remoteAddress = (server: TestServer, path: string): string | undefined =>
    new RegExp(`"path":"${path}".*?"remoteAddress":"([^"]*)"`).exec(server.output.stderr)?.[1];

  test('whom they name is who asked, and nobody else is believed', async () => {
    await using trusting = await startServer({ flags: ['--http-trusted-proxies', '127.0.0.0/8'] });
    await using other = await startServer({ flags: ['--http-trusted-proxies', '10.0.0.0/8'] });
    const headers = { 'x-forwarded-for': '198.51.100.1, 192.0.2.7', 'x-forwarded-host': 'registry.example.com', 'x-forwarded-proto': 'https' };
    const welcome = await Promise.all([trusting, other].map(async ({ url }) => (await fetch(`${url}/`, { headers })).text()));
    expect(welcome[0]).toContain('docker push registry.example.com/first:1');
    expect(welcome[1]).toContain(`docker push 127.0.0.1:${other.port}/first:1`);
    await Promise.all([trusting.stop(), other.stop()]);
    expect([remoteAddress(trusting, '/'), remoteAddress(other, '/')]).toEqual(['192.0.2.7', '127.0.0.1']);
  });
});

/** Asks again until it is so; the test's own timeout ends it. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((next) => setTimeout(next, 10));
}

async function writeLayout(folder: string): Promise<void> {
  const { manifest, config, layers } = makeImage({ seed: 'tls' });
  await mkdir(join(folder, 'blobs/sha256'), { recursive: true });
  for (const { digest, bytes } of [manifest, config, ...layers]) await writeFile(join(folder, 'blobs', digest.replace(':', '/')), bytes);
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const descriptor = {
    mediaType: manifest.mediaType,
    digest: manifest.digest,
    size: manifest.bytes.length,
    annotations: { 'org.opencontainers.image.ref.name': '1' },
  };
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [descriptor] }));
}
