import { signal } from '@preact/signals';
import type { FieldError, Problem } from './types';

/** A call that did not give what was asked: the hub's problem details, or why no answer came (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: FieldError[];
  /** From when on it may be tried again, by the hub's clock in ms; undefined: the hub does not say. */
  readonly retryAt: number | undefined;

  constructor(problem: Pick<Problem, 'title' | 'status'> & Partial<Problem>, retryAt?: number) {
    super(problem.detail ? `${problem.title}: ${problem.detail}` : problem.title);
    this.name = 'ApiError';
    this.status = problem.status;
    this.title = problem.title;
    this.detail = problem.detail;
    this.errors = problem.errors ?? [];
    this.retryAt = retryAt;
  }

  /** What is wrong with one field of the body, by its JSON pointer; the pointer of a part below it counts too. */
  field(pointer: string): string | undefined {
    return this.fields(pointer)[0];
  }

  /** All that is wrong with it: a list may have many wrong entries. */
  fields(pointer: string): string[] {
    return this.errors.filter((e) => e.pointer === pointer || e.pointer.startsWith(`${pointer}/`)).map((e) => e.detail);
  }
}

export interface CallOptions {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Whether the answer is plain text, not JSON. */
  text?: boolean;
  /** How long to wait for the whole answer. */
  timeoutMs?: number;
  /** The sign-in itself answers 401 for a wrong password: that is no lost session. */
  keepUnauthorized?: boolean;
}

const DEFAULT_TIMEOUT_MS = 20_000;
/** The Date header is exact to a second and older by the way here: only a larger difference means another clock. */
const CLOCK_TOLERANCE_MS = 2_500;

/** Since when no call has reached the hub: the moment of its last answer; undefined where the last call did reach it. */
export const awaySince = signal<number | undefined>(undefined);
let answeredAt = Date.now();

let onUnauthorized: () => void = () => {};
let clockSkewMs = 0;

/** Called whenever the hub answers 401. */
export function whenUnauthorized(handler: () => void): void {
  onUnauthorized = handler;
}

/** The hub's idea of now, from the Date header of its last answer; "12 s ago" must not depend on the browser's clock. */
export function hubNow(): number {
  return Date.now() + clockSkewMs;
}

/** What was asked for, and the version of it that a change has to name in `If-Match`. */
export interface Tagged<T> {
  value: T;
  tag: string;
}

export async function call<T>(path: string, options: CallOptions = {}): Promise<T> {
  return (await callTagged<T>(path, options)).value;
}

/** A thing that knows its own version. */
export type Versioned<T> = T & { tag: string };

export async function callVersioned<T extends object>(path: string, options: CallOptions = {}): Promise<Versioned<T>> {
  const { value, tag } = await callTagged<T>(path, options);
  return { ...value, tag };
}

export async function callTagged<T>(path: string, options: CallOptions = {}): Promise<Tagged<T>> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  const headers: Record<string, string> = { Accept: 'application/json, application/problem+json', ...options.headers };
  const init: RequestInit = { method: options.method ?? 'GET', credentials: 'same-origin', headers, signal };
  if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(options.body);
  }
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, init);
    text = await response.text();
  } catch (e) {
    if (options.signal?.aborted) throw e;
    awaySince.value ??= answeredAt;
    throw unreachable(timeout.aborted);
  }
  noteClock(response.headers.get('Date'));
  // A proxy that answers in the hub's place has not reached it either.
  if (response.status === 502 || response.status === 504) awaySince.value ??= answeredAt;
  else {
    answeredAt = hubNow();
    awaySince.value = undefined;
  }
  if (!response.ok) {
    if (response.status === 401 && !options.keepUnauthorized) onUnauthorized();
    throw problemOf(response, text);
  }
  const tag = response.headers.get('ETag') ?? '*';
  if (text === '') return { value: undefined as T, tag };
  if (options.text) return { value: text as T, tag };
  try {
    return { value: JSON.parse(text) as T, tag };
  } catch {
    throw new ApiError({
      title: 'The answer is not JSON',
      status: response.status,
      detail: 'Something between this page and the hub answered in its place. Check the address and any proxy.',
    });
  }
}

function unreachable(timedOut: boolean): ApiError {
  return new ApiError({
    title: timedOut ? 'The hub did not answer in time' : 'The hub cannot be reached',
    status: 0,
    detail: 'Check that it is running and that this machine is on its network, then try again.',
  });
}

function problemOf(response: Response, text: string): ApiError {
  const seconds = Number(response.headers.get('Retry-After') ?? NaN);
  const retryAt = Number.isFinite(seconds) ? hubNow() + seconds * 1_000 : undefined;
  try {
    const problem = JSON.parse(text) as Partial<Problem> | null;
    if (problem && typeof problem.title === 'string') {
      return new ApiError({ ...problem, title: problem.title, status: response.status }, retryAt);
    }
  } catch {
    // Not the hub's own answer, a proxy's page perhaps: the status has to do.
  }
  return new ApiError({ title: `The hub answered ${response.status} ${response.statusText}`.trim(), status: response.status }, retryAt);
}

function noteClock(date: string | null): void {
  const theirs = date === null ? NaN : Date.parse(date);
  if (Number.isNaN(theirs)) return;
  const skew = theirs + 500 - Date.now();
  clockSkewMs = Math.abs(skew) > CLOCK_TOLERANCE_MS ? skew : 0;
}

/** Whether an error only says that the caller itself gave up the call. */
export function isAbort(e: unknown): boolean {
  return e instanceof DOMException && e.name === 'AbortError';
}
