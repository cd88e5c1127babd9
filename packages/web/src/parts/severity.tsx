/** How bad something is, in words and colour alike on every page. */
import { useTexts } from '../language/language.tsx';
import { tableOf } from '../language/table-of.ts';

/** The worst first. */
export const severities = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'] as const;
export type Severity = (typeof severities)[number];

export const useSeverityTexts = tableOf<Readonly<Record<Severity, string>>>({
  en: { critical: 'critical', high: 'high', medium: 'medium', low: 'low', negligible: 'negligible', unknown: 'not rated' },
  ko: { critical: '긴급', high: '높음', medium: '보통', low: '낮음', negligible: '미미', unknown: '등급 없음' },
});

export const severityColours: Readonly<Record<Severity, string>> = {
  critical: 'text-bad font-semibold',
  high: 'text-bad',
  medium: 'text-warn',
  low: 'text-muted',
  negligible: 'text-muted',
  unknown: 'text-muted',
};

/** At the head of a line, so wide that what follows stands in a column. */
export function SeverityWord({ severity }: { severity: Severity }) {
  const texts = useSeverityTexts();
  return <span className={`w-20 shrink-0 text-sm ${severityColours[severity]}`}>{texts[severity]}</span>;
}

const useCountTexts = tableOf({ en: (count: string, word: string) => `${count} ${word}`, ko: (count: string, word: string) => `${word} ${count}` });

type Counts = Readonly<Partial<Record<Severity, number | { readonly fixable: number; readonly unfixable: number }>>>;

/** `2 critical · 5 high`; what is none is left out, and `none` stands for nothing at all. */
export function SeverityCounts({ counts, none }: { counts: Counts; none: string }) {
  const texts = useSeverityTexts();
  const countText = useCountTexts();
  const { count: numberText } = useTexts();
  const found = severities.flatMap((severity) => {
    const count = countOf(counts, severity);
    return count === 0 ? [] : [{ severity, count }];
  });
  if (found.length === 0) return <span className="text-sm text-muted">{none}</span>;
  return (
    <span className="text-sm tabular-nums">
      {found.map(({ severity, count }, index) => (
        <span key={severity}>
          {index > 0 && ' · '}
          <span className={severityColours[severity]}>{countText(numberText(count), texts[severity])}</span>
        </span>
      ))}
    </span>
  );
}

export function countOf(counts: Counts, severity: Severity): number {
  const found = counts[severity] ?? 0;
  return typeof found === 'number' ? found : found.fixable + found.unfixable;
}
