/** One-time codes of an authenticator app (RFC 6238 on RFC 4226): six digits, thirty seconds, SHA-1, as every app expects. */
import { createHmac, timingSafeEqual } from 'node:crypto';

const stepMs = 30_000;
const digits = 6;
/** A clock may be one step off. */
const window = [0, -1, 1];

/** The step that the code belongs to, so that it can be marked as used; undefined for a wrong code. */
export function findTotpStep(secret: string, code: string, now: number): number | undefined {
  const current = Math.floor(now / stepMs);
  const given = Buffer.from(code.replaceAll(/\s/g, ''));
  return window.map((offset) => current + offset).find((step) => isSame(given, Buffer.from(totpAt(secret, step))));
}

/** `secret` in Base32 (RFC 4648). */
export function totpAt(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', decodeBase32(secret)).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7f_ff_ff_ff) % 10 ** digits).padStart(digits, '0');
}

/** What the QR code says (Google Authenticator's key URI format, which all apps read). */
export function totpUri(secret: string, account: string, issuer: string): string {
  return `otpauth://totp/${encodeURIComponent(issuer)}:${encodeURIComponent(account)}?${new URLSearchParams({ secret, issuer, algorithm: 'SHA1', digits: String(digits), period: '30' })}`;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function encodeBase32(bytes: Uint8Array): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{1,5}/g) ?? []).map((chunk) => alphabet[Number.parseInt(chunk.padEnd(5, '0'), 2)]).join('');
}

function decodeBase32(text: string): Uint8Array {
  let bits = '';
  for (const letter of text.toUpperCase().replaceAll(/[=\s]/g, '')) bits += alphabet.indexOf(letter).toString(2).padStart(5, '0');
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
