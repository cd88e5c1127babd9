import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseForwarded } from './forwarded-header.ts';

test.each<[string, Record<string, string>[] | undefined]>([
  ['for=192.0.2.43', [{ for: '192.0.2.43' }]],
  ['for=192.0.2.43, for="[2001:db8::1]:4711"', [{ for: '192.0.2.43' }, { for: '[2001:db8::1]:4711' }]],
  ['For=unknown;Proto=https;HOST=example.com ; by=_x', [{ for: 'unknown', proto: 'https', host: 'example.com', by: '_x' }]],
  ['for=a;, ;host=b', [{ for: 'a' }, { host: 'b' }]],
  [String.raw`host="a\"b,;c"`, [{ host: 'a"b,;c' }]],
  ['', [{}]],
  ['for', undefined],
  ['for=', undefined],
  ['for=a b', undefined],
  ['for="a', undefined],
  ['for=a;for=b', undefined],
  ['for=[::1]', undefined],
  ['=a', undefined],
])('%s', (written, expected) => {
  expect(parseForwarded(written)?.map((element) => Object.fromEntries(element))).toEqual(expected);
});

test('whatever is in it, it ends, and a value that was quoted comes back', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseForwarded(text)));
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
      const quoted = `"${text.replace(/["\\]/g, String.raw`\$&`)}"`;
      expect(parseForwarded(`for=${quoted};host=x`)).toEqual([
        new Map([
          ['for', text],
          ['host', 'x'],
        ]),
      ]);
    }),
  );
});
