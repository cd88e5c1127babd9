/** Rust programs that were built by cargo-auditable: their crates as compressed JSON in the ELF section `.dep-v0`. */
import { inflateSync } from 'node:zlib';
import { found, type Found, isRecord, noPackages, PackageProblem, type PackageReader, parseJson, text } from './reader.ts';

const sectionName = '.dep-v0';
const unpackedMaxBytes = 8 * 1024 * 1024;
const sectionsMax = 4096;

export const cargoReader: PackageReader = {
  wants: (_, isExecutable) => isExecutable,
  maxBytes: 96 * 1024 * 1024,
  // ELF of 64 bits, little-endian: what images for today's processors have.
  isLike: (head) => head.subarray(0, 6).toString('hex') === '7f454c460201',
  read(content) {
    const section = findSection(content);
    return section === undefined ? noPackages : readCrates(section);
  },
};

/** ELF-64: `e_shoff` at 0x28, `e_shentsize`, `e_shnum` and `e_shstrndx` from 0x3a. */
function findSection(content: Buffer): Buffer | undefined {
  if (content.length < 64) return undefined;
  const [start, size, count, names] = [
    Number(content.readBigUInt64LE(0x28)),
    content.readUInt16LE(0x3a),
    content.readUInt16LE(0x3c),
    content.readUInt16LE(0x3e),
  ];
  if (size < 64 || count > sectionsMax || start + size * count > content.length || names >= count) return undefined;
  const place = (index: number): { from: number; bytes: number } => {
    const at = start + size * index;
    return { from: Number(content.readBigUInt64LE(at + 0x18)), bytes: Number(content.readBigUInt64LE(at + 0x20)) };
  };
  const texts = place(names);
  for (let index = 0; index < count; index++) {
    const at = texts.from + content.readUInt32LE(start + size * index);
    if (content.toString('latin1', at, at + sectionName.length + 1) !== `${sectionName}\0`) continue;
    const { from, bytes } = place(index);
    return content.subarray(from, from + bytes);
  }
  return undefined;
}

/** Throws PackageProblem. */
function readCrates(section: Buffer): Found {
  let unpacked: Buffer;
  try {
    unpacked = inflateSync(section, { maxOutputLength: unpackedMaxBytes });
  } catch {
    throw new PackageProblem(`its ${sectionName} section is broken`);
  }
  const list = parseJson(unpacked);
  const crates = isRecord(list) && Array.isArray(list['packages']) ? list['packages'] : [];
  return {
    packages: crates.filter(isRecord).flatMap((crate) => {
      const [name, version] = [text(crate['name']), text(crate['version'])];
      // What was used to build it is not in it.
      return name === '' || version === '' || crate['kind'] === 'build' ? [] : [found('cargo', name, version)];
    }),
  };
}
