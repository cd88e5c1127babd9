/** What is around every page: the way home, who one is, language and theme. */
import { Link, Outlet } from '@tanstack/react-router';
import { useTexts } from '../language/language.tsx';
import { Mark } from '../parts/icons.tsx';
import { ConnectionNote } from './connection-note.tsx';
import { useGoKeys } from './go-keys.ts';
import { HelpDialog } from './help-dialog.tsx';
import { SessionKeeper } from './session-keeper.tsx';
import { SearchBox } from './search-box.tsx';
import { LanguageSwitch, ThemeSwitch } from './switches.tsx';
import { WhoIsHere } from './who-is-here.tsx';

export function Shell() {
  const { skip, shell } = useTexts();
  useGoKeys();
  return (
    <div className="flex min-h-dvh flex-col">
      <a href="#main" className="button absolute -top-20 left-4 z-30 focus:top-2">
        {skip}
      </a>
      <header className="border-b border-line bg-raised">
        <div className="mx-auto flex min-h-13 max-w-6xl flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2 sm:flex-nowrap">
          <Link to="/" aria-label={shell.home} className="flex items-center gap-2 text-lg font-semibold">
            <Mark />
            <span>Naru</span>
          </Link>
          <SearchBox />
          <nav aria-label={shell.main} className="ml-auto flex shrink-0 items-center gap-1 whitespace-nowrap">
            <WhoIsHere />
            <LanguageSwitch />
            <ThemeSwitch />
          </nav>
        </div>
      </header>
      <ConnectionNote />
      <SessionKeeper />
      <main id="main" tabIndex={-1} className="mx-auto w-full max-w-6xl grow px-4 py-6 outline-none">
        <Outlet />
      </main>
      <footer className="border-t border-line">
        <div className="mx-auto flex w-full max-w-6xl items-center gap-4 px-4 py-4 text-sm text-muted">
          <HelpDialog />
        </div>
      </footer>
    </div>
  );
}
