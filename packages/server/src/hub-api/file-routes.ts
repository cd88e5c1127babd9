/** What is inside of images, without pulling them. Names and bytes are a stranger's: nothing here is ever shown as a page. */
import { type Digest, isDigest } from '@naru/oci/digest';
import { z } from 'zod';
import type { FileChange } from '../files/compare-trees.ts';
import type { ShownEntry } from '../files/merged-view.ts';
import { compareConfigs, compareLayers } from '../files/compare-images.ts';
import type { LayerFile } from '../metadata/file-port.ts';
import { resolveImage } from './image-routes.ts';
import { otherRepository } from './other-repository.ts';
import { required } from './repository-routes.ts';
import { type ApiCall, type ApiRoute, route } from './route.ts';
import { bytes, digest } from './schemas.ts';
import { streamOf } from './stream-of.ts';

const pathMax = 4096;
const entriesMax = 1000;

const path = z.string().max(pathMax).default('');
const layer = digest.optional();
const limit = z.coerce.number().int().min(1).max(entriesMax).default(200);
/** `indexing`: the files are being listed, ask again in a moment. `refused`: they cannot be shown, `reason` says why. */
const state = z.object({ state: z.enum(['indexed', 'indexing', 'refused']), reason: z.string().optional() });
const file = z.object({
  kind: z.enum(['file', 'directory', 'link', 'symlink', 'device', 'fifo']),
  sizeBytes: bytes,
  /** The twelve bits of rights, as a number. */
  mode: z.number().int(),
  /** Of links. */
  target: z.string().optional(),
});
const entry = file.extend({ name: z.string(), layer: digest });
const change = z.object({ path: z.string(), change: z.enum(['added', 'removed', 'changed']), before: file.optional(), after: file.optional() });

const comparison = state.extend({
  from: digest,
  to: digest,
  layers: z.object({ shared: z.array(digest), removed: z.array(digest), added: z.array(digest) }),
  /** Fields of the configuration that differ, and their values as JSON has them. */
  config: z.array(z.object({ field: z.string(), before: z.unknown().optional(), after: z.unknown().optional() })),
  /** Of all files, not of this page. */
  counts: z.object({ added: z.number().int(), removed: z.number().int(), changed: z.number().int(), addedBytes: bytes, removedBytes: bytes }),
  items: z.array(change),
  next: z.string().optional(),
});

export const fileRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listFiles',
    method: 'GET',
    path: '/repositories/{repository}/-/images/{reference}/files',
    summary: 'List a folder of an image, or of one of its layers',
    access: 'pull',
    query: z.object({ path, layer, after: z.string().max(pathMax).optional(), limit }),
    response: state.extend({ items: z.array(entry), next: z.string().optional() }),
    async handle(call) {
      const { query, parts } = call;
      const { entries, ...files } = await parts.files.list({ ...(await imageOf(call)), path: query.path, ...layerOf(query.layer) });
      const behind = query.after === undefined ? entries : entries.filter(({ name }) => name > (query.after ?? ''));
      const items = behind.slice(0, query.limit).map(toEntry);
      const last = behind.length > query.limit ? items.at(-1)?.name : undefined;
      return { value: { ...files, items, ...(last !== undefined && { next: last }) } };
    },
  }),
  route({
    operation: 'getFile',
    method: 'GET',
    path: '/repositories/{repository}/-/images/{reference}/file',
    summary: 'Get the bytes of one file of an image, to be saved and never to be shown',
    access: 'pull',
    query: z.object({ path: z.string().min(1).max(pathMax), layer }),
    async handle(call) {
      const { query, parts, request } = call;
      const found = await parts.files.open({ ...(await imageOf(call)), path: query.path, ...layerOf(query.layer) });
      const headers = {
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename*=UTF-8''${encodeFileName(found.entry.name)}`,
        'x-content-type-options': 'nosniff',
        'content-security-policy': "sandbox; default-src 'none'",
      };
      return { headers, stream: request.method === 'HEAD' ? new ReadableStream() : streamOf(found.bytes) };
    },
  }),
  route({
    operation: 'compareImages',
    method: 'GET',
    path: '/repositories/{repository}/-/images/{reference}/compare',
    summary: 'Compare an image with another one (`with`), of the same or of another repository: files, configuration, layers',
    access: 'pull', // and of the other repository
    query: z.object({ with: z.string().max(200), repository: z.string().max(255).optional(), after: z.string().max(pathMax).optional(), limit }),
    response: comparison,
    async handle(call) {
      const { query, parts } = call;
      const from = await imageOf(call);
      const to = await otherImage(call, query);
      const [before, after] = [await parts.registry.images.get(from.repository, from.digest), await parts.registry.images.get(to.repository, to.digest)];
      const { changes, ...files } = await parts.files.compare(from, to);
      const start = query.after === undefined ? 0 : changes.findIndex((one) => one.path === query.after) + 1;
      const items = changes.slice(start, start + query.limit);
      return {
        value: {
          ...files,
          from: from.digest,
          to: to.digest,
          layers: compareLayers(before, after),
          config: compareConfigs(before, after),
          counts: countChanges(changes),
          items: items.map(toChange),
          ...(start + query.limit < changes.length && { next: items.at(-1)?.path }),
        },
      };
    },
  }),
];

type Called = Pick<ApiCall, 'repository' | 'params' | 'parts' | 'caller'>;

/** Throws PULL_BLOCKED: its files are the image itself. */
async function imageOf({ repository, params, parts, caller }: Called) {
  const name = required(repository);
  const found = await resolveImage(name, params['reference'] ?? '', { caller, parts });
  await parts.gate.requireImage(caller, name, found);
  return { repository: name, digest: found };
}

/** Throws NAME_UNKNOWN for what the caller may not see, PULL_BLOCKED. */
async function otherImage(call: Called, { with: reference, repository: name }: { with: string; repository?: string | undefined }) {
  const repository = await otherRepository(call, name);
  const found = await resolveImage(repository, reference, call);
  await call.parts.gate.requireImage(call.caller, repository, found);
  return { repository, digest: found };
}

function layerOf(text: string | undefined): { layer?: Digest } {
  return text !== undefined && isDigest(text) ? { layer: text } : {};
}

function toEntry(shown: ShownEntry): z.input<typeof entry> {
  return { name: shown.name, layer: shown.layer, ...toFile(shown) };
}

function toFile({ kind, sizeBytes, mode, target }: LayerFile): z.input<typeof file> {
  return { kind: file.shape.kind.parse(kind), sizeBytes, mode, ...(target !== '' && { target }) };
}

function toChange({ path: of, change: what, before, after }: FileChange): z.input<typeof change> {
  return { path: of, change: what, ...(before && { before: toFile(before) }), ...(after && { after: toFile(after) }) };
}

function countChanges(changes: readonly FileChange[]): z.input<typeof comparison>['counts'] {
  const counts = { added: 0, removed: 0, changed: 0, addedBytes: 0, removedBytes: 0 };
  for (const { change: what, before, after } of changes) {
    counts[what]++;
    counts.addedBytes += after?.sizeBytes ?? 0;
    counts.removedBytes += before?.sizeBytes ?? 0;
  }
  return counts;
}

/** RFC 8187: what is no letter of a token is escaped, quotes and line ends among it. */
function encodeFileName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replaceAll(/['()*!]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
}
