/** What `naru security` prints: the overview, or one of the lists, whose columns are those of its items. */
import { columns } from './columns.ts';

type Counts = Readonly<Record<string, number | { readonly fixable: number; readonly unfixable: number }>>;
type Overview = {
  readonly images: Readonly<Record<string, number>>;
  readonly isWhole: boolean;
  readonly counts?: Readonly<Record<string, { readonly fixable: number; readonly unfixable: number }>>;
  readonly exploited?: number;
  readonly newerBases: { readonly images: number; readonly removed: Counts };
};
type Item = Readonly<Record<string, unknown>>;
type List = { readonly items: readonly Item[]; readonly next?: string };

export function securityText(body: string): string {
  const answer = JSON.parse(body) as Overview | List; // our own server's
  return ('items' in answer ? listLines(answer) : overviewLines(answer)).map((line) => `${line}\n`).join('');
}

function overviewLines({ images, isWhole, counts, exploited = 0, newerBases }: Overview): string[] {
  const total = Object.values(images).reduce((sum, one) => sum + one, 0);
  const states = Object.entries(images).flatMap(([state, count]) => (count === 0 ? [] : [`${count} ${state}`]));
  const removed = countsText(newerBases.removed);
  const lines = [
    `${total} ${total === 1 ? 'image' : 'images'}${states.length === 0 ? '' : `: ${states.join(', ')}`}`,
    ...(newerBases.images === 0
      ? []
      : [`${newerBases.images} of them on a former base: a rebuild removes ${removed === '' ? 'nothing that is known' : removed}`]),
  ];
  if (!isWhole) return [...lines, 'this is what you may see: sums are for who may pull everything here'];
  if (counts === undefined) return [...lines, 'nothing was counted yet'];
  const rows = Object.entries(counts).map(([severity, { fixable, unfixable }]) => [severity, String(fixable + unfixable), String(fixable)]);
  return [...columns([['SEVERITY', 'OPEN', 'FIXABLE'], ...rows]), ...(exploited === 0 ? [] : [`${exploited} of these are known to be exploited`]), ...lines];
}

function listLines({ items, next }: List): string[] {
  const [first] = items;
  if (first === undefined) return ['nothing'];
  const said = new Set(items.flatMap((item) => Object.keys(item)));
  const names = [...leading.filter((name) => said.has(name)), ...[...said].filter((name) => !leading.includes(name) && !hidden.has(name))];
  const table = columns([names.map(titleOf), ...items.map((item) => names.map((name) => cellOf(item[name])))]);
  return [...table, ...(next === undefined ? [] : [`… go on with --after ${next}`])];
}

/** What a line is about comes first. */
const leading = ['severity', 'id', 'day', 'repository', 'tags', 'state', 'ecosystem', 'package', 'name', 'fixed'];
/** What a person does not compare. */
const hidden: ReadonlySet<string> = new Set(['talliedAt', 'since', 'type', 'standsOn', 'now']);

const titleOf = (name: string): string => name.replaceAll(/(?=[A-Z])/g, ' ').toUpperCase();

function cellOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(' ');
  if (typeof value === 'object' && value !== null) return countsText(value as Counts);
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? `${value}` : '';
}

/** `2 critical, 5 high`; what is none is left out. */
function countsText(counts: Counts): string {
  return Object.entries(counts)
    .flatMap(([severity, count]) => {
      const found = typeof count === 'number' ? count : count.fixable + count.unfixable;
      return found === 0 ? [] : [`${found} ${severity}`];
    })
    .join(', ');
}
