// What the verifier's small parts make of bytes, in words that Python's tests can make as well.

const product = new URL(process.argv[2].replace(/\/*$/, "/"), "file:///");
const { PdfName, PdfReal, PdfRef, parse } = await import(new URL("pdfValues.js", product));
const { inflate } = await import(new URL("inflate.js", product));
const { Note, Vkey } = await import(new URL("notes.js", product));
const { verifyProof, Proof } = await import(new URL("tlog.js", product));

/** A PDF value and the offset after it, in words that Python's test can make as well. */
export function pdfValue(data) {
  const [value, end] = parse(data, 0);
  return [told(value), end];
}

function told(value) {
  if (value instanceof PdfName) return `/${value.text}`;
  if (value instanceof PdfReal) return { real: Buffer.from(Float64Array.of(value.value).buffer).toString("hex") };
  if (value instanceof PdfRef) return { ref: [value.number, value.generation] };
  if (value instanceof Uint8Array) return { string: Buffer.from(value).toString("hex") };
  if (value instanceof Map) return { dictionary: [...value].map(([key, item]) => [key, told(item)]) };
  return Array.isArray(value) ? value.map(told) : value;
}

/** What zlib data unpacks to: { plain, whole, unused, full }. */
export function unpacked(data, limit) {
  return inflate(data, limit);
}

/** The text and the lines of a note. */
export function note(data) {
  const { text, signatures } = Note.parse(data);
  return [text, signatures.map(({ name, keyId, blob }) => [name, keyId, blob])];
}

/** What a proof shows under a policy of these keys, of which `threshold` witnesses must have cosigned. */
export async function included(data, leaf, log, witnesses, threshold) {
  const { Policy, Group } = await import(new URL("policies.js", product));
  const keys = new Map();
  for (const [i, key] of witnesses.entries()) keys.set(`w${i}`, await Vkey.parse(key));
  const groups = new Map([["all", new Group(threshold, [...keys.keys()])]]);
  const policy = new Policy([await Vkey.parse(log)], keys, groups, threshold ? "all" : "none");
  const { index, size, cosigned, existed } = await verifyProof(Proof.parse(data), leaf, policy);
  return [index, size, cosigned.length, existed];
}
