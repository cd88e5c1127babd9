/**
 * Reads a file of advisories, whatever it is: finds out by what is in it, never by its name, and gives
 * batches that each belong to one source. Everything in it is a stranger's.
 */
import { stat } from 'node:fs/promises';
import { parse as parseYaml } from 'yaml';
import { type Advisory, advisoryBatchMax, type CveSignal, type EditionMode } from '../../metadata/advisory-port.ts';
import { AdvisoryError } from './advisory-error.ts';
import { isSecdb, readSecdb } from './alpine-secdb.ts';
import { isDebianList, readDebianList } from './debian-list.ts';
import { isDebianTracker, readTrackerMember } from './debian-tracker.ts';
import { type AdvisoryDocument, listDocuments, readDocument } from './documents.ts';
import { jsonMembers } from './json-members.ts';
import { isNpmAdvisory, readNpmAdvisory } from './npm-working-group.ts';
import { isOsv, readOsv } from './osv.ts';
import { isRedHatCsaf, readRedHatCsaf } from './red-hat-csaf.ts';
import { dateOfEpss, isEpss, isKev, readEpss, readKev } from './signals.ts';

/** `dataAt`: the newest that this batch says of itself; where no batch says anything, the file's own time counts. */
export type AdvisoryBatch = {
  readonly source: string;
  readonly mode: EditionMode;
  readonly dataAt?: number;
  readonly advisories: readonly Advisory[];
  readonly signals: readonly CveSignal[];
};

/** Of one document, before they are gathered. `single`: one advisory that came alone, which belongs to the export of its ecosystem. */
type Piece =
  | {
      readonly kind: 'advisories';
      readonly source: string;
      readonly mode: EditionMode;
      readonly dataAt?: number | undefined;
      readonly advisories: readonly Advisory[];
    }
  | { readonly kind: 'signals'; readonly source: string; readonly dataAt?: number | undefined; readonly signals: readonly CveSignal[] }
  | { readonly kind: 'osv'; readonly advisory: Advisory; readonly mode: EditionMode };

class UnknownDocument extends AdvisoryError {}

/** When the file was last changed: what its data are taken to be of where they do not say. Throws AdvisoryError. */
export async function fileTime(path: string): Promise<number> {
  try {
    return Math.floor((await stat(path)).mtimeMs);
  } catch (error) {
    throw new AdvisoryError(path, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Throws AdvisoryError. */
export async function* readAdvisoryFile(path: string): AsyncGenerator<AdvisoryBatch> {
  const gathered = new Map<string, { mode: EditionMode; dataAt: number | undefined; advisories: Advisory[] }>();
  const waiting: { advisory: Advisory; mode: EditionMode }[] = [];
  let exported: string | undefined;
  let isEmpty = true;

  for await (const piece of readPieces(path)) {
    isEmpty = false;
    switch (piece.kind) {
      case 'signals':
        for (let at = 0; at < piece.signals.length; at += signalsPerBatch) {
          yield { source: piece.source, mode: 'whole', ...known(piece.dataAt), advisories: [], signals: piece.signals.slice(at, at + signalsPerBatch) };
        }
        break;
      case 'advisories':
        yield* gather(piece.source, piece.mode, piece.dataAt, piece.advisories);
        break;
      case 'osv':
        if (piece.mode === 'added') yield* gather(exportOf([piece.advisory]), 'added', newestOf(piece.advisory), [piece.advisory]);
        else if (exported === undefined && waiting.length < advisoryBatchMax) waiting.push(piece);
        else {
          yield* release();
          yield* gather(exported ?? '', 'whole', newestOf(piece.advisory), [piece.advisory]);
        }
        break;
    }
  }
  yield* release();
  for (const [source, { mode, dataAt, advisories }] of gathered) if (advisories.length > 0) yield { source, mode, ...known(dataAt), advisories, signals: [] };
  if (isEmpty) throw new AdvisoryError(path, 'holds no advisories');

  /** What an export is of, its first advisories say together: one may be of several ecosystems. */
  function* release(): Generator<AdvisoryBatch> {
    if (waiting.length === 0) return;
    exported = exportOf(waiting.map(({ advisory }) => advisory));
    for (const { advisory } of waiting.splice(0)) yield* gather(exported, 'whole', newestOf(advisory), [advisory]);
  }

  function* gather(source: string, mode: EditionMode, dataAt: number | undefined, advisories: readonly Advisory[]): Generator<AdvisoryBatch> {
    const entry = gathered.get(source) ?? { mode, dataAt, advisories: [] };
    gathered.set(source, entry);
    if (dataAt !== undefined && dataAt > (entry.dataAt ?? 0)) entry.dataAt = dataAt;
    for (const advisory of advisories) {
      entry.advisories.push(advisory);
      if (entry.advisories.length < advisoryBatchMax) continue;
      yield { source, mode, ...known(entry.dataAt), advisories: entry.advisories.splice(0), signals: [] };
    }
  }
}

/** Some exports do not know when they were modified. */
function newestOf({ modifiedAt, publishedAt }: Advisory): number | undefined {
  return modifiedAt === undefined || (publishedAt !== undefined && publishedAt > modifiedAt) ? publishedAt : modifiedAt;
}

const signalsPerBatch = 1000;
const startLength = 4096;

/** `osv:golang`, `osv:debian`: what most of these are of. */
function exportOf(advisories: readonly Advisory[]): string {
  const counts = new Map<string, number>();
  for (const { affected } of advisories) {
    for (const id of new Set(affected.map(({ ecosystem }) => ecosystem.split(':')[0] ?? ''))) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const [most = ['other']] = [...counts].toSorted(([one, a], [other, b]) => b - a || (one < other ? -1 : 1));
  return `osv:${most[0]}`;
}

async function* readPieces(path: string): AsyncGenerator<Piece> {
  for await (const document of listDocuments(path)) {
    const isAlone = document.where === path;
    const { start, bytes } = await peek(document.bytes);
    try {
      yield* readPiecesOf({ where: document.where, bytes }, start, isAlone ? 'added' : 'whole');
    } catch (error) {
      // Archives have lists and schemas beside their advisories.
      if (isAlone || !(error instanceof UnknownDocument)) throw error;
    }
  }
}

async function* readPiecesOf(document: AdvisoryDocument, start: string, mode: EditionMode): AsyncGenerator<Piece> {
  const { where } = document;
  if (isEpss(start)) {
    const signals: CveSignal[] = [];
    for await (const signal of readEpss(document.bytes, where)) {
      if (signals.push(signal) === signalsPerBatch) yield { kind: 'signals', source: 'epss', dataAt: dateOfEpss(start), signals: signals.splice(0) };
    }
    yield { kind: 'signals', source: 'epss', dataAt: dateOfEpss(start), signals };
  } else if (isDebianTracker(start)) {
    for await (const text of jsonMembers(document.bytes, where)) {
      yield { kind: 'advisories', source: 'debian-tracker', mode: 'whole', advisories: readTrackerMember(parseJson(text, where), where) };
    }
  } else if (start.trimStart().startsWith('[') && !isDebianList(start)) {
    let number = 0;
    for await (const text of jsonMembers(document.bytes, where)) {
      number += 1;
      const place = `${where}: ${number}`;
      yield pieceOf(parseJson(text, place), place, 'added');
    }
  } else {
    const text = await readDocument(document);
    if (isDebianList(text)) yield { kind: 'advisories', mode: 'whole', ...readDebianList(text, where) };
    else yield pieceOf(start.trimStart().startsWith('{') ? parseJson(text, where) : parseYamlText(text, where), where, mode);
  }
}

function pieceOf(value: unknown, where: string, mode: EditionMode): Piece {
  if (typeof value === 'object' && value !== null) {
    if (isKev(value)) return { kind: 'signals', source: 'kev', ...readKev(value, where) };
    if (isSecdb(value)) return { kind: 'advisories', mode: 'whole', ...readSecdb(value, where) };
    if (isNpmAdvisory(value)) {
      const advisory = readNpmAdvisory(value, where);
      return { kind: 'advisories', source: 'npm-working-group', mode, dataAt: newestOf(advisory), advisories: [advisory] };
    }
    if (isRedHatCsaf(value)) return { kind: 'advisories', mode, ...readRedHatCsaf(value, where) };
    if (isOsv(value)) return { kind: 'osv', advisory: readOsv(value, where), mode };
  }
  throw new UnknownDocument(
    where,
    'is nothing that is read here: OSV, Debian’s tracker or lists, Alpine’s security database, Red Hat’s CSAF, npm’s advisories, EPSS, or CISA’s list',
  );
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new AdvisoryError(where, cause instanceof Error ? cause.message : 'is not JSON', { cause });
  }
}

function parseYamlText(text: string, where: string): unknown {
  try {
    return parseYaml(text, { maxAliasCount: 100 });
  } catch (cause) {
    throw new AdvisoryError(where, cause instanceof Error ? cause.message : 'is not YAML', { cause });
  }
}

async function peek(bytes: AsyncIterable<Uint8Array>): Promise<{ start: string; bytes: AsyncIterable<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  for (let sizeBytes = 0; sizeBytes < startLength;) {
    const next = await iterator.next();
    if (next.done === true) break;
    parts.push(Uint8Array.from(next.value));
    sizeBytes += next.value.length;
  }
  const start = Buffer.concat(parts);
  return { start: start.toString('utf8', 0, startLength), bytes: joined() };

  async function* joined(): AsyncGenerator<Uint8Array> {
    if (start.length > 0) yield start;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }
}

function known(dataAt: number | undefined): { dataAt?: number } {
  return dataAt === undefined ? {} : { dataAt };
}
