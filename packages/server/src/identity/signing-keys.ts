/**
 * The keys that registry tokens are signed with (ES256: what other registries can verify too). A key
 * signs for `signsForMs` and is known for twice as long, so that no token outlives its key. They live
 * in rows: a token survives a restart, and replicas understand each other's.
 */
import {
  calculateJwkThumbprint,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyOptions,
} from 'jose';
import type { SigningKeyRows } from '../metadata/identity/port.ts';
import type { Clock } from '../runtime/clock.ts';

export const signingAlgorithm = 'ES256';
const signsForMs = 30 * 86_400e3;

export type SigningKeys = {
  /** The key to sign with now. Makes a new one when the last has served its time. */
  current(): Promise<{ id: string; key: CryptoKey }>;
  /** Undefined for a key that nobody has, or has any more. */
  find(id: string): Promise<CryptoKey | undefined>;
  /** RFC 7517, public halves only. */
  publicKeys(): Promise<JWK[]>;
};

/** What one of these keys has signed, and what of it holds now. Throws for everything else. */
export async function verifyOwn<Claims = JWTPayload>(
  token: string,
  { keys, clock }: { readonly keys: Pick<SigningKeys, 'find'>; readonly clock: Clock },
  expected: Omit<JWTVerifyOptions, 'algorithms' | 'currentDate'>,
): Promise<JWTPayload & Claims> {
  const find = async ({ kid = '' }: { kid?: string | undefined }) => {
    const key = await keys.find(kid);
    if (key === undefined) throw new Error('unknown key');
    return key;
  };
  const { payload } = await jwtVerify<Claims>(token, find, { ...expected, algorithms: [signingAlgorithm], currentDate: new Date(clock.now()) });
  return payload;
}

type LoadedKey = { readonly id: string; readonly privateKey: CryptoKey; readonly publicKey: CryptoKey; readonly publicJwk: JWK; readonly createdAt: number };

export function createSigningKeys(rows: SigningKeyRows, clock: Clock): SigningKeys {
  let loaded: Promise<readonly LoadedKey[]> | undefined;

  /** Newest first. Two requests at once make one key. */
  async function keys(): Promise<readonly LoadedKey[]> {
    const known = await (loaded ??= load());
    const newest = known[0];
    if (newest !== undefined && clock.now() - newest.createdAt < signsForMs) return known;
    loaded = rotate().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  }

  async function load(): Promise<readonly LoadedKey[]> {
    return Promise.all((await rows.list()).map(loadKey));
  }

  async function rotate(): Promise<readonly LoadedKey[]> {
    const { privateKey } = await generateKeyPair(signingAlgorithm, { extractable: true });
    const jwk = await exportJWK(privateKey);
    const id = await calculateJwkThumbprint(jwk);
    const createdAt = clock.now();
    await rows.rotate({ id, privateJwk: JSON.stringify(jwk), createdAt, dropBefore: createdAt - 2 * signsForMs });
    return load();
  }

  return {
    async current() {
      const [newest] = await keys();
      if (newest === undefined) throw new Error('there is no signing key, right after one was made');
      return { id: newest.id, key: newest.privateKey };
    },

    async find(id) {
      return (await keys()).find((key) => key.id === id)?.publicKey;
    },

    async publicKeys() {
      return (await keys()).map(({ publicJwk }) => publicJwk);
    },
  };
}

async function loadKey({ id, privateJwk, createdAt }: { id: string; privateJwk: string; createdAt: number }): Promise<LoadedKey> {
  const jwk = JSON.parse(privateJwk) as JWK & { d?: string }; // `rotate` wrote it
  const { d: _, ...shared } = jwk;
  const publicJwk = { ...shared, kid: id, alg: signingAlgorithm, use: 'sig' };
  const [privateKey, publicKey] = await Promise.all([importKey(jwk), importKey(publicJwk)]);
  return { id, privateKey, publicKey, publicJwk, createdAt };
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, signingAlgorithm);
  if (key instanceof Uint8Array) throw new Error('a signing key is no key pair');
  return key;
}
