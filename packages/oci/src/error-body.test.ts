import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { errorBody, parseErrorBody, wireErrorsMax, wireMessageMaxLength } from './error-body.ts';
import { type ErrorCode, errorTable } from './error-code.ts';
import { RegistryError } from './registry-error.ts';

test('the body of an error, with its wire code', () => {
  expect(errorBody(new RegistryError('UPLOAD_OUT_OF_ORDER', { detail: { expectedOffset: 5 } }))).toEqual({
    errors: [{ code: 'BLOB_UPLOAD_INVALID', message: 'chunk does not start where the upload ends', detail: { expectedOffset: 5 } }],
  });
});

test('no detail, no field', () => {
  expect(JSON.stringify(errorBody(new RegistryError('DENIED')))).toBe('{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}');
});

test('what the server writes the client reads', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(errorTable) as ErrorCode[])),
      fc.string({ minLength: 1 }),
      fc.dictionary(fc.string(), fc.string()),
      (code, message, detail) => {
        const { errors } = errorBody(new RegistryError(code, { message, detail }));
        expect(parseErrorBody(JSON.stringify({ errors }))).toEqual([...errors]);
      },
    ),
  );
});

describe('bodies of others', () => {
  test.each([
    [
      '{"errors":[{"code":"X"},{"message":"y","detail":null}]}',
      [
        { code: 'X', message: '' },
        { code: 'UNKNOWN', message: 'y' },
      ],
    ],
    ['{"errors":["plain",7,null,{},[]]}', [{ code: 'UNKNOWN', message: 'plain' }]],
    ['{"errors":[]}', []],
    ['{"details":"incorrect username or password"}', [{ code: 'UNKNOWN', message: 'incorrect username or password' }]],
    ['{"error":"invalid_grant","error_description":"expired"}', [{ code: 'INVALID_GRANT', message: 'expired' }]],
    ['{"error":"nope"}', [{ code: 'NOPE', message: 'nope' }]],
    ['{"code":"E5","message":"five"}', [{ code: 'E5', message: 'five' }]],
    ['{"message":{"a":1}}', []],
    ['{}', []],
    ['[]', []],
    ['null', []],
    ['"text"', []],
    ['<html>502 Bad Gateway</html>', []],
    ['', []],
  ])('%j', (text, expected) => {
    expect(parseErrorBody(text)).toEqual(expected);
  });

  test('no text makes it throw', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => Array.isArray(parseErrorBody(text))));
  });

  test('are limited', () => {
    const errors = Array.from({ length: 1000 }, () => ({ code: 'X', message: 'y'.repeat(10_000) }));
    const read = parseErrorBody(JSON.stringify({ errors }));
    expect(read).toHaveLength(wireErrorsMax);
    expect(read[0]?.message).toHaveLength(wireMessageMaxLength);
  });
});
