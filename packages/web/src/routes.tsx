/** All pages and their addresses. Each page is a file of its own that is fetched when it is needed. */
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { readListSearch } from './list-search.ts';
import { readWantedPackage } from './pages/package-search/wanted-package.ts';
import { readWanted } from './pages/search/wanted.ts';
import { isMissingPart } from './api/api-error.ts';
import { NotFoundPage } from './pages/not-found/not-found-page.tsx';
import { readRepositorySearch, searchText } from './repository-search.ts';
import { ErrorState } from './parts/states.tsx';
import { Shell } from './shell/shell.tsx';

export type PageContext = { readonly queries: QueryClient };

const root = createRootRouteWithContext<PageContext>()({ component: Shell, notFoundComponent: NotFoundPage });

const home = createRoute({ getParentRoute: () => root, path: '/', component: lazyRouteComponent(() => import('./pages/home/home-page.tsx'), 'HomePage') });

const repository = createRoute({
  getParentRoute: () => root,
  path: '/r/$',
  validateSearch: readRepositorySearch,
  component: lazyRouteComponent(() => import('./pages/repository/repository-page.tsx'), 'RepositoryPage'),
});

/** Official images, which live in `library`. */
const official = createRoute({
  getParentRoute: () => root,
  path: '/_/$',
  validateSearch: readRepositorySearch,
  component: lazyRouteComponent(() => import('./pages/repository/repository-page.tsx'), 'OfficialPage'),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search): { to?: string } => searchText(search, 'to'),
  component: lazyRouteComponent(() => import('./pages/account/sign-in-page.tsx'), 'SignInPage'),
});

const signUp = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  component: lazyRouteComponent(() => import('./pages/account/sign-up-page.tsx'), 'SignUpPage'),
});

const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  component: lazyRouteComponent(() => import('./pages/account/reset-password-page.tsx'), 'ResetPasswordPage'),
});

const create = createRoute({
  getParentRoute: () => root,
  path: '/new',
  component: lazyRouteComponent(() => import('./pages/new/new-repository-page.tsx'), 'NewRepositoryPage'),
});

const importArchive = createRoute({
  getParentRoute: () => root,
  path: '/import',
  component: lazyRouteComponent(() => import('./pages/import/import-page.tsx'), 'ImportPage'),
});

const mine = createRoute({ getParentRoute: () => root, path: '/mine', component: lazyRouteComponent(() => import('./pages/mine/mine-page.tsx'), 'MinePage') });

/** Images that wait for whoever is here. */
const reviews = createRoute({
  getParentRoute: () => root,
  path: '/reviews',
  validateSearch: readListSearch,
  component: lazyRouteComponent(() => import('./pages/reviews/reviews-page.tsx'), 'ReviewsPage'),
});

const search = createRoute({
  getParentRoute: () => root,
  path: '/search',
  validateSearch: readWanted,
  component: lazyRouteComponent(() => import('./pages/search/search-page.tsx'), 'SearchPage'),
});

const packageSearch = createRoute({
  getParentRoute: () => root,
  path: '/search/packages',
  validateSearch: readWantedPackage,
  component: lazyRouteComponent(() => import('./pages/package-search/package-search-page.tsx'), 'PackageSearchPage'),
});

/** Where links in mails lead; what they hold stands behind the #. */
const link = createRoute({
  getParentRoute: () => root,
  path: '/account-link',
  component: lazyRouteComponent(() => import('./pages/account/link-page.tsx'), 'LinkPage'),
});

const ownAccount = createRoute({
  getParentRoute: () => root,
  path: '/settings/$',
  component: lazyRouteComponent(() => import('./pages/own-account/own-account-page.tsx'), 'OwnAccountPage'),
});

const notifications = createRoute({
  getParentRoute: () => root,
  path: '/notifications',
  validateSearch: readListSearch,
  component: lazyRouteComponent(() => import('./pages/notifications/notifications-page.tsx'), 'NotificationsPage'),
});

const newOrganisation = createRoute({
  getParentRoute: () => root,
  path: '/new/organisation',
  component: lazyRouteComponent(() => import('./pages/organisation/new-organisation-page.tsx'), 'NewOrganisationPage'),
});

const organisation = createRoute({
  getParentRoute: () => root,
  path: '/o/$',
  validateSearch: readListSearch,
  component: lazyRouteComponent(() => import('./pages/organisation/organisation-page.tsx'), 'OrganisationPage'),
});

const person = createRoute({
  getParentRoute: () => root,
  path: '/u/$name',
  component: lazyRouteComponent(() => import('./pages/person/person-page.tsx'), 'PersonPage'),
});

const personSecurity = createRoute({
  getParentRoute: () => root,
  path: '/u/$name/security',
  validateSearch: readListSearch,
  component: lazyRouteComponent(() => import('./pages/person/person-security-page.tsx'), 'PersonSecurityPage'),
});

const administration = createRoute({
  getParentRoute: () => root,
  path: '/admin/$',
  validateSearch: readListSearch,
  component: lazyRouteComponent(() => import('./pages/administration/administration-page.tsx'), 'AdministrationPage'),
});

const people = [ownAccount, notifications, newOrganisation, organisation, person, personSecurity, administration] as const;

const tree = root.addChildren([
  home,
  repository,
  official,
  signIn,
  signUp,
  resetPassword,
  link,
  create,
  importArchive,
  mine,
  reviews,
  search,
  packageSearch,
  ...people,
]);

export function createPagesRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultErrorComponent: ({ error, reset }) => <ErrorState isPage error={error} retry={isMissingPart(error) ? () => location.reload() : reset} />,
  });
}

declare module '@tanstack/react-router' {
  // eslint-disable-next-line typescript/consistent-type-definitions -- declarations merge only as interfaces
  interface Register {
    router: ReturnType<typeof createPagesRouter>;
  }
}
