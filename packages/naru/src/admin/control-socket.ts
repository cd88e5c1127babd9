/** Asks the server that runs on a data folder, over the socket in that folder: HTTP with JSON both ways. */
import { request as httpRequest } from 'node:http';
import type { AdminReport, AdminRequest } from '@naru/server/lifecycle/admin-request';

/** Larger answers are not reports (I6). */
const answerMaxBytes = 16 * 2 ** 20;

export type Answer = { readonly status: number; readonly body: string };

/** Undefined when nobody listens. Throws when the server answers with an error. */
export async function askServer(socketPath: string, request: AdminRequest): Promise<AdminReport | undefined> {
  return askServerFor<AdminReport>(socketPath, `/${request.verb}`, request);
}

/** Undefined when nobody listens. Throws when the server answers with an error. */
export async function askServerFor<Report>(socketPath: string, path: string, request: object): Promise<Report | undefined> {
  const answer = await requestOverSocket(socketPath, { method: 'POST', path, body: JSON.stringify(request) });
  if (answer === undefined) return undefined;
  if (answer.status !== 200) throw new Error(`the running server answered ${answer.status}: ${messageIn(answer.body)}`);
  return JSON.parse(answer.body) as Report; // our own server's answer, over a socket that only its owner opens
}

/** Undefined when nobody listens. */
export async function requestOverSocket(socketPath: string, request: { method: string; path: string; body: string }): Promise<Answer | undefined> {
  try {
    return await send(socketPath, request);
  } catch (error) {
    if (isNobodyThere(error)) return undefined;
    throw error;
  }
}

function send(socketPath: string, { method, path, body }: { method: string; path: string; body: string }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const outgoing = httpRequest({ socketPath, path, method, headers }, (incoming) => {
      const parts: Buffer[] = [];
      let size = 0;
      incoming.on('data', (part: Buffer) => {
        size += part.length;
        if (size > answerMaxBytes) incoming.destroy(new Error('the answer is too long'));
        else parts.push(part);
      });
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(parts).toString() }));
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** No socket, or one that a killed server left behind. Bun and Node name the latter differently. */
function isNobodyThere(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'FailedToOpenSocket' || code === 'ConnectionRefused';
}

function messageIn(body: string): string {
  try {
    const parsed = JSON.parse(body) as { errors?: { message?: string }[] }; // only read, and only for a message
    return parsed.errors?.[0]?.message ?? body;
  } catch {
    return body;
  }
}
