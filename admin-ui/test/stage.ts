import { afterEach, beforeEach, vi } from 'vitest';
import { session } from '../src/state/session';

export type Answer = [status: number, body: unknown];

/** A hub that answers as the test says, an operator who is signed in, and a record of what was asked. */
export function stage() {
  const hub = {
    requests: [] as { method: string; url: string; init: RequestInit }[],
    /** The version that answers name, where a test needs one. */
    etag: undefined as string | undefined,
    answer: ((_method, _url) => [500, {}]) as (method: string, url: string) => Answer,
    posts: () => hub.requests.filter((r) => r.method === 'POST'),
    header: (i: number, name: string) => (hub.posts()[i]!.init.headers as Record<string, string>)[name],
  };
  beforeEach(() => {
    hub.requests = [];
    hub.etag = undefined;
    session.value = { user: 'ann', role: 'operator', passwordChangeRequired: false };
    vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
      hub.requests.push({ method: init.method ?? 'GET', url, init });
      const [status, body] = hub.answer(init.method ?? 'GET', url);
      return Promise.resolve(new Response(JSON.stringify(body), { status, ...(hub.etag !== undefined && { headers: { ETag: hub.etag } }) }));
    });
  });
  afterEach(() => vi.unstubAllGlobals());
  return hub;
}
