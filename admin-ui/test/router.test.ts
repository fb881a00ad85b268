import { beforeEach, describe, expect, it } from 'vitest';
import {
  commandPath,
  devicePath,
  match,
  newJobPath,
  navigate,
  path,
  query,
  returnPath,
  setQuery,
  signInPath,
} from '../src/state/router';

beforeEach(() => navigate('/', { replace: true }));

describe('match', () => {
  it.each([
    ['/', { page: 'overview' }],
    ['/devices', { page: 'devices' }],
    ['/devices/', { page: 'devices' }],
    ['/devices/pump-7', { page: 'device', id: 'pump-7' }],
    ['/devices/a%3Ab', { page: 'device', id: 'a:b' }],
    ['/keys', { page: 'keys' }],
    ['/enrolment-keys', { page: 'enrolment-keys' }],
    ['/rotations', { page: 'rotations' }],
    ['/sign-in', { page: 'sign-in' }],
    ['/commands', { page: 'commands' }],
    ['/jobs', { page: 'jobs' }],
    ['/jobs/new', { page: 'new-job' }],
    ['/jobs/j1', { page: 'job', id: 'j1' }],
    ['/jobs/j1/devices', { page: 'not-found' }],
    ['/devices/pump-7/commands/c1', { page: 'command', device: 'pump-7', id: 'c1' }],
    ['/devices/pump-7/commands', { page: 'not-found' }],
    ['/devices/pump-7/tokens/c1', { page: 'not-found' }],
    ['/devices/a/b', { page: 'not-found' }],
    ['/devices/%E0%A4%A', { page: 'not-found' }],
    ['/nothing', { page: 'not-found' }],
  ])('%s', (at, route) => expect(match(at)).toEqual(route));

  it('finds the path of a command again', () =>
    expect(match(commandPath('a:b', 'c/1'))).toEqual({ page: 'command', device: 'a:b', id: 'c/1' }));
  it('finds the path of a device again', () =>
    expect(match(devicePath('a:b.c_d-1'))).toEqual({ page: 'device', id: 'a:b.c_d-1' }));
});

it('hands the tags of a list on to the form for a job', () => {
  navigate(newJobPath(['hall=3', 'site=north quay']));
  expect(query.value.getAll('tag')).toEqual(['hall=3', 'site=north quay']);
});

describe('query', () => {
  it('changes one parameter and leaves the others', () => {
    navigate('/devices?q=pump&tag=a%3Db');
    setQuery({ tag: ['a=b', 'c=d'], state: 'online' });
    expect(query.value.getAll('tag')).toEqual(['a=b', 'c=d']);
    expect(query.value.get('q')).toBe('pump');
    expect(path.value).toBe('/devices');
  });

  it('takes empty parameters out', () => {
    navigate('/devices?q=pump');
    setQuery({ q: '' });
    expect(location.search).toBe('');
  });
});

describe('returning after the sign-in', () => {
  it('keeps the path and its query', () => {
    navigate('/devices/pump-7?range=6h');
    const target = new URL(signInPath(), 'http://hub');
    expect(returnPath(target.searchParams)).toBe('/devices/pump-7?range=6h');
  });

  it('does not nest one return in another', () => {
    navigate('/sign-in?return=%2Fkeys');
    expect(signInPath()).toBe('/sign-in?return=%2Fkeys');
  });

  it.each(['//evil.example/x', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/sign-in?return=/'])(
    'never leads elsewhere: %s',
    (to) => expect(returnPath(new URLSearchParams({ return: to }))).toBe('/'),
  );
});
