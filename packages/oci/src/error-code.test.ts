import { expect, test } from 'bun:test';
import { errorTable } from './error-code.ts';

test('every code of distribution-spec is in the table, under its own wire name', () => {
  const wireOf = Object.fromEntries(Object.values(errorTable).flatMap(({ source, wire }) => (source.startsWith('code-') ? [[source, wire]] : [])));
  expect(wireOf).toEqual({
    'code-1': 'BLOB_UNKNOWN',
    'code-2': 'BLOB_UPLOAD_INVALID',
    'code-3': 'BLOB_UPLOAD_UNKNOWN',
    'code-4': 'DIGEST_INVALID',
    'code-5': 'MANIFEST_BLOB_UNKNOWN',
    'code-6': 'MANIFEST_INVALID',
    'code-7': 'MANIFEST_UNKNOWN',
    'code-8': 'NAME_INVALID',
    'code-9': 'NAME_UNKNOWN',
    'code-10': 'SIZE_INVALID',
    'code-11': 'UNAUTHORIZED',
    'code-12': 'DENIED',
    'code-13': 'UNSUPPORTED',
    'code-14': 'TOOMANYREQUESTS',
  });
});

test.each(Object.entries(errorTable))('%s is one that HTTP and clients can carry', (_, { wire, status, message }) => {
  expect(wire).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
  expect(status).toBeWithin(400, 600);
  // Docker prints it behind a colon, in the middle of a line.
  expect(message).toMatch(/^[a-z].*[^.]$/);
});
