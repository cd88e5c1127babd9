import { useLanguage } from '../language/language.tsx';

/** In the units of docker: powers of 1000. The exact number is on hover. */
export function Bytes({ of }: { of: number }) {
  const { language } = useLanguage();
  return (
    <span className="whitespace-nowrap tabular-nums" title={`${new Intl.NumberFormat(language).format(of)} B`}>
      {bytesText(of, language)}
    </span>
  );
}

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

export function bytesText(sizeBytes: number, language: string): string {
  const power = sizeBytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(sizeBytes) / 3));
  const value = sizeBytes / 1000 ** power;
  const digits = power === 0 || value >= 100 ? 0 : 1;
  return `${new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)} ${units[power]}`;
}

/** A share as a bar, for comparing by eye; the number stands beside it. */
export function Bar({ share }: { share: number }) {
  return (
    <span aria-hidden="true" className="inline-block h-1.5 w-full overflow-hidden rounded-md bg-sunken align-middle">
      <span className="block h-full rounded-md bg-accent" style={{ width: `${Math.max(share > 0 ? 2 : 0, Math.min(100, share * 100))}%` }} />
    </span>
  );
}
