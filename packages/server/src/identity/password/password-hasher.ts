/**
 * Passwords by argon2id (RFC 9106), off the serving thread: the runtime hashes in threads of its own.
 * Each takes 19 MiB while it runs (OWASP's smallest choice of memory for two passes), so only a few
 * run at once, and whoever would have to wait behind a long queue is told to come back.
 */
import { RegistryError } from '@naru/oci/registry-error';

export type PasswordHasher = {
  /** Gives a PHC string. Throws TOO_MANY_REQUESTS. */
  hash(password: string): Promise<string>;
  /** Without a hash it takes as long, and is false: nobody learns which accounts there are. */
  verify(password: string, hash: string | undefined): Promise<{ ok: boolean; needsRehash: boolean }>;
};

const parameters = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const;
const currentForm = `$argon2id$v=19$m=${parameters.memoryCost},t=${parameters.timeCost},`;

/** Of no password: what is verified when there is no such account. */
const nobodysHash = '$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIHBhc3N3b3Jk$8jOtXoWBYwm5XqZ3pFYzqLlr1UqgBrXhCX0ENjAO3rA';

export type PasswordHasherLimits = { readonly atOnceMax: number; readonly waitingMax: number };

export function createPasswordHasher({ atOnceMax, waitingMax }: PasswordHasherLimits = { atOnceMax: 2, waitingMax: 200 }): PasswordHasher {
  let running = 0;
  const waiting: (() => void)[] = [];

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= atOnceMax) {
      if (waiting.length >= waitingMax) throw new RegistryError('TOO_MANY_REQUESTS', { message: 'too many log-ins at once: try again in a moment' });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // The place is handed on, so that nobody who comes in between takes it.
      if (next) next();
      else running--;
    }
  }

  return {
    hash: (password) => inTurn(() => Bun.password.hash(normalise(password), parameters)),

    verify: (password, hash) =>
      inTurn(async () => {
        const isRight = await Bun.password.verify(normalise(password), hash ?? nobodysHash);
        return { ok: isRight && hash !== undefined, needsRehash: hash !== undefined && !hash.startsWith(currentForm) };
      }),
  };
}

/** The same password on every keyboard (RFC 8265 4.2 asks for NFC). */
function normalise(password: string): string {
  return password.normalize('NFC');
}
