/**
 * Which release of each instance people are led to, and by which ports: one small file that is replaced
 * as a whole, so that it says the old or the new and nothing between.
 */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

export type Address = { readonly host: string; readonly port: number };
export type Forward = { readonly listen: Address; readonly upstream: Address };
/** `digest`, `tag`: for targets that can only go back by doing it again. */
export type Serving = { readonly release: number; readonly digest: string; readonly tag?: string; readonly forwards: readonly Forward[] };
export type ForwardTable = Readonly<Record<string, Serving>>;

const fileName = 'serving.json';

/** Throws when there is a file and it cannot be read: an empty table would cut everybody off. */
export async function readForwardTable(folder: string): Promise<ForwardTable> {
  try {
    return JSON.parse(await readFile(join(folder, fileName), 'utf8')) as ForwardTable; // written below, in a folder of ours
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}

export async function writeForwardTable(folder: string, table: ForwardTable): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const next = join(folder, `${fileName}.next`);
  const file = await open(next, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(table));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, join(folder, fileName));
}
