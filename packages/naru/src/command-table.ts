/**
 * Every command of the program: parsing, help and the reference page are made from this table.
 */
import { configReference } from '@naru/server/config/reference';
import { type ApiCommandName, apiCommands } from './admin/api-commands.ts';
import { agentCommands, type AgentCommandName } from './agent/agent-commands.ts';
import { containerCommands, type ContainerCommandName } from './container-commands.ts';
import { type CommandSpec, type Flag, listCommands } from './command-spec.ts';
import { clientCommands, type ClientCommandName } from './client-commands.ts';
import { transferCommands, type TransferCommandName } from './transfer-commands.ts';
import { imageCommands, type ImageCommandName, json } from './image-commands.ts';

export type CommandName =
  | 'serve'
  | 'admin gc'
  | 'admin fsck'
  | 'admin scrub'
  | 'admin advisories import'
  | 'admin advisories status'
  | ApiCommandName
  | AgentCommandName
  | 'version'
  | 'help'
  | ClientCommandName
  | ContainerCommandName
  | ImageCommandName
  | TransferCommandName;

export type Command = CommandSpec & { readonly name: CommandName };

const configFlag: Flag = { name: 'config', value: 'FILE', description: 'YAML file with settings.', env: 'NARU_CONFIG' };
const jsonFlag: Flag = { name: 'json', description: 'Print the report as JSON.' };

const settingFlags: readonly Flag[] = configReference().map((entry) => ({
  name: entry.flag.slice(2),
  value: valueName(entry.key, entry.type),
  description: entry.description,
  default: entry.default,
  env: entry.env,
}));
const dataFlag = settingFlags.filter((flag) => flag.name === 'data');

const whereItRuns = 'A server that uses the data folder does the work itself and goes on serving; without one the command opens the folder.';

export const commands: readonly Command[] = [
  {
    name: 'serve',
    summary: 'Run the registry',
    details: ['Flags beat the NARU_* environment, which beats the file. The first Ctrl-C lets running requests finish; another one stops at once.'],
    flags: [configFlag, ...settingFlags],
  },
  {
    name: 'admin gc',
    summary: 'Delete content that nothing refers to',
    details: [whereItRuns, 'What was pushed, mounted or asked for within collection.grace stays.'],
    flags: [
      { name: 'dry-run', description: 'Only say what would be deleted.' },
      { name: 'untagged', description: 'Delete manifests that no tag, index or subject keeps, too.' },
      ...dataFlag,
      configFlag,
      jsonFlag,
    ],
  },
  {
    name: 'admin fsck',
    summary: 'Check the data folder against what Naru promises',
    details: [whereItRuns, 'Exit status: 0 when nothing is broken (any more), 1 when something is, 2 when the check could not run.'],
    flags: [{ name: 'repair', description: 'Mend what can be mended without losing anything.' }, ...dataFlag, configFlag, jsonFlag],
  },
  {
    name: 'admin scrub',
    summary: 'Read every stored blob and check it against its digest',
    details: [
      whereItRuns,
      'Rotten blobs are set aside and no longer served; pushing them again heals them.',
      'Exit status: 0 when all were sound, 1 when some were not, 2 when the check could not run.',
    ],
    flags: [...dataFlag, configFlag, jsonFlag],
  },
  {
    name: 'admin advisories import',
    summary: 'Bring in files that say what is vulnerable',
    details: [
      whereItRuns,
      'Files are told apart by what is in them: exports of OSV (.zip, .tar.gz, JSON or YAML), Debian’s tracker and its lists, Alpine’s security database, npm’s advisories, EPSS scores and CISA’s list of what is exploited.',
      'Each file counts as a whole or not at all. Exports replace what their source said before; single advisories are added.',
      'Exit status: 0 when all files were taken, 1 when some were not, 2 when nothing could run.',
    ],
    flags: [{ name: 'force', description: 'Take data that are older than those that hold, too.' }, ...dataFlag, configFlag, jsonFlag],
    words: 'FILE…',
    wordCount: { min: 1, max: 10_000 },
    completes: 'file',
  },
  {
    name: 'admin advisories status',
    summary: 'Show which advisories are known, and of when',
    details: [whereItRuns],
    flags: [...dataFlag, configFlag, jsonFlag],
  },
  ...listCommands(Object.fromEntries(Object.entries(apiCommands).map(([name, { spec }]) => [name, spec])) as Record<ApiCommandName, CommandSpec>), // the same names
  ...clientCommands,
  ...transferCommands,
  ...imageCommands,
  ...containerCommands,
  ...agentCommands,
  { name: 'version', summary: 'Print the version', details: [], flags: [json] },
  { name: 'help', summary: 'Explain a command', details: [], flags: [], words: '[COMMAND]' },
];

function valueName(key: string, type: string): string {
  if (key === 'data') return 'DIR';
  if (type.includes('|')) return type.replaceAll(' ', '');
  return type === 'text' ? key.toUpperCase() : (type.split(' ').at(-1) ?? type).toUpperCase();
}
