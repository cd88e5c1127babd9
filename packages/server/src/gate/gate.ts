/**
 * The gate in front of bytes: whoever leads to them asks here, after `access/` has said that the caller
 * may pull and before the first byte. What is blocked comes through for those alone whom a grant lets
 * (`pull:blocked`): it is no right of any role, so that a policy holds for its own maker, too.
 */
import type { Digest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { Caller } from '../access/caller.ts';
import type { HotGate, VerdictKey } from '../metadata/gate/port.ts';
import { refusalText } from './judge.ts';
import type { Reviews } from './reviews.ts';

export type Gate = Pick<Reviews, 'hidesFrom' | 'findShown' | 'isShown'> & {
  /** An image, an index, or what is said of one. Throws PULL_BLOCKED, and MANIFEST_UNKNOWN for what nobody has approved. */
  requireImage(caller: Caller, repository: RepositoryName, digest: Digest): Promise<void>;
  /**
   * The bytes of a manifest that were asked for by digest. Whoever may push there has them: signers read what they sign,
   * and a manifest alone runs nowhere. Throws PULL_BLOCKED.
   */
  requireManifest(caller: Caller, repository: RepositoryName, digest: Digest): Promise<void>;
  /** A blob of the repository. Throws PULL_BLOCKED, and BLOB_UNKNOWN when only images have it that nobody has approved. */
  requireBlob(caller: Caller, repository: RepositoryName, digest: Digest): Promise<void>;
  /** Whether it is there for the caller. Throws BLOB_UNKNOWN. */
  requireShownBlob(caller: Caller, repository: RepositoryName, digest: Digest): Promise<void>;
  /** Like `requireBlob`, for whoever has another way when it may not. */
  mayHaveBlob(caller: Caller, repository: RepositoryName, digest: Digest): Promise<boolean>;
};

export function createGate(hot: HotGate, reviews: Reviews): Gate {
  return {
    hidesFrom: reviews.hidesFrom,
    findShown: reviews.findShown,
    isShown: reviews.isShown,
    requireShownBlob,
    async requireImage(caller, repository, digest) {
      await reviews.findShown(caller, repository, digest);
      await require(caller, { repository, digest }, hot.findRefusal);
    },
    async requireManifest(caller, repository, digest) {
      await reviews.findShown(caller, repository, digest);
      const refusal = await findRefusal(caller, { repository, digest }, hot.findRefusal);
      if (refusal && !(await caller.mayOtherwise('push', repository))) throw refused(digest, refusal);
    },
    async requireBlob(caller, repository, digest) {
      await requireShownBlob(caller, repository, digest);
      await require(caller, { repository, digest }, hot.findBlobRefusal);
    },
    mayHaveBlob: async (caller, repository, digest) =>
      (await reviews.isShownBlob(caller, repository, digest)) && (await findRefusal(caller, { repository, digest }, hot.findBlobRefusal)) === undefined,
  };

  async function requireShownBlob(caller: Caller, repository: RepositoryName, digest: Digest): Promise<void> {
    if (!(await reviews.isShownBlob(caller, repository, digest))) throw new RegistryError('BLOB_UNKNOWN', { detail: { digest } });
  }

  async function require(caller: Caller, key: VerdictKey, find: HotGate['findRefusal']): Promise<void> {
    const refusal = await findRefusal(caller, key, find);
    if (refusal) throw refused(key.digest, refusal);
  }
}

async function findRefusal(caller: Caller, key: VerdictKey, find: HotGate['findRefusal']): ReturnType<HotGate['findRefusal']> {
  const refusal = await find(key);
  return refusal === undefined || (await caller.may('pull:blocked', key.repository)) ? undefined : refusal;
}

/** With a detail, since docker takes a refusal without one for a passing fault. */
function refused(digest: Digest, refusal: NonNullable<Awaited<ReturnType<HotGate['findRefusal']>>>): RegistryError {
  return new RegistryError('PULL_BLOCKED', { message: refusalText(refusal), detail: { digest, reasons: refusal.reasons } });
}
