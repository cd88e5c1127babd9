/** Runs a command of the client: loads it, gives it the terminal and the surroundings, and says what went wrong. */
import { homedir } from 'node:os';
import type { ClientCommand, ClientCommandLine } from '@naru/client/commands/command';
import { describeError } from '@naru/client/commands/describe-error';
import { proxyVariables } from '@naru/client/routing/proxy';
import { version } from '@naru/server/runtime/version';
import type { ClientCommandName } from './client-commands.ts';
import { printError } from './print.ts';
import type { TransferCommandName } from './transfer-commands.ts';
import { openTerminal } from './terminal.ts';

export async function runClientCommand(line: ClientCommandLine & { readonly name: ClientCommandName | TransferCommandName }): Promise<number> {
  const command = await loadCommand(line.name);
  const environment = { ...process.env };
  // The client chooses proxies by Docker's rules; the runtime would choose again, by its own.
  for (const name of proxyVariables) delete process.env[name];
  const terminal = openTerminal();
  try {
    return await command(line, { terminal, environment, homeFolder: homedir(), userAgent: `naru/${version}`, processId: process.pid });
  } catch (error) {
    await printError(describeError(error));
    return 1;
  } finally {
    // Lines that nobody waited for are before this one.
    await terminal.err('');
  }
}

async function loadCommand(name: ClientCommandName | TransferCommandName): Promise<ClientCommand> {
  switch (name) {
    case 'login':
      return (await import('@naru/client/commands/login')).login;
    case 'logout':
      return (await import('@naru/client/commands/logout')).logout;
    case 'search':
      return (await import('@naru/client/commands/search')).search;
    case 'pull':
    case 'image pull':
      return (await import('@naru/client/commands/pull')).pull;
    case 'push':
    case 'image push':
      return (await import('@naru/client/commands/push')).push;
    case 'ref explain':
      return (await import('@naru/client/commands/ref-explain')).refExplain;
    case 'remote tags':
      return (await import('@naru/client/commands/remote-tags')).remoteTags;
    case 'remote inspect':
      return (await import('@naru/client/commands/remote-inspect')).remoteInspect;
    case 'remote rm':
      return (await import('@naru/client/commands/remote-rm')).remoteRm;
    case 'remote copy':
      return (await import('@naru/client/commands/remote-copy')).remoteCopy;
    case 'remote referrers':
      return (await import('@naru/client/commands/remote-referrers')).remoteReferrers;
    case 'remote index add':
      return (await import('@naru/client/commands/remote-index-add')).remoteIndexAdd;
  }
}
