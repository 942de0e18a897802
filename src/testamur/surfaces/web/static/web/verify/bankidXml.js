// XML of one exact shape, read by place and canonicalised: the ground under the BankID verifier.
//
// Nothing is looked up by Id or by name search: every element is taken by its place, and whatever does not belong there
// is refused. Sources: XML Signature (W3C REC 2002-02-12), Canonical XML 1.0 (W3C REC 2001-03-15).

import { ValueError, compare, fromBase64, indexOf, utf8 } from "./bytes.js";
import { EvidenceError } from "./report.js";
import { XmlElement, XmlError, parseXml, xmlUri } from "./xml.js";

const BANKID_XML_MAX_BYTES = 1 << 20;
/** White space as Python's `str.strip` and `str.split` know it. */
const BANKID_XML_SPACE = /[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/** The one refusal of this module, `bankid.shape`; `message` says what is wrong. */
export function misshapen(message) {
  return new EvidenceError("bankid.shape", `The BankID signature has not the one right shape: ${message}.`, {
    sub: "FORMAT_FAILURE",
  });
}

/** A text without any white space, which is empty when it holds nothing else. */
export function withoutSpace(text) {
  return text.replace(BANKID_XML_SPACE, "");
}

/** A text without the white space around it. */
export function strip(text) {
  const space = BANKID_XML_SPACE.source;
  return text.replace(new RegExp(`^${space}|${space}$`, "g"), "");
}

/** The root element of a UTF-8 document without DOCTYPE, comments, instructions, stray text or further Ids. */
export function parse(data) {
  if (data.length > BANKID_XML_MAX_BYTES) throw misshapen("it is larger than 1 MiB");
  let found;
  try {
    found = parseXml(data);
  } catch (error) {
    if (error instanceof XmlError) throw misshapen("it is not well-formed XML");
    throw error;
  }
  const names = (text) => indexOf(data, utf8(text)) >= 0;
  if (found.doctype || names("<!DOCTYPE") || names("<!ENTITY")) throw misshapen("it has a DOCTYPE");
  if (found.encoding !== null && found.encoding.toUpperCase() !== "UTF-8") throw misshapen("it is not UTF-8");
  if (found.beside) throw misshapen("something stands beside the root element");
  bankidXmlOnlyElements(found.root);
  return found.root;
}

/** Every element and other node, in the order of the document. */
function* bankidXmlNodes(root) {
  yield root;
  if (root instanceof XmlElement) for (const child of root.children) yield* bankidXmlNodes(child);
}

/** Refuse comments, entities, instructions, stray text and any Id beyond the two that are referred to. */
function bankidXmlOnlyElements(root) {
  let ids = 0;
  for (const node of bankidXmlNodes(root)) {
    if (!(node instanceof XmlElement)) throw misshapen("it holds a comment, an entity or a processing instruction");
    if (node.children.length && withoutSpace(node.text)) {
      throw misshapen(`there is text between the elements of ${local(node)}`);
    }
    if (node !== root && withoutSpace(node.tail)) throw misshapen(`there is text after ${local(node)}`);
    for (const attribute of node.attributes.values()) if (attribute.local.toLowerCase() === "id") ids++;
  }
  if (ids !== 2) throw misshapen("there are not exactly two Ids");
}

/** The name without its namespace. */
export function local(node) {
  return node.local;
}

/** The children of `node`, which must be exactly `tags` in order; `node` may carry only `attributes`. */
export function children(node, tags, attributes = []) {
  const found = node.children;
  if (found.length !== tags.length || found.some((child, at) => child.tag !== tags[at])) {
    throw misshapen(`${local(node)} has other children than it should`);
  }
  const carried = [...node.attributes.keys()];
  const wanted = new Set(attributes);
  if (carried.length !== wanted.size || !carried.every((name) => wanted.has(name))) {
    throw misshapen(`${local(node)} has other attributes than it should`);
  }
  return found;
}

/** `node` is empty and names this algorithm. */
export function algorithmIs(node, expected) {
  children(node, [], ["Algorithm"]);
  if (node.get("Algorithm") !== expected || withoutSpace(node.text)) {
    throw misshapen(`${local(node)} names another algorithm`);
  }
}

/** The text of `node` as base64, white space between the digits allowed. */
export function binary(node, attributes = []) {
  children(node, [], attributes);
  try {
    return fromBase64(withoutSpace(node.text));
  } catch (error) {
    if (error instanceof ValueError) throw misshapen(`${local(node)} is not base64`);
    throw error;
  }
}

// --- canonical form ----------------------------------------------------------------------------

/** Inclusive Canonical XML 1.0 of one element, with the namespaces that are in scope there. */
export function canonical(element) {
  const inScope = new Map();
  for (let at = element.parent; at !== null; at = at.parent) {
    for (const [prefix, uri] of at.declared) if (!inScope.has(prefix)) inScope.set(prefix, uri);
  }
  const parts = [];
  bankidXmlWrite(parts, element, inScope, new Map(), element);
  return utf8(parts.join(""));
}

/** `above` is in scope and `shown` was written on an element around this one. */
function bankidXmlWrite(parts, element, above, shown, whole) {
  const scope = new Map([...above, ...element.declared]);
  const declared = element === whole ? scope : element.declared;
  const odd = [...declared.values()].some((uri) => uri && !xmlUri(uri)[0]);
  const named = [...element.attributes.values()].map(({ prefix, local: name }) => prefix + name);
  const foreign = [element.prefix, element.local, ...scope.keys(), ...named].some((name) => /[^\0-\x7f]/.test(name));
  if (odd || foreign) throw misshapen(`${local(whole)} has no canonical form`);
  const name = element.prefix ? `${element.prefix}:${element.local}` : element.local;
  parts.push("<", name);
  const order = (one, other) => compare(utf8(one), utf8(other));
  const news = [...scope].filter(([prefix, uri]) => (shown.get(prefix) ?? "") !== uri);
  for (const [prefix, uri] of news.sort(([one], [other]) => order(one, other))) {
    parts.push(prefix ? ` xmlns:${prefix}="` : ' xmlns="', uri, '"'); // not escaped, as libxml2 writes it
  }
  const attributes = [...element.attributes.values()];
  attributes.sort((one, other) => order(one.namespace, other.namespace) || order(one.local, other.local));
  for (const { prefix, local: own, value } of attributes) {
    parts.push(" ", prefix ? `${prefix}:${own}` : own, '="', bankidXmlAttribute(value), '"');
  }
  parts.push(">");
  for (const node of element.nodes) {
    if (typeof node === "string") parts.push(bankidXmlText(node));
    else bankidXmlWrite(parts, node, scope, scope, whole);
  }
  parts.push("</", name, ">");
}

const BANKID_XML_ESCAPES = {
  "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;",
};

function bankidXmlText(text) {
  return text.replace(/[&<>\r]/g, (letter) => BANKID_XML_ESCAPES[letter]);
}

function bankidXmlAttribute(value) {
  return value.replace(/[&<"\t\n\r]/g, (letter) => BANKID_XML_ESCAPES[letter]);
}
