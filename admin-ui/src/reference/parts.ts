// What of the viewer is drawn otherwise: one page with one <main>, one server, names for what screen readers meet.

/** The viewer has no types, and brings a React of its own. */
type Any = any;
type Methods = Record<string, Any>;

const METHODS = ['get', 'put', 'post', 'patch', 'delete'];

/** The viewer shows no name for a parameter that a path gives to all of its operations by reference. */
function giveParametersToOperations(document: Any): void {
  for (const path of Object.values<Methods>(document.paths ?? {})) {
    for (const method of METHODS) {
      if (path[method]) path[method].parameters = [...(path.parameters ?? []), ...(path[method].parameters ?? [])];
    }
    delete path.parameters;
  }
}

/** Nobody types in a cookie: who is signed in has it. */
function hideCookies(document: Any): void {
  const schemes = document.components?.securitySchemes ?? {};
  for (const [name, scheme] of Object.entries<Any>(schemes)) if (scheme.in === 'cookie') delete schemes[name];
}

/** A stream has no end, which the viewer would wait for before it showed anything. */
function isStream(specification: Any, path: string, method: string): boolean {
  return specification.hasIn(['paths', path, method, 'responses', '200', 'content', 'text/event-stream']);
}

export function parts({ React, specSelectors }: Any): unknown {
  const h = React.createElement;

  /** Gives a field a name that is heard and not seen, as it stands beside it already. */
  const named = (Field: Any, name: (props: Any) => string) => (props: Any) =>
    h('label', null, h('span', { className: 'unseen' }, name(props)), h(Field, props));

  const Layout = ({ getComponent, errSelectors }: Any) => {
    const part = (name: string) => h(getComponent(name, true));
    const drawn = Boolean(specSelectors.specStr());
    return h(
      'main',
      { className: 'swagger-ui' },
      h(getComponent('SvgAssets')),
      part('errors'),
      !drawn && errSelectors.lastError() && h('p', { className: 'wrapper' }, 'The hub gives no description of its API now. Load this page again.'),
      drawn && [
        h('div', { key: 'info', className: 'wrapper' }, part('InfoContainer')),
        h('h2', { key: 'head', className: 'unseen' }, 'Operations'),
        h(
          'div',
          { key: 'authorize', className: 'wrapper' },
          h('p', null, 'Requests that read go with your sign-in on the admin page, or with a key that you give; those that change something need a key.'),
          part('AuthorizeBtnContainer'),
        ),
        h('div', { key: 'filter' }, part('FilterContainer')),
        h('div', { key: 'operations', className: 'wrapper' }, part('operations'), part('Webhooks')),
      ],
    );
  };

  return {
    components: {
      ReferenceLayout: Layout,
      // Not a link, as it stands in a button; opening an operation changes the address all the same.
      DeepLink: ({ text }: Any) => h('span', null, text),
    },
    wrapComponents: {
      TextArea: (Original: Any) => (props: Any) => h(Original, { 'aria-label': 'Content', ...props }),
      ExamplesSelect: (Original: Any) => named(Original, () => 'Example'),
      JsonSchemaForm: (Original: Any) => named(Original, (props) => props.description ?? 'Value'),
      CloseIcon: (Original: Any) => () => h(React.Fragment, null, h('span', { className: 'unseen' }, 'Close'), h(Original)),
      // A table is heard as a table, and is no landmark: each open operation would bring one of the same name.
      responses: (Original: Any) => (props: Any) =>
        h('div', { ref: (div: Element | null) => div?.querySelector('.responses-table')?.removeAttribute('role') }, h(Original, props)),
      // What stands on a button is its name.
      Button: (Original: Any) => (props: Any) => h(Original, { ...props, 'aria-label': undefined }),
    },
    statePlugins: {
      spec: {
        wrapActions: {
          updateJsonSpec: (original: (d: Any) => Any) => (document: Any) => {
            giveParametersToOperations(document);
            hideCookies(document);
            return original(document);
          },
        },
        wrapSelectors: {
          allowTryItOutFor: () => (_: Any, path: string, method: string) => !isStream(specSelectors.specJson(), path, method),
        },
      },
    },
  };
}
