/**
 * Identity tokens: what docker keeps in its configuration instead of a password (a refresh token in
 * OAuth's words). They end with a change of the password, with the account, or when their owner ends them.
 */
import { RegistryError } from '@naru/oci/registry-error';
import type { CredentialRows } from '../metadata/identity/port.ts';
import type { Clock } from '../runtime/clock.ts';
import { newId, newSecret } from '../runtime/ids.ts';
import type { NoteRefusedSignIn } from './audit/refused.ts';
import type { Identity } from './callers.ts';
import { hashSecret } from './secret-hash.ts';

export type IdentityTokens = {
  create(identity: Identity, from: { name: string; address: string; userAgent: string }): Promise<{ refreshToken: string }>;
  /** Throws UNAUTHORIZED. */
  use(refreshToken: string, address: string): Promise<Identity>;
};

/** Since the last use. */
const lifetimeMs = 90 * 86_400e3;
const usePrecisionMs = 3600e3;
export const userAgentMaxLength = 256;

export function createIdentityTokens(rows: CredentialRows, clock: Clock, noteRefused: NoteRefusedSignIn): IdentityTokens {
  return {
    async create({ subject }, { name, address, userAgent }) {
      if (subject.kind !== 'user') throw new RegistryError('UNAUTHORIZED');
      const refreshToken = newSecret();
      const at = clock.now();
      await rows.create({
        id: newId(),
        kind: 'identity',
        secretHash: hashSecret(refreshToken),
        owner: { kind: 'user', id: subject.id },
        name,
        address,
        userAgent: userAgent.slice(0, userAgentMaxLength),
        at,
        actor: subject.id,
        origin: { address, credential: 'password' },
      });
      return { refreshToken };
    },

    async use(refreshToken, address) {
      const credential = await rows.findBySecret(hashSecret(refreshToken));
      const now = clock.now();
      if (credential?.kind !== 'identity' || now - (credential.usedAt ?? credential.createdAt) > lifetimeMs) {
        noteRefused({ address, by: 'identity-token', reason: 'over or unknown' });
        throw new RegistryError('UNAUTHORIZED', { message: 'the log-in is over: log in again' });
      }
      if (now - (credential.usedAt ?? 0) >= usePrecisionMs) await rows.recordUse({ id: credential.id, at: now, address });
      return { subject: { kind: 'user', id: credential.owner.id, credentialId: credential.id }, credential: { kind: 'identity-token', id: credential.id } };
    },
  };
}
