import { useLanguage } from '../language/language.tsx';
import { tableOf } from '../language/table-of.ts';
import { Bar, bytesText } from './bytes.tsx';

const useUsageTexts = tableOf({
  en: { of: (used: string, all: string) => `${used} of ${all}`, full: 'full', nearly: 'nearly full' },
  ko: { of: (used: string, all: string) => `${all} 중 ${used}`, full: '가득 참', nearly: '거의 가득 참' },
});

const nearly = 0.9;

/** Against its limit, or where there is none against the largest (`most`) of those beside it. */
export function UsageBar({ bytes, maxBytes, most = 0 }: { bytes: number; maxBytes: number | undefined; most?: number }) {
  const texts = useUsageTexts();
  const { language } = useLanguage();
  const used = bytesText(bytes, language);
  const whole = maxBytes ?? most;
  const share = whole === 0 ? (bytes > 0 ? 1 : 0) : bytes / whole;
  return (
    <span className="min-w-0">
      <Bar share={share} />
      <span className="flex flex-wrap gap-x-3 text-sm text-muted tabular-nums">
        {maxBytes === undefined ? used : texts.of(used, bytesText(maxBytes, language))}
        {maxBytes !== undefined && share >= nearly && <span className={share >= 1 ? 'text-bad' : 'text-warn'}>{share >= 1 ? texts.full : texts.nearly}</span>}
      </span>
    </span>
  );
}
