/**
 * Brings a file of advisories into the rows. Nobody sees anything of it before all of it is there, and a file
 * that is broken anywhere changes nothing. What is older than what is known is refused.
 */
import type { AdvisoryRows, Edition, EditionMode } from '../metadata/advisory-port.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ImportedSource } from './advisory-request.ts';
import { fileTime } from './read/read-file.ts';
import { readInThread, UnreadableFile } from './read/read-thread.ts';

export type ImportParts = { readonly rows: AdvisoryRows; readonly clock: Clock };
/** `force`: also what is older. `name`: what people know the file by. */
export type ImportOptions = { readonly path: string; readonly name?: string; readonly force: boolean; readonly signal?: AbortSignal | undefined };

type Begun = Edition & { readonly mode: EditionMode; dataAt: number | undefined };

/** Throws UnreadableFile, and OlderData where nothing was changed because of that. */
export async function importFile({ path, name = path, force, signal }: ImportOptions, { rows, clock }: ImportParts): Promise<ImportedSource[]> {
  const begun = new Map<string, Begun>();
  for await (const { source, mode, dataAt, advisories, signals } of readInThread(path, signal)) {
    const edition = begun.get(source) ?? { ...(await rows.beginEdition(source)), mode, dataAt };
    begun.set(source, edition);
    if (dataAt !== undefined && dataAt > (edition.dataAt ?? 0)) edition.dataAt = dataAt;
    if (advisories.length > 0) await rows.stage(edition, advisories, { keepNewer: mode === 'added' && !force });
    if (signals.length > 0) await rows.stageSignals(edition, signals);
    signal?.throwIfAborted();
  }
  const ofFile = await timeOf(path);
  const imported: ImportedSource[] = [];
  for (const [source, { dataAt = ofFile, mode }] of begun) if (!force && mode === 'whole') await refuseOlder(source, dataAt, rows);
  for (const [source, { dataAt = ofFile, ...edition }] of begun) {
    const counts = await rows.publish(edition, { mode: edition.mode, dataAt, file: name, at: clock.now() });
    imported.push({ source, dataAt, ...counts });
  }
  return imported;
}

/** The file is sound, but what is known is newer. */
export class OlderData extends Error {
  override readonly name = 'OlderData';
}

async function refuseOlder(source: string, dataAt: number, rows: AdvisoryRows): Promise<void> {
  const known = await rows.findSource(source);
  if (known === undefined || known.dataAt <= dataAt) return;
  const [older, newer] = [dataAt, known.dataAt].map((time) => new Date(time).toISOString());
  throw new OlderData(`${source}: these data are of ${older}, and those that hold are of ${newer}. --force takes them all the same.`);
}

async function timeOf(path: string): Promise<number> {
  try {
    return await fileTime(path);
  } catch (cause) {
    throw new UnreadableFile(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
