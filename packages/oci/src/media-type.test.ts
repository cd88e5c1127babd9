import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  isImageManifestMediaType,
  isIndexMediaType,
  isManifestMediaType,
  isMediaType,
  isNonDistributable,
  isSchema1,
  manifestMediaTypes,
  mediaTypes,
  parseMediaType,
} from './media-type.ts';

describe('parseMediaType', () => {
  test.each([
    ['application/json', 'application/json'],
    [' application/json ', 'application/json'],
    ['Application/JSON; charset=utf-8', 'application/json'],
    ['application/vnd.oci.image.manifest.v1+json;q=0.5', mediaTypes.ociManifest],
    ['text/plain ; a="b;c"', 'text/plain'],
    ['a/b', 'a/b'],
  ])('%j is %s', (header, expected) => {
    expect(parseMediaType(header)).toBe(expected);
  });

  test.each([
    '',
    ';',
    'application',
    'application/',
    '/json',
    'a/b/c',
    'a b/c',
    'a/b c',
    '.a/b',
    'a/+b',
    'a/b,c/d',
    'a/b\n',
    'ä/b',
    '*/*',
    `a/${'b'.repeat(128)}`,
  ])('%j is none', (header) => {
    if (header.trim() !== header) return expect(isMediaType(header)).toBe(false);
    return expect(() => parseMediaType(header)).toThrow('the Content-Type is not a media type');
  });

  test('what it answers is a media type in lower case, and stays what it is', () => {
    const name = fc.string({ unit: fc.constantFrom(...'abAB01!#$&^_.+-'.split('')), minLength: 1, maxLength: 20 }).filter((text) => /^[A-Za-z0-9]/.test(text));
    fc.assert(
      fc.property(name, name, fc.string(), (type, subtype, parameters) => {
        const parsed = parseMediaType(`${type}/${subtype};${parameters}`);
        expect(parsed).toBe(`${type}/${subtype}`.toLowerCase());
        expect(parseMediaType(parsed)).toBe(parsed);
      }),
    );
  });

  test('a long header is answered at once, and cut in the answer', () => {
    expect(() => parseMediaType(`a/${'b+'.repeat(500_000)}`)).toThrow('the Content-Type is not a media type');
    expect(parseMediaType(`a/b${' '.repeat(500_000)};${'x'.repeat(500_000)}`)).toBe('a/b');
  });
});

test('each media type of ours is one, and is spelled only once', () => {
  const all: string[] = Object.values(mediaTypes);
  expect(all.filter((mediaType) => !isMediaType(mediaType))).toEqual([]);
  expect(new Set(all).size).toBe(all.length);
});

test('which ones are manifests, and of which kind', () => {
  const kinds = Object.values(mediaTypes).filter((mediaType) => isManifestMediaType(mediaType));
  expect(kinds.toSorted()).toEqual<string[]>(manifestMediaTypes.toSorted());
  expect(kinds.filter((mediaType) => isIndexMediaType(mediaType))).toEqual([mediaTypes.ociIndex, mediaTypes.dockerManifestList]);
  expect(kinds.filter((mediaType) => isImageManifestMediaType(mediaType))).toEqual([mediaTypes.ociManifest, mediaTypes.dockerManifest]);
  expect(Object.values(mediaTypes).filter((mediaType) => isSchema1(mediaType))).toEqual([mediaTypes.dockerSchema1, mediaTypes.dockerSchema1Signed]);
});

test.each<[string, boolean]>([
  [mediaTypes.dockerLayerForeign, true],
  [mediaTypes.dockerLayerForeignGzip, true],
  [mediaTypes.ociLayerNonDistributable, true],
  [mediaTypes.ociLayerNonDistributableZstd, true],
  [`${mediaTypes.ociLayerNonDistributableGzip}+encrypted`, true],
  [mediaTypes.ociLayerGzip, false],
  [mediaTypes.dockerLayerGzip, false],
  [`${mediaTypes.ociLayerGzip}+encrypted`, false],
])('%s need not be in the registry: %p', (mediaType, expected) => {
  expect(isNonDistributable({ mediaType })).toBe(expected);
});
