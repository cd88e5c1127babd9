/** Access tokens: what people and robots use in the place of a password. */
import { RegistryError } from '@naru/oci/registry-error';
import { type Action, actions as allActions } from '../access/action.ts';
import type { Caller } from '../access/caller.ts';
import type { CredentialRows, StoredCredential } from '../metadata/identity/port.ts';
import { actorOf } from '../registry/actor-of.ts';
import type { Clock } from '../runtime/clock.ts';
import { newId, newSecret } from '../runtime/ids.ts';
import { hashSecret } from './secret-hash.ts';
import { accessTokenPrefix } from './sign-in.ts';

export type NewAccessToken = {
  readonly name: string;
  readonly actions?: readonly Action[] | undefined;
  readonly repositories?: readonly string[] | undefined;
  readonly expiresAt?: number | undefined;
};

export type AccessTokens = {
  /** Throws REQUEST_INVALID; DENIED when a token would make one that can do more. */
  create(owner: StoredCredential['owner'], token: NewAccessToken, caller: Caller): Promise<{ credential: StoredCredential; secret: string }>;
};

export function createAccessTokens(rows: CredentialRows, clock: Clock): AccessTokens {
  return {
    async create(owner, { name, actions, repositories, expiresAt }, caller) {
      const at = clock.now();
      if (expiresAt !== undefined && expiresAt <= at)
        throw new RegistryError('REQUEST_INVALID', { message: 'expiresAt is in the past', detail: { field: 'expiresAt' } });
      if (caller.scope !== undefined) throw new RegistryError('DENIED', { message: 'a token that is limited itself cannot make tokens' });
      const secret = `${accessTokenPrefix}${newSecret()}`;
      const made = { actions: actions && withPull(actions), patterns: repositories };
      const credential: StoredCredential = {
        id: newId(),
        kind: 'token',
        owner,
        name,
        createdAt: at,
        address: '',
        userAgent: '',
        ...(made.actions && { actions: made.actions }),
        ...(made.patterns && { patterns: made.patterns }),
        ...(expiresAt !== undefined && { expiresAt }),
      };
      const { createdAt: _at, ...row } = credential;
      await rows.create({ ...row, secretHash: hashSecret(secret), at, ...actorOf(caller) });
      return { credential, secret };
    },
  };
}

/** Nobody can push without looking. In the order of the table, so that the same is the same. */
function withPull(given: readonly Action[]): Action[] {
  return allActions.filter((action) => given.includes(action) || action === 'pull' || (action === 'tag:move' && given.includes('push')));
}
