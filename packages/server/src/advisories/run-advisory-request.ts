/** What an operator asks for by hand, of a running server or of a command that has opened the rows itself. */
import type { JobRows } from '../metadata/job-port.ts';
import type { AdvisoryReport, AdvisoryRequest, ImportedFile } from './advisory-request.ts';
import { importFile, type ImportParts, OlderData } from './import-file.ts';
import { matchJob } from './match-job.ts';
import { UnreadableFile } from './read/read-thread.ts';

export type AdvisoryParts = ImportParts & { readonly jobs: Pick<JobRows, 'enqueue'> };

/** Throws the signal's reason, and what the rows throw. */
export async function runAdvisoryRequest(request: AdvisoryRequest, parts: AdvisoryParts, signal?: AbortSignal): Promise<AdvisoryReport> {
  if (request.verb === 'status') return { verb: 'status', sources: await parts.rows.listSources() };
  const files: ImportedFile[] = [];
  for (const file of request.files) files.push(await importOne(file, request.force, parts, signal));
  return { verb: 'import', files };
}

async function importOne(file: string, force: boolean, parts: AdvisoryParts, signal: AbortSignal | undefined): Promise<ImportedFile> {
  try {
    const sources = await importFile({ path: file, force, signal }, parts);
    // What is installed is matched again, whether this process lives on or not.
    await parts.jobs.enqueue([matchJob], parts.clock.now());
    return { file, sources };
  } catch (error) {
    if (error instanceof UnreadableFile || error instanceof OlderData) return { file, sources: [], problem: error.message };
    throw error;
  }
}
