import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { repositoryPath } from '../../repository-address.ts';
import { readRepositorySearch } from '../../repository-search.ts';
import type { Arrangement } from './arrange-tags.ts';

/** Kept in the address too, for the way back, a reload, and somebody else; what is typed does not wait for it. */
export function useArrangement(repository: string): [Arrangement, (arrangement: Arrangement) => void] {
  const { filter = '', order, platform = '' } = readRepositorySearch(useSearch({ strict: false }));
  const [arrangement, setArrangement] = useState<Arrangement>({ order: order === 'time' ? 'time' : 'version', filter, platform });
  const navigate = useNavigate();
  return [
    arrangement,
    (wanted) => {
      setArrangement(wanted);
      void navigate({
        to: '/r/$',
        params: { _splat: repositoryPath(repository, { kind: 'tags' }) },
        search: {
          ...(wanted.filter !== '' && { filter: wanted.filter }),
          ...(wanted.platform !== '' && { platform: wanted.platform }),
          ...(wanted.order === 'time' && { order: 'time' }),
        },
        replace: true,
        resetScroll: false,
      });
    },
  ];
}
