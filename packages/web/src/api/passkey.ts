/**
 * Passkeys by the browser's own words: the server's options in, its JSON out. Browsers have passkeys
 * for https and localhost only, and for no bare address.
 */
import { ApiError } from './api-error.ts';
import type { Api } from './schema.ts';

type Made = Api['POST /user/passkeys']['body']['passkey'];
type Shown = Api['POST /session/passkey']['body']['passkey'];

export function canUsePasskeys(): boolean {
  const hasThem = 'PublicKeyCredential' in globalThis && 'parseCreationOptionsFromJSON' in PublicKeyCredential;
  return hasThem && !/^\[|^[\d.]+$/.test(location.hostname);
}

/** Throws ApiError: PASSKEY_STOPPED, PASSKEY_TAKEN. */
export async function makePasskey(options: unknown): Promise<Made> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON); // the server's, made for this
  return (await asked(() => navigator.credentials.create({ publicKey }))).toJSON() as Made; // of a credential that was created
}

/** Throws ApiError: PASSKEY_STOPPED. */
export async function showPasskey(options: unknown): Promise<Shown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON); // the server's, made for this
  return (await asked(() => navigator.credentials.get({ publicKey }))).toJSON() as Shown; // of a credential that was shown
}

async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const found = await ask();
    if (found instanceof PublicKeyCredential) return found;
    throw new Error('the browser gave no passkey');
  } catch (cause) {
    const code = cause instanceof DOMException && cause.name === 'InvalidStateError' ? 'PASSKEY_TAKEN' : 'PASSKEY_STOPPED';
    throw new ApiError({ kind: 'refused', status: 0, code, message: String(cause), requestId: '' }, { cause });
  }
}
