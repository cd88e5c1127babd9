/**
 * The header of an installed RPM, as its databases keep it (rpm.org, "RPM V4 header"): two counts, an
 * index of tags, and the data that it points to; all numbers are big-endian.
 */
import { found, type FoundPackage, PackageProblem, text } from './reader.ts';

const tags = { name: 1000, version: 1001, release: 1002, epoch: 1003, licence: 1014, architecture: 1022, source: 1044 } as const;
const entryBytes = 16;
const entriesMax = 100_000;
const stringMaxBytes = 64 * 1024;

/** Undefined for the keys that packages are signed with, which stand there as packages too. Throws PackageProblem. */
export function readRpmHeader(header: Buffer): FoundPackage | undefined {
  if (header.length < 8) throw new PackageProblem('a header is cut short');
  const [count, dataBytes] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const data = 8 + count * entryBytes;
  if (count > entriesMax || data + dataBytes > header.length) throw new PackageProblem('a header is cut short');
  const places = new Map<number, number>();
  for (let index = 0; index < count; index++) {
    const at = 8 + index * entryBytes;
    places.set(header.readUInt32BE(at), data + header.readUInt32BE(at + 8));
  }
  const word = (tag: number): string => {
    const at = places.get(tag);
    if (at === undefined || at >= header.length) return '';
    const end = header.indexOf(0, at);
    return end < 0 || end - at > stringMaxBytes ? '' : text(header.toString('utf8', at, end));
  };
  const [name, version, release, source] = [word(tags.name), word(tags.version), word(tags.release), word(tags.source)];
  if (name === '' || version === '') throw new PackageProblem('a header has no name or no version');
  if (name === 'gpg-pubkey') return undefined;
  const epochAt = places.get(tags.epoch);
  const epoch = epochAt === undefined || epochAt + 4 > header.length ? 0 : header.readUInt32BE(epochAt);
  const full = `${epoch === 0 ? '' : `${epoch}:`}${version}${release === '' ? '' : `-${release}`}`;
  // `openssl-3.0.7-24.el9.src.rpm`
  const [, sourceName = name, sourceVersion = full] = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(source) ?? [];
  const licence = word(tags.licence);
  return found('rpm', name, full, { sourceName, sourceVersion, architecture: word(tags.architecture), licences: licence === '' ? [] : [licence] });
}
