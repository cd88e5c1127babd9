/**
 * Reads a layer once, from its compressed bytes, for what is installed by it and what it hides of the
 * layers below. A stranger made it: one file at a time is held, of a size that its reader allows.
 */
import type { Bytes } from '@naru/archive/decompress';
import { type TarEntry, TarReader } from '@naru/archive/tar-reader';
import { opaqueName, splitPath, whiteoutPrefix } from '../files/layer-entry.ts';
import { LayerRefused, unpackLayer } from '../files/read-layer.ts';
import { scanText } from '../secrets/scan-file.ts';
import type { DistributionRelease, ImageSecret } from './package.ts';
import { markOf, type PathMarks, toMarks } from './path-marks.ts';
import { allReaders } from './readers/all-readers.ts';
import { osReleaseReader } from './readers/os-release.ts';
import { type Found, type FoundPackage, PackageProblem, type PackageReader, type PackageSearch } from './readers/reader.ts';

/** What a file of the layer says; nothing, when it could not be understood. `unread`: why nobody knows what the whole system has. */
export type FileFacts = {
  readonly path: string;
  readonly packages: readonly FoundPackage[];
  readonly release?: DistributionRelease;
  readonly unread?: string;
};

export type LayerFacts = {
  readonly files: readonly FileFacts[];
  readonly problems: readonly string[];
  /** In files that are text, those too that a later layer deletes. */
  readonly secrets: readonly ImageSecret[];
  /** Paths that hide what layers below have there, and below it: those of whiteouts. */
  readonly hidden: readonly string[];
  /** What is no folder takes the place of what was there, and of what was below it. */
  readonly placed: PathMarks;
  /** Folders take the place of a file. */
  readonly folders: PathMarks;
  /** Folders that begin empty. */
  readonly opaque: readonly string[];
};

export type LayerFactLimits = {
  readonly entriesMax: number;
  readonly unpackedMaxBytes: number;
  /** What unpacks to so many times its own size is made to do so, once it is of a size that costs something. */
  readonly ratioMax: number;
  readonly ratioFromBytes: number;
  readonly packagesMax: number;
  readonly problemsMax: number;
  readonly secretsMax: number;
  /** Larger files are not searched for secrets. */
  readonly secretFileMaxBytes: number;
  readonly pathMax: number;
};

export const layerFactLimits: LayerFactLimits = {
  entriesMax: 1_000_000,
  unpackedMaxBytes: 64 * 2 ** 30,
  ratioMax: 200,
  ratioFromBytes: 4 * 2 ** 30,
  packagesMax: 200_000,
  problemsMax: 50,
  secretsMax: 500,
  secretFileMaxBytes: 256 * 1024,
  pathMax: 4096,
};

const headBytes = 64;
/** Of the largest program that a reader wants. */
const scratchMaxBytes = Math.max(...allReaders.filter(({ isLike }) => isLike !== undefined).map(({ maxBytes }) => maxBytes));

/** `sizeBytes`: as the tar says. `content` is made when it is sure that somebody reads it. */
type Wanted = {
  readonly path: string;
  readonly sizeBytes: number;
  readonly isSearched: boolean;
  /** Only readers of programs want it, or none. */
  readonly isProgram: boolean;
  readers: readonly PackageReader[];
  head: Buffer;
  /** Of files that are too large to be held. */
  searches?: readonly PackageSearch[];
  content: Buffer | undefined;
  filled: number;
};

/** Throws LayerRefused, TarError, CompressionError, and what reading the bytes threw. */
export async function readLayerFacts(bytes: Bytes, limits: LayerFactLimits = layerFactLimits): Promise<LayerFacts> {
  const files: FileFacts[] = [];
  const secrets: ImageSecret[] = [];
  const problems: string[] = [];
  const [hidden, opaque]: [string[], string[]] = [[], []];
  const [placed, folders]: [bigint[], bigint[]] = [[], []];
  const links: { readonly path: string; readonly target: string; readonly isRead: boolean }[] = [];
  const complete: Wanted[] = [];
  let wanted: Wanted | undefined;
  let packages = 0;
  /** Programs are large and come in rows: each is read in the place of the one before. */
  const scratch = new ArrayBuffer(0, { maxByteLength: scratchMaxBytes });

  const reader = new TarReader({ entry: begin, data: take, end: finish }, { maxEntries: limits.entriesMax, maxExtensionBytes: 1024 * 1024 });
  let unpackedBytes = 0;
  let packedBytes = 0;
  for await (const chunk of await unpackLayer(counted(bytes))) {
    unpackedBytes += chunk.length;
    if (unpackedBytes > Math.max(limits.ratioFromBytes, packedBytes * limits.ratioMax))
      throw new LayerRefused(`it unpacks to more than ${limits.ratioMax} times its size`);
    if (unpackedBytes > limits.unpackedMaxBytes) throw new LayerRefused(`it unpacks to more than ${limits.unpackedMaxBytes} bytes`);
    reader.write(chunk);
    for (let one = complete.shift(); one !== undefined; one = complete.shift()) await look(one);
  }
  reader.end();
  for (const link of links) follow(link);
  return { files, problems, secrets, hidden, opaque, placed: toMarks(placed), folders: toMarks(folders) };

  async function* counted(packed: Bytes): AsyncGenerator<Uint8Array> {
    for await (const chunk of packed) {
      packedBytes += chunk.length;
      yield chunk;
    }
  }

  function begin({ kind, name, target, sizeBytes, mode }: TarEntry): void {
    wanted = undefined;
    const parts = splitPath(name);
    const own = parts.at(-1);
    if (own === undefined || name.length > limits.pathMax) return;
    const path = parts.join('/');
    if (own === opaqueName) opaque.push(parts.slice(0, -1).join('/'));
    else if (own.startsWith(whiteoutPrefix)) hidden.push([...parts.slice(0, -1), own.slice(whiteoutPrefix.length)].join('/'));
    else (kind === 'directory' ? folders : placed).push(markOf(path));
    if (kind === 'link' || kind === 'symlink') note(path, kind, target);
    if (kind !== 'file') return;
    const readers = allReaders.filter((one) => one.wants(path, (mode & 0o111) !== 0));
    const isSearched = sizeBytes > 0 && sizeBytes <= limits.secretFileMaxBytes;
    if (readers.length > 0 || isSearched)
      wanted = { path, sizeBytes, readers, isSearched, isProgram: false, head: Buffer.alloc(0), content: undefined, filled: 0 };
  }

  /** Links to what says what is installed. The release of a distribution is often one, and is read where it leads. */
  function note(path: string, kind: 'link' | 'symlink', target: string): void {
    const isWanted = allReaders.some((one) => one.isLike === undefined && one !== osReleaseReader && one.wants(path, false));
    if (isWanted || kind === 'link') links.push({ path, target: kind === 'link' ? splitPath(target).join('/') : '', isRead: isWanted });
    if (links.length > limits.packagesMax) throw new LayerRefused(`it has more than ${limits.packagesMax} links`);
  }

  /** A second name in the same layer says what the first one says. */
  function follow({ path, target, isRead }: { path: string; target: string; isRead: boolean }): void {
    const first = files.find((one) => one.path === target);
    if (first !== undefined) files.push({ ...first, path });
    else if (isRead)
      passOver(
        path,
        allReaders.filter((one) => one.wants(path, false)),
        'it is a link, and not followed',
      );
  }

  function take(chunk: Uint8Array): void {
    if (wanted === undefined) return;
    if (wanted.searches !== undefined) {
      for (const search of wanted.searches) search.take(chunk);
      return;
    }
    if (wanted.content === undefined) {
      wanted.head = Buffer.concat([wanted.head, chunk]);
      if (wanted.head.length < Math.min(headBytes, wanted.sizeBytes)) return;
      wanted = choose(wanted);
      return;
    }
    wanted.content.set(chunk, wanted.filled);
    wanted.filled += chunk.length;
  }

  function takeScratch(bytes: number): Buffer {
    if (scratch.byteLength < bytes) scratch.resize(bytes);
    return Buffer.from(scratch, 0, bytes);
  }

  /** Once its first bytes are there. */
  function choose(one: Wanted): Wanted | undefined {
    const like = one.readers.filter(({ isLike }) => isLike?.(one.head.subarray(0, headBytes)) !== false);
    const readers = like.filter(({ maxBytes }) => one.sizeBytes <= maxBytes);
    const searches = readers.length > 0 ? [] : like.flatMap((reader) => reader.search?.() ?? []);
    if (searches.length > 0) {
      for (const search of searches) search.take(one.head);
      return { ...one, readers, searches };
    }
    if (readers.length < like.length)
      passOver(
        one.path,
        like.filter((reader) => !readers.includes(reader)),
        tooLarge(one),
      );
    const isSearched = one.isSearched && !one.head.includes(0);
    if (readers.length === 0 && !isSearched) return undefined;
    const isProgram = readers.every(({ isLike }) => isLike !== undefined);
    const content = isProgram ? takeScratch(one.sizeBytes) : Buffer.alloc(one.sizeBytes);
    return { ...one, readers, isSearched, isProgram, content, filled: one.head.copy(content) };
  }

  function finish(): void {
    if (wanted?.searches !== undefined) endSearches(wanted, wanted.searches);
    else if (wanted?.isProgram === true) lookAtOnce(wanted);
    else if (wanted !== undefined) complete.push(wanted);
    wanted = undefined;
  }

  /** What was not found by the way may be there for another reader, which cannot hold the file. */
  function endSearches(one: Wanted, searches: readonly PackageSearch[]): void {
    const found = searches.flatMap((search) => answerOf(one.path, () => search.end()) ?? []);
    if (found.some(({ packages: those }) => those.length > 0)) keep(one.path, found);
    else complain(one.path, tooLarge(one));
  }

  function answerOf(path: string, ask: () => Found): Found | undefined {
    try {
      return ask();
    } catch (error) {
      complain(path, reasonOf(error));
      return undefined;
    }
  }

  /** Before the next file takes its place: readers of programs, and the search for secrets, wait for nothing. */
  function lookAtOnce({ path, readers, isSearched, content = Buffer.alloc(0) }: Wanted): void {
    if (isSearched) search(path, content);
    const found: Found[] = [];
    for (const one of readers) {
      const answer = answerOf(path, () => {
        const said = one.read(content, path);
        if (said instanceof Promise) throw new TypeError('a reader of programs answers at once');
        return said;
      });
      if (answer !== undefined) found.push(answer);
    }
    if (readers.length > 0) keep(path, found);
  }

  async function look({ path, readers, isSearched, content = Buffer.alloc(0) }: Wanted): Promise<void> {
    if (isSearched) search(path, content);
    const found: Found[] = [];
    let unread: string | undefined;
    for (const one of readers) {
      try {
        found.push(await one.read(content, path));
      } catch (error) {
        const reason = complain(path, reasonOf(error));
        if (one.isDatabase === true) unread = reason;
      }
    }
    keep(path, found, unread);
  }

  function passOver(path: string, readers: readonly PackageReader[], why: string): void {
    const reason = complain(path, why);
    if (readers.some(({ isDatabase }) => isDatabase)) keep(path, [], reason);
  }

  function keep(path: string, found: readonly Found[], unread?: string): void {
    const release = found.find((one) => one.release !== undefined)?.release;
    for (const { problem } of found) if (problem !== undefined) complain(path, problem);
    const facts = { path, packages: found.flatMap((one) => one.packages) };
    packages += facts.packages.length;
    if (packages > limits.packagesMax) throw new LayerRefused(`it has more than ${limits.packagesMax} packages`);
    files.push({ ...facts, ...(release && { release }), ...(unread !== undefined && { unread }) });
  }

  function search(path: string, content: Buffer): void {
    if (content.includes(0)) return;
    for (const { line, rule, title, masked, certainty } of scanText(content.toString('latin1'))) {
      if (secrets.length < limits.secretsMax) secrets.push({ place: path, line, rule, title, masked, certainty });
      else return void complain(path, `there are more than ${limits.secretsMax} secrets in the layer`);
    }
  }

  function complain(path: string, reason: string): string {
    const problem = `${path}: ${reason}`;
    if (problems.length < limits.problemsMax) problems.push(problem);
    else if (problems.length === limits.problemsMax) problems.push('and more of the kind');
    return problem;
  }
}

const tooLarge = ({ sizeBytes }: Wanted): string => `it has ${sizeBytes} bytes, too many to look into`;

/** Whatever a reader stumbles over, the file is the cause. */
function reasonOf(error: unknown): string {
  return error instanceof PackageProblem ? error.message : `it cannot be understood (${error instanceof Error ? error.name : 'error'})`;
}
