import { useEffect, useRef } from 'preact/hooks';
import { eventsUrl } from './api/hub';
import { Empty, ErrorNote, Skeleton } from './components/basics';
import { Shell } from './components/Shell';
import { DevicePage } from './pages/device/DevicePage';
import { Devices } from './pages/Devices';
import { Keys } from './pages/Keys';
import { NewPassword } from './pages/NewPassword';
import { Overview } from './pages/Overview';
import { SignIn } from './pages/SignIn';
import { stream, unknownDevice } from './state/live';
import { path, route, type Route } from './state/router';
import { loadSession, session, sessionError } from './state/session';

const TITLES: Record<Route['page'], string> = {
  overview: 'Overview',
  devices: 'Devices',
  device: '',
  keys: 'API keys',
  'sign-in': 'Sign in',
  'not-found': 'No such page',
};

export function App() {
  const to = route.value;
  const who = session.value;
  const device = to.page === 'device' && to.id !== unknownDevice.value ? to.id : undefined;
  const mustChange = who?.passwordChangeRequired === true;
  const followed = who && !mustChange ? eventsUrl(device) : undefined;

  useEffect(() => stream.follow(followed), [followed]);
  useEffect(() => {
    document.title = `${to.page === 'device' ? to.id : TITLES[to.page]} · Mooring`;
  }, [path.value]);
  useFocusOnMove();

  if (to.page === 'sign-in') return <SignIn />;
  if (who && mustChange) return <NewPassword user={who.user} />;
  if (who === undefined && sessionError.value !== undefined) {
    return (
      <main class="alone">
        <ErrorNote error={sessionError.value} retry={() => void loadSession()} />
      </main>
    );
  }
  return <Shell>{who ? <Page to={to} /> : <Skeleton label="Signing in" rows={6} />}</Shell>;
}

function Page({ to }: { to: Exclude<Route, { page: 'sign-in' }> }) {
  switch (to.page) {
    case 'overview':
      return <Overview />;
    case 'devices':
      return <Devices />;
    case 'device':
      return <DevicePage key={to.id} id={to.id} />;
    case 'keys':
      return <Keys />;
    case 'not-found':
      return (
        <Empty title="There is no such page" page>
          <p>
            <a href="/">Go to the overview</a> or <a href="/devices">look for a device</a>.
          </p>
        </Empty>
      );
  }
}

/** After a move to another page the keyboard starts at its content, and a screen reader hears it; not so on loading. */
function useFocusOnMove(): void {
  const before = useRef(path.value);
  useEffect(() => {
    if (before.current === path.value) return;
    before.current = path.value;
    document.getElementById('main')?.focus({ preventScroll: true });
  }, [path.value]);
}
