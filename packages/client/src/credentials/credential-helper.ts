/**
 * Docker's credential helpers: programs `docker-credential-<name>` with one verb each.
 *
 *     get    stdin: server URL            stdout: {"ServerURL","Username","Secret"}
 *     store  stdin: the same object
 *     erase  stdin: server URL
 *
 * Errors are text on standard output and an exit code. A user named `<token>` means that the secret is
 * an identity token.
 */
import { spawn } from 'node:child_process';
import type { Credential } from '../remote/credential.ts';
import type { Environment } from '../routing/environment.ts';

/** The helper is missing, broken, or says no: not that it has nothing. */
export class CredentialHelperError extends Error {
  override readonly name = 'CredentialHelperError';
}

export type CredentialHelper = {
  readonly name: string;
  /** Undefined when it has none for this server. */
  get(serverUrl: string): Promise<Credential | undefined>;
  store(serverUrl: string, credential: Credential): Promise<void>;
  erase(serverUrl: string): Promise<void>;
};

const tokenUser = '<token>';
const notFound = 'credentials not found in native keychain';
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const answerMaxBytes = 1024 * 1024;
/** Somebody may have to unlock a key first. */
const timeoutMs = 120_000;

export function openCredentialHelper(name: string, environment: Environment): CredentialHelper {
  const call = (verb: string, input: string) => run(name, verb, input, environment);
  return {
    name,
    async get(serverUrl) {
      const { exitCode, output } = await call('get', serverUrl);
      if (exitCode !== 0) {
        if (output.trim() === notFound) return undefined;
        throw failed('getting', exitCode, output);
      }
      return readAnswer(name, output);
    },
    async store(serverUrl, credential) {
      if (credential.kind === 'registry-token') throw new CredentialHelperError('a registry token is not for keeping');
      const [Username, Secret] = credential.kind === 'password' ? [credential.username, credential.password] : [tokenUser, credential.token];
      const { exitCode, output } = await call('store', JSON.stringify({ ServerURL: serverUrl, Username, Secret }));
      if (exitCode !== 0) throw failed('storing', exitCode, output);
    },
    async erase(serverUrl) {
      const { exitCode, output } = await call('erase', serverUrl);
      if (exitCode !== 0 && output.trim() !== notFound) throw failed('erasing', exitCode, output);
    },
  };
}

function readAnswer(name: string, output: string): Credential | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    throw new CredentialHelperError(`docker-credential-${name} answered something that is not JSON`);
  }
  const { Username: username, Secret: secret } = (typeof answer === 'object' && answer !== null ? answer : {}) as Readonly<Record<string, unknown>>; // each is checked next
  if (typeof secret !== 'string' || secret === '' || typeof username !== 'string') return undefined;
  return username === tokenUser ? { kind: 'identity-token', token: secret } : { kind: 'password', username, password: secret };
}

function run(name: string, verb: string, input: string, environment: Environment): Promise<{ exitCode: number | null; output: string }> {
  if (!namePattern.test(name)) throw new CredentialHelperError(`${JSON.stringify(name)} cannot be the name of a credential helper`);
  return new Promise((resolve, reject) => {
    const child = spawn(`docker-credential-${name}`, [verb], { env: { ...environment }, stdio: ['pipe', 'pipe', 'ignore'], timeout: timeoutMs });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length > answerMaxBytes) child.kill();
    });
    child.on('error', (error) => reject(new CredentialHelperError(`docker-credential-${name} cannot be run: ${error.message}`, { cause: error })));
    child.on('close', (exitCode) => resolve({ exitCode, output }));
    // It may end without reading; its exit code says why.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** Docker's words. */
function failed(doing: string, exitCode: number | null, output: string): CredentialHelperError {
  return new CredentialHelperError(`error ${doing} credentials - err: exit status ${exitCode ?? 'none'}, out: \`${output.trim().slice(0, 512)}\``);
}
