/** `naru admin advisories …`: asks the server that uses the data folder, or opens the folder when there is none. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AdvisoryReport, AdvisoryRequest, ImportedFile } from '@naru/server/advisories/advisory-request';
import type { Config } from '@naru/server/config/config';
import type { AdvisorySource } from '@naru/server/metadata/advisory-port';
import { dataFolderPaths } from '@naru/server/runtime/data-folder';
import { print, printProblem } from '../print.ts';
import { readConfig } from '../read-config.ts';
import type { AdminOptions } from './admin.ts';
import { askServerFor } from './control-socket.ts';

const failed = 1;
const couldNotRun = 2;

export type AdvisoryWords = { readonly files: readonly string[]; readonly force: boolean };

export function importAdvisories({ files, force }: AdvisoryWords, options: AdminOptions): Promise<number> {
  return run({ verb: 'import', files: files.map((file) => resolve(file)), force }, options);
}

export function showAdvisoryStatus(options: AdminOptions): Promise<number> {
  return run({ verb: 'status' }, options);
}

async function run(request: AdvisoryRequest, { flags, json }: AdminOptions): Promise<number> {
  const config = await readConfig(flags);
  if (config === undefined) return couldNotRun;
  try {
    const report =
      (await askServerFor<AdvisoryReport>(dataFolderPaths(config.data).controlSocket, '/advisories', request)) ?? (await openAndRun(config, request));
    if (json) await print(`${JSON.stringify(report, null, 2)}\n`);
    else await printReport(report);
    return report.verb === 'import' && report.files.some(({ problem }) => problem !== undefined) ? failed : 0;
  } catch (error) {
    await printProblem(error instanceof Error ? error.message : String(error));
    return couldNotRun;
  }
}

/** A mistyped folder must not be made. */
async function openAndRun(config: Config, request: AdvisoryRequest): Promise<AdvisoryReport> {
  if (!existsSync(dataFolderPaths(config.data).database)) throw new Error(`there is no data of Naru in ${config.data}. Name its folder with --data.`);
  const { runAdvisoriesOffline } = await import('@naru/server/open-stores');
  return runAdvisoriesOffline(config, request);
}

async function printReport(report: AdvisoryReport): Promise<void> {
  if (report.verb === 'status') {
    await print(statusText(report.sources));
    return;
  }
  for (const file of report.files) {
    if (file.problem === undefined) await print(importText(file));
    else await printProblem(file.problem);
  }
}

function importText({ sources }: ImportedFile): string {
  return sources.map(({ source, dataAt, entries, changed }) => `${source}: ${entries} entries of ${day(dataAt)}, ${changed} changed\n`).join('');
}

function statusText(sources: readonly AdvisorySource[]): string {
  if (sources.length === 0) return 'No advisories are known. Bring some: naru admin advisories import FILE\n';
  const rows = sources.map(({ name, dataAt, importedAt, entries, matchedTo, edition }) => [
    name,
    day(dataAt),
    day(importedAt),
    String(entries),
    matchedTo === edition ? 'yes' : 'not yet',
  ]);
  const table = [['SOURCE', 'DATA OF', 'IMPORTED', 'ENTRIES', 'MATCHED'], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  return table
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('   ')
          .trimEnd()}\n`,
    )
    .join('');
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
