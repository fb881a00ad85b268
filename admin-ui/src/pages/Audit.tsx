import type { AuditEntry } from '../api/access';
import { hubNow } from '../api/http';
import * as hub from '../api/hub';
import { Ago, Empty, ErrorNote, Sentence, Skeleton } from '../components/basics';
import { Fact } from '../components/Fact';
import { FilterText, FilterTime } from '../components/filters';
import { ChevronIcon } from '../components/icons';
import { ListEnd } from '../components/ListEnd';
import { actionsIn, changes, entryPath, filterOf, gist, NO_FILTER, pageOf, shown, type AuditFilter } from '../lib/audit';
import { fullTime } from '../lib/format';
import { isFiltered, queryOf } from '../lib/times';
import { useFresh } from '../state/fresh';
import { usePages } from '../state/pages';
import { query, setQuery } from '../state/router';

const PAGE = 50;
/** What the system is named by where it makes changes itself. */
const SYSTEM = ['command-line', 'first-start'];

/** Every change with who made it, from where, and what it was; newest first. */
export function Audit() {
  const filter = filterOf(query.value);
  const list = usePages<AuditEntry>(JSON.stringify(filter), PAGE, (limit, cursor, abort) =>
    hub.listAudit(queryOf(filter, hubNow()), limit, cursor, abort),
  );
  useFresh(list);
  const entries = list.data?.items;
  return (
    <div class="stack">
      <div class="page-head">
        <h1>Audit log</h1>
      </div>
      <Filters filter={filter} entries={entries ?? []} />
      {list.error !== undefined && <ErrorNote error={list.error} retry={list.reload} title="The audit log is not up to date" />}
      {!entries && list.error === undefined && <Skeleton label="Loading the audit log" rows={8} />}
      {entries?.length === 0 && (
        <Empty title={isFiltered(filter) ? 'No entry fits' : 'No entries yet'}>
          <p>{isFiltered(filter) ? 'Try a longer time, or' : 'Each change of devices, tokens, commands, keys and users is listed here.'}</p>
          {isFiltered(filter) && (
            <button type="button" class="button" onClick={() => setQuery(NO_FILTER)}>
              Clear the filters
            </button>
          )}
        </Empty>
      )}
      {entries && entries.length > 0 && (
        <>
          <ol class="panel audit" aria-label="Entries, newest first" data-testid="audit">
            {entries.map((e) => (
              <Row key={e.id} entry={e} open={query.value.get('entry') === e.id} />
            ))}
          </ol>
          <ListEnd list={list} of="entry" many="entries" />
        </>
      )}
    </div>
  );
}

function Filters({ filter, entries }: { filter: AuditFilter; entries: AuditEntry[] }) {
  const names = [...new Set([...entries.map((e) => e.actor.name), ...SYSTEM])].sort();
  const targets = [...new Set(entries.map((e) => e.target))].sort();
  return (
    <div class="filters" role="search">
      <FilterText label="Who: user or key" value={filter.who} set={(who) => setQuery({ who })} options={names} />
      <FilterText
        label="Action, as user.change"
        value={filter.action}
        set={(action) => setQuery({ action })}
        options={actionsIn(entries)}
      />
      <FilterText
        label="Subject, as devices/pump-7"
        value={filter.target}
        set={(target) => setQuery({ target })}
        options={targets}
      />
      <FilterTime filter={filter} made="Made" />
      {isFiltered(filter) && (
        <button type="button" class="button button-quiet" onClick={() => setQuery(NO_FILTER)}>
          Clear
        </button>
      )}
    </div>
  );
}

function Row({ entry, open }: { entry: AuditEntry; open: boolean }) {
  return (
    <li data-testid={`entry-${entry.id}`}>
      <button type="button" class="audit-row" aria-expanded={open} onClick={() => setQuery({ entry: open ? '' : entry.id })}>
        <ChevronIcon />
        <span class="audit-who">{entry.actor.name}</span>
        <span class="mono audit-action">{entry.action}</span>
        <span class="audit-what">
          <span class="mono">{entry.target}</span> <span class="faint"><Sentence text={gist(entry)} />
          </span>
        </span>
        <span class="faint audit-at">
          <Ago at={entry.at} />
        </span>
      </button>
      {open && <Details entry={entry} />}
    </li>
  );
}

const KINDS = { user: 'user', key: 'API key', enrolment: 'enrolment key', system: 'the system' };

function Details({ entry: e }: { entry: AuditEntry }) {
  const page = pageOf(e.target);
  const fields = changes(e.before, e.after);
  return (
    <div class="audit-open">
      <dl class="facts">
        <Fact name="When">
          <a href={entryPath(e)} title="A link to this entry">
            <time dateTime={e.at}>{fullTime(e.at)}</time>
          </a>
        </Fact>
        <Fact name="Who">
          <a href={`/audit?${new URLSearchParams({ who: e.actor.id })}`}>{e.actor.name}</a>{' '}
          <span class="faint">
            {KINDS[e.actor.kind] ?? e.actor.kind}
            {e.actor.id !== e.actor.name && ` ${e.actor.id}`}
          </span>
        </Fact>
        <Fact name="From">{e.address === undefined ? 'no network' : <span class="mono">{e.address}</span>}</Fact>
        <Fact name="Subject">
          {page === undefined ? (
            <span class="mono">{e.target}</span>
          ) : (
            <a class="mono" href={page}>
              {e.target}
            </a>
          )}
        </Fact>
      </dl>
      {fields.length > 0 && (
        <table class="table audit-change">
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {fields.map((c) => (
              <tr key={c.field} class={c.differs ? '' : 'row-over'}>
                <th scope="row">{c.field}</th>
                <td class="mono">
                  <Sentence text={shown(c.before)} />
                </td>
                <td class="mono">
                  <Sentence text={shown(c.after)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
