import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { repositoryPath, type RepositorySection } from '../repository-address.ts';

type Props = {
  repository: string;
  section?: RepositorySection;
  search?: { tag?: string; platform?: string };
  className?: string;
  children: ReactNode;
  'aria-current'?: 'page' | undefined;
  title?: string;
  'data-row'?: string;
};

export function RepositoryLink({ repository, section, search = {}, ...rest }: Props) {
  return <Link to="/r/$" params={{ _splat: repositoryPath(repository, section) }} search={search} {...rest} />;
}
