/** The value of a key that a record holds itself: names from files may be those of what all objects have, such as `constructor`. */
export function ownValue<Value>(record: Readonly<Partial<Record<string, Value>>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
