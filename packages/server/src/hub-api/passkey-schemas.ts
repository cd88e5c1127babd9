/**
 * What browsers send of a passkey: the JSON of `PublicKeyCredential.toJSON()` (Web Authentication 5.1).
 * Only its form and size are looked at here; what it proves is for `identity/passkeys/` to say.
 */
import { z } from 'zod';
import { baseUrl, type HttpRequest } from '../http/request.ts';
import { readChallengeCookie } from '../identity/passkeys/challenge.ts';
import type { SignedChallenge } from '../identity/passkeys/passkeys.ts';
import { relyingPartyAt } from '../identity/passkeys/relying-party.ts';

/** 1023 bytes at most (Web Authentication 6.1, "Credential ID"). */
export const passkeyId = bytesText(1364);

const transports = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'];

const credential = { id: passkeyId, rawId: passkeyId, type: z.literal('public-key') };

export const attestation = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytesText(8192),
    attestationObject: bytesText(16_384),
    transports: z
      .array(z.string().max(32))
      .max(16)
      // The specification asks to take along those that nobody knows yet; we have no use for them.
      .transform((given) => transports.filter((transport) => given.includes(transport)))
      .optional(),
  }),
});

export const assertion = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytesText(8192),
    authenticatorData: bytesText(8192),
    signature: bytesText(8192),
    // Browsers say null where there is none. A passkey that was made here has one.
    userHandle: bytesText(128).nullish(),
  }),
});

/** For `PublicKeyCredential.parseCreationOptionsFromJSON()` and `parseRequestOptionsFromJSON()`. */
export const options = z.looseObject({ challenge: z.string() });

export function readAssertion({ response: { userHandle, ...response }, ...rest }: z.output<typeof assertion>, request: HttpRequest) {
  return signedChallenge({ ...rest, clientExtensionResults: {}, response: { ...response, ...(typeof userHandle === 'string' && { userHandle }) } }, request);
}

export function readAttestation({ response: { transports: given, ...response }, ...rest }: z.output<typeof attestation>, request: HttpRequest) {
  return signedChallenge({ ...rest, clientExtensionResults: {}, response: { ...response, ...(given && { transports: given }) } }, request);
}

function signedChallenge<Response>(response: Response, request: HttpRequest): SignedChallenge<Response> {
  return { response, sealed: readChallengeCookie(request), party: relyingPartyAt(baseUrl(request)) };
}

/** Bytes as base64url. */
function bytesText(maxLength: number) {
  return z
    .string()
    .max(maxLength)
    .regex(/^[\w-]+$/, 'must be base64url');
}
