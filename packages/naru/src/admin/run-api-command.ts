/**
 * Sends the request of a command: to the server that `--server` names, to the one that uses
 * the data folder, or, when there is none, to the API on the opened folder. It is the same API.
 */
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { dataFolderPaths } from '@naru/server/runtime/data-folder';
import { systemClock } from '@naru/server/runtime/clock';
import { environment } from '../environment.ts';
import type { CommandLine } from '../parse-flags.ts';
import { print, printProblem } from '../print.ts';
import { readConfig } from '../read-config.ts';
import { requireSafeServer } from '../server-address.ts';
import type { ApiCommand, ApiRequest, Given } from './api-command.ts';
import { type ApiCommandName, apiCommands } from './api-commands.ts';
import { answerText } from './answer-text.ts';
import { type Answer, requestOverSocket } from './control-socket.ts';

const failed = 1;
const couldNotRun = 2;
const exitCodes = { done: 0, broken: 1 };

export async function runApiCommand(name: ApiCommandName, line: CommandLine & { kind: 'run' }): Promise<number> {
  try {
    const password = line.switches.has('password-stdin') ? (await text(process.stdin)).replace(/\r?\n$/, '') : undefined;
    const given: Given = { ...line, words: line.words ?? [], now: systemClock.now(), ...(password !== undefined && { password }) };
    if (name === 'admin audit export') return await exportAudit(line.values);
    const { request, text: toText = answerText }: ApiCommand = apiCommands[name];
    if (name === 'event follow') return await follow(request(given), line);
    const answer = await send(request(given), line.values);
    if (answer === undefined) return couldNotRun;
    if (answer.status >= 400) {
      await printProblem(messageIn(answer.body));
      return failed;
    }
    await print(line.switches.has('json') ? `${answer.body}${answer.body === '' ? '' : '\n'}` : toText(answer.body));
    return answer.body.includes('"broken":') ? exitCodes.broken : exitCodes.done;
  } catch (error) {
    await printProblem(error instanceof Error ? error.message : String(error));
    return couldNotRun;
  }
}

/** Until it is stopped. Events come from a server that runs: a folder alone brings none. */
async function follow({ path }: ApiRequest, { values, switches }: CommandLine & { kind: 'run' }): Promise<number> {
  const { followEvents } = await import('./follow-events.ts');
  const isJson = switches.has('json');
  if (values['server'] !== undefined) {
    const url = requireSafeServer(new URL(`/api/v1${path}`, values['server']));
    return followEvents({ url, token: environment['NARU_TOKEN'] }, { isJson });
  }
  const config = await readConfig(Object.fromEntries(Object.entries(values).filter(([name]) => name === 'data' || name === 'config')));
  if (config === undefined) return couldNotRun;
  const socketPath = dataFolderPaths(config.data).controlSocket;
  if (!existsSync(socketPath)) throw new Error(`no server uses ${config.data}: name its folder with --data, or another server with --server`);
  return followEvents({ url: new URL(`http://localhost/api/v1${path}`), socketPath }, { isJson });
}

/** Page by page, one line for each entry: the text whose SHA-256 the next line names as `previous`. */
async function exportAudit(flags: Readonly<Record<string, string>>): Promise<number> {
  for (let after: number | undefined = 0; after !== undefined;) {
    const answer = await send({ method: 'GET', path: `/audit/entries?after=${after}` }, flags);
    if (answer === undefined) return couldNotRun;
    if (answer.status >= 400) throw new Error(messageIn(answer.body));
    const { items, next } = JSON.parse(answer.body) as { items: readonly { text: string }[]; next?: number }; // our own server's
    await print(items.map(({ text: entry }) => `${entry}\n`).join(''));
    after = next;
  }
  return exitCodes.done;
}

async function send({ method, path, body }: ApiRequest, flags: Readonly<Record<string, string>>): Promise<Answer | undefined> {
  const request = { method, path: `/api/v1${path}`, body: body === undefined ? '' : JSON.stringify(body) };
  const { server, ...settings } = flags;
  if (server !== undefined) return sendTo(server, request);
  const named = Object.fromEntries(Object.entries(settings).filter(([name]) => name === 'data' || name === 'config'));
  const config = await readConfig(named);
  if (config === undefined) return undefined;
  const answer = await requestOverSocket(dataFolderPaths(config.data).controlSocket, request);
  if (answer !== undefined) return answer;
  if (!existsSync(dataFolderPaths(config.data).database)) throw new Error(`there is no data of Naru in ${config.data}. Name its folder with --data.`);
  const { runApiOffline } = await import('@naru/server/offline-api');
  return runApiOffline(config, request);
}

async function sendTo(server: string, { method, path, body }: { method: string; path: string; body: string }): Promise<Answer> {
  const token = environment['NARU_TOKEN'];
  const address = requireSafeServer(new URL(path, server));
  const response = await fetch(address, {
    method,
    redirect: 'error',
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
    ...(body !== '' && { body }),
  });
  if (response.status === 401 && token === undefined) throw new Error('this server wants to know who asks: put an access token into NARU_TOKEN');
  return { status: response.status, body: await response.text() };
}

function messageIn(body: string): string {
  try {
    const { errors } = JSON.parse(body) as { errors?: { message?: string }[] }; // only read, and only for a message
    return errors?.[0]?.message ?? body;
  } catch {
    return body;
  }
}
