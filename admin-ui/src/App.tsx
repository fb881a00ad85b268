import { useEffect, useRef } from 'preact/hooks';
import { eventsUrl, type Followed } from './api/hub';
import type { Role } from './api/types';
import { Empty, ErrorNote, Skeleton } from './components/basics';
import { Shell } from './components/Shell';
import { mayOpen, neededFor } from './lib/access';
import { Audit } from './pages/Audit';
import { CommandPage } from './pages/commands/CommandPage';
import { Commands } from './pages/commands/Commands';
import { DevicePage } from './pages/device/DevicePage';
import { Devices } from './pages/devices/Devices';
import { EnrolmentKeys } from './pages/EnrolmentKeys';
import { JobPage } from './pages/jobs/JobPage';
import { Jobs } from './pages/jobs/Jobs';
import { NewJobPage } from './pages/jobs/NewJobPage';
import { Keys } from './pages/Keys';
import { NewPassword } from './pages/NewPassword';
import { Overview } from './pages/Overview';
import { Rotations } from './pages/Rotations';
import { Settings } from './pages/Settings';
import { SignIn } from './pages/SignIn';
import { UserPage } from './pages/users/UserPage';
import { Users } from './pages/users/Users';
import { WebhookPage } from './pages/webhooks/WebhookPage';
import { Webhooks } from './pages/webhooks/Webhooks';
import { stream, unknownDevice } from './state/live';
import { path, route, type Route } from './state/router';
import { loadSession, session, sessionError } from './state/session';

const TITLES: Record<Exclude<Route['page'], 'device' | 'command' | 'user'>, string> = {
  overview: 'Overview',
  devices: 'Devices',
  commands: 'Commands',
  jobs: 'Jobs',
  job: 'Job',
  'new-job': 'New job',
  keys: 'API keys',
  'enrolment-keys': 'Enrolment keys',
  rotations: 'Token rotation',
  webhooks: 'Webhooks',
  webhook: 'Webhook',
  users: 'Users',
  audit: 'Audit log',
  settings: 'Settings',
  password: 'Your password',
  'sign-in': 'Sign in',
  'not-found': 'No such page',
};

function titleOf(to: Route): string {
  if (to.page === 'device') return to.id;
  if (to.page === 'user') return to.name;
  return to.page === 'command' ? `Command of ${to.device}` : TITLES[to.page];
}

/** What the page's event stream is to tell: of one device where the page is about it, else of all. */
function followedBy(to: Route): Followed {
  const known = (device: string) => device !== unknownDevice.value;
  switch (to.page) {
    case 'device':
      return known(to.id) ? { device: to.id, types: ['presence', 'command', 'progress', 'telemetry'] } : {};
    case 'command':
      return known(to.device) ? { device: to.device, types: ['presence', 'command', 'progress'] } : {};
    case 'commands':
      return { types: ['command', 'progress'] };
    case 'jobs':
    case 'job':
    case 'new-job':
      return { types: ['job'] };
    default:
      return {};
  }
}

export function App() {
  const to = route.value;
  const who = session.value;
  const mustChange = who?.passwordChangeRequired === true;
  const followed = who && !mustChange ? eventsUrl(followedBy(to)) : undefined;
  useEffect(() => stream.follow(followed), [followed]);
  useEffect(() => {
    document.title = `${titleOf(to)} · Mooring`;
  }, [path.value]);
  useFocusOnMove();

  if (to.page === 'sign-in') return <SignIn />;
  if (who && (mustChange || to.page === 'password')) return <NewPassword user={who.user} oneTime={mustChange} />;
  if (who === undefined && sessionError.value !== undefined) {
    return (
      <main class="alone">
        <ErrorNote error={sessionError.value} retry={() => void loadSession()} />
      </main>
    );
  }
  return <Shell>{who && to.page !== 'password' ? <Page to={to} role={who.role} /> : <Skeleton label="Signing in" rows={6} />}</Shell>;
}

function Page({ to, role }: { to: Exclude<Route, { page: 'sign-in' | 'password' }>; role: Role }) {
  if (!mayOpen(to.page, role)) {
    return (
      <Empty title="This page is not open to you" page>
        <p>
          You are signed in as {role}; it needs the role {neededFor(to.page)}. An admin can give it to you.
        </p>
        <a class="button" href="/">
          Go to the overview
        </a>
      </Empty>
    );
  }
  switch (to.page) {
    case 'overview':
      return <Overview />;
    case 'devices':
      return <Devices />;
    case 'device':
      return <DevicePage key={to.id} id={to.id} />;
    case 'commands':
      return <Commands />;
    case 'command':
      return <CommandPage key={to.id} device={to.device} id={to.id} />;
    case 'jobs':
      return <Jobs />;
    case 'job':
      return <JobPage key={to.id} id={to.id} />;
    case 'new-job':
      return <NewJobPage />;
    case 'keys':
      return <Keys />;
    case 'enrolment-keys':
      return <EnrolmentKeys />;
    case 'rotations':
      return <Rotations />;
    case 'webhooks':
      return <Webhooks />;
    case 'webhook':
      return <WebhookPage key={to.id} id={to.id} />;
    case 'users':
      return <Users />;
    case 'user':
      return <UserPage key={to.name} name={to.name} />;
    case 'audit':
      return <Audit />;
    case 'settings':
      return <Settings />;
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

/** After a move to another page the keyboard starts at its content or in its form, and a screen reader hears it; not so on loading. */
function useFocusOnMove(): void {
  const before = useRef(path.value);
  useEffect(() => {
    if (before.current === path.value) return;
    before.current = path.value;
    const main = document.getElementById('main');
    (main?.querySelector<HTMLElement>('[autofocus]') ?? main)?.focus({ preventScroll: true });
  }, [path.value]);
}
