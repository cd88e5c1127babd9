/**
 * `naru admin …`: asks the server that uses the data folder, or opens the folder when there is none.
 * A server that starts in between is no danger: the folder's lock lets only one of them in.
 */
import type { AdminRequest } from '@naru/server/lifecycle/admin-request';
import { runAdminOffline } from '@naru/server/open-stores';
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
    const report = (await askServer(dataFolderPaths(config.data).controlSocket, request)) ?? (await runAdminOffline(config, request));
    await print(json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
    return reportExitCode(report);
  } catch (error) {
    await printProblem(error instanceof Error ? error.message : String(error));
    return couldNotRun;
  }
}
