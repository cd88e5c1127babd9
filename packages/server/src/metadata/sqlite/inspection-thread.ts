/** A connection whose statements run in a thread of its own. What is said of bundling in `blobstore/fs/file-hasher.ts` holds here too. */
import { Worker } from 'node:worker_threads';
import type { SqliteResult, SqliteValue } from './connection.ts';
import type { InspectionReply, InspectionRequest } from './inspection-worker.ts';

export type InspectionThread = {
  execute(sql: string, parameters?: readonly SqliteValue[]): Promise<SqliteResult>;
  /** Rejects what has no answer yet, at once. The thread is gone when the engine is done with its statement. */
  end(reason: Error): Promise<unknown>;
};

export function startInspectionThread(path: string): InspectionThread {
  const worker = new Worker(new URL('./inspection-worker.ts', import.meta.url), { workerData: path });
  const asked: PromiseWithResolvers<SqliteResult>[] = [];
  let ended: Error | undefined;
  worker.on('message', settle);
  worker.on('error', (error: Error) => void end(error));
  worker.on('exit', () => void end(new Error('the inspection thread has ended')));

  function settle(reply: InspectionReply): void {
    const first = asked.shift();
    if (reply.kind === 'answered') first?.resolve(reply.result);
    else first?.reject(Object.assign(new Error(reply.message), reply.code !== undefined && { code: reply.code }));
  }

  function end(reason: Error): Promise<unknown> {
    ended ??= reason;
    for (const { reject } of asked.splice(0)) reject(reason);
    return worker.terminate();
  }

  return {
    async execute(sql, parameters = []) {
      if (ended !== undefined) throw ended;
      const answer = Promise.withResolvers<SqliteResult>();
      asked.push(answer);
      post(worker, { sql, parameters });
      return answer.promise;
    },
    end,
  };
}

function post(worker: Worker, request: InspectionRequest): void {
  worker.postMessage(request); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread has no origin
}
