import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { findNextLink, formatNextLink, linksMax, parseLinks } from './link.ts';

test('the next page, as distribution-spec writes it', () => {
  expect(formatNextLink('/v2/a/tags/list?n=2&last=b')).toBe('</v2/a/tags/list?n=2&last=b>; rel="next"');
});

test('an address cannot break out of the header', () => {
  expect(formatNextLink('/a?x=>; rel="prev"\r\nSet-Cookie: a')).toBe('</a?x=%3E;%20rel=%22prev%22%0D%0ASet-Cookie:%20a>; rel="next"');
});

test('whatever the address, the link is read again', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true }), (url) => {
      expect(findNextLink(formatNextLink(url))).toBe(url.replaceAll(/["<> ]/g, (character) => encodeURIComponent(character)));
    }),
  );
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => expect(parseLinks(formatNextLink(text))).toHaveLength(1)));
});

describe('findNextLink', () => {
  test.each([
    ['</v2/_catalog?last=b&n=1>; rel="next"', '/v2/_catalog?last=b&n=1'],
    ['</a>; rel=next', '/a'],
    ['</a>;REL="Next"', '/a'],
    ['</a> ; title="x; rel=prev, <b>" ; rel = "prev next"', '/a'],
    ['</a>; rel="prev", </b>; rel="next"', '/b'],
    [', ,</a,b>; rel="next",', '/a,b'],
    ['< /a >; rel="next"', '/a'],
    ['</a>; ; rel="next"', '/a'],
    ['</a>; title="a \\" b"; rel="next"', '/a'],
    ['<https://other.example/a>; rel="next"', 'https://other.example/a'],
  ])('%j', (header, expected) => {
    expect(findNextLink(header)).toBe(expected);
  });

  test.each([
    '',
    '/a',
    '</a',
    '</a>',
    '</a>; rel="nextdoor"',
    '</a>; rel="prev"; rel="next"',
    'x</a>; rel="next"',
    '</a>; rel="prev" </b>; rel="next"',
    '</a>; rel="next',
  ])('nothing in %j', (header) => {
    expect(findNextLink(header)).toBeUndefined();
  });
});

test('parameters are read once, with names in lower case', () => {
  expect(parseLinks('</a>; Rel=next; rel=prev; flag; title="a\\"b"')).toEqual([{ target: '/a', parameters: { rel: 'next', flag: '', title: 'a"b' } }]);
});

test('headers are limited and hostile lengths answered at once', () => {
  expect(parseLinks('</a>,'.repeat(100_000))).toHaveLength(linksMax);
  for (const unit of ['<', '>', ';', ',', ' ', '"', '\\', '; ', '; a', '; a=', '; a="', '; a="\\']) {
    expect(parseLinks(`</a>${unit.repeat(300_000)}`).length).toBeWithin(0, 3);
  }
});
