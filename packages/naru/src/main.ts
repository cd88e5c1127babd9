/**
 * The program `naru`, once `bin/naru.mjs` has found the runtime for it. Commands are loaded when they
 * are called, so that help and mistakes answer at once.
 */
import { chooseLanguage } from '@naru/client/language/choose-language';
import type { AdminRequest } from '@naru/server/lifecycle/admin-request';
import type { ApiCommandName } from './admin/api-commands.ts';
import { environment } from './environment.ts';
import { findImageCommand } from './image-commands.ts';
import { loadProgramTexts, type ProgramTexts } from './language/program-texts.ts';
import { type CommandLine, parseFlags } from './parse-flags.ts';
import { print, printProblem } from './print.ts';

process.exit(await main(process.argv.slice(2)));

async function main(argv: readonly string[]): Promise<number> {
  const language = chooseLanguage(environment);
  if (argv[0] === '__complete') {
    await print(await (await import('./completion/complete.ts')).completionLines(argv.slice(1), language));
    return 0;
  }
  const line = await parse(argv, await loadProgramTexts(language));
  switch (line.kind) {
    case 'help':
      await print(await (await import('./help.ts')).helpText(line.of, language));
      return 0;
    case 'mistake':
      await printProblem(line.message);
      return line.exitCode;
    case 'run':
      return run(line);
  }
}

/** A list of images is there before the table of all commands would be. */
async function parse(argv: readonly string[], texts: ProgramTexts): Promise<CommandLine> {
  const found = findImageCommand(argv);
  return found === undefined ? (await import('./command-line.ts')).parseCommandLine(argv, texts) : parseFlags(found.command, found.args, texts);
}

async function run(line: CommandLine & { kind: 'run' }): Promise<number> {
  const { name, values, switches } = line;
  const admin = async (request: AdminRequest) => (await import('./admin/admin.ts')).adminCommand(request, { flags: values, json: switches.has('json') });
  switch (name) {
    case 'serve':
      return (await import('./serve.ts')).serveCommand(values);
    case 'agent':
      return (await import('./agent/agent-command.ts')).agentCommand(line);
    case 'agent-forward':
      await (await import('@naru/agent/forward/forwarder')).runForwarder(line.words?.[0] ?? '');
      return 0;
    case 'admin gc':
      return admin({ verb: 'gc', dryRun: switches.has('dry-run'), untagged: switches.has('untagged') });
    case 'admin fsck':
      return admin({ verb: 'fsck', repair: switches.has('repair') });
    case 'admin scrub':
      return admin({ verb: 'scrub' });
    case 'admin advisories import': {
      const { importAdvisories } = await import('./admin/advisory-command.ts');
      return importAdvisories({ files: line.words ?? [], force: switches.has('force') }, { flags: values, json: switches.has('json') });
    }
    case 'admin advisories status':
      return (await import('./admin/advisory-command.ts')).showAdvisoryStatus({ flags: values, json: switches.has('json') });
    case 'version':
      await printVersion(switches.has('json'));
      return 0;
    case 'help':
      await print(await (await import('./help.ts')).helpText('', chooseLanguage(environment)));
      return 0;
    default:
      if (isApiCommand(name)) return (await import('./admin/run-api-command.ts')).runApiCommand(name, line);
      return (await import('./run-client-command.ts')).runClientCommand({ ...line, name });
  }
}

async function printVersion(isJson: boolean): Promise<void> {
  const { version } = await import('@naru/server/runtime/version');
  await print(
    isJson
      ? `${JSON.stringify({ version, runtime: `bun ${process.versions.bun ?? ''}`, os: process.platform, architecture: process.arch }, null, 2)}\n`
      : `naru ${version}\n`,
  );
}

/** The rest of `admin` and its like: without loading the table of these commands for those that are none. */
function isApiCommand(name: string): name is ApiCommandName {
  return /^(?:admin|webhook|event|notification|tag-rule|policy|review|signer|retention|trash|environment|release|golden|finding-rule|vex|scanner) |^(?:deprecate|deploy|promote|rollback|lineage|lint|signatures|findings|security|packages|sbom)$/.test(
    name,
  );
}
