/**
 * Passkeys (Web Authentication Level 3): made for an account, and shown at a log-in.
 *
 * Each one verifies its user by itself, by a finger or a PIN, and names the account: whoever has one
 * needs to type nothing, and it counts as both factors. Attestation is not asked for. One that comes
 * all the same is not looked at, since checking it would have this server fetch what a stranger's
 * certificate names.
 *
 * The library is loaded with the first passkey: it takes a fifth of a second.
 */
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { RegistryError } from '@naru/oci/registry-error';
import type { Actor } from '../../metadata/port.ts';
import type { IdentityRows, Passkey, User } from '../../metadata/identity/port.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { NoteRefusedSignIn } from '../audit/refused.ts';
import { type Challenges, challengeSeconds } from './challenge.ts';
import type { RelyingParty } from './relying-party.ts';

export type Passkeys = ReturnType<typeof createPasskeys>;

export type SignedChallenge<Response> = { readonly response: Response; readonly sealed: string | undefined; readonly party: RelyingParty };

export type PasskeyParts = {
  readonly rows: IdentityRows;
  readonly challenges: Challenges;
  readonly noteRefused: NoteRefusedSignIn;
  readonly clock: Clock;
};

const timeoutMs = challengeSeconds * 1000;

export function createPasskeys({ rows, challenges, noteRefused, clock }: PasskeyParts) {
  return {
    /** `session`: what the person is logged in by. Nobody else can go on with this. */
    async offerRegistration({ id, name, fullName }: User, session: string, party: RelyingParty) {
      const { generateRegistrationOptions } = await import('@simplewebauthn/server');
      const { challenge, sealed } = await challenges.issue(`register ${id} ${session}`);
      const known = await rows.passkeys.list(id);
      const options = await generateRegistrationOptions({
        rpName: 'Naru',
        rpID: party.id,
        userID: userHandle(id),
        userName: name,
        userDisplayName: fullName,
        challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
        timeout: timeoutMs,
        excludeCredentials: known.map((passkey) => ({ id: passkey.id, transports: [...passkey.transports] })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      });
      return { options, sealed };
    },

    /** Throws REQUEST_INVALID; CONFLICT when the account has as many as it may. */
    async register(
      { id: userId }: User,
      session: string,
      name: string,
      { response, sealed, party }: SignedChallenge<RegistrationResponseJSON>,
      actor: Actor,
    ): Promise<Passkey> {
      const challenge = await challenges.open(sealed, `register ${userId} ${session}`);
      const { id, publicKey, counter } = await verifyRegistration(response, challenge, party);
      await challenges.use(challenge);
      const transports = response.response.transports ?? [];
      const at = clock.now();
      await rows.passkeys.create({ id, userId, name, publicKey, counter, transports, at, ...actor });
      return { id, userId, name, publicKey, counter, transports, createdAt: at };
    },

    /** For whoever asks: which accounts there are stays unsaid. */
    async offerSignIn(party: RelyingParty) {
      const { generateAuthenticationOptions } = await import('@simplewebauthn/server');
      const { challenge, sealed } = await challenges.issue('sign-in');
      const options = await generateAuthenticationOptions({
        rpID: party.id,
        challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
        timeout: timeoutMs,
        userVerification: 'required',
      });
      return { options, sealed };
    },

    /** Whose passkey it is. Throws UNAUTHORIZED; REQUEST_INVALID for a challenge that is over. */
    async prove(signed: SignedChallenge<AuthenticationResponseJSON>, address: string): Promise<User> {
      const passkey = await rows.passkeys.get(signed.response.id);
      const user = passkey && (await rows.users.get(passkey.userId));
      try {
        return await proveOf(passkey, user, signed, address);
      } catch (error) {
        noteRefused({ account: user?.name, address, by: 'passkey', reason: passkey === undefined ? 'unknown' : 'not proved' });
        throw error;
      }
    },
  };

  async function proveOf(
    passkey: Passkey | undefined,
    user: User | undefined,
    { response, sealed, party }: SignedChallenge<AuthenticationResponseJSON>,
    address: string,
  ): Promise<User> {
    const challenge = await challenges.open(sealed, 'sign-in');
    if (passkey === undefined || user === undefined || user.disabledAt !== undefined) throw refused();
    if (response.response.userHandle !== Buffer.from(userHandle(user.id)).toString('base64url')) throw refused();
    const counter = await verifyAssertion(response, passkey, challenge, party);
    await challenges.use(challenge);
    const at = clock.now();
    if (!(await rows.passkeys.recordUse({ id: passkey.id, counter, at }))) {
      // Web Authentication 6.1.1: there may be a copy of it, and nobody knows which one this is.
      const detail = { name: passkey.name, counter, known: passkey.counter };
      await rows.audit.append([{ at, action: 'passkey.counter-went-back', actor: user.name, address, namespace: user.name, detail }]);
      throw refused();
    }
    return user;
  }
}

async function verifyRegistration(response: RegistrationResponseJSON, expectedChallenge: string, party: RelyingParty) {
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  const { decodeAttestationObject, isoBase64URL } = await import('@simplewebauthn/server/helpers');
  try {
    const attestation = decodeAttestationObject(isoBase64URL.toBuffer(response.response.attestationObject));
    const isOfItself = attestation.get('fmt') === 'packed' && attestation.get('attStmt').get('x5c') === undefined;
    if (attestation.get('fmt') !== 'none' && !isOfItself) throw new Error('attestation was not asked for');
    const { registrationInfo } = await verifyRegistrationResponse({ response, expectedChallenge, expectedOrigin: party.origin, expectedRPID: party.id });
    if (registrationInfo === undefined) throw new Error('not verified');
    return registrationInfo.credential;
  } catch (cause) {
    throw new RegistryError('REQUEST_INVALID', { message: 'this is not a passkey that was made here', cause });
  }
}

/** Gives the authenticator's counter. */
async function verifyAssertion(response: AuthenticationResponseJSON, { id, publicKey }: Passkey, expectedChallenge: string, party: RelyingParty) {
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      // Its counter is compared where it is written, so that two at once are seen as well.
      credential: { id, publicKey: new Uint8Array(publicKey), counter: 0 },
    });
    if (!verified) throw new Error('not verified');
    return authenticationInfo.newCounter;
  } catch (cause) {
    throw refused(cause);
  }
}

/** What the authenticator keeps to name the account: an id, and nothing about the person. */
function userHandle(userId: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(userId);
}

function refused(cause?: unknown): RegistryError {
  return new RegistryError('UNAUTHORIZED', { message: 'this passkey opens no account here', cause });
}
