/** `naru logout`: like Docker's it succeeds whether or not there was something to remove. */
import { credentialKey } from '../credentials/credential-key.ts';
import type { ClientCommand } from './command.ts';
import { registryHost } from './login.ts';
import { openSession } from './session.ts';

export const logout: ClientCommand = async (line, context) => {
  const session = await openSession(line, context);
  const host = registryHost(line.words?.[0], session);
  if (session.credentials.isOverridden) await context.terminal.err('WARNING: DOCKER_AUTH_CONFIG is set and takes precedence.\n');
  await context.terminal.out(`Removing login credentials for ${credentialKey(host)}\n`);
  await session.credentials.erase(host);
  return 0;
};
