/**
 * Every route that leads to bytes × every verdict, made from the route tables: a route without a line
 * here fails.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { routes as apiRoutes } from '@naru/server/hub-api/routes';
import { routes as v2Routes } from '@naru/server/oci-api/routes';
import { jsonContent } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { askAt, pushStock, type Stock, until, verdictOf } from './fixture.ts';

setDefaultTimeout(60_000);

/** Operations of /v2: `manifest`, `blob` and `mount` lead to bytes, the others say why they do not. */
const v2Lines: Readonly<Record<string, string>> = {
  'manifest-get': 'manifest',
  'blob-get': 'blob',
  'upload-start': 'mount',
  ping: 'tells nothing of any image',
  'blob-head': 'says that a blob is there, and brings nothing of it',
  'manifest-head': 'says where a tag points, and brings nothing of it',
  'upload-append': 'brings bytes in',
  'upload-finish': 'brings bytes in',
  'manifest-put': 'brings bytes in',
  'tag-list': 'names',
  'manifest-delete': 'takes away',
  'blob-delete': 'takes away',
  referrers: 'names what is said of an image, which whoever decides about it must see',
  'upload-status': 'a number',
  'upload-cancel': 'takes away',
  catalog: 'names',
};

/** Of /api/v1, those about an image or a file: `gated`, or why not. */
const apiLines: Readonly<Record<string, string>> = {
  listFiles: 'gated',
  getFile: 'gated',
  compareImages: 'gated',
  getImage: 'what its configuration says, for whoever decides about it',
  listReferrers: 'names',
  getLineage: 'names',
  lintImage: 'remarks on how it was built',
  listFindings: 'what is wrong with it, for whoever decides about it',
  exportFindings: 'the same',
  getFindingsAsSarif: 'the same',
  compareFindings: 'the same',
  listPackages: 'what is installed in it, for whoever decides about it',
  listSecrets: 'where passwords and keys were left in it, and not what they say',
  getSbom: 'what is installed in it, as a document',
  listSignatures: 'who has signed it',
  getVerdict: 'why it is blocked',
  decideReview: 'says who may see it',
  scanImage: 'asks for checks',
  restoreImage: 'brings back what was here, to be judged as if it was pushed',
  deleteTrashedImage: 'takes away',
};

test('every route has a line', () => {
  expect(v2Routes.map(({ name }) => name).toSorted()).toEqual(Object.keys(v2Lines).toSorted());
  const ofImages = apiRoutes.filter(({ path }) => /\{reference\}|\{digest\}|\/files?\b|download|archive|export/.test(path));
  expect(ofImages.map(({ operation }) => operation).filter((operation) => apiLines[operation] === undefined)).toEqual([]);
});

let server: TestServer;
let stock: Stock;
const repository = 'team/app';

beforeAll(async () => {
  server = await startServer();
  stock = await pushStock(createRegistryClient(server.url), repository);
});
afterAll(() => server[Symbol.asyncDispose]());

type Piece = 'good' | 'bad' | 'both' | 'badOnly' | 'sbom';
const pieces: readonly Piece[] = ['good', 'bad', 'both', 'badOnly', 'sbom'];

/** What is refused under each policy: everything else comes. */
const verdicts: readonly {
  name: string;
  policy?: unknown;
  refused: readonly Piece[];
  blobs: { shared: boolean; own: boolean; sbom: boolean; loose: boolean };
}[] = [
  { name: 'no policy', refused: [], blobs: { shared: true, own: true, sbom: true, loose: true } },
  { name: 'a policy that all meet', policy: { checkedWithinDays: 0 }, refused: [], blobs: { shared: true, own: true, sbom: true, loose: true } },
  { name: 'some are blocked', policy: { require: ['sbom'] }, refused: ['bad', 'badOnly'], blobs: { shared: true, own: false, sbom: true, loose: true } },
  {
    name: 'all are blocked',
    policy: { signedBy: ['*'] },
    refused: ['good', 'bad', 'both', 'badOnly'],
    blobs: { shared: false, own: false, sbom: true, loose: true },
  },
  {
    name: 'nobody has checked them',
    policy: { quarantine: true },
    refused: ['good', 'bad', 'both', 'badOnly'],
    blobs: { shared: false, own: false, sbom: true, loose: false },
  },
];

for (const { name, policy, refused, blobs } of verdicts) {
  describe(name, () => {
    const loose = { digest: '' };

    beforeAll(async () => {
      const ask = askAt(server.url);
      await ask('DELETE', `/repositories/${repository}/-/policy`);
      const client = createRegistryClient(server.url);
      const blob = jsonContent('application/octet-stream', { nobody: 'has it' });
      await client.pushBlob(repository, blob);
      loose.digest = blob.digest;
      if (policy === undefined) return;
      expect((await ask('PUT', `/repositories/${repository}/-/policy`, policy)).status).toBe(200);
      for (const piece of pieces) {
        const state = piece === 'sbom' ? 'exempt' : refused.includes(piece) ? 'blocked' : 'allowed';
        await until(
          () => verdictOf(ask, repository, digestOf(piece)),
          (verdict) => verdict['state'] === state,
        );
      }
    });

    for (const route of v2Routes.filter(({ name: line }) => v2Lines[line] === 'manifest')) {
      test(`${route.name}, by tag and by digest`, async () => {
        // Everybody may push here, and so read by digest what is to be signed. Those who may not: `policy.test.ts`.
        for (const piece of pieces) expect([piece, await statusOf(`manifests/${digestOf(piece)}`)]).toEqual([piece, 200]);
        const tags: Partial<Record<Piece, string>> = { good: 'good', bad: 'bad', both: 'both', badOnly: 'bad-only' };
        for (const [piece, tag] of Object.entries(tags)) {
          const wanted = refused.includes(piece as Piece) ? 403 : 200;
          expect([tag, await statusOf(`manifests/${tag}`)]).toEqual([tag, wanted]);
          const asked = await fetch(`${server.url}/v2/${repository}/manifests/${tag}`, { method: 'HEAD' });
          expect([asked.status, asked.headers.get('docker-content-digest')]).toEqual([200, digestOf(piece as Piece)]);
        }
      });
    }

    for (const route of v2Routes.filter(({ name: line }) => v2Lines[line] === 'blob')) {
      test(`${route.name}, whole and in part`, async () => {
        for (const headers of [{}, { range: 'bytes=0-3' }, { 'if-none-match': `"${stock.badLayer.digest}"` }]) {
          const came = async (digest: string) => (await statusOf(`blobs/${digest}`, headers)) < 400;
          const [sbomLayer] = stock.sbom.layers;
          expect({
            shared: await came(stock.shared.digest),
            own: await came(stock.badLayer.digest),
            sbom: await came(sbomLayer?.digest ?? ''),
            loose: await came(loose.digest),
          }).toEqual(blobs);
        }
      });
    }

    test('a mount into another repository', async () => {
      const target = `other/${name.replaceAll(' ', '-')}`;
      const response = await fetch(`${server.url}/v2/${target}/blobs/uploads/?mount=${stock.badLayer.digest}&from=${repository}`, { method: 'POST' });
      expect(response.status).toBe(blobs.own ? 201 : 202);
    });

    for (const { operation, path } of apiRoutes.filter((route) => apiLines[route.operation] === 'gated')) {
      test(operation, async () => {
        for (const piece of ['good', 'bad'] as const) {
          const query = operation === 'getFile' ? '?path=layer-0.bin' : operation === 'compareImages' ? `?with=${stock.bad.manifest.digest}` : '';
          const target = path.replace('{repository}', repository).replace('{reference}', piece);
          const { status } = await fetch(`${server.url}/api/v1${target}${query}`);
          const isRefused = refused.includes(piece) || (operation === 'compareImages' && refused.includes('bad'));
          expect([operation, piece, status === 403]).toEqual([operation, piece, isRefused]);
        }
      });
    }
  });
}

test('what is refused says why, with what docker needs to print it once', async () => {
  const ask = askAt(server.url);
  await ask('PUT', `/repositories/${repository}/-/policy`, { require: ['sbom'] });
  const response = await until(
    () => fetch(`${server.url}/v2/${repository}/manifests/bad`),
    ({ status, headers }) => status === 403 && headers.has('content-length'),
  );
  const body = await until(
    async () => (await (await fetch(`${server.url}/v2/${repository}/manifests/bad`)).json()) as unknown,
    (value) => JSON.stringify(value).includes('SBOM'),
  );
  expect(response.status).toBe(403);
  expect(body).toEqual({
    errors: [
      {
        code: 'DENIED',
        message: 'image blocked: it comes without a list of its parts (SBOM) (rule of team/app)',
        detail: { digest: stock.bad.manifest.digest, reasons: [{ rule: 'sbom', by: repository, text: 'it comes without a list of its parts (SBOM)' }] },
      },
    ],
  });
});

function digestOf(piece: Piece): string {
  const content = stock[piece];
  return 'manifest' in content ? content.manifest.digest : content.digest;
}

async function statusOf(path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const response = await fetch(`${server.url}/v2/${repository}/${path}`, { headers });
  await response.body?.cancel();
  return response.status;
}
