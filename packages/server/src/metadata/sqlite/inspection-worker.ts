/**
 * Runs in a thread of its own and answers statements for `inspection-thread.ts`, on a connection of
 * its own that only reads. It knows nothing of Kysely, which would take most of its start.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { type SqliteConnection, type SqliteResult, sqliteCode, type SqliteValue } from './connection.ts';
import { openConnection } from './open-connection.ts';
import { setReaderPragmas } from './pragmas.ts';

export type InspectionRequest = { readonly sql: string; readonly parameters: readonly SqliteValue[] };
/** One for each request, in their order. */
export type InspectionReply =
  | { readonly kind: 'answered'; readonly result: SqliteResult }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string | undefined };

const port = parentPort;
if (port === null) throw new Error('inspection-worker runs as a worker thread');

let connection: SqliteConnection | undefined;

port.on('message', (request: InspectionRequest) => port.postMessage(answer(request)));

/** Opens here and not before: then a file that cannot be opened is an answer too. */
function answer({ sql, parameters }: InspectionRequest): InspectionReply {
  try {
    connection ??= openReader(workerData as string); // the path that the thread was started with
    return { kind: 'answered', result: connection.execute(sql, parameters) };
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error), code: sqliteCode(error) };
  }
}

function openReader(path: string): SqliteConnection {
  const opened = openConnection(path, { readonly: true });
  setReaderPragmas(opened);
  return opened;
}
