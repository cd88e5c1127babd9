/**
 * What a scenario needs to know of a server that is measured. One file per peer says how it is
 * started as quietly and as durably as it allows, and what it leaves undone that Naru does: a number
 * without that is no comparison.
 */
import type { SampleImage, SampleBlob } from '../sample.ts';

export interface Peer {
  readonly name: string;
  /**
   * A limit is not a registry: it moves the same bytes with nothing else to do. A variant is a
   * registry set up differently, measured only where that shows: at small requests.
   */
  readonly kind: 'registry' | 'variant' | 'limit';
  /** How it was set up, where that bears on the numbers. */
  readonly setUp: string;
  readonly doesNot: readonly string[];
  /** Undefined when it is not on PATH. */
  findVersion(): string | undefined;
  start(folder: string, options?: StartOptions): Promise<Server>;
  readonly fill: Fill;
}

/** `wrap` is put before the command: strace, perf. `environment`: settings beyond the peer's own. */
export type StartOptions = { readonly wrap?: readonly string[]; readonly environment?: Readonly<Record<string, string>> };

export type Server = AsyncDisposable & {
  readonly url: string;
  readonly pid: number;
  /** From the start of the process to its first good answer. */
  readonly readyMs: number;
  /** `put`: bytes go straight to their address, there is no upload session. */
  readonly uploads: 'session' | 'put';
  readonly blobUrl: (repository: string, digest: string) => string;
};

/**
 * Ways to put data into an empty folder before the server starts, where pushing it would take
 * hours. What is absent is either pushed through the front door (`stock`) or not measured.
 */
export type Fill = {
  /** Peers with the same layout share what is filled. */
  readonly layout: string;
  readonly stock?: (folder: string, stock: Stock) => Promise<void>;
  readonly tags?: (folder: string, entries: Entries) => Promise<void>;
  readonly repositories?: (folder: string, entries: Entries) => Promise<void>;
  readonly manifests?: (folder: string, count: number) => Promise<void>;
};

/** What read scenarios find: one blob of 100 MiB, one image of 1 KiB blobs and its tag. */
export type Stock = { readonly repository: string; readonly blob: SampleBlob; readonly image: SampleImage; readonly tag: string };

/** `repository` holds the image already; `name` gives the i-th tag or repository, in lexical order. */
export type Entries = { readonly repository: string; readonly image: SampleImage; readonly count: number; readonly name: (index: number) => string };
