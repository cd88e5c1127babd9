import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueries } from './api/create-queries.ts';
import { firstLanguage, LanguageProvider, loadTexts } from './language/language.tsx';
import { preloadPages } from './pages/preload.ts';
import { ToastProvider } from './parts/toasts.tsx';
import { createPagesRouter } from './routes.tsx';

const root = document.querySelector('#root');
const language = firstLanguage();
const texts = await loadTexts(language);
const queries = createQueries();
const router = createPagesRouter(queries);

if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <LanguageProvider first={{ language, texts }}>
          <ToastProvider>
            <RouterProvider router={router} />
          </ToastProvider>
        </LanguageProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
  preloadPages();
}
