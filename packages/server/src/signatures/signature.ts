/** What is known of a signature on an image: what kind, by whom, and whether it holds. */
import type { Digest } from '@naru/oci/digest';
import type { NamedSigner } from '../metadata/gate/signer-port.ts';

/** `cosign`: its own payload beside it; `bundle`: Sigstore's bundle; `notation`: an envelope in JWS or COSE. */
export type SignatureKind = 'cosign' | 'bundle' | 'notation';

/** Why a signature counts for nothing. */
export const invalidReasons = ['malformed', 'other-digest', 'unknown-signer', 'wrong-signature', 'expired', 'unsupported'] as const;
export type InvalidReason = (typeof invalidReasons)[number];

export type FoundSignature = {
  readonly kind: SignatureKind;
  /** The manifest that holds it. */
  readonly manifest: Digest;
  /** Which of its layers. */
  readonly layer: Digest;
} & SignatureCheck;

/** `signer`: by the name that it is trusted under. `claims`: what it says of itself, proved or not. */
export type SignatureCheck = { readonly signedAt?: number; readonly claims: readonly string[] } & (
  | { readonly valid: true; readonly signer: string }
  | { readonly valid: false; readonly reason: InvalidReason; readonly detail: string }
);

/** Of a signature that holds. */
export type Proof = { readonly signer: NamedSigner; readonly claims: readonly string[]; readonly signedAt?: number };

/** What all checks of one envelope throw. */
export class InvalidSignature extends Error {
  override readonly name = 'InvalidSignature';
  readonly reason: InvalidReason;

  constructor(reason: InvalidReason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}
