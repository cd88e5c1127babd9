/**
 * A scanner behind Harbor's adapter API, as faithful as the tests need it: it pulls the image with what it was given,
 * manifest and every layer, says 302 until it is done, and then what `find` makes of it. It can be made to misbehave.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type ScanRequest = {
  readonly registry: { readonly url: string; readonly authorization: string };
  readonly artifact: { readonly repository: string; readonly digest: string; readonly mime_type: string };
};
export type Vulnerability = Readonly<Record<string, unknown>>;

export type FakeAdapter = {
  readonly url: string;
  readonly requests: ScanRequest[];
  /** Images that it has pulled whole. */
  readonly pulled: string[];
  /** Whatever a test wants to be otherwise: true when it has answered. */
  misbehave: ((path: string, response: ServerResponse, request: IncomingMessage) => boolean) | undefined;
  find: (layers: readonly Buffer[]) => readonly Vulnerability[];
  /** How often a report is not ready yet. */
  notReady: number;
  reportDigest: string | undefined;
  close(): Promise<void>;
};

export const password = 'scan-secret';
const reportType = 'application/vnd.security.vulnerability.report; version=1.1';

export async function startFakeAdapter(): Promise<FakeAdapter> {
  const reports = new Map<string, { polls: number; report: Promise<unknown> }>();
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  const fake: FakeAdapter = {
    url: `http://127.0.0.1:${port}`,
    requests: [],
    pulled: [],
    misbehave: undefined,
    find: () => [],
    notReady: 1,
    reportDigest: undefined,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
  return fake;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    if (fake.misbehave?.(path, response, request) === true) return;
    if (request.headers.authorization !== `Basic ${Buffer.from(`naru:${password}`).toString('base64')}`) return json(response, 401, {});
    if (path === '/api/v1/metadata') return json(response, 200, metadata);
    if (path === '/api/v1/scan' && request.method === 'POST') {
      const asked = JSON.parse(Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString()) as ScanRequest;
      fake.requests.push(asked);
      const id = `scan/${fake.requests.length}`;
      const report = scan(asked);
      reports.set(encodeURIComponent(id), { polls: 0, report });
      void report.then(
        () => fake.pulled.push(asked.artifact.digest),
        () => undefined, // whoever asks for it is told
      );
      return json(response, 202, { id });
    }
    const known = reports.get(/^\/api\/v1\/scan\/([^/]+)\/report$/.exec(path)?.[1] ?? '');
    if (known === undefined) return json(response, 404, { error: { message: 'no such scan' } });
    if (request.headers.accept !== reportType) return json(response, 406, {});
    if (known.polls++ < fake.notReady) return void response.writeHead(302, { location: path, 'refresh-after': '0' }).end();
    try {
      json(response, 200, await known.report);
    } catch (error) {
      json(response, 500, { error: { message: String(error) } });
    }
  }

  async function scan({ registry: { url, authorization }, artifact }: ScanRequest): Promise<unknown> {
    const get = async (path: string) => {
      const answer = await fetch(`${url}/v2/${artifact.repository}/${path}`, { headers: { authorization, accept: artifact.mime_type } });
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
      return Buffer.from(await answer.arrayBuffer());
    };
    const bytes = await get(`manifests/${artifact.digest}`);
    const { layers } = JSON.parse(bytes.toString()) as { layers: { digest: string }[] };
    const blobs: Buffer[] = [];
    for (const { digest } of layers) {
      const blob = await get(`blobs/${digest}`);
      if (`sha256:${createHash('sha256').update(blob).digest('hex')}` !== digest) throw new Error(`${digest} is another`);
      blobs.push(blob);
    }
    const about = fake.reportDigest === undefined ? artifact : { ...artifact, digest: fake.reportDigest };
    return { generated_at: '2026-01-01T00:00:00Z', artifact: about, scanner, severity: 'High', vulnerabilities: fake.find(blobs) };
  }
}

const scanner = { name: 'Fake', vendor: 'Naru tests', version: '1.2' };
const metadata = {
  scanner,
  capabilities: [
    {
      type: 'vulnerability',
      consumes_mime_types: ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'],
      produces_mime_types: [reportType, 'application/vnd.scanner.adapter.vuln.report.raw'],
    },
  ],
};

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
