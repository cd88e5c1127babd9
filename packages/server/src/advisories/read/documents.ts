/**
 * The documents in a file of advisories: the file itself, or each in a zip or tar, plain or compressed with
 * gzip. Nothing is unpacked to the disk, and what an archive could make grow is bounded.
 */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { findCompression, unpack } from '@naru/archive/decompress';
import { TarReader } from '@naru/archive/tar-reader';
import { type Entry, openPromise } from 'yauzl';
import { AdvisoryError } from './advisory-error.ts';

/** `bytes` is read once, and before the next document is asked for. */
export type AdvisoryDocument = { readonly where: string; readonly bytes: AsyncIterable<Uint8Array> };

/** Of one document in an archive, and of all that a file unpacks to. */
const documentMaxBytes = 64 * 2 ** 20;
const unpackedMaxBytes = 32 * 2 ** 30;
const documentsMax = 2_000_000;

/** Throws AdvisoryError, with the file and the document in it. */
export async function* listDocuments(path: string): AsyncGenerator<AdvisoryDocument> {
  const start = await readStart(path);
  if (start.startsWith('PK\u0003\u0004') || start.startsWith('PK\u0005\u0006')) {
    yield* zipDocuments(path);
    return;
  }
  const { compression, bytes } = await findCompression(createReadStream(path));
  if (compression !== 'none' && compression !== 'gzip' && compression !== 'zstd')
    throw new AdvisoryError(path, `is compressed with ${compression}, which is not read here`);
  const plain = named(path, limited(compression === 'none' ? bytes : unpack(bytes, compression), path, unpackedMaxBytes));
  const { isTar, bytes: whole } = await findTar(plain);
  if (isTar) yield* tarDocuments(path, whole);
  else yield { where: path, bytes: whole };
}

/** All of a document, as text. */
export async function readDocument({ where, bytes }: AdvisoryDocument): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of limited(bytes, where, documentMaxBytes)) parts.push(Uint8Array.from(part));
  return new TextDecoder().decode(Buffer.concat(parts));
}

async function readStart(path: string): Promise<string> {
  try {
    if (!(await stat(path)).isFile()) throw new AdvisoryError(path, 'is not a file');
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } catch (error) {
    if (error instanceof AdvisoryError) throw error;
    throw new AdvisoryError(path, `cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function* limited(bytes: AsyncIterable<Uint8Array>, where: string, maxBytes: number): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0;
  for await (const part of bytes) {
    sizeBytes += part.length;
    if (sizeBytes > maxBytes) throw new AdvisoryError(where, `is longer than ${maxBytes} bytes`);
    yield part;
  }
}

/** What goes wrong while unpacking names the file. */
async function* named(path: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    if (error instanceof AdvisoryError) throw error;
    throw new AdvisoryError(path, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

const tarBlockBytes = 512;

/** By the mark in its first header. */
async function findTar(bytes: AsyncIterable<Uint8Array>): Promise<{ isTar: boolean; bytes: AsyncIterable<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  for (let sizeBytes = 0; sizeBytes < tarBlockBytes;) {
    const next = await iterator.next();
    if (next.done === true) break;
    parts.push(Uint8Array.from(next.value));
    sizeBytes += next.value.length;
  }
  const start = Buffer.concat(parts);
  return { isTar: start.toString('latin1', 257, 262) === 'ustar', bytes: joined() };

  async function* joined(): AsyncGenerator<Uint8Array> {
    if (start.length > 0) yield start;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }
}

async function* tarDocuments(path: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<AdvisoryDocument> {
  let found: { where: string; content: Uint8Array[] }[] = [];
  let current: { where: string; content: Uint8Array[] } | undefined;
  const reader = new TarReader(
    {
      entry({ kind, name, sizeBytes }) {
        current = kind === 'file' && isDocument(name) ? { where: `${path}: ${name}`, content: [] } : undefined;
        if (current === undefined) return;
        if (sizeBytes > documentMaxBytes) throw new AdvisoryError(current.where, `is longer than ${documentMaxBytes} bytes`);
      },
      data(chunk) {
        current?.content.push(Uint8Array.from(chunk));
      },
      end() {
        if (current !== undefined) found.push(current);
        current = undefined;
      },
    },
    { maxEntries: documentsMax, maxExtensionBytes: 64 * 1024 },
  );
  for await (const chunk of bytes) {
    reading(path, () => reader.write(chunk));
    yield* taken();
  }
  reading(path, () => reader.end());
  yield* taken();

  function* taken(): Generator<AdvisoryDocument> {
    const documents = found;
    found = [];
    for (const { where, content } of documents) yield { where, bytes: asBytes(content) };
  }
}

async function* asBytes(content: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* content;
}

function reading(path: string, read: () => void): void {
  try {
    read();
  } catch (error) {
    if (error instanceof AdvisoryError) throw error;
    throw new AdvisoryError(path, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function* zipDocuments(path: string): AsyncGenerator<AdvisoryDocument> {
  try {
    const zip = await openPromise(path, { autoClose: false, lazyEntries: true, validateEntrySizes: true, strictFileNames: true });
    try {
      if (zip.entryCount > documentsMax) throw new AdvisoryError(path, `holds more than ${documentsMax} files`);
      let unpacked = 0;
      for await (const entry of zip.eachEntry()) {
        if (!isDocument(entry.fileName)) continue;
        const where = `${path}: ${entry.fileName}`;
        checkEntry(entry, where);
        unpacked += entry.uncompressedSize;
        if (unpacked > unpackedMaxBytes) throw new AdvisoryError(path, `unpacks to more than ${unpackedMaxBytes} bytes`);
        yield { where, bytes: await zip.openReadStreamPromise(entry) };
      }
    } finally {
      zip.close();
    }
  } catch (error) {
    if (error instanceof AdvisoryError) throw error;
    throw new AdvisoryError(path, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function checkEntry(entry: Entry, where: string): void {
  if (entry.isEncrypted()) throw new AdvisoryError(where, 'is encrypted');
  if (entry.uncompressedSize > documentMaxBytes) throw new AdvisoryError(where, `is longer than ${documentMaxBytes} bytes`);
}

/** Beside them archives have notes, schemas and what version control leaves there. */
const isDocument = (name: string): boolean => /\.(?:json|ya?ml)$/i.test(name) && !/(?:^|\/)\./.test(name);
