import { expect, test } from 'bun:test';
import { readImageWords } from './image-words.ts';

const nothing = { sourceUrl: '', licenses: '', description: '', readme: '' };
const key = (name: string) => `org.opencontainers.image.${name}`;

test('what the specification names, and our own key for a text', () => {
  expect(
    readImageWords({
      [key('source')]: 'https://example.org/app',
      [key('licenses')]: 'Apache-2.0 OR MIT',
      [key('description')]: ' Sends\n mails ',
      'io.naru.image.readme': '# App\n',
    }),
  ).toEqual({ sourceUrl: 'https://example.org/app', licenses: 'Apache-2.0 OR MIT', description: 'Sends mails', readme: '# App\n' });
});

test('what is no address for a page, or too long, is left out', () => {
  for (const source of ['javascript:alert(1)', 'data:text/html,x', 'ftp://example.org', 'example.org', `https://example.org/${'x'.repeat(600)}`, '']) {
    expect(readImageWords({ [key('source')]: source })).toEqual(nothing);
  }
  expect(readImageWords({ [key('description')]: 'x'.repeat(201), [key('licenses')]: 'y'.repeat(201), 'io.naru.image.readme': 'z'.repeat(50_001) })).toEqual(
    nothing,
  );
  expect(readImageWords({ [key('description')]: 'a\0b\u001b[31m\ud800' }).description).toBe('a b [31m\ufffd');
  expect(readImageWords(JSON.parse('{"__proto__": {"io.naru.image.readme": "x"}}') as Record<string, string>)).toEqual(nothing);
});
