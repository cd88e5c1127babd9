/** `naru logs`: what a container printed, and when. */
import { ContainerError } from '../container/container.ts';
import { containerPaths } from '../container/container-paths.ts';
import { processOf } from '../container/container-process.ts';
import { settle } from '../container/container-life.ts';
import { type LogLine, openLog } from '../container/log-file.ts';
import { parseUntil } from '../filter/until.ts';
import type { ClientCommand } from './command.ts';
import { complaining, withContainers } from './container-command.ts';

const pollMs = 50;

export const containerLogs: ClientCommand = (line, context) =>
  complaining(context, () =>
    withContainers(line, context, async (lives) => {
      const { switches, values } = line;
      const { terminal, clock } = context;
      const { id } = lives.rows.find(line.words?.[0] ?? '');
      const log = openLog(containerPaths(lives.root, id).log);
      const now = clock.now();
      const since = values['since'] === undefined ? -Infinity : parseUntil(values['since'], now);
      const until = values['until'] === undefined ? Infinity : parseUntil(values['until'], now);
      const tail = parseTail(values['tail'] ?? 'all');
      const print = async (lines: readonly LogLine[]) => {
        for (const { time, isError, text } of lines) {
          const shown = `${switches.has('timestamps') ? `${time.replace(/\+00:00$/, 'Z')} ` : ''}${Buffer.from(text, 'latin1').toString()}`;
          await (isError ? terminal.err(shown) : terminal.out(shown));
        }
      };
      const isWanted = ({ time }: LogLine) => Date.parse(time) >= since && Date.parse(time) <= until;
      await print(lastLines(log.read().filter(isWanted), tail));
      while (switches.has('follow') && clock.now() <= until) {
        // Asked before the last look, so that nothing that came in between is missed.
        const container = lives.rows.get(id);
        await print(log.read().filter(isWanted));
        if (container === undefined || container.state.status === 'exited' || container.state.status === 'created') break;
        if (container.state.status === 'running' && processOf(container) === undefined) await settle(lives, id);
        else await clock.sleep(pollMs);
      }
      return 0;
    }),
  );

function parseTail(text: string): number {
  if (text === 'all' || /^-\d+$/.test(text)) return Infinity;
  if (!/^\d+$/.test(text)) throw new ContainerError(`invalid tail parameter: ${text}`);
  return Number(text);
}

/** A long line comes in parts. */
function lastLines(parts: readonly LogLine[], count: number): readonly LogLine[] {
  if (count === Infinity) return parts;
  let left = count;
  let at = parts.length;
  while (at > 0 && !(parts[at - 1]?.text.endsWith('\n') === true && left-- === 0)) at -= 1;
  return parts.slice(at);
}
