// Of things that are begun one after another only the latest counts, whichever is ready first.

/** A function that begins a turn; what it returns tells whether no later one has begun. */
export function turns() {
  let latest = 0;
  return () => {
    const own = ++latest;
    return () => own === latest;
  };
}
