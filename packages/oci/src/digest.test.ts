import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type Digest, digestAlgorithm, digestEncoded, isDigest, parseDigest } from './digest.ts';
import { RegistryError } from './registry-error.ts';

const hexOf = (length: number) => fc.string({ unit: fc.constantFrom(...'0123456789abcdef'.split('')), minLength: length, maxLength: length });
const anyDigest = fc.oneof(
  hexOf(64).map((hex) => `sha256:${hex}`),
  hexOf(128).map((hex) => `sha512:${hex}`),
);

test('every digest of the right shape is taken as it is, and its parts put it together again', () => {
  fc.assert(
    fc.property(anyDigest, (text) => {
      const digest = parseDigest(text);
      expect(digest as string).toBe(text);
      expect(`${digestAlgorithm(digest)}:${digestEncoded(digest)}`).toBe(text);
    }),
  );
});

test('one changed character makes it invalid, unless it is another hex digit', () => {
  fc.assert(
    fc.property(anyDigest, fc.nat(), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), (text, seed, character) => {
      const at = seed % text.length;
      fc.pre(!(at >= 7 && /[0-9a-f]/.test(character)) && text[at] !== character);
      expect(isDigest(text.slice(0, at) + character + text.slice(at + 1))).toBe(false);
    }),
  );
});

describe('what is refused, and why', () => {
  const hex = 'a'.repeat(64);
  test.each([
    ['', 'a digest is written algorithm:hex'],
    [hex, 'a digest is written algorithm:hex'],
    [`:${hex}`, 'a digest is written algorithm:hex'],
    [`md5:${hex}`, 'unknown digest algorithm: sha256 and sha512 are supported'],
    [`SHA256:${hex}`, 'unknown digest algorithm: sha256 and sha512 are supported'],
    [`toString:${hex}`, 'unknown digest algorithm: sha256 and sha512 are supported'],
    [`sha256:${'A'.repeat(64)}`, 'the encoded part must be lower-case hex'],
    [`sha256:${'a'.repeat(63)}\n`, 'the encoded part must be lower-case hex'],
    [`sha256:${'a'.repeat(63)}`, 'sha256 needs 64 hex digits, not 63'],
    [`sha256:${hex}\n`, 'sha256 needs 64 hex digits, not 65'],
    [`sha512:${hex}`, 'sha512 needs 128 hex digits, not 64'],
    ['sha256:baddigeststring', 'sha256 needs 64 hex digits, not 15'],
  ])('%j', (text, reason) => {
    expect(refusal(() => parseDigest(text))).toEqual({ code: 'DIGEST_INVALID', detail: { digest: text, reason } });
  });

  test('a long one is cut in the answer', () => {
    const { detail } = refusal(() => parseDigest(`sha256:${'a'.repeat(1_000_000)}`));
    expect((detail as { digest: string }).digest).toHaveLength(256);
  });
});

function refusal(parse: () => Digest): { code: string; detail: unknown } {
  try {
    parse();
  } catch (error) {
    if (error instanceof RegistryError) return { code: error.code, detail: error.detail };
    throw error;
  }
  throw new Error('nothing was thrown');
}
