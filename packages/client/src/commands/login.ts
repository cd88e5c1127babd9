/** `naru login`: Docker's flags, prompts and texts. */
import { credentialKey, hostOf } from '../credentials/credential-key.ts';
import type { Credential } from '../remote/credential.ts';
import { tryLogin } from '../remote/login.ts';
import { isRemoteError } from '../remote/remote-error.ts';
import { DockerError } from './docker-error.ts';
import type { ClientCommand, ClientCommandLine, CommandContext } from './command.ts';
import { openSession, type Session } from './session.ts';

const passwordMaxBytes = 64 * 1024;

export const login: ClientCommand = async (line, context) => {
  const { terminal } = context;
  const given = await readGiven(line, context);
  const session = await openSession(line, context);
  const host = registryHost(line.words?.[0], session);
  if (session.credentials.isOverridden) await terminal.err('WARNING: DOCKER_AUTH_CONFIG is set and takes precedence.\n');
  if (given.username === '' && given.password === '' && (await loginWithStored(session, host, context))) return 0;

  const { username, password } = await completeByAsking(given, await session.credentials.findUsername(host), context);
  const connection = await session.router.connect(host);
  const credential = await tryLogin(connection, { kind: 'password', username, password });
  const place = await session.credentials.save(host, credential, username);
  if (place.kind === 'file' && credential.kind === 'password') await terminal.err(unencryptedWarning(place.name));
  await terminal.out('Login Succeeded\n');
  return 0;
};

/** `docker.io` in all its spellings, and what people paste from a browser. */
export function registryHost(word: string | undefined, { config }: Session): string {
  const host = hostOf(word?.trim() ?? '') || config.defaultRegistry;
  return credentialKey(host) === host ? host : 'docker.io';
}

type Given = { readonly username: string; readonly password: string };

async function readGiven({ values, switches }: ClientCommandLine, { terminal }: CommandContext): Promise<Given> {
  const { username = '', password } = values;
  const fromInput = switches.has('password-stdin') || password === '-';
  if (password === '') throw new DockerError('password is empty');
  if (password !== undefined && !fromInput) await terminal.err('WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n');
  if (switches.has('password-stdin') && password !== undefined)
    throw new DockerError('conflicting options: cannot specify both --password and --password-stdin');
  if (!fromInput) return { username, password: password ?? '' };
  if (username === '') throw new DockerError('the --password-stdin option requires --username to be set');
  // One line end is the shell's; more would be the password's.
  const read = (await terminal.readAllInput(passwordMaxBytes)).replace(/\r?\n$|\r$/, '');
  if (read === '') throw new DockerError('password is empty');
  return { username, password: read };
}

/** False when there is nothing stored, or it is not taken any more. */
async function loginWithStored({ credentials, router }: Session, host: string, { terminal }: CommandContext): Promise<boolean> {
  const stored: Credential | undefined = await credentials.find(host, undefined);
  if (stored === undefined || stored.kind === 'registry-token') return false;
  const username = stored.kind === 'password' ? stored.username : await credentials.findUsername(host);
  await terminal.err(`Authenticating with existing credentials...${username === '' ? '' : ` [Username: ${username}]`}\n`);
  try {
    await tryLogin(await router.connect(host), stored);
  } catch (error) {
    if (!isRemoteError(error, 'unauthorized')) throw error;
    await terminal.err(`Login did not succeed, error: ${error.message}\n`);
    return false;
  }
  await terminal.out('Login Succeeded\n');
  return true;
}

async function completeByAsking(given: Given, storedUsername: string, { terminal }: CommandContext): Promise<Given> {
  if (given.username !== '' && given.password !== '') return given;
  if (!terminal.isInteractive()) throw new DockerError('cannot perform an interactive login from a non-TTY device');
  const prompt = storedUsername === '' ? 'Username: ' : `Username (${storedUsername}): `;
  const username = given.username || (await terminal.ask(prompt)).trim() || storedUsername;
  if (username === '') throw new DockerError('username is required');
  const password = given.password || (await terminal.ask('Password: ', { hidden: true }));
  if (password === '') throw new DockerError('password is required');
  return { username, password };
}

function unencryptedWarning(path: string): string {
  return `\nWARNING! Your credentials are stored unencrypted in '${path}'.\nConfigure a credential helper to remove this warning. See\nhttps://docs.docker.com/go/credential-store/\n\n`;
}
