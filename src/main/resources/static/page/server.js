// Calls of the server, and what they say when they are refused.

/** A call that was not answered as hoped: `status` is that of HTTP, or 0 if the server cannot be reached. */
export class Refused extends Error {
  constructor(status, body) {
    super(reasonIn(body) ?? `HTTP ${status}`);
    this.status = status;
    this.body = body;
  }
}

function reasonIn(body) {
  return body?.reason ?? body?.error ?? body?.problems?.join('\n');
}

let endpoints = 'actuator';
let signedOut = () => {};

/** Whoever wants to know that the session has ended. */
export function onSignedOut(listener) {
  signedOut = listener;
}

/** Calls below the path of the page. Returns what JSON comes back, or null. */
async function call(method, path, body, type) {
  // Towards plain HTTP a browser does not tell the server that a page asks; this does.
  const headers = { 'X-Requested-With': 'fetch', Accept: 'application/json' };
  if (body !== undefined) {
    headers['Content-Type'] = type;
  }
  let response;
  try {
    response = await fetch(path, { method, headers, body, cache: 'no-store' });
  } catch {
    throw new Refused(0);
  }
  const text = await response.text();
  let json = null;
  try {
    json = text && JSON.parse(text);
  } catch {
    // What stands between us and the server may answer in HTML.
  }
  if (!response.ok) {
    const refused = new Refused(response.status, json);
    refused.retryAfter = Number(response.headers.get('Retry-After'));
    if (response.status === 401 && path !== 'session') {
      signedOut();
    }
    throw refused;
  }
  return json;
}

/** Who is signed in; refused with 401 if nobody is. */
export async function whoIsSignedIn() {
  const session = await call('GET', 'session');
  endpoints = session.endpoints;
  return session;
}

export function signIn(username, password) {
  return call('POST', 'session', new URLSearchParams({ username, password }), 'application/x-www-form-urlencoded');
}

export function signOut() {
  return call('DELETE', 'session');
}

function query(parameters) {
  const said = Object.entries(parameters).filter(([, value]) => value !== '' && value != null);
  return said.length ? `?${new URLSearchParams(said)}` : '';
}

/** Reads an endpoint. */
export function read(path, parameters = {}) {
  return call('GET', `${endpoints}/${path}${query(parameters)}`);
}

/** Reads an endpoint that an older or smaller server may not have; null then. */
export async function readIfThere(path, parameters) {
  try {
    return await read(path, parameters);
  } catch (refused) {
    if (refused.status === 404 || refused.status === 403) {
      return null;
    }
    throw refused;
  }
}

export function write(path, body) {
  return call('POST', `${endpoints}/${path}`, JSON.stringify(body), 'application/json');
}

export function remove(path) {
  return call('DELETE', `${endpoints}/${path}`);
}
