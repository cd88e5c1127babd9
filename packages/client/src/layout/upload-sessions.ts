/**
 * Uploads that were begun, so that a push that was killed goes on where the registry has it. One
 * small file each, beside the store's rows and not in them: it is written after every chunk, and
 * worth nothing once the registry has forgotten the upload. An address may hold a secret: mode 0600.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject } from '@naru/oci/manifest-json';
import { fileMode, folderMode } from './durable-file.ts';
import { currentOwner, isRunning } from './process-owner.ts';
import { storeError } from './store-error.ts';

export type UploadSession = { readonly url: string; readonly offset: number; readonly chunkMinBytes?: number };

export interface UploadSessions {
  /** Undefined when there is none, or another process that still runs goes on with it. */
  find(target: string): UploadSession | undefined;
  /** False when another process has one for the same target: then that one is kept. */
  remember(target: string, session: UploadSession): boolean;
  forget(target: string): void;
}

/** Registries forget uploads after some days. */
const keptMs = 7 * 24 * 3600 * 1000;

/** `target` names registry, repository and digest. Throws StoreError. */
export function openUploadSessions(root: string, clock: { now(): number }): UploadSessions {
  const folder = join(root, 'uploads');
  const pathOf = (target: string): string => join(folder, `${createHash('sha256').update(target).digest('hex')}.json`);
  const isOther = (owner: string): boolean => owner !== currentOwner() && isRunning(owner);
  dropOld();

  return {
    find(target) {
      const found = read(pathOf(target));
      return found === undefined || isOther(found.owner) ? undefined : found.session;
    },
    remember(target, { url, offset, chunkMinBytes }) {
      const path = pathOf(target);
      const found = read(path);
      if (found !== undefined && isOther(found.owner)) return false;
      guarded(() => {
        mkdirSync(folder, { recursive: true, mode: folderMode });
        // Whole or not at all, and not synced: after a power cut the upload begins anew.
        writeFileSync(`${path}.${process.pid}`, JSON.stringify({ url, offset, chunkMinBytes, owner: currentOwner() }), { mode: fileMode });
        renameSync(`${path}.${process.pid}`, path);
      });
      return true;
    },
    forget(target) {
      const found = read(pathOf(target));
      if (found !== undefined && !isOther(found.owner)) guarded(() => rmSync(pathOf(target), { force: true }));
    },
  };

  function dropOld(): void {
    for (const name of listNames(folder)) {
      const path = join(folder, name);
      const found = statSync(path, { throwIfNoEntry: false });
      if (found !== undefined && found.mtimeMs < clock.now() - keptMs) guarded(() => rmSync(path, { force: true }));
    }
  }

  function guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw storeError(error, root);
    }
  }
}

/** What cannot be read is as good as none. */
function read(path: string): { readonly session: UploadSession; readonly owner: string } | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (!isJsonObject(value)) return undefined;
    const { url, offset, chunkMinBytes, owner } = value;
    if (typeof url !== 'string' || !URL.canParse(url) || typeof offset !== 'number' || typeof owner !== 'string') return undefined;
    return { session: { url, offset, ...(typeof chunkMinBytes === 'number' && { chunkMinBytes }) }, owner };
  } catch {
    return undefined;
  }
}

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // none was remembered yet
  }
}
