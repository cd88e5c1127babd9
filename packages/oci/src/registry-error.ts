import { type ErrorCode, type ErrorEntry, errorTable } from './error-code.ts';

/**
 * The one error that rules, drivers and parsers throw for what a client or an operator did.
 * Anything else that is thrown is a defect of ours and becomes INTERNAL at the border.
 */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly code: ErrorCode;
  /** Goes to the client in `errors[].detail`: what, which, why. Never a path or a secret. */
  readonly detail: unknown;

  constructor(code: ErrorCode, options: { message?: string; detail?: unknown; cause?: unknown } = {}) {
    super(options.message ?? errorTable[code].message, { cause: options.cause });
    this.code = code;
    this.detail = options.detail;
  }

  get entry(): ErrorEntry {
    return errorTable[this.code];
  }
}

export function isRegistryError(error: unknown, code?: ErrorCode): error is RegistryError {
  return error instanceof RegistryError && (code === undefined || error.code === code);
}
