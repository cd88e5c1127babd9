/**
 * What is in a tar that lies in the browser as a file: only its headers are read, wherever they are, so
 * that an archive of gigabytes is known at once. POSIX ustar and pax, GNU's long names. Everything that
 * a stranger's archive could make grow is bounded.
 *
 *     archive := *( [ pax | longname ] header data ) zeros       header := 512 bytes; data padded to 512
 */
export type TarFile = { readonly offset: number; readonly sizeBytes: number };

/** `why` is a word of ours; `what` is from the archive. */
export class ArchiveProblem extends Error {
  override readonly name = 'ArchiveProblem';
  readonly why: ArchiveFault;
  readonly what: string;
  constructor(why: ArchiveFault, what = '') {
    super(`${why} ${what}`);
    this.why = why;
    this.what = what.slice(0, 200);
  }
}

export type ArchiveFault =
  | 'compressed'
  | 'no-tar'
  | 'cut'
  | 'too-many'
  | 'bad-name'
  | 'no-image'
  | 'bad-json'
  | 'missing'
  | 'too-large'
  | 'too-deep'
  | 'unknown-layer';

const blockBytes = 512;
const entriesMax = 100_000;
const extensionMaxBytes = 64 * 1024;
const nameMax = 1024;
const linksMax = 16;
/** Headers lie close to each other where files are small. */
const windowBytes = 256 * 1024;

/** The files of the archive by their names; links lead to what they name. Throws ArchiveProblem. */
export async function indexTar(archive: Blob): Promise<ReadonlyMap<string, TarFile>> {
  const read = windowOn(archive);
  const files = new Map<string, TarFile>();
  const links = new Map<string, string>();
  let pax: { path?: string; target?: string; size?: number } = {};
  let entries = 0;
  await refuseCompressed(read);
  for (let at = 0; at + blockBytes <= archive.size;) {
    const block = await read(at, blockBytes);
    if (block.every((byte) => byte === 0)) break;
    if (!isHeader(block)) throw new ArchiveProblem(entries === 0 ? 'no-tar' : 'cut');
    if (++entries > entriesMax) throw new ArchiveProblem('too-many', String(entriesMax));
    const type = String.fromCharCode(block[156] ?? 0);
    const stated = numberOf(block, 124, 12);
    const isExtension = type === 'x' || type === 'g' || type === 'L' || type === 'K';
    const size = isExtension ? stated : (pax.size ?? stated);
    const hasData = isExtension || !['1', '2', '3', '4', '5', '6'].includes(type);
    const offset = at + blockBytes;
    if (hasData && offset + size > archive.size) throw new ArchiveProblem('cut');
    if (isExtension) {
      if (size > extensionMaxBytes) throw new ArchiveProblem('bad-name');
      const bytes = await read(offset, size);
      if (type === 'x') pax = { ...pax, ...paxOf(bytes) };
      if (type === 'L') pax = { ...pax, path: untilZero(bytes) };
      if (type === 'K') pax = { ...pax, target: untilZero(bytes) };
    } else {
      const name = plainName(pax.path ?? nameOf(block));
      const target = pax.target ?? textOf(block, 157, 100);
      pax = {};
      links.delete(name);
      if (type === '1') links.set(name, plainName(target));
      else if (type === '2') links.set(name, resolve(name, target));
      else if (type === '0' || type === '\0' || type === '7') files.set(name, { offset, sizeBytes: size });
    }
    at = offset + (hasData ? Math.ceil(size / blockBytes) * blockBytes : 0);
  }
  if (entries === 0) throw new ArchiveProblem('no-tar');
  for (const name of links.keys()) {
    let end = name;
    for (let step = 0; step < linksMax && links.has(end); step++) end = links.get(end) ?? end;
    const file = files.get(end);
    if (file !== undefined) files.set(name, file);
  }
  return files;
}

type Read = (at: number, length: number) => Promise<Uint8Array>;

function windowOn(archive: Blob): Read {
  let start = 0;
  let bytes = new Uint8Array();
  return async (at, length) => {
    if (at < start || at + length > start + bytes.length) {
      start = at;
      bytes = new Uint8Array(await archive.slice(at, at + Math.max(length, windowBytes)).arrayBuffer());
    }
    return bytes.subarray(at - start, at - start + length);
  };
}

/** It would have to be unpacked somewhere first. */
async function refuseCompressed(read: Read): Promise<void> {
  const [first, second, third, fourth] = await read(0, 4);
  const isGzip = first === 0x1f && second === 0x8b;
  const isZstd = first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd;
  const isXz = first === 0xfd && second === 0x37 && third === 0x7a;
  const isBzip = first === 0x42 && second === 0x5a && third === 0x68;
  if (isGzip || isZstd || isXz || isBzip) throw new ArchiveProblem('compressed', isGzip ? 'gzip' : isZstd ? 'zstd' : isXz ? 'xz' : 'bzip2');
}

/** By its checksum; old writers summed signed bytes. */
function isHeader(block: Uint8Array): boolean {
  let unsigned = 0;
  let signed = 0;
  for (let at = 0; at < blockBytes; at++) {
    const byte = at >= 148 && at < 156 ? 0x20 : (block[at] ?? 0);
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  const stored = Number.parseInt(textOf(block, 148, 8).trim(), 8);
  return stored === unsigned || stored === signed;
}

/** Octal digits, or with the highest bit set a binary number. */
function numberOf(block: Uint8Array, at: number, length: number): number {
  const first = block[at] ?? 0;
  let value = 0;
  if ((first & 0x80) !== 0) {
    value = first & 0x3f;
    for (let index = at + 1; index < at + length; index++) value = value * 256 + (block[index] ?? 0);
  } else {
    const text = textOf(block, at, length).trim();
    if (!/^[0-7]*$/.test(text)) throw new ArchiveProblem('cut');
    value = text === '' ? 0 : Number.parseInt(text, 8);
  }
  if (!Number.isSafeInteger(value) || (first & 0xc0) === 0xc0) throw new ArchiveProblem('cut');
  return value;
}

function nameOf(block: Uint8Array): string {
  const prefix = textOf(block, 257, 6) === 'ustar' ? textOf(block, 345, 155) : '';
  const name = textOf(block, 0, 100);
  return prefix === '' ? name : `${prefix}/${name}`;
}

function textOf(block: Uint8Array, at: number, length: number): string {
  return untilZero(block.subarray(at, at + length));
}

function untilZero(bytes: Uint8Array): string {
  const zero = bytes.indexOf(0);
  return new TextDecoder().decode(zero < 0 ? bytes : bytes.subarray(0, zero));
}

/** `LENGTH KEY=VALUE\n`, again and again; the length counts itself. */
function paxOf(bytes: Uint8Array): { path?: string; target?: string; size?: number } {
  const found: { path?: string; target?: string; size?: number } = {};
  for (let at = 0; at < bytes.length;) {
    const blank = bytes.indexOf(0x20, at);
    const length = Number(new TextDecoder().decode(bytes.subarray(at, Math.max(at, blank))));
    if (blank < 0 || !Number.isInteger(length) || length < 5 || at + length > bytes.length) throw new ArchiveProblem('cut');
    const [key = '', ...value] = new TextDecoder().decode(bytes.subarray(blank + 1, at + length - 1)).split('=');
    const text = value.join('=');
    if (key === 'path') found.path = text;
    if (key === 'linkpath') found.target = text;
    if (key === 'size') {
      found.size = Number(text);
      if (!/^\d+$/.test(text) || !Number.isSafeInteger(found.size)) throw new ArchiveProblem('cut');
    }
    // A file with holes is stored without them: its bytes are not what its digest is of.
    if (key.startsWith('GNU.sparse.')) throw new ArchiveProblem('bad-name', key);
    at += length;
  }
  return found;
}

/** Without `./` in front and `/` behind. Names never become paths anywhere, and still nothing but plain ones is taken. */
export function plainName(text: string): string {
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  if (text.length > nameMax || text.startsWith('/') || parts.includes('..')) throw new ArchiveProblem('bad-name', text);
  return parts.join('/');
}

/** docker's old archives name a layer that two images share by a symbolic link. */
function resolve(name: string, target: string): string {
  const parts = target.startsWith('/') ? [] : name.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) throw new ArchiveProblem('bad-name', target);
  }
  return plainName(parts.join('/'));
}
