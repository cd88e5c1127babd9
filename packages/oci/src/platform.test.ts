import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { formatPlatform, listCompatible, matchPlatform, parsePlatform, type Platform } from './platform.ts';

test.each([
  ['linux/amd64', 'linux/amd64'],
  ['linux/x86_64', 'linux/amd64'],
  ['linux/x86-64', 'linux/amd64'],
  ['linux/amd64/v1', 'linux/amd64'],
  ['linux/amd64/v3', 'linux/amd64/v3'],
  ['Linux/AMD64', 'linux/amd64'],
  ['linux/i386', 'linux/386'],
  ['linux/arm64', 'linux/arm64'],
  ['linux/aarch64', 'linux/arm64'],
  ['linux/arm64/v8', 'linux/arm64'],
  ['linux/arm64/8', 'linux/arm64'],
  ['linux/arm64/v8.0', 'linux/arm64'],
  ['linux/arm64/v8.1', 'linux/arm64/v8.1'],
  ['linux/arm64/v9.0', 'linux/arm64/v9'],
  ['linux/arm', 'linux/arm/v7'],
  ['linux/arm/7', 'linux/arm/v7'],
  ['linux/arm/v6', 'linux/arm/v6'],
  ['linux/armhf', 'linux/arm/v7'],
  ['linux/armel', 'linux/arm/v6'],
  ['macos/arm64', 'darwin/arm64'],
  ['windows/amd64', 'windows/amd64'],
  ['linux/riscv64', 'linux/riscv64'],
  ['linux/mips64le/hardfloat', 'linux/mips64le/hardfloat'],
  ['wasip1/wasm', 'wasip1/wasm'],
])('%s is %s', (text, expected) => {
  expect(formatPlatform(parsePlatform(text))).toBe(expected);
  expect(parsePlatform(expected)).toEqual(parsePlatform(text));
});

test.each([
  '',
  'linux',
  'linux/',
  '/amd64',
  'linux//v7',
  'linux/amd64/',
  'linux/amd64/v1/x',
  'linux/am d64',
  'linux/*',
  `linux/${'a'.repeat(65)}`,
  '/'.repeat(1_000_000),
])('%j is no platform', (text) => {
  expect(() => parsePlatform(text)).toThrow('invalid platform');
});

test.each([
  ['linux/amd64', 'linux/amd64 linux/386'],
  ['linux/amd64/v3', 'linux/amd64/v3 linux/amd64/v2 linux/amd64 linux/386'],
  ['linux/amd64/exotic', 'linux/amd64/exotic linux/386'],
  ['linux/arm64', 'linux/arm64 linux/arm/v8 linux/arm/v7 linux/arm/v6 linux/arm/v5'],
  ['linux/arm64/v8.2', 'linux/arm64/v8.2 linux/arm64/v8.1 linux/arm64 linux/arm/v8 linux/arm/v7 linux/arm/v6 linux/arm/v5'],
  [
    'linux/arm64/v9.1',
    'linux/arm64/v9.1 linux/arm64/v9 linux/arm64/v8.6 linux/arm64/v8.5 linux/arm64/v8.4 linux/arm64/v8.3 linux/arm64/v8.2 linux/arm64/v8.1 linux/arm64 linux/arm/v8 linux/arm/v7 linux/arm/v6 linux/arm/v5',
  ],
  ['linux/arm64/exotic', 'linux/arm64/exotic'],
  ['linux/arm', 'linux/arm/v7 linux/arm/v6 linux/arm/v5'],
  ['linux/arm/v5', 'linux/arm/v5'],
  ['linux/riscv64', 'linux/riscv64'],
  ['unknown/unknown', ''],
])('%s runs %s', (text, expected) => {
  expect(listCompatible(parsePlatform(text)).map(formatPlatform).join(' ')).toBe(expected);
});

describe('matchPlatform', () => {
  const listed = (...texts: string[]) =>
    texts.map((text, place) => {
      const [os = '', architecture = '', variant] = text.split('/');
      return { place, ...(text !== '' && { platform: { os, architecture, ...(variant !== undefined && { variant }) } }) };
    });

  test.each<[string, string[], number | undefined]>([
    ['linux/amd64', ['linux/arm64/v8', 'linux/amd64'], 1],
    ['linux/amd64', ['linux/386', 'linux/amd64'], 1],
    ['linux/amd64', ['linux/386'], 0],
    ['linux/amd64', ['linux/amd64/v2', 'linux/arm64'], undefined],
    ['linux/amd64/v2', ['linux/amd64/v1', 'linux/amd64/v2'], 1],
    ['linux/amd64', ['linux/amd64', 'linux/amd64'], 0],
    ['linux/amd64', ['windows/amd64'], undefined],
    ['linux/arm64', ['linux/arm/v7', 'linux/arm64'], 1],
    ['linux/arm64', ['linux/arm64/v8'], 0],
    ['linux/arm64', ['linux/arm/v6', 'linux/arm/v7'], 1],
    ['linux/arm/v6', ['linux/arm/v7', 'linux/arm/v5'], 1],
    ['linux/arm/v7', ['linux/arm'], 0],
    ['linux/amd64', ['unknown/unknown', '', 'linux/amd64'], 2],
    ['linux/amd64', ['', ''], undefined],
    ['linux/amd64', [], undefined],
    ['unknown/unknown', ['unknown/unknown'], undefined],
  ])('%s among %j', (wanted, texts, place) => {
    expect(matchPlatform(parsePlatform(wanted), listed(...texts))?.place).toBe(place);
  });

  test('an exact platform always wins, wherever it stands', () => {
    const platform: fc.Arbitrary<Platform> = fc.constantFrom(
      ...['linux/amd64', 'linux/amd64/v2', 'linux/386', 'linux/arm64', 'linux/arm64/v9', 'linux/arm/v5', 'linux/arm/v7', 'windows/amd64'].map(parsePlatform),
    );
    fc.assert(
      fc.property(platform, fc.array(platform), fc.nat(), (wanted, others, seed) => {
        const candidates = others.map((each) => ({ platform: each }));
        candidates.splice(seed % (others.length + 1), 0, { platform: wanted });
        expect(matchPlatform(wanted, candidates)?.platform).toEqual(wanted);
      }),
    );
  });
});
