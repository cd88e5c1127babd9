/**
 * Small GETs as fast as the server answers them. wrk is C and answers for little of the machine;
 * its lines are the same for every peer. (It cannot send HEAD: it waits for the body forever.)
 */
import { join } from 'node:path';
import { runProgram } from './programs.ts';

export type GetLoad = { readonly requests: number; readonly seconds: number; readonly p50Micros: number; readonly p99Micros: number };

const summaryScript = join(import.meta.dirname, 'wrk-summary.lua');

/** `clients` connections that are kept alive, each sending its next request when it has its answer. */
export async function getWithWrk(url: string, options: { clients: number; seconds: number; accept?: string; authorization?: string }): Promise<GetLoad> {
  const { clients, seconds, accept, authorization } = options;
  const headers = Object.entries({ accept, authorization }).flatMap(([name, value]) => (value === undefined ? [] : ['-H', `${name}: ${value}`]));
  const output = await runProgram(['wrk', '-t1', `-c${clients}`, `-d${seconds}s`, '--timeout', '20s', '-s', summaryScript, ...headers, url]);
  const { errors, ...load } = parseSummary(output);
  if (errors > 0 || load.requests === 0) throw new Error(`wrk: ${load.requests} requests, ${errors} errors from ${url}`);
  return load;
}

function parseSummary(output: string): GetLoad & { errors: number } {
  const line = output.split('\n').find((text) => text.startsWith('summary '));
  if (line === undefined) throw new Error(`wrk said nothing we know: ${output.slice(-300)}`);
  return JSON.parse(line.slice('summary '.length)) as GetLoad & { errors: number }; // wrk-summary.lua writes exactly this
}
