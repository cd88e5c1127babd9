/**
 * The folder that holds everything a run writes: sample files, the servers' data, their logs. It is
 * one folder on one file system for all peers, and it is gone when the run ends, however it ends.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
    return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
  }

  /** A folder that is filled once and then shared by all repetitions that only read. Each key belongs to one caller. */
  async once<Filled>(key: string, fill: (path: string) => Promise<Filled>): Promise<Filled> {
    const filled = this.prepared.get(key) ?? fill(this.newFolder(key));
    this.prepared.set(key, filled);
    return (await filled) as Filled; // put there by the same caller, under its own key
  }

  /** For a run that is interrupted: there is no time left to wait. */
  removeNow(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }

  private newFolder(name: string): string {
    this.count += 1;
    const path = join(this.path, `${name}-${this.count}`);
    mkdirSync(path);
    return path;
  }
}
