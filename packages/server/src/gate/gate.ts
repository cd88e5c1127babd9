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

export type Gate = {
  /** An image, an index, or what is said of one. Throws PULL_BLOCKED. */
  requireImage(caller: Caller, repository: RepositoryName, digest: Digest): Promise<void>;
  /**
   * The bytes of a manifest that were asked for by digest. Whoever may push there has them: signers read what they sign,
   * and a manifest alone runs nowhere. Throws PULL_BLOCKED.
   */
  requireManifest(caller: Caller, repository: RepositoryName, digest: Digest): Promise<void>;
  /** A blob of the repository. Throws PULL_BLOCKED. */
  requireBlob(caller: Caller, repository: RepositoryName, digest: Digest): Promise<void>;
  /** The same, for whoever has another way when it may not. */
  mayHaveBlob(caller: Caller, repository: RepositoryName, digest: Digest): Promise<boolean>;
};

export function createGate(hot: HotGate): Gate {
  return {
    requireImage: (caller, repository, digest) => require(caller, { repository, digest }, hot.findRefusal),
    async requireManifest(caller, repository, digest) {
      const refusal = await findRefusal(caller, { repository, digest }, hot.findRefusal);
      if (refusal && !(await caller.mayOtherwise('push', repository))) throw refused(digest, refusal);
    },
    requireBlob: (caller, repository, digest) => require(caller, { repository, digest }, hot.findBlobRefusal),
    mayHaveBlob: async (caller, repository, digest) => (await findRefusal(caller, { repository, digest }, hot.findBlobRefusal)) === undefined,
  };

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
