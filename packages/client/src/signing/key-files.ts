/** The files of a key pair. A private key is the owner's alone, and none is ever written over. */
import { readFile, writeFile } from 'node:fs/promises';

/** More is no key. */
const keyFileMaxBytes = 64 * 1024;

export async function readKeyFile(path: string): Promise<string> {
  const text = await readFile(path, 'utf8');
  return text.slice(0, keyFileMaxBytes);
}

/** Throws EEXIST. */
export async function writeKeyFiles(prefix: string, { privateKey, publicKey }: { readonly privateKey: string; readonly publicKey: string }): Promise<void> {
  await writeFile(`${prefix}.key`, privateKey, { mode: 0o600, flag: 'wx' });
  await writeFile(`${prefix}.pub`, publicKey, { mode: 0o644, flag: 'wx' });
}
