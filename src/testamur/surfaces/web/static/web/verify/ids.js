// Identifiers (kernel/base/ids.py). A UUID is kept as its text, 36 characters in lower case.

/** `urn:uuid:…`, the form used in everything that is signed. */
export function urn(id) {
  return `urn:uuid:${id}`;
}
