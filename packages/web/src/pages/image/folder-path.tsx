import { Fragment } from 'react';
import { CopyButton } from '../../parts/copy-button.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import type { RepositorySearch } from '../../repository-search.ts';
import { useInsideTexts } from './texts.ts';

type Props = { repository: string; digest: string; path: string; searchFor: (place: { path: string }) => RepositorySearch };

/** `/ etc / nginx`: each part leads to its folder. */
export function FolderPath({ repository, digest, path, searchFor }: Props) {
  const texts = useInsideTexts();
  const parts = path.split('/').filter(Boolean);
  return (
    <nav aria-label={texts.folder} className="flex min-w-0 flex-wrap items-center font-mono text-[0.93em]">
      <RepositoryLink repository={repository} section={{ kind: 'image', digest }} search={searchFor({ path: '' })} className="link px-1" title={texts.top}>
        <span aria-hidden="true">/</span>
        <span className="aside">{texts.top}</span>
      </RepositoryLink>
      {parts.map((part, index) => (
        <Fragment key={index}>
          {index > 0 && <span className="text-muted">/</span>}
          <RepositoryLink
            repository={repository}
            section={{ kind: 'image', digest }}
            search={searchFor({ path: parts.slice(0, index + 1).join('/') })}
            className={`px-1 ${index === parts.length - 1 ? 'font-semibold' : 'link'}`}
            aria-current={index === parts.length - 1 ? 'page' : undefined}
          >
            <ForeignText>{part}</ForeignText>
          </RepositoryLink>
        </Fragment>
      ))}
      {path !== '' && <CopyButton text={`/${path}`} what={texts.path} />}
    </nav>
  );
}
