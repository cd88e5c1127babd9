import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { formatContentRange, formatUnsatisfiedRange, formatUploadRange, parseRange, parseUploadContentRange } from './range.ts';

const whole = { kind: 'whole' } as const;
const unsatisfiable = { kind: 'unsatisfiable' } as const;
const part = (offset: number, length: number) => ({ kind: 'part', offset, length }) as const;

describe('parseRange of 3000 bytes', () => {
  test.each([
    ['bytes=500-1499', part(500, 1000)],
    ['bytes=0-0', part(0, 1)],
    ['bytes=0-', part(0, 3000)],
    ['bytes=500-', part(500, 2500)],
    ['bytes=2999-2999', part(2999, 1)],
    ['bytes=2000-5000', part(2000, 1000)],
    ['bytes=2000-99999999999999999999999999', part(2000, 1000)],
    ['bytes=-500', part(2500, 500)],
    ['bytes=-3000', part(0, 3000)],
    ['bytes=-9999', part(0, 3000)],
    ['Bytes= 1-2 ', part(1, 2)],
    ['bytes=000001-000002', part(1, 2)],

    ['bytes=500-0', unsatisfiable],
    ['bytes=3000-', unsatisfiable],
    ['bytes=5000-10000', unsatisfiable],
    ['bytes=99999999999999999999999999-', unsatisfiable],
    ['bytes=-0', unsatisfiable],

    ['bytes=0-1,5-6', whole],
    ['bytes=0-1,', whole],
    ['bytes=', whole],
    ['bytes=-', whole],
    ['bytes', whole],
    ['', whole],
    ['bytes=a-b', whole],
    ['bytes=1 - 2', whole],
    ['bytes=+1-2', whole],
    ['bytes=1.0-2', whole],
    ['bytes=0x1-0x2', whole],
    ['bytes 0-1', whole],
    ['items=0-1', whole],
    ['bytes=٠-١', whole],
  ])('%j', (header, expected) => {
    expect(parseRange(header, 3000)).toEqual(expected);
  });

  test.each([
    ['bytes=0-', unsatisfiable],
    ['bytes=0-0', unsatisfiable],
    ['bytes=-500', whole],
    ['bytes=-0', unsatisfiable],
  ])('of nothing: %j', (header, expected) => {
    expect(parseRange(header, 0)).toEqual(expected);
  });

  test('a part is never empty and never leaves the content', () => {
    const bound = fc.oneof(fc.nat(300), fc.maxSafeNat(), fc.constant(''));
    fc.assert(
      fc.property(bound, bound, fc.nat(250), (first, last, sizeBytes) => {
        const range = parseRange(`bytes=${first}-${last}`, sizeBytes);
        if (range.kind !== 'part') return;
        expect(range.offset).toBeGreaterThanOrEqual(0);
        expect(range.length).toBeGreaterThan(0);
        expect(range.offset + range.length).toBeLessThanOrEqual(sizeBytes);
      }),
    );
  });

  test('any range within the content is the slice that was asked for, and says so', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.integer({ min: 1, max: 1000 }), (a, b, more) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)];
        const sizeBytes = last + more;
        const range = parseRange(`bytes=${first}-${last}`, sizeBytes);
        expect(range).toEqual(part(first, last - first + 1));
        expect(range.kind === 'part' && formatContentRange(range, sizeBytes)).toBe(`bytes ${first}-${last}/${sizeBytes}`);
      }),
    );
  });
});

test('the Content-Range of a 416', () => {
  expect(formatUnsatisfiedRange(1234)).toBe('bytes */1234');
});

describe('upload ranges', () => {
  test.each([
    ['0-99', 0, 99],
    ['0-0', 0, 0],
    ['100-199', 100, 199],
    ['bytes 0-99/*', 0, 99],
    ['bytes 0-99/100', 0, 99],
    ['bytes=0-99', 0, 99],
    ['9007199254740990-9007199254740991', 9007199254740990, 9007199254740991],
  ])('%j', (header, start, end) => {
    expect(parseUploadContentRange(header)).toEqual({ start, end });
  });

  test.each([
    '',
    '-',
    '0-',
    '-99',
    '99-0',
    'a-b',
    '0 - 99',
    '0-99,100-199',
    'items 0-99',
    'bytes */100',
    '-1-5',
    '1.5-2',
    '0-9007199254740992',
    '0-99999999999999999',
    '0-99\n',
    `0-${'9'.repeat(1_000_000)}`,
  ])('%j is refused', (header) => {
    expect(() => parseUploadContentRange(header)).toThrow('the Content-Range of a chunk is written start-end');
  });

  test('every chunk reads back', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        expect(parseUploadContentRange(`${start}-${end}`)).toEqual({ start, end });
      }),
    );
  });

  test.each([
    [0, '0-0'],
    [1, '0-0'],
    [2, '0-1'],
    [100, '0-99'],
  ])('%d bytes are %s', (sizeBytes, expected) => {
    expect(formatUploadRange(sizeBytes)).toBe(expected);
  });
});

test('hostile lengths are answered at once', () => {
  for (const unit of ['0', '-', '0-', ' ', '0-0,']) {
    expect(parseRange(`bytes=${unit.repeat(500_000)}`, 10).kind).not.toBe('part');
  }
});
