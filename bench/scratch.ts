/**
 * The folder that holds everything a run writes: sample files, the servers' data, their logs. It is
 * one folder on one file system for all peers, and it is gone when the run ends, however it ends.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './load/programs.ts';

export type Folder = AsyncDisposable & { readonly path: string };

export class Scratch implements AsyncDisposable {
  readonly path: string;
  private readonly prepared = new Map<string, Promise<unknown>>();
  private count = 0;

  constructor(parent: string | undefined) {
    mkdirSync(parent ?? tmpdir(), { recursive: true });
    this.path = mkdtempSync(join(parent ?? tmpdir(), 'naru-bench-'));
  }

  /** An empty folder for one measurement, removed after it. */
  fresh(name: string): Folder {
    const path = this.newFolder(name);
    return { path, [Symbol.asyncDispose]: () => removeTree(path) };
  }

  /** A folder that is filled once and then shared by all repetitions that only read. Each key belongs to one caller. */
  async once<Filled>(key: string, fill: (path: string) => Promise<Filled>): Promise<Filled> {
    const filled = this.prepared.get(key) ?? fill(this.newFolder(key));
    this.prepared.set(key, filled);
    return (await filled) as Filled; // put there by the same caller, under its own key
  }

  /** For a run that is interrupted: there is no time left to wait. */
  removeNow(): void {
    spawnSync('rm', ['-rf', this.path]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeTree(this.path);
  }

  private newFolder(name: string): string {
    this.count += 1;
    const path = join(this.path, `${name}-${this.count}`);
    mkdirSync(path);
    return path;
  }
}

/** By rm(1): some stores are hundreds of thousands of small folders, for which it takes a tenth of the runtime's time. */
async function removeTree(path: string): Promise<void> {
  await runProgram(['rm', '-rf', path]);
}
