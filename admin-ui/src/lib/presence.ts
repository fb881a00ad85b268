import type { Device, HubEvent, Presence, PresenceState } from '../api/types';

const STATES: ReadonlySet<string> = new Set<PresenceState>(['online', 'suspect', 'offline', 'never-seen']);

export function isPresenceState(state: string | undefined | null): state is PresenceState {
  return typeof state === 'string' && STATES.has(state);
}

/** Brings a device up to a presence event. An event of an older session, or from before what is known, changes nothing. */
export function applyPresence(device: Device, event: HubEvent): Device {
  const known = device.presence;
  if (event.type !== 'presence' || event.device !== device.id || !isPresenceState(event.state)) return device;
  if (event.epoch !== undefined && known.epoch !== undefined && event.epoch < known.epoch) return device;
  if (known.since !== undefined && Date.parse(event.at) < Date.parse(known.since)) return device;
  const presence: Presence = { ...known, state: event.state };
  if (event.state !== known.state) presence.since = event.at;
  if (event.epoch !== undefined) presence.epoch = event.epoch;
  // A silent device was seen last before it was suspected: only a live one was seen just now.
  if (event.state === 'online') presence.lastSeenAt = later(known.lastSeenAt, event.at);
  return { ...device, presence };
}

/** Brings up when a live device was last seen: readings are a sign of life too. */
export function wasHeard(device: Device, at: string): Device {
  if (device.presence.state !== 'online') return device;
  return { ...device, presence: { ...device.presence, lastSeenAt: later(device.presence.lastSeenAt, at) } };
}

const later = (a: string | undefined, b: string) => (a !== undefined && Date.parse(a) > Date.parse(b) ? a : b);

/** A list that was fetched anew by itself, with those where they were that only their state has taken off it since: a row does not go from under the hand. */
export function keepMoved(before: readonly Device[], fetched: readonly Device[], state: string): Device[] {
  const all = [...fetched];
  if (state === '') return all;
  before.forEach((device, i) => {
    if (device.presence.state === state || all.some((d) => d.id === device.id)) return;
    all.splice(all.findIndex((d) => d.id === before[i - 1]?.id) + 1, 0, device);
  });
  return all;
}
