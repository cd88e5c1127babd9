import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type Challenge, challengeParametersMax, challengesMax, findChallenge, formatChallenge, parseChallenges } from './challenge.ts';

const docker = { realm: 'https://auth.docker.io/token', service: 'registry.docker.io', scope: 'repository:samalba/my-app:pull,push' };

test('the challenges that registries send', () => {
  expect(formatChallenge({ scheme: 'Bearer', parameters: docker })).toBe(
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:samalba/my-app:pull,push"',
  );
  expect(formatChallenge({ scheme: 'Basic', parameters: { realm: 'Naru' } })).toBe('Basic realm="Naru"');
  expect(formatChallenge({ scheme: 'Negotiate', parameters: {}, token68: 'abc==' })).toBe('Negotiate abc==');
  expect(formatChallenge({ scheme: 'Negotiate', parameters: {} })).toBe('Negotiate');
});

test('a value cannot break out of its quotes or of the header', () => {
  expect(formatChallenge({ scheme: 'Basic', parameters: { realm: 'a"b\\c\r\nSet-Cookie: x' } })).toBe('Basic realm="a\\"b\\\\cSet-Cookie: x"');
});

describe('parseChallenges', () => {
  test.each<[string, Challenge[]]>([
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:samalba/my-app:pull,push"',
      [{ scheme: 'bearer', parameters: docker }],
    ],
    ['Basic realm=naru', [{ scheme: 'basic', parameters: { realm: 'naru' } }]],
    ['BASIC Realm = "a" , charset = "UTF-8"', [{ scheme: 'basic', parameters: { realm: 'a', charset: 'UTF-8' } }]],
    ['Basic', [{ scheme: 'basic', parameters: {} }]],
    [
      'Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"',
      [
        { scheme: 'newauth', parameters: { realm: 'apps', type: '1', title: 'Login to "apps"' } },
        { scheme: 'basic', parameters: { realm: 'simple' } },
      ],
    ],
    [
      'Negotiate, NTLM abc/+9==, Basic realm="x"',
      [
        { scheme: 'negotiate', parameters: {} },
        { scheme: 'ntlm', parameters: {}, token68: 'abc/+9==' },
        { scheme: 'basic', parameters: { realm: 'x' } },
      ],
    ],
    [', , Basic realm="x",, ,charset="y",', [{ scheme: 'basic', parameters: { realm: 'x', charset: 'y' } }]],
    [
      'Basic realm="x", Bearer',
      [
        { scheme: 'basic', parameters: { realm: 'x' } },
        { scheme: 'bearer', parameters: {} },
      ],
    ],
    ['Bearer realm="a",realm="b"', [{ scheme: 'bearer', parameters: { realm: 'a' } }]],
    ['Bearer realm="a",error="insufficient_scope"', [{ scheme: 'bearer', parameters: { realm: 'a', error: 'insufficient_scope' } }]],
    ['Bearer realm="a" nonsense, Basic realm="b"', [{ scheme: 'bearer', parameters: { realm: 'a' } }]],
    ['Bearer realm="a', [{ scheme: 'bearer', parameters: {} }]],
    ['', []],
    ['"Bearer" realm="a"', []],
  ])('%j', (header, expected) => {
    expect(parseChallenges(header)).toEqual(expected);
  });

  test('what is written is read again, several in one header too', () => {
    const token = fc.string({ unit: fc.constantFrom(...'abz09-_.!'.split('')), minLength: 1, maxLength: 8 });
    const value = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) });
    const entries = fc.uniqueArray(fc.tuple(token, value), { minLength: 1, maxLength: 4, selector: ([name]) => name });
    const challenge = fc.record({ scheme: token, parameters: entries.map((pairs) => Object.fromEntries(pairs)) });
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 3 }), (challenges) => {
        expect(parseChallenges(challenges.map(formatChallenge).join(', '))).toEqual(challenges);
      }),
    );
  });

  test('headers are limited and hostile lengths answered at once', () => {
    expect(parseChallenges('Basic realm="x",'.repeat(10_000))).toHaveLength(challengesMax);
    const many = Array.from({ length: 10_000 }, (_, index) => `p${index}=1`).join(',');
    expect(Object.keys(parseChallenges(`Bearer ${many}`)[0]?.parameters ?? {})).toHaveLength(challengeParametersMax);
    for (const unit of ['a', 'a ', 'a=', 'a,', ',', ' ', '=', '"', '\\', 'a="', 'a="",', '/', ' ,']) {
      expect(parseChallenges(`Bearer ${unit.repeat(300_000)}`).length).toBeWithin(1, challengesMax + 1);
    }
  });
});

test('one scheme among others', () => {
  const header = 'Basic realm="b", Bearer realm="a"';
  expect(findChallenge(header, 'Bearer')).toEqual({ scheme: 'bearer', parameters: { realm: 'a' } });
  expect(findChallenge(header, 'Digest')).toBeUndefined();
});
