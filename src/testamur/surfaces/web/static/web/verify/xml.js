// A strict reader of XML 1.0 with namespaces, as strict as libxml2 under Python's lxml.
//
// It knows no document type: a DOCTYPE is reported and not read, so that no entity but the five predefined ones exists.

import { ValueError, startsWith } from "./bytes.js";

const XML_MAX_DEPTH = 256;
const XML_MAX_NAME = 50_000;
const XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace";
const XML_XMLNS_NAMESPACE = "http://www.w3.org/2000/xmlns/";
const XML_START =
  "A-Z_a-z\\xC0-\\xD6\\xD8-\\xF6\\xF8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F" +
  "\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}";
const XML_NAME = new RegExp(`[:${XML_START}][:${XML_START}\\-.0-9\\xB7\\u0300-\\u036F\\u203F\\u2040]*`, "uy");
const XML_NCNAME = new RegExp(`^[${XML_START}][${XML_START}\\-.0-9\\xB7\\u0300-\\u036F\\u203F\\u2040]*$`, "u");
const XML_BLANKS = /[ \t\r\n]*/y;
const XML_NO_CHARACTER = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const XML_DECLARATION =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"([0-9]\.[0-9]*)"|'([0-9]\.[0-9]*)')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([A-Za-z][A-Za-z0-9._-]*)"|'([A-Za-z][A-Za-z0-9._-]*)'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/;
const XML_DOCTYPE =
  /<!DOCTYPE\s+[^\s<>[\]"'&]+(?:\s+(?:SYSTEM|PUBLIC\s+(?:"[^"]*"|'[^']*'))\s+(?:"[^"]*"|'[^']*'))?\s*/y;
const XML_ENTITIES = new Map([["amp", "&"], ["lt", "<"], ["gt", ">"], ["quot", '"'], ["apos", "'"]]);

/** The bytes are not well-formed XML. */
export class XmlError extends ValueError {}

/** A comment or processing instruction. */
export class XmlOther {
  constructor(parent) {
    this.parent = parent;
    this.tail = "";
  }
}

/** One element; `nodes` are its texts, elements and others in order. */
export class XmlElement {
  constructor(parent, prefix, local, declared) {
    this.parent = parent;
    this.prefix = prefix;
    this.local = local;
    this.declared = declared;
    this.namespace = "";
    this.attributes = new Map();
    this.nodes = [];
    this.text = "";
    this.tail = "";
  }

  /** The name as lxml writes it: `{namespace}local`. */
  get tag() {
    return xmlTag(this.namespace, this.local);
  }

  /** Elements and others, no texts. */
  get children() {
    return this.nodes.filter((node) => typeof node !== "string");
  }

  /** The value of an attribute; null when it is absent. */
  get(name) {
    return this.attributes.get(name)?.value ?? null;
  }

  /** What a prefix stands for here; undefined when it stands for nothing. */
  lookup(prefix) {
    if (prefix === "xml") return XML_NAMESPACE;
    for (let at = this; at !== null; at = at.parent) if (at.declared.has(prefix)) return at.declared.get(prefix);
    return prefix === "" ? "" : undefined;
  }
}

function xmlTag(namespace, local) {
  return namespace ? `{${namespace}}${local}` : local;
}

/** The text of the bytes, and whether they were written in another way than UTF-8 with such a declaration. */
function xmlDecode(data) {
  const begins = (...octets) => startsWith(data, octets);
  let label = "utf-8";
  if (begins(0xff, 0xfe, 0, 0) || begins(0, 0, 0xfe, 0xff)) return { text: "<utf-32/>", encoding: "UTF-32" };
  if (begins(0xff, 0xfe) || begins(0x3c, 0, 0x3f, 0)) label = "utf-16le";
  else if (begins(0xfe, 0xff) || begins(0, 0x3c, 0, 0x3f)) label = "utf-16be";
  let declared = null;
  if (label === "utf-8") {
    const head = String.fromCharCode(...data.subarray(begins(0xef, 0xbb, 0xbf) ? 3 : 0, 1000));
    const found = XML_DECLARATION.exec(head);
    declared = found && (found[3] ?? found[4] ?? null);
    if (declared !== null && !/^utf-?8$/i.test(declared)) label = /^utf|^ucs/i.test(declared) ? "none" : declared;
  }
  try {
    if (/ascii/i.test(label) && data.some((octet) => octet > 0x7f)) throw new ValueError("not ASCII");
    const text = new TextDecoder(label, { fatal: true }).decode(data);
    const found = XML_DECLARATION.exec(text);
    const named = found && (found[3] ?? found[4] ?? null);
    return { text, encoding: named !== null && label.startsWith("utf-16") ? label : named };
  } catch {
    throw new XmlError("not in its encoding");
  }
}

/**
 * The document: its root, whether it has a DOCTYPE (then no root), whether anything stands beside the root, and the
 * encoding that it names (null when it names none; one that it is not written in otherwise than in UTF-8 as well).
 */
export function parseXml(data) {
  const { text, encoding } = xmlDecode(data);
  const declaration = XML_DECLARATION.exec(text);
  if (declaration === null && /^<\?xml[ \t\r\n]/.test(text)) throw new XmlError("a malformed declaration");
  if (declaration !== null && (declaration[1] ?? declaration[2])[0] !== "1") throw new XmlError("another version");
  if (/\0/.test(text)) throw new XmlError("a character that is none");
  const reader = new XmlReader(text.replace(/\r\n?/g, "\n"));
  if (declaration !== null) reader.at = declaration[0].replace(/\r\n?/g, "\n").length;
  return { ...reader.document(), encoding };
}

class XmlReader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  document() {
    let beside = this.#misc();
    const doctype = this.#match(XML_DOCTYPE) !== null;
    if (doctype) {
      if (this.#follows("[")) return { root: null, doctype, beside };
      this.#expect(">");
      beside = this.#misc() || beside;
    }
    if (!this.#follows("<")) throw new XmlError("no root");
    const root = this.#elements();
    beside = this.#misc() || beside;
    if (this.at < this.text.length) throw new XmlError("something follows the root");
    return { root, doctype, beside };
  }

  #follows(part) {
    return this.text.startsWith(part, this.at);
  }

  #match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return null;
    this.at = pattern.lastIndex;
    return found[0];
  }

  #blanks() {
    return this.#match(XML_BLANKS).length > 0;
  }

  #expect(part) {
    if (!this.#follows(part)) throw new XmlError(`no ${part}`);
    this.at += part.length;
  }

  #until(part) {
    const end = this.text.indexOf(part, this.at);
    if (end < 0) throw new XmlError(`no ${part}`);
    const found = this.text.slice(this.at, end);
    this.at = end + part.length;
    return xmlCharacters(found);
  }

  /** Blanks, comments and instructions; true when there was more than blanks. */
  #misc() {
    for (let found = false; ; found = true) {
      this.#blanks();
      if (!this.#other()) return found;
    }
  }

  /** Step over a comment or instruction; false when there is none. */
  #other() {
    if (this.#follows("<!--")) {
      this.at += 4;
      const comment = this.#until("--");
      this.#expect(">");
      return comment !== null;
    }
    if (!this.#follows("<?")) return false;
    this.at += 2;
    const target = this.#name();
    if (/^xml$/i.test(target) || target.includes(":")) throw new XmlError("not a target");
    if (!this.#follows("?>") && !this.#blanks()) throw new XmlError("no blank after the target");
    this.#until("?>");
    return true;
  }

  #name() {
    const name = this.#match(XML_NAME);
    if (name === null || name.split(":").some((part) => part.length > XML_MAX_NAME)) throw new XmlError("not a name");
    return name;
  }

  /** A name with or without a prefix, as [prefix, local]. */
  #qualified() {
    const name = this.#name();
    const parts = name.split(":");
    if (parts.length > 2 || !parts.every((part) => XML_NCNAME.test(part))) throw new XmlError("not a name");
    return parts.length === 2 ? parts : ["", name];
  }

  /** The root with all that is in it, without recursion. */
  #elements() {
    let current = null;
    let depth = 0;
    for (;;) {
      if (current !== null) this.#texts(current);
      if (current !== null && this.#follows("</")) {
        this.at += 2;
        const [prefix, local] = this.#qualified();
        if (prefix !== current.prefix || local !== current.local) throw new XmlError("another end");
        this.#blanks();
        this.#expect(">");
        if (current.parent === null) return current;
        current = current.parent;
        depth--;
      } else if (current !== null && this.#other()) {
        current.nodes.push(new XmlOther(current));
      } else {
        if (++depth > XML_MAX_DEPTH) throw new XmlError("too deep");
        const [element, empty] = this.#start(current);
        if (current !== null) current.nodes.push(element);
        if (!empty) {
          current = element;
        } else {
          if (element.parent === null) return element;
          depth--;
        }
      }
    }
  }

  /** Text, references and CDATA up to the next tag, comment or instruction. */
  #texts(element) {
    let text = "";
    for (;;) {
      if (this.at >= this.text.length) throw new XmlError("no end");
      if (this.#follows("<![CDATA[")) {
        this.at += 9;
        text += this.#until("]]>");
      } else if (this.#follows("<")) {
        break;
      } else if (this.#follows("&")) {
        text += this.#reference();
      } else {
        const next = /[<&]/g;
        next.lastIndex = this.at;
        const end = next.exec(this.text)?.index ?? this.text.length;
        const plain = xmlCharacters(this.text.slice(this.at, end));
        if (plain.includes("]]>")) throw new XmlError("the end of a CDATA section in text");
        text += plain;
        this.at = end;
      }
    }
    if (!text) return;
    const last = element.nodes[element.nodes.length - 1];
    if (last === undefined) element.text = text;
    else last.tail = text;
    element.nodes.push(text);
  }

  #reference() {
    this.#expect("&");
    if (!this.#follows("#")) {
      const name = this.#name();
      this.#expect(";");
      if (!XML_ENTITIES.has(name)) throw new XmlError("an unknown entity");
      return XML_ENTITIES.get(name);
    }
    const found = this.#match(/#(?:x[0-9a-fA-F]+|[0-9]+);/y);
    if (found === null) throw new XmlError("not a reference");
    const code = found[1] === "x" ? Number.parseInt(found.slice(2), 16) : Number.parseInt(found.slice(1), 10);
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw new XmlError("not a character");
    return xmlCharacters(String.fromCodePoint(code));
  }

  /** A start tag: the element, and whether it is empty. */
  #start(parent) {
    this.#expect("<");
    const [prefix, local] = this.#qualified();
    const written = [];
    for (;;) {
      const blanks = this.#blanks();
      if (this.#follows("/>") || this.#follows(">")) break;
      if (!blanks) throw new XmlError("no blank before an attribute");
      const name = this.#qualified();
      this.#blanks();
      this.#expect("=");
      this.#blanks();
      written.push([...name, this.#value()]);
    }
    const element = new XmlElement(parent, prefix, local, xmlDeclared(written));
    element.namespace = element.lookup(prefix);
    if (element.namespace === undefined) throw new XmlError("an unknown prefix");
    xmlAttributes(element, written);
    const empty = this.#follows("/>");
    this.at += empty ? 2 : 1;
    return [element, empty];
  }

  #value() {
    const quote = this.text[this.at];
    if (quote !== '"' && quote !== "'") throw new XmlError("no quote");
    this.at++;
    let value = "";
    while (!this.#follows(quote)) {
      if (this.at >= this.text.length || this.#follows("<")) throw new XmlError("not a value");
      if (this.#follows("&")) {
        value += this.#reference();
      } else {
        const next = /[<&"']/g;
        next.lastIndex = this.at;
        let end = next.exec(this.text)?.index ?? this.text.length;
        if (end === this.at) end++; // the other kind of quote
        value += xmlCharacters(this.text.slice(this.at, end)).replace(/[\t\n]/g, " ");
        this.at = end;
      }
    }
    this.at++;
    return value;
  }
}

function xmlCharacters(text) {
  if (XML_NO_CHARACTER.test(text)) throw new XmlError("a character that is none");
  return text;
}

/** The namespaces that a start tag declares, by prefix. */
function xmlDeclared(written) {
  const declared = new Map();
  const seen = new Set();
  for (const [prefix, local, uri] of written) {
    if (prefix !== "xmlns" && (prefix || local !== "xmlns")) continue;
    const name = prefix ? local : "";
    if (seen.has(name)) throw new XmlError("a prefix is declared twice");
    seen.add(name);
    if (name === "xmlns" || uri === XML_XMLNS_NAMESPACE) throw new XmlError("a reserved prefix");
    if ((name === "xml") !== (uri === XML_NAMESPACE)) throw new XmlError("a reserved namespace");
    if (name && !uri) throw new XmlError("a prefix without a namespace");
    if (uri && !xmlUri(uri)) throw new XmlError("not a URI");
    if (name !== "xml") declared.set(name, uri);
  }
  return declared;
}

function xmlAttributes(element, written) {
  for (const [prefix, local, value] of written) {
    if (prefix === "xmlns" || (!prefix && local === "xmlns")) continue;
    const namespace = prefix ? element.lookup(prefix) : "";
    if (namespace === undefined) throw new XmlError("an unknown prefix");
    const tag = xmlTag(namespace, local);
    if (element.attributes.has(tag)) throw new XmlError("an attribute twice");
    if (prefix === "xml" && local === "id" && !XML_NCNAME.test(value)) throw new XmlError("not an xml:id");
    element.attributes.set(tag, { prefix, local, namespace, value });
  }
}

const XML_CHAR = "(?:[A-Za-z0-9\\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})";
const XML_PATH_CHAR = "(?:[A-Za-z0-9\\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})";
const XML_REST = `(?:\\?(?:${XML_PATH_CHAR}|[/?])*)?(?:#(?:${XML_PATH_CHAR}|[/?[\\]])*)?`; // brackets: as libxml2
const XML_AUTHORITY = `//(?:(?:${XML_CHAR}|:)*@)?(?:\\[[^\\]]*\\]|${XML_CHAR}*)(?::[0-9]{1,9})?(?:/${XML_PATH_CHAR}*)*`;
const XML_ABSOLUTE = `/(?:${XML_PATH_CHAR}+(?:/${XML_PATH_CHAR}*)*)?`;
const XML_ROOTLESS = `${XML_PATH_CHAR}+(?:/${XML_PATH_CHAR}*)*`;
const XML_NO_SCHEME = `(?:${XML_CHAR}|@)+(?:/${XML_PATH_CHAR}*)*`;
const XML_URI = new RegExp(
  `^(?:([A-Za-z][A-Za-z0-9+.\\-]*):(?:${XML_AUTHORITY}|${XML_ABSOLUTE}|${XML_ROOTLESS})?${XML_REST}` +
    `|(?:${XML_AUTHORITY}|${XML_ABSOLUTE}|${XML_NO_SCHEME})?${XML_REST})$`,
);

/** The scheme of a URI reference (RFC 3986), empty for a relative one, in a list; null when it is no URI reference. */
export function xmlUri(text) {
  const found = XML_URI.exec(text);
  return found && [found[1] ?? ""];
}
