import { Link } from '@tanstack/react-router';
import { useFormTexts } from '../language/form-texts.ts';
import { useCurrentInView } from './use-current-in-view.ts';

export type PageTab = { readonly path: string; readonly text: string };

/** The parts of a page, each with an address of its own. */
export function PageTabs({ tabs, here }: { tabs: readonly PageTab[]; here: string }) {
  const texts = useFormTexts();
  const row = useCurrentInView(here);
  return (
    <nav ref={row} aria-label={texts.sections} className="mt-2 mb-6 flex gap-1 overflow-x-auto border-b border-line">
      {tabs.map(({ path, text }) => (
        <Link
          key={path}
          to={path}
          aria-current={path === here ? 'page' : undefined}
          className={`-mb-px border-b-2 px-3 py-2 whitespace-nowrap ${path === here ? 'border-accent font-semibold' : 'border-transparent text-muted hover:border-line hover:text-text'}`}
        >
          {text}
        </Link>
      ))}
    </nav>
  );
}
