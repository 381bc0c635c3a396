// Calls of the page's own server. Pictures are sent as they are, never as forms.

/** Something that can't be done; `code` has a sentence, `error.CODE`. */
export class Failure extends Error {
  constructor(code, details = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}

async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure("page-away");
  }
  if (!response.ok) {
    const { error } = await response.json().catch(() => ({ error: { code: "failed" } }));
    throw new Failure(error.code, error);
  }
  return response;
}

export const about = async () => (await call("api/about")).json();

export const health = async () => (await call("health", { signal: AbortSignal.timeout(6000) })).json();

export const forget = () => call("api/session", { method: "DELETE" });

const FRESH = 30000; // ms in which a session that answered is there for sure
let answered = -Infinity;
let before = Promise.resolve();

// The first answer, and the first after the server has forgotten an idle visitor, brings the visitor's cookie. A photo
// that is sent without it meanwhile would lie in a session of its own, which "Forget my photos" doesn't reach.
function give(path, body) {
  const send = () => call(path, { method: "POST", body });
  const answer = Date.now() - answered < FRESH ? send() : before.then(send);
  before = answer.then(
    () => (answered = Date.now()),
    () => {},
  );
  return answer;
}

/** A photo (a Blob) or a start's name -> what is known of the person. */
export async function addPerson(photo, options = {}) {
  const query = new URLSearchParams(options);
  if (typeof photo === "string") query.set("start", photo);
  const body = typeof photo === "string" ? undefined : photo;
  const response = await give(`api/people?${query}`, body);
  const person = await response.json();
  return { ...person, photo: `api/people/${person.key}/photo.png` };
}

/** A product's photo (a Blob) -> its key, what it is, and the address of its cut-out. */
export async function addProduct(photo, options = {}) {
  const response = await give(`api/products?${new URLSearchParams(options)}`, photo);
  const product = await response.json();
  return { ...product, photo: `api/products/${product.key}.png` };
}

export const labels = async (key) => new Uint8Array(await (await call(`api/people/${key}/labels`)).arrayBuffer());

export async function correct(key, labels, dress) {
  const packed = new Blob([labels]).stream().pipeThrough(new CompressionStream("gzip"));
  const body = await new Response(packed).blob();
  const response = await call(`api/people/${key}/labels?dress=${dress ? 1 : 0}`, { method: "PUT", body });
  return response.json();
}

/** Results as they come. */
export async function* results(key, request, signal) {
  const headers = { "Content-Type": "application/json" };
  const options = { method: "POST", headers, body: JSON.stringify(request), signal };
  const response = await call(`api/people/${key}/results`, options);
  let done = false;
  for await (const line of linesOf(response)) {
    const value = JSON.parse(line);
    if (value.error) throw new Failure(value.error.code, value.error);
    if (value.done) {
      done = true;
      continue;
    }
    yield { ...value, photo: `api/results/${value.key}/photo.png`, parsing: `api/results/${value.key}/parsing.png` };
  }
  if (!done) throw new Failure("page-away"); // cut off
}

async function* linesOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    let part;
    try {
      part = await reader.read();
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Failure("page-away");
    }
    if (part.done) return;
    const lines = (rest + part.value).split("\n");
    rest = lines.pop();
    yield* lines;
  }
}

export const matches = async (key, garment, signal) =>
  (await (await call(`api/people/${key}/matches?garment=${garment}`, { signal })).json()).matches;

export const archive = (keys) => `api/results.zip?${new URLSearchParams(keys.map((key) => ["key", key]))}`;
