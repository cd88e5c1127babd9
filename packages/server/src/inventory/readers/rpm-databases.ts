/**
 * Two of the three forms in which RPM has kept its headers: `ndb` in SUSE, and Berkeley DB's hash in what
 * is older (`rpm-sqlite.ts` reads today's). The files are a stranger's, so every number in them is held against the file.
 */
import { PackageProblem } from './reader.ts';

export const headersMax = 100_000;
const headerMaxBytes = 32 * 1024 * 1024;

const ndb = { magic: 'RpmP', slot: 'Slot', blob: 'BlbS', pageBytes: 4096, slotBytes: 16, blockBytes: 16, firstSlot: 32 } as const;

/** `Packages.db`: pages of slots, each of which names a run of blocks with one header. Throws PackageProblem. */
export function* readNdb(content: Buffer): Generator<Buffer> {
  if (content.length < ndb.pageBytes || content.toString('latin1', 0, 4) !== ndb.magic) throw new PackageProblem('it is no ndb database');
  const end = Math.min(content.readUInt32LE(12) * ndb.pageBytes, content.length);
  for (let at: number = ndb.firstSlot; at + ndb.slotBytes <= end; at += ndb.slotBytes) {
    if (content.toString('latin1', at, at + 4) !== ndb.slot) throw new PackageProblem('a slot of its ndb database is broken');
    const [number, block] = [content.readUInt32LE(at + 4), content.readUInt32LE(at + 8)];
    if (number === 0) continue;
    const blob = block * ndb.blockBytes;
    if (blob + 16 > content.length || content.toString('latin1', blob, blob + 4) !== ndb.blob) throw new PackageProblem('a blob of its ndb database is broken');
    const bytes = content.readUInt32LE(blob + 12);
    if (bytes > headerMaxBytes || blob + 16 + bytes > content.length) throw new PackageProblem('a blob of its ndb database is broken');
    yield content.subarray(blob + 16, blob + 16 + bytes);
  }
}

const bdb = { hashMagic: 0x061561, magicAt: 12, pageSizeAt: 20, hashPages: new Set([2, 13]), overflowPage: 7, headerBytes: 26, inline: 1, offPage: 3 } as const;

/** `Packages` of old: Berkeley DB's hash, in either order of bytes. Keys and values take turns on its pages. Throws PackageProblem. */
export function* readBerkeley(content: Buffer): Generator<Buffer> {
  if (content.length < 512) throw new PackageProblem('it is no Berkeley DB');
  const isLittle = content.readUInt32LE(bdb.magicAt) === bdb.hashMagic;
  if (!isLittle && content.readUInt32BE(bdb.magicAt) !== bdb.hashMagic) throw new PackageProblem('it is no Berkeley DB hash');
  const u32 = (at: number): number => (isLittle ? content.readUInt32LE(at) : content.readUInt32BE(at));
  const u16 = (at: number): number => (isLittle ? content.readUInt16LE(at) : content.readUInt16BE(at));
  const pageBytes = u32(bdb.pageSizeAt);
  if (pageBytes < 512 || pageBytes > 65_536 || (pageBytes & (pageBytes - 1)) !== 0) throw new PackageProblem('its page size is broken');
  const pages = Math.floor(content.length / pageBytes);

  for (let page = 1; page < pages; page++) {
    const start = page * pageBytes;
    if (!bdb.hashPages.has(content[start + 25] ?? 0)) continue;
    const entries = u16(start + 20);
    if (bdb.headerBytes + entries * 2 > pageBytes) throw new PackageProblem('a page of it is broken');
    for (let entry = 1; entry < entries; entry += 2) {
      const offset = u16(start + bdb.headerBytes + entry * 2);
      const before = u16(start + bdb.headerBytes + (entry - 1) * 2);
      if (offset + 12 > pageBytes) continue; // too short for a header
      const kind = content[start + offset];
      if (kind === bdb.offPage) yield overflow(u32(start + offset + 4), u32(start + offset + 8));
      else if (kind === bdb.inline && before - offset > 16) yield content.subarray(start + offset + 1, start + before);
    }
  }

  function overflow(first: number, bytes: number): Buffer {
    if (bytes > headerMaxBytes || bytes > content.length) throw new PackageProblem('a header of it is too large');
    const pieces: Buffer[] = [];
    let [left, page] = [bytes, first];
    while (left > 0) {
      const start = page * pageBytes;
      if (page === 0 || page >= pages || content[start + 25] !== bdb.overflowPage) throw new PackageProblem('a chain of its pages is broken');
      const piece = content.subarray(start + bdb.headerBytes, start + bdb.headerBytes + Math.min(u16(start + 22), left, pageBytes - bdb.headerBytes));
      if (piece.length === 0) throw new PackageProblem('a chain of its pages is broken');
      pieces.push(piece);
      left -= piece.length;
      page = u32(start + 16);
    }
    return Buffer.concat(pieces);
  }
}
