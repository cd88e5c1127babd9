import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { serverQuery } from '../api/queries.ts';
import { useTexts } from '../language/language.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { useKeys } from './keys.ts';

const keys = { '/': 'search', j: 'next', k: 'previous', c: 'copy', 'g r': 'mine', 'g n': 'create', 'g h': 'home', '?': 'help' } as const;

export function HelpDialog() {
  const { shell } = useTexts();
  const { data: server } = useQuery(serverQuery);
  const [isOpen, setIsOpen] = useState(false);
  useKeys({ '?': () => setIsOpen(true) });
  return (
    <>
      {server && <span>{shell.version(server.version)}</span>}
      <button type="button" className="link ml-auto" onClick={() => setIsOpen(true)}>
        {shell.help}
      </button>
      <Dialog title={shell.help} isOpen={isOpen} onClose={() => setIsOpen(false)}>
        <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2 text-text">
          {Object.entries(keys).map(([key, name]) => (
            <div key={key} className="contents">
              <dt>
                <kbd className="chip min-w-8 text-center font-mono text-text">{key}</kbd>
              </dt>
              <dd>{shell.keys[name]}</dd>
            </div>
          ))}
        </dl>
      </Dialog>
    </>
  );
}
