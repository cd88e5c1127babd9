/**
 * xz and bzip2, by the programs of that name, as Docker does it with xz: archives in these forms are
 * few, and a decoder of our own would be slower and one more to keep. The program gets bytes and gives
 * bytes; no path reaches it. What it may give is bounded by whoever reads (`expansion.ts`).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { CompressionError } from '@naru/archive/compression-error';
import type { Bytes } from '@naru/archive/decompress';

const complaintMaxLength = 1000;

/** Throws CompressionError. */
export async function* unpackByProgram(input: Bytes, program: 'xz' | 'bzip2'): Bytes {
  const child = spawn(program, ['-dc'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const started = new Promise<Error | undefined>((resolve) => {
    child.once('spawn', () => resolve(undefined));
    child.once('error', resolve);
  });
  const failure = await started;
  if (failure !== undefined) {
    throw new CompressionError(
      `the archive is compressed with ${program}, and the program ${program} is not there: install it (Debian: ${packages[program]})`,
      {
        cause: failure,
      },
    );
  }
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(0, complaintMaxLength)));
  const source = Readable.from(input, { objectMode: false });
  let broken: Error | undefined;
  source.on('error', (error) => {
    broken = error;
    child.kill('SIGKILL');
  });
  child.stdin.on('error', () => undefined); // it stopped reading, and says why by its exit code
  source.pipe(child.stdin);
  const exited = once(child, 'close');
  try {
    for await (const chunk of child.stdout) yield chunk as Uint8Array;
    await exited;
    if (broken !== undefined) throw broken;
    if (child.exitCode !== 0) {
      throw new CompressionError(`the compressed data are cut short or damaged (${complaint.trim().replaceAll(/\s+/g, ' ')})`);
    }
  } finally {
    source.destroy();
    child.kill('SIGKILL');
  }
}

const packages = { xz: 'xz-utils', bzip2: 'bzip2' } as const;
