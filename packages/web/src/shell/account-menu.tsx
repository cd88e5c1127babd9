import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { Answer } from '../api/client.ts';
import { ownOrganisationsQuery } from '../api/queries.ts';
import { useTexts } from '../language/language.tsx';

const item = 'block w-full rounded-md px-3 py-1.5 text-left hover:bg-sunken';

/** Where one's own things are. It closes when one goes somewhere, looks elsewhere, or presses Escape. */
export function AccountMenu({ self, onSignOut }: { self: Answer<'GET /user'>; onSignOut: () => void }) {
  const { shell } = useTexts();
  const menu = useRef<HTMLDetailsElement>(null);
  const { data: organisations } = useQuery({ ...ownOrganisationsQuery, enabled: self.kind === 'user' });
  useEffect(() => {
    function look({ target }: Event): void {
      if (menu.current !== null && target instanceof Node && !menu.current.contains(target)) menu.current.open = false;
    }
    document.addEventListener('pointerdown', look);
    document.addEventListener('focusin', look);
    return () => {
      document.removeEventListener('pointerdown', look);
      document.removeEventListener('focusin', look);
    };
  }, []);
  function close(): void {
    if (menu.current !== null) menu.current.open = false;
  }
  function onKeyDown({ key }: KeyboardEvent): void {
    if (key !== 'Escape') return;
    close();
    menu.current?.querySelector('summary')?.focus();
  }
  return (
    <details ref={menu} className="relative" onKeyDown={onKeyDown}>
      <summary className="max-w-32 truncate rounded-md px-2 py-1.5 text-sm hover:bg-sunken" title={shell.signedInAs(self.name)}>
        {self.name}
      </summary>
      <ul className="absolute right-0 z-20 mt-1 max-h-[70dvh] w-60 overflow-y-auto rounded-md border border-strong-line bg-raised p-1 shadow-lg">
        <li>
          <Link to="/mine" className={item} onClick={close}>
            {shell.menu.mine}
          </Link>
        </li>
        {organisations?.items.map(({ name }) => (
          <li key={name}>
            <Link to="/o/$" params={{ _splat: name }} className={`${item} truncate pl-6`} onClick={close}>
              {name}
            </Link>
          </li>
        ))}
        <li>
          <Link to="/reviews" className={item} onClick={close}>
            {shell.menu.reviews}
          </Link>
        </li>
        <li>
          <Link to="/new/organisation" className={item} onClick={close}>
            {shell.menu.newOrganisation}
          </Link>
        </li>
        <li>
          <Link to="/settings/$" params={{ _splat: '' }} className={item} onClick={close}>
            {shell.menu.settings}
          </Link>
        </li>
        {self.user?.administrator === true && (
          <li>
            <Link to="/admin/$" params={{ _splat: '' }} className={item} onClick={close}>
              {shell.menu.administration}
            </Link>
          </li>
        )}
        <li className="mt-1 border-t border-line pt-1">
          <button type="button" className={item} onClick={onSignOut}>
            {shell.signOut}
          </button>
        </li>
      </ul>
    </details>
  );
}
