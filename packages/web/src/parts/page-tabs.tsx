import { Link } from '@tanstack/react-router';
import { useFormTexts } from '../language/form-texts.ts';
import { useCurrentInView } from './use-current-in-view.ts';

export type PageTab = { readonly path: string; readonly text: string };

/** So many stand closer together, so that all of them are in view. */
const manyTabs = 10;

/** Or the router calls every address above the one that is open the current page, too. */
const exact = { exact: true } as const;

/** The parts of a page, each with an address of its own. */
export function PageTabs({ tabs, here }: { tabs: readonly PageTab[]; here: string }) {
  const texts = useFormTexts();
  const row = useCurrentInView(here);
  const isClose = tabs.length > manyTabs;
  return (
    <nav ref={row} aria-label={texts.sections} className={`mt-2 mb-6 flex overflow-x-auto border-b border-line ${isClose ? '' : 'gap-1'}`}>
      {tabs.map(({ path, text }) => (
        <Link
          key={path}
          to={path}
          activeOptions={exact}
          aria-current={path === here ? 'page' : undefined}
          className={`-mb-px border-b-2 py-2 whitespace-nowrap ${isClose ? 'px-2' : 'px-3'} ${path === here ? 'border-accent font-semibold' : 'border-transparent text-muted hover:border-line hover:text-text'}`}
        >
          {text}
        </Link>
      ))}
    </nav>
  );
}
