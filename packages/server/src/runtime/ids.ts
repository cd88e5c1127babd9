/** The only place that makes randomness. */
import { randomBytes, randomUUID } from 'node:crypto';

declare const uploadIdBrand: unique symbol;
export type UploadId = string & { readonly [uploadIdBrand]: true };

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export function newUploadId(): UploadId {
  return randomUUID() as unknown as UploadId; // a fresh UUID is what isUploadId accepts
}

/** Upload ids come back from clients and become file names: nothing but our own shape passes. */
export function isUploadId(text: string): text is UploadId {
  return uuidPattern.test(text);
}

/** Names one taking of a job. */
export function newLease(): string {
  return randomUUID();
}

export function newRequestId(): string {
  return randomUUID();
}

/** A caller may bring an id of its own, if it can stand in a log line and a header as it is. */
export function isRequestId(text: string): boolean {
  return /^[A-Za-z0-9._-]{8,128}$/.test(text);
}

/** From 0 up to 1, to spread in time what many servers do. */
export function jitter(): number {
  return Math.random();
}

/** Of accounts, teams, grants, tokens: 128 bits, in letters that stand in an address as they are. A command line would take a first `-` for a flag. */
export function newId(): string {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}

/** What only its holder may know: 256 bits. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** For a key that only signs: 256 bits. */
export function newSecretBytes(): Uint8Array {
  return randomBytes(32);
}

/** RFC 4226 4 asks for 160 bits. */
export function newTotpSecret(): Uint8Array {
  return randomBytes(20);
}

export const nameEndingLength = 8;

/** What tells an account's name from all those like it: nobody has it, though nothing says so. */
export function newNameEnding(): string {
  return randomBytes(nameEndingLength / 2).toString('hex');
}
