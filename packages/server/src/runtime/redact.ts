/**
 * The one function that takes secrets out of what is logged. By name: fields that hold a credential.
 * By shape: userinfo in an address, and an `Authorization` value that ended up in a text.
 */
const secretName = /^(?:.*(?:password|passwd|secret|token|credential|authorization|cookie|api_?key|private_?key).*|.*-auth|auth)$/i;
const userinfo = /([a-z][a-z0-9+.-]{0,31}:\/\/)[^\s/@?#]+@/gi;
const authorization = /\b(Basic|Bearer)\s+[A-Za-z0-9._~+/=-]+/gi;
const secretParameter = /([?&](?:access_token|token|password|signature|x-amz-signature|x-amz-credential)=)[^&\s#]+/gi;

/** The names of fields are few, and each is in every line: what was found out about one is kept. */
const knownNames = new Map<string, boolean>();
const knownNamesMax = 1000;

export const replacement = '[redacted]';
const depthMax = 6;

/** Returns a copy made of plain values: errors become `{ name, message, code, stack, cause }`. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= depthMax) return '[deeper]';
  if (value instanceof Error) return redact(describeError(value), depth);
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  const copy: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) copy[name] = isSecretName(name) ? replacement : redact(item, depth + 1);
  return copy;
}

export function isSecretName(name: string): boolean {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  const isSecret = secretName.test(name);
  if (knownNames.size < knownNamesMax) knownNames.set(name, isSecret);
  return isSecret;
}

export function redactText(text: string): string {
  // Nearly every text is a digest, a name or a path: look for the marks before running three patterns.
  if (!text.includes('@') && !text.includes('=') && !text.includes(' ')) return text;
  return text.replace(userinfo, `$1${replacement}@`).replace(authorization, `$1 ${replacement}`).replace(secretParameter, `$1${replacement}`);
}

function describeError(error: Error): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  return {
    name,
    message,
    ...('code' in error && { code: error.code }),
    ...(stack !== undefined && { stack }),
    ...(cause !== undefined && { cause }),
  };
}
