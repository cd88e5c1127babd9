/** What the server keeps, for whoever runs it, and its collection: tried, or carried out. */
import { z } from 'zod';
import type { BlobRow } from '../metadata/collection-port.ts';
import type { MetadataStore } from '../metadata/port.ts';
import { type ApiRoute, route } from './route.ts';

const tally = z.object({ count: z.number().int(), sizeBytes: z.number().int() });
const pageSize = 1000;

export const storageRoutes: readonly ApiRoute[] = [
  route({
    operation: 'measureStorage',
    method: 'GET',
    path: '/storage',
    summary: 'Count what is stored, each blob once; `quarantined`: set aside, since its bytes are not what they were',
    access: 'administrator',
    response: z.object({ stored: tally, quarantined: tally }),
    async handle({ parts: { rows } }) {
      return { value: await measure(rows.integrity) };
    },
  }),
  route({
    operation: 'collectGarbage',
    method: 'POST',
    path: '/storage/collection',
    summary: 'Delete what nothing refers to and whose time is over, while everything goes on; with `dryRun`, say what would go',
    access: 'administrator',
    body: z.object({ dryRun: z.boolean(), untagged: z.boolean().default(false) }),
    response: z.object({
      dryRun: z.boolean(),
      manifests: tally,
      links: tally,
      blobs: tally,
      uploads: tally,
      /** The first of them, one line each. */
      details: z.array(z.string()),
    }),
    async handle({ body, parts: { collect } }) {
      const { verb: _verb, ...report } = await collect(body);
      return { value: report };
    },
  }),
];

type Tally = { count: number; sizeBytes: number };

async function measure(integrity: Pick<MetadataStore['integrity'], 'listBlobRows'>): Promise<{ stored: Tally; quarantined: Tally }> {
  const found = { stored: { count: 0, sizeBytes: 0 }, quarantined: { count: 0, sizeBytes: 0 } };
  for (let after: BlobRow['digest'] | undefined, isMore = true; isMore;) {
    const page: BlobRow[] = await integrity.listBlobRows({ limit: pageSize, ...(after !== undefined && { after }) });
    for (const { state, sizeBytes } of page) {
      found[state].count++;
      found[state].sizeBytes += sizeBytes;
    }
    after = page.at(-1)?.digest;
    isMore = page.length === pageSize;
  }
  return found;
}
