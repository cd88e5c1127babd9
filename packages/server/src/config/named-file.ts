/** A secret or a certificate whose file a setting names, as container platforms hand them over. */
import { readFileSync } from 'node:fs';

/** What an operator must mend. */
export class NamedFileError extends Error {
  override readonly name = 'NamedFileError';
}

/** Without the line end behind it. Throws NamedFileError. */
export function readNamedFile(path: string, key: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new NamedFileError(`${key}: the file ${path} cannot be read. Name one that Naru may read.`, { cause });
  }
  if (text === '') throw new NamedFileError(`${key}: the file ${path} is empty`);
  return text;
}
