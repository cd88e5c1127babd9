/** What changed over days: thin lines, with a table behind them for screen readers. Days that nobody counted are gaps. */
import { useLanguage } from '../language/language.tsx';
import { tableOf } from '../language/table-of.ts';

const useChartTexts = tableOf({
  en: { soon: 'A chart appears here when there is more than one day to show.', day: 'Day' },
  ko: { soon: '하루가 지나면 여기에 차트가 나타납니다.', day: '날짜' },
});

/** `values`: one for each day. `stroke`: its colour; `dash`: told apart without colours. */
export type ChartLine = {
  readonly name: string;
  readonly values: readonly number[];
  readonly stroke: string;
  readonly dash?: string;
  readonly hasArea?: boolean;
};

type Props = {
  title: string;
  /** At the end of the line with the title. */
  note: string;
  /** In their order, as `2026-11-30`. */
  days: readonly string[];
  lines: readonly ChartLine[];
  text: (value: number) => string;
  /** Further columns of the table. */
  columns?: readonly { readonly name: string; readonly cells: readonly string[] }[];
};

const height = 60;
const width = 600;
const dayMs = 24 * 3600e3;
/** Rows of the table that a screen reader reads: so many, evenly chosen. */
const rowsMax = 31;

export function DayChart({ title, note, days, lines, text, columns = [] }: Props) {
  const texts = useChartTexts();
  const { language } = useLanguage();
  if (days.length < 2) return <p className="text-sm text-muted">{texts.soon}</p>;
  const dayText = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  const step = Math.max(1, Math.ceil(days.length / rowsMax));
  const shown = days.flatMap((day, index) => ((days.length - 1 - index) % step === 0 ? [{ day, index }] : []));
  return (
    <figure className="relative">
      <figcaption className="mb-1 flex flex-wrap justify-between gap-x-4 text-sm text-muted tabular-nums">
        <span>{title}</span>
        <span>{note}</span>
      </figcaption>
      {lines.length > 1 && <Legend lines={lines} text={text} />}
      <svg aria-hidden="true" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" className="h-16 w-full">
        {drawn({ days, lines }).map(({ line, points }) => (
          <g key={`${line.name} ${points}`}>
            {line.hasArea === true && <polygon points={`${startOf(points)},${height} ${points} ${endOf(points)},${height}`} className="fill-accent-soft" />}
            <polyline
              points={points}
              fill="none"
              vectorEffect="non-scaling-stroke"
              strokeWidth="1.5"
              strokeLinecap="round"
              strokeDasharray={line.dash}
              className={line.stroke}
            />
          </g>
        ))}
      </svg>
      <p aria-hidden="true" className="flex justify-between text-sm text-muted">
        <span>{dayText.format(Date.parse(days[0] ?? ''))}</span>
        <span>{dayText.format(Date.parse(days.at(-1) ?? ''))}</span>
      </p>
      {/* Hidden by what is around it: a table is as wide as its words, whatever it is told. */}
      <div className="aside">
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">{texts.day}</th>
              {[...lines, ...columns].map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ day, index }) => (
              <tr key={day}>
                <th scope="row">{dayText.format(Date.parse(day))}</th>
                {lines.map(({ name, values }) => (
                  <td key={name}>{text(values[index] ?? 0)}</td>
                ))}
                {columns.map(({ name, cells }) => (
                  <td key={name}>{cells[index]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

function Legend({ lines, text }: Pick<Props, 'lines' | 'text'>) {
  return (
    <p aria-hidden="true" className="mb-1 flex flex-wrap gap-x-4 text-sm text-muted tabular-nums">
      {lines.map(({ name, values, stroke, dash }) => (
        <span key={name} className="inline-flex items-center gap-1.5">
          <svg viewBox="0 0 20 4" className="h-1 w-5">
            <line x1="0" y1="2" x2="20" y2="2" strokeWidth="2" strokeDasharray={dash} className={stroke} />
          </svg>
          {name} {text(values.at(-1) ?? 0)}
        </span>
      ))}
    </p>
  );
}

/** The worst last, so that it lies above the others; each in as many pieces as there are days in a row. */
function drawn({ days, lines }: Pick<Props, 'days' | 'lines'>): { line: ChartLine; points: string }[] {
  const times = days.map((day) => Date.parse(day) / dayMs);
  const [first = 0, last = 1] = [times[0], times.at(-1)];
  const most = Math.max(1, ...lines.flatMap(({ values }) => values));
  return lines.toReversed().flatMap((line) => {
    const pieces: string[][] = [];
    for (const [index, time] of times.entries()) {
      const x = ((time - first) / Math.max(1, last - first)) * width;
      const y = height - 1 - ((line.values[index] ?? 0) / most) * (height - 3);
      const point = `${x.toFixed(1)},${y.toFixed(1)}`;
      if (index > 0 && time - (times[index - 1] ?? 0) === 1) pieces.at(-1)?.push(point);
      else pieces.push([point]);
    }
    // A day that stands alone is a point: a line from itself to itself, with round ends.
    return pieces.map((points) => ({ line, points: (points.length === 1 ? [...points, ...points] : points).join(' ') }));
  });
}

const startOf = (points: string): string => points.slice(0, points.indexOf(','));
const endOf = (points: string): string => points.slice(points.lastIndexOf(' ') + 1, points.lastIndexOf(','));
