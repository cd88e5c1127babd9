/**
 * ClamAV's daemon as a scanner: every file of every layer is given to it, those too that a later layer deletes. Layers are
 * unpacked here, since the daemon knows fewer compressions than images have, and so each find has its path.
 *
 * What was not looked at is told as such, and never as clean.
 */
import type { Digest } from '@naru/oci/digest';
import { type TarEntry, TarError, TarReader } from '@naru/archive/tar-reader';
import { CompressionError } from '@naru/archive/compression-error';
import { isRegistryError } from '@naru/oci/registry-error';
import type { RepositoryName } from '@naru/oci/repository-name';
import { readBytes } from '../blobstore/read-bytes.ts';
import { fileLayers } from '../files/image-layers.ts';
import { LayerRefused, unpackLayer } from '../files/read-layer.ts';
import { boundedCache } from '../metadata/bounded-cache.ts';
import type { Page } from '../metadata/port.ts';
import type { ReportedFinding } from '../metadata/scanner-port.ts';
import type { ImageDetail } from '../registry/images.ts';
import type { Registry } from '../registry/registry.ts';
import { type Clamd, type ClamdAddress, openClamd } from './clamd.ts';
import { type Scanner, ScannerError, type ScanReport } from './scanner.ts';

export type ClamdParts = {
  readonly address: ClamdAddress;
  readonly timeoutMs: number;
  /** Larger files are not given to it: it would refuse them. */
  readonly fileMaxBytes: number;
  readonly registry: Pick<Registry, 'images' | 'blobs'>;
  readonly listHolders: (digest: Digest, page: Page<RepositoryName>) => Promise<RepositoryName[]>;
};

export const clamdName = 'clamav';

const holdersMax = 20;
/** Of one layer (I6). */
const findsMax = 500;
const limits = { maxEntries: 1_000_000, maxExtensionBytes: 1024 * 1024 };
const unpackedMaxBytes = 64 * 2 ** 30;
const pathMax = 400;
/** Layers that many images have are looked at once for each edition of the signatures. */
const rememberedLayers = 2000;

type LayerFinds = readonly ReportedFinding[];

export function createClamdScanner(parts: ClamdParts): Scanner {
  const { address, timeoutMs } = parts;
  const remembered = boundedCache<LayerFinds>({ maxEntries: rememberedLayers });
  return {
    name: clamdName,
    url: address.kind === 'tcp' ? `tcp://${address.host}:${address.port}` : `unix:${address.path}`,
    timeoutMs,

    async describe(signal) {
      using clamd = await openClamd(address, signal);
      return { scanner: clamd.version, consumes: ['every file of every layer'], report: 'malware' };
    },

    async scan(image, _, signal) {
      const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      try {
        return await scanImage(image, parts, remembered, within);
      } catch (error) {
        if (!within.aborted || signal.aborted) throw error;
        throw new ScannerError(`it took longer than ${Math.round(timeoutMs / 1000)} seconds`, { cause: error });
      }
    },
  };
}

type Remembered = ReturnType<typeof boundedCache<LayerFinds>>;

async function scanImage(image: Digest, parts: ClamdParts, remembered: Remembered, signal: AbortSignal): Promise<ScanReport | undefined> {
  const held = await findImage(image, parts);
  if (held === undefined) return undefined;
  using clamd = await openClamd(parts.address, signal);
  const findings: ReportedFinding[] = [];
  for (const layer of fileLayers(held.detail)) {
    const key = `${clamd.version} ${layer}`;
    const finds = remembered.get(key) ?? (await scanLayer(held.repository, layer, clamd, parts, signal));
    remembered.set(key, finds);
    findings.push(...finds);
  }
  const unread = held.detail.layers.filter(({ digest }) => !fileLayers(held.detail).includes(digest));
  findings.push(...unread.map(({ digest, mediaType }) => unseen('the layer', digest, `${mediaType} is not looked into`)));
  return { scanner: clamd.version, findings };
}

async function findImage(image: Digest, { registry, listHolders }: ClamdParts): Promise<{ repository: RepositoryName; detail: ImageDetail } | undefined> {
  for (const repository of await listHolders(image, { limit: holdersMax })) {
    try {
      return { repository, detail: await registry.images.get(repository, image) };
    } catch (error) {
      if (!isRegistryError(error, 'MANIFEST_UNKNOWN')) throw error;
    }
  }
  return undefined;
}

type TarFile = { readonly path: string; readonly sizeBytes: number; pieces: Uint8Array[] };

async function scanLayer(
  repository: RepositoryName,
  layer: Digest,
  clamd: Clamd,
  { registry, fileMaxBytes }: ClamdParts,
  signal: AbortSignal,
): Promise<LayerFinds> {
  const finds = new Map<string, ReportedFinding>();
  const add = (find: ReportedFinding) => void (finds.size < findsMax && finds.set(`${find.vulnerability} ${find.package}`, find));
  const whole: TarFile[] = [];
  let file: TarFile | undefined;
  const reader = new TarReader(
    {
      entry({ kind, name, sizeBytes }: TarEntry) {
        file = kind === 'file' && sizeBytes > 0 ? { path: name.slice(0, pathMax), sizeBytes, pieces: [] } : undefined;
      },
      data(chunk) {
        // The reader uses its buffers again.
        if (file !== undefined && file.sizeBytes <= fileMaxBytes) file.pieces.push(Uint8Array.from(chunk));
      },
      end() {
        if (file !== undefined) whole.push(file);
        file = undefined;
      },
    },
    limits,
  );
  try {
    let unpackedBytes = 0;
    for await (const chunk of await unpackLayer(readBytes(await registry.blobs.open(await registry.blobs.find(repository, layer))))) {
      signal.throwIfAborted();
      unpackedBytes += chunk.length;
      if (unpackedBytes > unpackedMaxBytes) throw new LayerRefused(`it unpacks to more than ${unpackedMaxBytes} bytes`);
      reader.write(chunk);
      for (const { path, sizeBytes, pieces } of whole.splice(0)) {
        if (sizeBytes > fileMaxBytes) add(unseen(path, layer, `it has ${sizeBytes} bytes, which is more than is given to ClamAV`));
        else addFind(await clamd.scan(pieces), path);
      }
    }
    reader.end();
  } catch (error) {
    const isItsOwn = error instanceof LayerRefused || error instanceof TarError || error instanceof CompressionError || isRegistryError(error, 'BLOB_UNKNOWN');
    if (!isItsOwn) throw error;
    add(unseen('the layer', layer, `it cannot be looked into: ${error.message}`));
  }
  return [...finds.values()];

  function addFind(signature: string | undefined, path: string): void {
    if (signature === undefined) return;
    const summary = `ClamAV takes ${path} in the layer ${layer} for ${signature}`;
    add({
      vulnerability: signature.slice(0, 256),
      package: path,
      version: shortOf(layer),
      severity: 'critical',
      fixed: '',
      summary: summary.slice(0, 1000),
      url: '',
    });
  }
}

function unseen(path: string, layer: Digest, why: string): ReportedFinding {
  const summary = `${path} in the layer ${layer} was not looked at: ${why}`;
  return { vulnerability: 'not-scanned', package: path, version: shortOf(layer), severity: 'unknown', fixed: '', summary: summary.slice(0, 1000), url: '' };
}

function shortOf(layer: Digest): string {
  return layer.slice(0, layer.indexOf(':') + 13);
}
