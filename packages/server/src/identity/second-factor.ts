/** The second factor of an account: an authenticator app, and recovery codes for when it is lost. */
import { RegistryError } from '@naru/oci/registry-error';
import type { Actor } from '../metadata/port.ts';
import type { IdentityRows, User } from '../metadata/identity/port.ts';
import type { Clock } from '../runtime/clock.ts';
import { newSecret, newTotpSecret } from '../runtime/ids.ts';
import { hashSecret } from './secret-hash.ts';
import { encodeBase32, findTotpStep, totpUri } from './totp/totp.ts';

const recoveryCodes = 10;

/** What is shown beside the password: a code, or a passkey, which says whose it is. */
export type SecondProof = { readonly code?: string | undefined; readonly provePasskey?: (() => Promise<User>) | undefined };

export type SecondFactor = ReturnType<typeof createSecondFactor>;

export function createSecondFactor(rows: IdentityRows, clock: Clock) {
  return {
    /** A secret to put into an app. Nothing is changed before `enable` was shown a code of it. */
    propose(name: string): { secret: string; uri: string } {
      const secret = encodeBase32(newTotpSecret());
      return { secret, uri: totpUri(secret, name, 'Naru') };
    },

    /** Gives the recovery codes, which are shown once. Throws REQUEST_INVALID. */
    async enable(id: string, secret: string, code: string, actor: Actor): Promise<readonly string[]> {
      if (!/^[A-Z2-7]{32}$/.test(secret) || findTotpStep(secret, code, clock.now()) === undefined) {
        throw new RegistryError('REQUEST_INVALID', { message: 'this is not the code that the app shows now', detail: { field: 'code' } });
      }
      const codes = Array.from({ length: recoveryCodes }, () =>
        newSecret()
          .replaceAll(/[^A-Za-z0-9]/g, '')
          .slice(0, 12)
          .toLowerCase(),
      );
      await rows.users.change({ id, totpSecret: secret, recoveryCodeHashes: codes.map(hashSecret), at: clock.now(), ...actor });
      return codes;
    },

    async disable(id: string, actor: Actor): Promise<void> {
      await rows.users.change({ id, totpSecret: null, recoveryCodeHashes: [], at: clock.now(), ...actor });
    },

    /** A code is good once. */
    async isProved({ id, name, totpSecret }: User, { code, provePasskey }: SecondProof): Promise<boolean> {
      if (totpSecret === undefined) return true;
      if (provePasskey !== undefined) return (await provePasskey().catch(() => undefined))?.id === id;
      if (code === undefined) return false;
      const step = findTotpStep(totpSecret, code, clock.now());
      if (step !== undefined) return rows.users.useTotpStep(id, step);
      return rows.users.useRecoveryCode({ id, codeHash: hashSecret(code.trim().toLowerCase()), at: clock.now(), actor: name });
    },
  };
}
