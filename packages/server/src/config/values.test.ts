import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { duration, durationOrNever, onOff, showDuration, showSize, size, wholeNumber } from './values.ts';

describe('size', () => {
  test.each<[string | number, number]>([
    ['0', 0],
    [512, 512],
    ['4MiB', 4_194_304],
    ['4 MiB', 4_194_304],
    ['10GB', 10_000_000_000],
    ['1.5KiB', 1536],
    ['2TiB', 2_199_023_255_552],
  ])('%p is %p bytes', (written, bytes) => {
    expect(size().parse(written)).toBe(bytes);
  });

  test.each(['', 'MiB', '-1', '4mib', '4 M iB', '1e9', '0x10', 'constructor', '1toString', true, null, '999999999TiB'])('%p is refused', (written) => {
    expect(size().safeParse(written).success).toBe(false);
  });

  test('what is shown is read back', () => {
    fc.assert(fc.property(fc.nat(), fc.constantFrom(1, 2 ** 10, 2 ** 20), (count, unit) => size().parse(showSize(count * unit)) === count * unit));
  });
});

describe('duration', () => {
  test.each<[string | number, number]>([
    [0, 0],
    ['0', 0],
    ['250ms', 250],
    ['30s', 30_000],
    ['15m', 900_000],
    ['24h', 86_400_000],
    ['30d', 2_592_000_000],
    ['1.5h', 5_400_000],
  ])('%p is %p ms', (written, ms) => {
    expect(duration().parse(written)).toBe(ms);
  });

  test.each([5, '5', '5 min', '1h30m', '-1s', 's', '', true, null])('%p is refused', (written) => {
    expect(duration().safeParse(written).success).toBe(false);
  });

  test('what is shown is read back', () => {
    fc.assert(fc.property(fc.nat(), fc.constantFrom(1, 1000, 60_000), (count, unit) => duration().parse(showDuration(count * unit)) === count * unit));
  });

  test('never', () => {
    expect(durationOrNever().parse('never')).toBeUndefined();
    expect(durationOrNever().parse('7d')).toBe(604_800_000);
    expect(durationOrNever().safeParse('Never').success).toBe(false);
  });
});

test('bounds are part of what is allowed', () => {
  const message = (result: { error?: { issues: { message: string }[] } | undefined }) => result.error?.issues.map((issue) => issue.message);
  expect(message(duration({ min: 60_000 }).safeParse('1s'))).toEqual(['"1s" is out of range: at least 1m']);
  expect(message(size({ max: 4_194_304 }).safeParse('1GiB'))).toEqual(['"1GiB" is out of range: at most 4MiB']);
  expect(message(wholeNumber({ min: 1, max: 9 }).safeParse('10'))).toEqual(['10 is out of range: a whole number from 1 to 9 is needed']);
});

test('on and off', () => {
  expect([true, 'true', 'on', false, 'false', 'off'].map((written) => onOff().parse(written))).toEqual([true, true, true, false, false, false]);
  expect(onOff().safeParse('yes').success).toBe(false);
});
