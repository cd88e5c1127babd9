import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { joinScopes, parseScopes, repositoryScope } from './scope.ts';

test('scopes of one name are one', () => {
  expect(joinScopes(['repository:b:pull', 'repository:a:push', 'repository:a:pull'])).toEqual(['repository:a:pull,push', 'repository:b:pull']);
});

test('what is no scope is left out', () => {
  expect(joinScopes(['', 'repository', 'repository::pull', 'repository:a b:pull', 'repository:a:', 'repository:a:"x"'])).toEqual([]);
});

test('names with a port, and the catalog', () => {
  expect(parseScopes(' repository:host:5000/a:pull  registry:catalog:* ')).toEqual(['registry:catalog:*', 'repository:host:5000/a:pull']);
});

test('a set has one spelling, however it was written', () => {
  const scope = fc
    .tuple(fc.constantFrom('a', 'b/c', 'h:1/d'), fc.subarray(['pull', 'push', 'delete'] as const, { minLength: 1 }))
    .map(([name, actions]) => repositoryScope(name, ...actions));
  fc.assert(
    fc.property(fc.array(scope, { maxLength: 10 }), (scopes) => {
      const joined = joinScopes(scopes);
      expect(joinScopes(scopes.toReversed())).toEqual(joined);
      expect(joinScopes(joined)).toEqual(joined);
      expect(parseScopes(joined.join(' '))).toEqual(joined);
    }),
  );
});

test('any text is survived', () => {
  fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => parseScopes(text).every((scope) => !scope.includes(' '))));
});
