/**
 * Tokens for scanners: whoever bears one may pull from one repository for a while, what a policy blocks included, since
 * that is what must be looked at; and may do nothing else. No account stands behind it, so nothing else can be asked for.
 */
import { decodeProtectedHeader, SignJWT } from 'jose';
import { RegistryError } from '@naru/oci/registry-error';
import { parseRepositoryName, type RepositoryName } from '@naru/oci/repository-name';
import type { Caller } from '../access/caller.ts';
import { anonymous } from '../access/principal.ts';
import type { Clock } from '../runtime/clock.ts';
import { newId } from '../runtime/ids.ts';
import { signingAlgorithm, type SigningKeys, verifyOwn } from './signing-keys.ts';

export type ScannerTokens = {
  issue(scanner: string, repository: RepositoryName, lifetimeMs: number): Promise<string>;
  /** Undefined for what is no token of a scanner. Throws UNAUTHORIZED for one that holds no more. */
  findCaller(authorization: string | undefined, address: string): Promise<Caller | undefined>;
};

const type = 'naru-scanner+jwt';
const issuer = 'naru';
const tokenMaxLength = 4096;

export function createScannerTokens(keys: SigningKeys, clock: Clock): ScannerTokens {
  return {
    async issue(scanner, repository, lifetimeMs) {
      const { id, key } = await keys.current();
      const now = Math.floor(clock.now() / 1000);
      return new SignJWT({ repository })
        .setProtectedHeader({ alg: signingAlgorithm, kid: id, typ: type })
        .setIssuer(issuer)
        .setSubject(scanner)
        .setAudience(type)
        .setIssuedAt(now)
        .setExpirationTime(now + Math.ceil(lifetimeMs / 1000))
        .setJti(newId())
        .sign(key);
    },

    async findCaller(authorization, address) {
      const token = /^Bearer (ey\S+)$/.exec(authorization ?? '')?.[1];
      if (token === undefined || token.length > tokenMaxLength || typeOf(token) !== type) return undefined;
      const { scanner, repository } = await readToken(token, keys, clock);
      const isIts = (name: RepositoryName) => name === repository;
      return {
        principal: anonymous,
        name: `scanner ${scanner}`,
        credential: { kind: 'scanner', id: scanner },
        address,
        may: async (action, name) => (action === 'pull' || action === 'pull:blocked') && isIts(name),
        mayList: async (name) => isIts(name),
        mayOtherwise: async () => false,
        mayInNamespace: async () => false,
      };
    },
  };
}

function typeOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).typ;
  } catch {
    // Then it is somebody else's, who says what is wrong with it.
    return undefined;
  }
}

async function readToken(token: string, keys: SigningKeys, clock: Clock): Promise<{ scanner: string; repository: RepositoryName }> {
  try {
    const payload = await verifyOwn(
      token,
      { keys, clock },
      {
        issuer,
        audience: type,
        typ: type,
        requiredClaims: ['sub', 'exp', 'repository'],
      },
    );
    return { scanner: payload.sub ?? '', repository: parseRepositoryName(String(payload['repository'])) };
  } catch (cause) {
    throw new RegistryError('UNAUTHORIZED', { message: 'the token is not valid (any more)', cause });
  }
}
