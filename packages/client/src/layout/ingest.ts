/**
 * How bytes get in. They grow in `ingest/`, hashed as they come, and become a blob by a rename, after
 * size and digest were checked and the file was synced. What was received of a known digest stays when
 * the process ends, and the next one goes on behind it.
 */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, constants, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, renameSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Digest, digestAlgorithm, type DigestAlgorithm, digestEncoded } from '@naru/oci/digest';
import { fileMode, folderMode, syncFile, syncFolder, writeAll } from './durable-file.ts';
import type { Lease } from './lease.ts';
import { currentOwner, isRunning, type ProcessOwner } from './process-owner.ts';
import { hasErrorCode, StoreError, storeError } from './store-error.ts';
import type { StoreParts } from './store-parts.ts';

export interface Ingest {
  /** How many bytes there are: where to go on. */
  readonly offset: number;
  /** Throws StoreError: `full`, and `wrong-content` when more comes than was announced. */
  append(chunk: Uint8Array): void;
  /** The digest of what came so far. */
  digest(): Digest;
  /** Makes it a blob, durably. Throws StoreError `wrong-content`, and then nothing is left of it. */
  commit(): Promise<Digest>;
  /** Lets go of the file; what came stays if somebody can go on with it. */
  close(): void;
  /** Throws away what came. */
  abort(): void;
  /** Reads what came, from its beginning. */
  read(): Iterable<Uint8Array>;
}

const readBytes = 1024 * 1024;
/** Files that this process writes: two downloads of one layer may run in it. */
const ours = new Set<string>();
let nextSpool = 1;

/** Of a blob whose digest is known beforehand. The lease keeps it once it is committed. */
export function beginIngest(parts: StoreParts, lease: Lease, expected: { readonly digest: Digest; readonly sizeBytes: number }): Ingest {
  lease.protect([expected.digest]);
  return openIngest(parts, claim(parts, ingestName(expected.digest)), lease, expected);
}

/** Of bytes whose digest is found out by receiving them. Nobody can go on with these. */
export function beginSpool(parts: StoreParts, lease: Lease): Ingest {
  return openIngest(parts, { name: privateName(), isShared: false }, lease);
}

type Claim = { readonly name: string; readonly isShared: boolean };

/** Does another process receive this blob right now? Whoever asks may wait for it instead of receiving it twice. */
export function isReceivedElsewhere({ rows }: StoreParts, digest: Digest): boolean {
  const [holder] = rows.all<{ owner: string }>('select owner from ingest where name = ?', ingestName(digest));
  return holder !== undefined && holder.owner !== currentOwner() && isRunning(holder.owner);
}

function ingestName(digest: Digest): string {
  return `${digestAlgorithm(digest)}-${digestEncoded(digest)}`;
}

/** One writer for each file: whoever comes second gets a file of their own. */
function claim({ rows, paths }: StoreParts, wanted: string): Claim {
  const owner = currentOwner();
  return rows.transaction(() => {
    const [holder] = rows.all<{ owner: string }>('select owner from ingest where name = ?', wanted);
    const isTaken = ours.has(paths.partial(wanted)) || (holder !== undefined && holder.owner !== owner && isRunning(holder.owner));
    if (isTaken) return { name: privateName(), isShared: false };
    rows.run('insert or replace into ingest (name, owner) values (?, ?)', wanted, owner);
    ours.add(paths.partial(wanted));
    return { name: wanted, isShared: true };
  });
}

/** Says whose it is, so that it can be thrown away when they are gone. */
function privateName(): string {
  return `spool.${Buffer.from(currentOwner()).toString('base64url')}.${nextSpool++}`;
}

/** Undefined for a file that anybody may go on with. */
export function ownerOfPartial(name: string): ProcessOwner | undefined {
  const encoded = /^spool\.([\w-]+)\.\d+$/.exec(name)?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64url').toString();
}

type Expected = { readonly digest: Digest; readonly sizeBytes: number };

function openIngest(parts: StoreParts, { name, isShared }: Claim, lease: Lease, expected?: Expected): Ingest {
  const { paths, rows } = parts;
  const path = paths.partial(name);
  const algorithm: DigestAlgorithm = expected === undefined ? 'sha256' : digestAlgorithm(expected.digest);
  const canGoOn = isShared;
  let file: number | undefined;
  let hash: Hash;
  let offset: number;
  try {
    mkdirSync(paths.ingest, { recursive: true, mode: folderMode });
    file = openSync(path, constants.O_RDWR | constants.O_CREAT | (canGoOn ? 0 : constants.O_TRUNC), fileMode);
    ({ hash, offset } = takeUp(file, algorithm, expected?.sizeBytes ?? 0));
  } catch (error) {
    release();
    throw storeError(error, paths.root);
  }

  function release(): void {
    if (file !== undefined) closeSync(file);
    file = undefined;
    if (!isShared || !ours.delete(path)) return;
    try {
      rows.run('delete from ingest where name = ?', name);
    } catch (error) {
      // On a full disk the row stays: it is of a process, and nobody's once that has ended.
      if (!(error instanceof StoreError)) throw error;
    }
  }

  function discard(): void {
    try {
      unlinkSync(path);
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT')) throw storeError(error, paths.root);
    } finally {
      release();
    }
  }

  function opened(): number {
    if (file === undefined) throw new Error('the ingest is closed');
    return file;
  }

  function refuse(what: string): never {
    discard();
    throw new StoreError('wrong-content', what);
  }

  return {
    get offset() {
      return offset;
    },
    append(chunk) {
      if (expected !== undefined && offset + chunk.byteLength > expected.sizeBytes) {
        refuse(`more than the ${expected.sizeBytes} bytes of ${expected.digest} came`);
      }
      try {
        writeAll(opened(), chunk, offset);
      } catch (error) {
        throw storeError(error, paths.root);
      }
      hash.update(chunk);
      offset += chunk.byteLength;
    },
    digest: () => digestOf(hash.copy(), algorithm),
    async commit() {
      const digest = digestOf(hash.copy(), algorithm);
      if (expected !== undefined && offset < expected.sizeBytes)
        throw new StoreError('wrong-content', `only ${offset} of the ${expected.sizeBytes} bytes of ${expected.digest} came`);
      if (expected !== undefined && digest !== expected.digest)
        refuse(`filesystem layer verification failed for digest ${expected.digest}: the bytes have ${digest}`);
      try {
        const blob = paths.blob(digest);
        lease.protect([digest]);
        if (mkdirSync(dirname(blob), { recursive: true, mode: folderMode }) !== undefined) {
          syncFolder(dirname(dirname(blob)));
          syncFolder(paths.root);
        }
        await syncFile(opened());
        renameSync(path, blob);
        syncFolder(dirname(blob));
      } catch (error) {
        discard();
        throw storeError(error, paths.root);
      }
      release();
      return digest;
    },
    close() {
      if (file === undefined) return;
      if (canGoOn && offset > 0) release();
      else discard();
    },
    abort() {
      if (file !== undefined) discard();
    },
    read: () => readFrom(opened(), offset),
  };
}

/** What an earlier process left is hashed again; a file that is too long is begun anew. */
function takeUp(file: number, algorithm: DigestAlgorithm, sizeBytes: number): { hash: Hash; offset: number } {
  const hash = createHash(algorithm);
  const { size } = fstatSync(file);
  if (size > sizeBytes) {
    ftruncateSync(file, 0);
    return { hash, offset: 0 };
  }
  for (const chunk of readFrom(file, size)) hash.update(chunk);
  return { hash, offset: size };
}

function* readFrom(file: number, sizeBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < sizeBytes;) {
    const buffer = Buffer.allocUnsafe(Math.min(readBytes, sizeBytes - at));
    const count = readSync(file, buffer, 0, buffer.length, at);
    if (count === 0) throw new Error('a partial file became shorter while it was read');
    yield buffer.subarray(0, count);
    at += count;
  }
}

function digestOf(hash: Hash, algorithm: DigestAlgorithm): Digest {
  return `${algorithm}:${hash.digest('hex')}` as Digest; // a hash's own output
}
