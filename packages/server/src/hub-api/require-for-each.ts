import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Action } from '../access/action.ts';
import type { Caller } from '../access/caller.ts';

/** A right may hold for some tags only. Throws UNAUTHORIZED or DENIED, and then nothing was done. */
export async function requireForEach(caller: Caller, action: Action, name: RepositoryName, tags: readonly Tag[]): Promise<void> {
  for (const each of tags) {
    if (await caller.may(action, name, each)) continue;
    if (caller.principal.kind === 'anonymous') throw new RegistryError('UNAUTHORIZED');
    throw new RegistryError('DENIED', { message: `you may not do this to the tag ${each}`, detail: { tag: each } });
  }
}
