/**
 * Fetches what the next click may need while nobody waits, so that a page opens at once, and also
 * when the server is being restarted just then.
 */
export function preloadPages(): void {
  const fetchAll = () =>
    void Promise.all([
      import('./home/home-page.tsx'),
      import('./repository/repository-page.tsx'),
      import('./repository/overview.tsx'),
      import('./tags/tags-page.tsx'),
      import('./image/image-page.tsx'),
      import('./search/search-page.tsx'),
      import('./account/sign-in-page.tsx'),
    ]).catch(() => undefined); // whoever needs it asks again, and is told
  if ('requestIdleCallback' in window) requestIdleCallback(fetchAll, { timeout: 5000 });
  else setTimeout(fetchAll, 2000);
}
