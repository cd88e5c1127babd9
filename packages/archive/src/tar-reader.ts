/**
 * Reads a tar (POSIX ustar and pax, GNU) that is fed to it, and tells a visitor what is in it. It
 * touches no file. Everything that a stranger's archive could make grow is bounded: long names, pax
 * records, the number of entries.
 *
 *     archive := *( [ pax | longname ] header data ) zeros       header := 512 bytes; data padded to 512
 */
export type TarEntry = {
  readonly kind: 'file' | 'directory' | 'link' | 'symlink' | 'device' | 'fifo' | 'other';
  readonly name: string;
  /** Of links. */
  readonly target: string;
  /** The twelve bits of rights, as in `chmod`. */
  readonly mode: number;
  /** Of the data that follow. */
  readonly sizeBytes: number;
  /** As the header says: of a sparse file with its holes, and of what has no data too. */
  readonly statedBytes: number;
};

export interface TarVisitor {
  entry(entry: TarEntry): void;
  data(chunk: Uint8Array): void;
  end(): void;
}

export type TarLimits = { readonly maxEntries: number; readonly maxExtensionBytes: number };

/** The message says what is wrong with the archive. */
export class TarError extends Error {
  override readonly name = 'TarError';
}

export const layerLimits: TarLimits = { maxEntries: 10_000_000, maxExtensionBytes: 1024 * 1024 };

const blockBytes = 512;
type Pax = { path?: string; linkpath?: string; size?: number; sparseBytes?: number; sparseName?: string };

/** Owns the place in the stream. */
export class TarReader {
  readonly #visitor: TarVisitor;
  readonly #limits: TarLimits;
  readonly #block = Buffer.alloc(blockBytes);
  #filled = 0;
  #entries = 0;
  #dataLeft = 0;
  /** Behind the data that are being read. */
  #padding = 0;
  #paddingLeft = 0;
  #state: 'header' | 'data' | 'extension' | 'sparse' | 'over' = 'header';
  #extension: { type: string; chunks: Uint8Array[] } | undefined;
  #pax: Pax = {};
  #pending: TarEntry | undefined;

  constructor(visitor: TarVisitor, limits: TarLimits) {
    this.#visitor = visitor;
    this.#limits = limits;
  }

  /** Throws TarError, and whatever the visitor throws. */
  write(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && this.#state !== 'over') {
      if (this.#paddingLeft > 0) {
        const skipped = Math.min(this.#paddingLeft, chunk.length - at);
        this.#paddingLeft -= skipped;
        at += skipped;
      } else if (this.#state === 'data' || this.#state === 'extension') {
        at += this.#takeData(chunk.subarray(at));
      } else {
        at += this.#takeBlock(chunk, at);
      }
    }
  }

  /** Nothing more comes. Throws TarError when that is too early; some writers leave the zeros at the end out, and then nobody can tell. */
  end({ needsEndMark = false } = {}): void {
    if (needsEndMark && this.#state !== 'over') throw new TarError('unexpected EOF: the archive is cut short');
    if (this.#state !== 'over' && (this.#state !== 'header' || this.#filled > 0 || this.#paddingLeft > 0 || this.#extension !== undefined)) {
      throw new TarError('unexpected EOF: the archive is cut short');
    }
  }

  #takeData(rest: Uint8Array): number {
    const part = rest.subarray(0, this.#dataLeft);
    this.#dataLeft -= part.length;
    if (this.#state === 'data') this.#visitor.data(part);
    else this.#extension?.chunks.push(Buffer.from(part));
    if (this.#dataLeft === 0) this.#endData();
    return part.length;
  }

  #endData(): void {
    this.#paddingLeft = this.#padding;
    if (this.#state === 'data') this.#visitor.end();
    else this.#readExtension();
    this.#state = 'header';
  }

  #takeBlock(chunk: Uint8Array, at: number): number {
    const part = chunk.subarray(at, at + blockBytes - this.#filled);
    this.#block.set(part, this.#filled);
    this.#filled += part.length;
    if (this.#filled === blockBytes) {
      this.#filled = 0;
      if (this.#state === 'sparse') this.#readSparse();
      else this.#readHeader(this.#block);
    }
    return part.length;
  }

  #readHeader(block: Buffer): void {
    if (block.every((byte) => byte === 0)) {
      this.#state = 'over';
      return;
    }
    checkSum(block);
    if (++this.#entries > this.#limits.maxEntries) throw new TarError(`the archive has more than ${this.#limits.maxEntries} entries`);
    const type = String.fromCharCode(block[156] ?? 0);
    const headerSize = readNumber(block, 124, 12);
    if (type === 'x' || type === 'g' || type === 'L' || type === 'K') {
      if (headerSize > this.#limits.maxExtensionBytes) throw new TarError(`the archive has a header of ${headerSize} bytes`);
      this.#extension = { type, chunks: [] };
      this.#startData('extension', headerSize);
      return;
    }
    const pax = this.#pax;
    this.#pax = {};
    this.#extension = undefined;
    const kind = kindOf(type);
    const stated = pax.size ?? headerSize;
    const hasData = kind === 'file' || kind === 'other';
    this.#pending = {
      kind,
      name: pax.sparseName ?? pax.path ?? readName(block),
      target: pax.linkpath ?? readText(block, 157, 100),
      mode: readNumber(block, 100, 8) & 0o7777,
      sizeBytes: hasData ? stated : 0,
      statedBytes: pax.sparseBytes ?? (type === 'S' ? readNumber(block, 483, 12) : stated),
    };
    if (type === 'S' && block[482] !== 0) this.#state = 'sparse';
    else this.#announce();
  }

  /** Old GNU sparse files describe their holes in further blocks. */
  #readSparse(): void {
    if (this.#block[504] === 0) this.#announce();
  }

  #announce(): void {
    const entry = this.#pending;
    if (entry === undefined) return;
    this.#pending = undefined;
    this.#visitor.entry(entry);
    this.#startData('data', entry.sizeBytes);
  }

  #startData(state: 'data' | 'extension', sizeBytes: number): void {
    this.#state = state;
    this.#dataLeft = sizeBytes;
    this.#padding = (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
    if (sizeBytes === 0) this.#endData();
  }

  #readExtension(): void {
    const { type, chunks } = this.#extension ?? { type: '', chunks: [] };
    const bytes = Buffer.concat(chunks);
    if (type === 'L') this.#pax.path = untilZero(bytes);
    if (type === 'K') this.#pax.linkpath = untilZero(bytes);
    if (type === 'x') Object.assign(this.#pax, readPax(bytes));
  }
}

function kindOf(type: string): TarEntry['kind'] {
  switch (type) {
    case '0':
    case '\0':
    case '7':
    case 'S':
      return 'file';
    case '1':
      return 'link';
    case '2':
      return 'symlink';
    case '3':
    case '4':
      return 'device';
    case '5':
      return 'directory';
    case '6':
      return 'fifo';
    default:
      return 'other';
  }
}

/** Old writers summed signed bytes. */
function checkSum(block: Buffer): void {
  const stored = readNumber(block, 148, 8);
  let unsigned = 0;
  let signed = 0;
  for (let at = 0; at < blockBytes; at++) {
    const byte = at >= 148 && at < 156 ? 0x20 : (block[at] ?? 0);
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  if (stored !== unsigned && stored !== signed) throw new TarError('invalid tar header');
}

/** Octal digits, or with the highest bit set a binary number. */
function readNumber(block: Buffer, at: number, length: number): number {
  const first = block[at] ?? 0;
  if ((first & 0x80) !== 0) {
    if ((first & 0x40) !== 0) throw new TarError('the archive has a negative size');
    let value = first & 0x3f;
    for (let index = at + 1; index < at + length; index++) value = value * 256 + (block[index] ?? 0);
    return checkNumber(value);
  }
  const text = readText(block, at, length).trim();
  if (!/^[0-7]*$/.test(text)) throw new TarError('invalid tar header');
  return checkNumber(text === '' ? 0 : Number.parseInt(text, 8));
}

function checkNumber(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new TarError('the archive has an impossible size');
  return value;
}

function readName(block: Buffer): string {
  const name = readText(block, 0, 100);
  const isUstar = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isUstar ? readText(block, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function readText(block: Buffer, at: number, length: number): string {
  return untilZero(block.subarray(at, at + length));
}

function untilZero(bytes: Buffer): string {
  const zero = bytes.indexOf(0);
  return bytes.toString('utf8', 0, zero < 0 ? bytes.length : zero);
}

/** `LENGTH KEY=VALUE\n`, again and again; the length counts itself. */
function readPax(bytes: Buffer): Pax {
  const pax: Pax = {};
  for (let at = 0; at < bytes.length;) {
    const blank = bytes.indexOf(0x20, at);
    const length = Number(bytes.toString('latin1', at, Math.max(blank, at)));
    const equals = bytes.indexOf(0x3d, blank);
    if (blank < 0 || !Number.isInteger(length) || length < 5 || at + length > bytes.length || equals < 0 || equals >= at + length)
      throw new TarError('invalid tar header');
    const key = bytes.toString('utf8', blank + 1, equals);
    const value = bytes.toString('utf8', equals + 1, at + length - 1);
    if (key === 'path') pax.path = value;
    if (key === 'linkpath') pax.linkpath = value;
    if (key === 'size') pax.size = readDecimal(value);
    if (key === 'GNU.sparse.realsize' || key === 'GNU.sparse.size') pax.sparseBytes = readDecimal(value);
    if (key === 'GNU.sparse.name') pax.sparseName = value;
    at += length;
  }
  return pax;
}

function readDecimal(text: string): number {
  if (!/^\d+$/.test(text)) throw new TarError('invalid tar header');
  return checkNumber(Number(text));
}
