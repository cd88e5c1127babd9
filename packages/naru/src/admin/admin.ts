/**
 * `naru admin …`: asks the server that uses the data folder, or opens the folder when there is none.
 * A server that starts in between is no danger: the folder's lock lets only one of them in.
 */
import { existsSync } from 'node:fs';
import type { Config } from '@naru/server/config/config';
import type { AdminReport, AdminRequest } from '@naru/server/lifecycle/admin-request';
import { dataFolderPaths } from '@naru/server/runtime/data-folder';
import { print, printProblem } from '../print.ts';
import { readConfig } from '../read-config.ts';
import { askServer } from './control-socket.ts';
import { reportExitCode, reportText } from './report-text.ts';

const couldNotRun = 2;

export type AdminOptions = { readonly flags: Readonly<Record<string, string>>; readonly json: boolean };

export async function adminCommand(request: AdminRequest, { flags, json }: AdminOptions): Promise<number> {
  const config = await readConfig(flags);
  if (config === undefined) return couldNotRun;
  try {
    const report = (await askServer(dataFolderPaths(config.data).controlSocket, request)) ?? (await openAndRun(config, request));
    await print(json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
    return reportExitCode(report);
  } catch (error) {
    await printProblem(error instanceof Error ? error.message : String(error));
    return couldNotRun;
  }
}

/** A mistyped folder must not be made, and then found clean. */
async function openAndRun(config: Config, request: AdminRequest): Promise<AdminReport> {
  if (!existsSync(dataFolderPaths(config.data).database)) throw new Error(`there is no data of Naru in ${config.data}. Name its folder with --data.`);
  const { runAdminOffline } = await import('@naru/server/open-stores');
  return runAdminOffline(config, request);
}
