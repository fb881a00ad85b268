import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { mayOpen } from '../lib/access';
import { clockTime } from '../lib/format';
import { path, route, type Route } from '../state/router';
import { session, signOut } from '../state/session';
import { staleSince, stream } from '../state/live';
import { useTask } from '../state/task';
import { nextTheme, theme } from '../state/theme';
import { ErrorNote } from './basics';
import { Button } from './Button';
import { AutoIcon, Logo, MenuIcon, MoonIcon, SunIcon, UserIcon } from './icons';

const LINKS: readonly { href: string; label: string; pages: readonly Route['page'][] }[] = [
  { href: '/', label: 'Overview', pages: ['overview'] },
  { href: '/devices', label: 'Devices', pages: ['devices', 'device', 'rotations'] },
  { href: '/commands', label: 'Commands', pages: ['commands', 'command'] },
  { href: '/jobs', label: 'Jobs', pages: ['jobs', 'job', 'new-job'] },
  { href: '/enrolment-keys', label: 'Enrolment', pages: ['enrolment-keys'] },
  { href: '/webhooks', label: 'Webhooks', pages: ['webhooks', 'webhook'] },
  { href: '/keys', label: 'API keys', pages: ['keys'] },
  { href: '/users', label: 'Users', pages: ['users', 'user'] },
  { href: '/audit', label: 'Audit log', pages: ['audit'] },
  { href: '/settings', label: 'Settings', pages: ['settings'] },
];

export function Shell({ children }: { children: ComponentChildren }) {
  const page = route.value.page;
  const role = session.value?.role ?? 'viewer';
  const stale = staleSince.value;
  const nav = useRef<HTMLElement>(null);
  const links = LINKS.filter((l) => mayOpen(l.pages[0]!, role));
  const here = links.find((l) => l.pages.includes(page));
  useEffect(() => nav.current?.hidePopover?.(), [path.value]);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <div class="top-inner">
          <a class="brand" href="/" aria-label="Mooring, overview">
            <Logo />
            <span>Mooring</span>
          </a>
          {/* On a narrow screen the browser shows and hides the pages, on a wide one they stand in the row. */}
          <button type="button" class="button menu" popoverTarget="pages" aria-label={`Pages: ${here?.label ?? 'menu'}`}>
            <MenuIcon />
            {here?.label ?? 'Menu'}
          </button>
          <nav class="nav" aria-label="Pages" id="pages" popover="auto" ref={nav}>
            {links.map((l) => (
              <a
                key={l.href}
                href={l.href}
                aria-current={l.pages.includes(page) ? (path.value === l.href ? 'page' : 'true') : undefined}
              >
                {l.label}
              </a>
            ))}
          </nav>
          <div class="top-end">
            <StreamState />
            <ThemeButton />
            <Account />
          </div>
        </div>
        {stale !== undefined && (
          <p class="stale-note" data-testid="stale">
            The hub has not been heard since {clockTime(stale)}: all below is as of then.
          </p>
        )}
      </header>
      <main id="main" class={stale === undefined ? 'main' : 'main stale'} tabIndex={-1}>
        {children}
      </main>
      <footer class="foot">
        <a href="/api/">API reference</a>
      </footer>
    </>
  );
}

const STREAM_TEXT: Record<string, string> = {
  off: 'Off',
  connecting: 'Connecting',
  live: 'Live',
  polling: 'Every 10 s',
  reconnecting: 'Reconnecting',
  paused: 'Paused',
};

/** Says whether the page shows things as they happen. A blink of the connection is not worth reading out: it waits 2 s. */
function StreamState() {
  const state = stream.state.value;
  const [spoken, setSpoken] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSpoken(`Live updates: ${STREAM_TEXT[state]}`), 2_000);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <span class="stream" data-state={state} data-testid="stream-state" title="Whether this page shows what happens as it happens">
      <span class="stream-dot" aria-hidden="true" />
      <span class="stream-text">{STREAM_TEXT[state]}</span>
      <span class="sr-only" role="status">
        {spoken}
      </span>
    </span>
  );
}

export function ThemeButton() {
  const chosen = theme.value;
  return (
    <button
      type="button"
      class="icon-button"
      onClick={nextTheme}
      aria-label={`Theme: ${chosen}. Change it`}
      title={`Theme: ${chosen}`}
    >
      {chosen === 'light' ? <SunIcon /> : chosen === 'dark' ? <MoonIcon /> : <AutoIcon />}
    </button>
  );
}

function Account() {
  const task = useTask();
  const who = session.value;
  if (!who) return null;
  const named = who.role === who.user ? who.user : `${who.user} ${who.role}`;
  return (
    <div class="account">
      <a class="account-name" href="/password" aria-label={`${named}: change your password`} title={`${named}: change your password`}>
        <UserIcon />
        <span>
          {who.user}
          {who.role !== who.user && <span class="faint"> {who.role}</span>}
        </span>
      </a>
      <Button class="button button-quiet" off={task.busy} onClick={() => void task.run(signOut)}>
        Sign out
      </Button>
      {task.error !== undefined && (
        <div class="toast">
          <ErrorNote title="You are still signed in" error={task.error} />
        </div>
      )}
    </div>
  );
}
