import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { type Descriptor, parseDescriptor } from './descriptor.ts';
import { RegistryError } from './registry-error.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const minimal = { mediaType: 'application/x', digest, size: 3 };

test('a descriptor is the object of the document, unknown fields and all', () => {
  const value = {
    ...minimal,
    artifactType: 'application/y',
    annotations: { a: 'b' },
    platform: { os: 'linux', architecture: 'arm64', variant: 'v8', 'os.version': '1', 'os.features': ['x'], more: 1 },
    urls: ['https://example.com/layer'],
    'org.example.more': { deep: [1] },
  };
  expect(parseDescriptor(value, 'config') as unknown).toBe(value);
});

test('null fields, as Go writes them, are no fields', () => {
  const parsed = parseDescriptor({ ...minimal, urls: null, annotations: null, platform: null, data: null, artifactType: null, more: null }, 'config');
  expect(parsed as unknown).toEqual({ ...minimal, more: null });
});

test.each([0, 1, Number.MAX_SAFE_INTEGER])('size may be %d', (size) => {
  expect(parseDescriptor({ ...minimal, size }, 'config').size).toBe(size);
});

describe('is refused, with the place', () => {
  test.each<[string, object]>([
    ['layers[2].mediaType must be a media type of at most 255 characters', { mediaType: '' }],
    ['layers[2].mediaType must be a media type of at most 255 characters', { mediaType: undefined }],
    ['layers[2].digest must be a sha256 or sha512 digest', { digest: undefined }],
    ['layers[2].digest must be a sha256 or sha512 digest', { digest: 'sha256:abc' }],
    ['layers[2].digest must be a sha256 or sha512 digest', { digest: `md5:${'a'.repeat(32)}` }],
    ['layers[2].digest must be a sha256 or sha512 digest', { digest: digest.toUpperCase() }],
    ['layers[2].size must be a whole number of bytes', { size: undefined }],
    ['layers[2].size must be a whole number of bytes', { size: '3' }],
    ['layers[2].size must be a whole number of bytes', { size: -1 }],
    ['layers[2].size must be a whole number of bytes', { size: 1.5 }],
    ['layers[2].size must be a whole number of bytes', { size: Number.MAX_SAFE_INTEGER + 1 }],
    ['layers[2].artifactType must be a string of at most 255 characters', { artifactType: 1 }],
    ['layers[2].artifactType must be a string of at most 255 characters', { artifactType: `application/${'x'.repeat(244)}` }],
    ['layers[2].mediaType must be a media type of at most 255 characters', { mediaType: `application/${'x'.repeat(244)}` }],
    ['layers[2].urls must be an array of strings', { urls: 'https://example.com' }],
    ['layers[2].urls must be an array of strings', { urls: [1] }],
    ['layers[2].annotations must hold strings only', { annotations: { a: 1 } }],
    ['layers[2].platform must be an object', { platform: 'linux/amd64' }],
    ['layers[2].platform.architecture must be a string', { platform: { os: 'linux' } }],
    ['layers[2].platform.os must be a string', { platform: { os: 1, architecture: 'arm' } }],
    ['layers[2].platform.variant must be a string', { platform: { os: 'linux', architecture: 'arm', variant: 7 } }],
    ['layers[2].platform.os.features must be an array of strings', { platform: { os: 'linux', architecture: 'arm', 'os.features': 'x' } }],
    ['layers[2] has a field "Digest" that some clients read as "digest"', { Digest: digest }],
    ['layers[2].data must be base64', { data: 'AAA' }],
    ['layers[2].data must be base64', { data: 'AA_=' }],
    ['layers[2].data must be base64', { data: '====' }],
    ['layers[2].data must be base64', { data: 7 }],
    ["layers[2].data is not of the descriptor's size", { data: 'AAAAAA==' }],
    ["layers[2].data does not have the descriptor's digest", { data: 'AAAA' }],
  ])('%s: %j', (message, change) => {
    expect(() => parseDescriptor({ ...minimal, ...change }, 'layers[2]')).toThrow(new RegistryError('MANIFEST_INVALID', { message }));
  });

  test.each([[null], [undefined], ['x'], [7], [[]]])('%j is no descriptor', (value) => {
    expect(() => parseDescriptor(value, 'config')).toThrow('config must be a descriptor');
  });
});

describe('data', () => {
  const withData = (bytes: Uint8Array, algorithm: 'sha256' | 'sha512', change: Partial<Descriptor> = {}) => ({
    mediaType: 'application/x',
    digest: `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`,
    size: bytes.length,
    data: Buffer.from(bytes).toString('base64'),
    ...change,
  });

  test('of any bytes is taken when size and digest are theirs', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('sha256' as const, 'sha512' as const), (bytes, algorithm) => {
        const value = withData(bytes, algorithm);
        expect(parseDescriptor(value, 'config') as unknown).toBe(value);
      }),
    );
  });

  test('of other bytes is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, seed, flip) => {
        const at = seed % bytes.length;
        const other = bytes.map((byte, index) => (index === at ? byte ^ flip : byte));
        const data = Buffer.from(other).toString('base64');
        expect(() => parseDescriptor({ ...withData(bytes, 'sha256'), data }, 'config')).toThrow("does not have the descriptor's digest");
      }),
    );
  });
});
