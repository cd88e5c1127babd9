import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { repositoryPath, type RepositorySection } from '../repository-address.ts';
import type { RepositorySearch } from '../repository-search.ts';

type Props = {
  repository: string;
  section?: RepositorySection;
  search?: RepositorySearch;
  replace?: boolean;
  className?: string;
  children: ReactNode;
  'aria-current'?: 'page' | undefined;
  title?: string;
  'data-row'?: string;
};

const exact = { exact: true } as const;

export function RepositoryLink({ repository, section, search = {}, ...rest }: Props) {
  // Or the router calls every address above the one that is open the current page, too.
  return <Link to="/r/$" params={{ _splat: repositoryPath(repository, section) }} search={search} activeOptions={exact} {...rest} />;
}
