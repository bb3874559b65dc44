/** What is known of a key, made at first need. */
export function remember<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = known.has(key) ? (known.get(key) as Value) : make()
  known.set(key, value)
  return value
}
