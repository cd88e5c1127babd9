/** The error body of distribution-spec ("Error Codes"): written by the server, read by the client. */
import type { RegistryError } from './registry-error.ts';

export type ErrorBody = { readonly errors: readonly WireError[] };

export type WireError = {
  /** In capitals. Any registry's, so not only those of our table. */
  readonly code: string;
  readonly message: string;
  readonly detail?: unknown;
};

/** Of a body that somebody else wrote. */
export const wireErrorsMax = 32;
export const wireMessageMaxLength = 4096;

export function errorBody({ entry, message, detail }: RegistryError): ErrorBody {
  return { errors: [{ code: entry.wire, message, ...(detail !== undefined && { detail }) }] };
}

/**
 * Makes the best of what a registry, a token service or a proxy in between answered; empty when it
 * is none of their forms. The caller has bounded the text.
 */
export function parseErrorBody(text: string): WireError[] {
  const body = parseJson(text);
  if (!isObject(body)) return [];
  if (Array.isArray(body['errors'])) return body['errors'].slice(0, wireErrorsMax).flatMap(readError);
  // Docker's token service answers {"details": …}, RFC 6749 {"error": code, "error_description": …}, many others {"message": …}.
  const code = typeof body['error'] === 'string' ? body['error'].toUpperCase() : typeof body['code'] === 'string' ? body['code'] : 'UNKNOWN';
  const message = [body['error_description'], body['details'], body['message'], body['error']].find((value) => typeof value === 'string');
  return typeof message === 'string' ? [{ code: limit(code), message: limit(message) }] : [];
}

function readError(value: unknown): WireError[] {
  if (typeof value === 'string') return [{ code: 'UNKNOWN', message: limit(value) }];
  if (!isObject(value)) return [];
  const { code, message, detail } = value;
  if (typeof code !== 'string' && typeof message !== 'string') return [];
  return [
    {
      code: typeof code === 'string' ? limit(code) : 'UNKNOWN',
      message: typeof message === 'string' ? limit(message) : '',
      ...(detail !== undefined && detail !== null && { detail }),
    },
  ];
}

function limit(text: string): string {
  return text.slice(0, wireMessageMaxLength);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // HTML from a proxy, or nothing
  }
}
