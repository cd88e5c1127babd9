/**
 * The certificate that the server is served with, from two files that somebody renews. They are read
 * again and again rather than watched: what certbot, cert-manager or a mounted secret change is a
 * link in some folder, and a watch on the file itself sees none of it.
 *
 * The two are checked together. What is half written, broken or expired is not used: the pair before
 * stays, and the log says once why.
 */
import { readFileSync } from 'node:fs';
import type { Log } from '../runtime/log.ts';
import { CertificateError, type KeyPair, parseKeyPair, type WrittenPair } from './key-pair.ts';

export type KeyPairFiles = {
  readonly current: KeyPair;
  /** Looks at the files once; gives the new pair when there is one. */
  reload(): KeyPair | undefined;
};

export type KeyPairFilesParts = { readonly files: WrittenPair; readonly now: () => number; readonly log: Log };

/** Throws CertificateError when the first pair cannot be used. */
export function openKeyPairFiles({ files, now, log }: KeyPairFilesParts): KeyPairFiles {
  let seen = readBoth(files);
  let current = parseKeyPair(seen, { files, now: now() });
  let complaint: string | undefined;

  return {
    get current() {
      return current;
    },
    reload() {
      try {
        const written = readBoth(files);
        if (written.cert === seen.cert && written.key === seen.key && complaint === undefined) return undefined;
        const changed = written.cert !== current.cert || written.key !== current.key;
        const next = parseKeyPair(written, { files, now: now() });
        [seen, complaint] = [written, undefined];
        if (!changed) return undefined;
        current = next;
        return next;
      } catch (error) {
        if (!(error instanceof CertificateError)) throw error;
        if (error.message !== complaint) log.error('the new certificate is not used, the one before stays', { reason: error.message });
        complaint = error.message;
        return undefined;
      }
    },
  };
}

/** Throws CertificateError. */
export function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'permission denied' : code === 'EISDIR' ? 'it is a folder' : String(cause);
    throw new CertificateError(`cannot read ${file}: ${why}`, { cause });
  }
}

function readBoth({ cert, key }: WrittenPair): WrittenPair {
  return { cert: readPem(cert), key: readPem(key) };
}
