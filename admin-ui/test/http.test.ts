import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, call, hubNow, isAbort, whenUnauthorized } from '../src/api/http';
import { sendCommand, url } from '../src/api/hub';

function answers(response: Response | Error): { requests: [string, RequestInit][] } {
  const requests: [string, RequestInit][] = [];
  vi.stubGlobal('fetch', (to: string, init: RequestInit) => {
    requests.push([to, init]);
    return response instanceof Error ? Promise.reject(response) : Promise.resolve(response);
  });
  return { requests };
}

const json = (status: number, body: unknown, headers = {}) => new Response(JSON.stringify(body), { status, headers });
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable(),
    (e: unknown) => e as ApiError,
  );

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  whenUnauthorized(() => {});
});

describe('call', () => {
  it('hands over problem details with their fields', async () => {
    answers(
      json(422, {
        title: 'Not valid',
        status: 422,
        detail: 'See errors.',
        errors: [{ pointer: '/tags/site', detail: 'Too long.' }],
      }),
    );
    const e = await failure(call('/x'));
    expect(e).toBeInstanceOf(ApiError);
    expect([e.status, e.title, e.detail]).toEqual([422, 'Not valid', 'See errors.']);
    expect(e.field('/tags')).toBe('Too long.');
    expect(e.field('/tag')).toBeUndefined();
  });

  it('makes do with the status where the answer is not the hub’s', async () => {
    answers(new Response('<html>Bad gateway', { status: 502, statusText: 'Bad Gateway' }));
    expect((await failure(call('/x'))).title).toBe('The hub answered 502 Bad Gateway');
  });

  it('says that the hub is away', async () => {
    answers(new TypeError('Failed to fetch'));
    const e = await failure(call('/x'));
    expect([e.status, e.title]).toEqual([0, 'The hub cannot be reached']);
  });

  it('refuses a page in the place of JSON', async () => {
    answers(new Response('<html>', { status: 200 }));
    expect((await failure(call('/x'))).title).toBe('The answer is not JSON');
  });

  it('gives nothing for an empty answer', async () => {
    answers(new Response(null, { status: 204 }));
    expect(await call('/x')).toBeUndefined();
  });

  it('reports a lost session, but not a wrong password', async () => {
    const lost = vi.fn();
    whenUnauthorized(lost);
    answers(json(401, { title: 'No' }));
    await failure(call('/x', { keepUnauthorized: true }));
    expect(lost).not.toHaveBeenCalled();
    answers(json(401, { title: 'No' }));
    await failure(call('/x'));
    expect(lost).toHaveBeenCalledOnce();
  });

  it('passes on that the caller gave up', async () => {
    const abort = new AbortController();
    abort.abort();
    answers(new DOMException('gone', 'AbortError'));
    expect(isAbort(await failure(call('/x', { signal: abort.signal })))).toBe(true);
  });

  it('takes the hub’s clock where the browser’s is far off', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z'), toFake: ['Date'] });
    answers(json(200, {}, { Date: 'Thu, 01 Jan 2026 01:00:00 GMT' }));
    await call('/x');
    expect(new Date(hubNow()).toISOString()).toBe('2026-01-01T01:00:00.500Z');
    answers(json(200, {}, { Date: 'Thu, 01 Jan 2026 00:00:01 GMT' }));
    await call('/x');
    expect(new Date(hubNow()).toISOString()).toBe('2026-01-01T00:00:00.000Z');
  });
});

describe('hub', () => {
  it('leaves empty parameters out and repeats lists', () => {
    expect(url('/devices', { q: '', limit: 50, tag: ['a=b', 'c=d'] })).toBe('/api/v1/devices?limit=50&tag=a%3Db&tag=c%3Dd');
  });

  it('sends a command with its key, on an escaped path', async () => {
    const { requests } = answers(json(202, { id: 'c1' }));
    await sendCommand('a:b', { name: 'ping', ttl: 'PT1M' }, 'key-1');
    const [to, init] = requests[0]!;
    expect(to).toBe('/api/v1/devices/a%3Ab/commands');
    expect(init.headers).toMatchObject({ 'Idempotency-Key': 'key-1', 'Content-Type': 'application/json' });
    expect(init.body).toBe('{"name":"ping","ttl":"PT1M"}');
  });
});
