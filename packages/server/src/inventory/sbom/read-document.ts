/** One SBOM of a stranger, as a blob: taken out of what it is wrapped in, and read. Runs in a process of its own. */
import type { Bytes } from '@naru/archive/decompress';
import { LayerRefused } from '../../files/read-layer.ts';
import { isRecord, PackageProblem, parseJson } from '../readers/reader.ts';
import { type ReadSbom, readSbomOf, sbomMaxBytes } from './read-sbom.ts';

/** `about`: the digests that a statement names; absent where the document is none. */
export type ReadDocument = ReadSbom & { readonly about?: readonly string[] };

/** A bundle holds an envelope, that a statement, and that the document. */
const wrapsMax = 3;
const subjectsMax = 1000;

/** Throws LayerRefused, which says what is wrong with it. */
export async function readDocument(bytes: Bytes): Promise<ReadDocument> {
  try {
    return unwrap(parseJson(await gather(bytes)), wrapsMax);
  } catch (error) {
    if (error instanceof PackageProblem) throw new LayerRefused(error.message);
    throw error;
  }
}

async function gather(bytes: Bytes): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bytes) {
    size += part.byteLength;
    if (size > sbomMaxBytes) throw new PackageProblem(`larger than ${sbomMaxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function unwrap(document: unknown, wraps: number): ReadDocument {
  if (!isRecord(document)) throw new PackageProblem('it is no object of JSON');
  if (wraps > 0) {
    const { dsseEnvelope, payload, payloadType, predicate, predicateType, subject } = document;
    if (isRecord(dsseEnvelope)) return unwrap(dsseEnvelope, wraps - 1);
    if (typeof payload === 'string' && payloadType === 'application/vnd.in-toto+json') {
      return unwrap(parseJson(Buffer.from(payload, 'base64')), wraps - 1);
    }
    if (typeof predicateType === 'string') return { ...readSbomOf(isRecord(predicate) ? predicate : {}), about: subjectsOf(subject) };
  }
  return readSbomOf(document);
}

function subjectsOf(subject: unknown): string[] {
  const named = Array.isArray(subject) ? subject.slice(0, subjectsMax) : [];
  return named.flatMap((one: unknown) => {
    const digest = isRecord(one) && isRecord(one['digest']) ? one['digest'] : {};
    return (['sha256', 'sha512'] as const).flatMap((name) => (typeof digest[name] === 'string' ? [`${name}:${digest[name]}`] : []));
  });
}
