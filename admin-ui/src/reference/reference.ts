// The reference of the API at /api/: a page of its own, so that the admin page carries none of it.
import './reference.css';
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import { parts } from './parts';

const root = document.documentElement;
const dark = matchMedia('(prefers-color-scheme: dark)');

/** The viewer knows no `color-scheme`, it wants a class. */
function paint(): void {
  const chosen = root.dataset.theme;
  root.classList.toggle('dark-mode', chosen === undefined ? dark.matches : chosen === 'dark');
}

paint();
dark.addEventListener('change', paint);
SwaggerUI({
  url: '/api/openapi.yaml',
  dom_id: '#reference',
  plugins: [parts],
  layout: 'ReferenceLayout',
  deepLinking: true,
  docExpansion: 'list',
  filter: true,
  // Examples are what a reader looks for first; the schema is one click away.
  defaultModelRendering: 'example',
  syntaxHighlight: { theme: 'obsidian' },
  // It would send the document to a validator on the internet.
  validatorUrl: null,
  requestInterceptor: (request: { method?: string; headers?: Record<string, string>; credentials?: string }) => {
    const reads = ['GET', 'HEAD'].includes((request.method ?? 'GET').toUpperCase());
    // The admin page asks before it deletes something; this one does not, so what changes something needs a key.
    if (!reads && request.headers?.['Authorization'] === undefined) request.credentials = 'omit';
    return request;
  },
});
