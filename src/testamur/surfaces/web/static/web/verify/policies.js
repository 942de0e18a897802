// Witness policies: which logs are trusted, and who must have cosigned (C2SP tlog-policy).

import { equal, fromUtf8, repr, textLength } from "./bytes.js";
import { LOG_KINDS, MalformedNote, NoteNotTrusted, Vkey, WITNESS_KINDS, decimal } from "./notes.js";

/** Bytes. */
export const MAX_POLICY = 65_536;

/** At least `threshold` of `members` (names of witnesses or groups) must have witnessed. */
export class Group {
  constructor(threshold, members) {
    this.threshold = threshold;
    this.members = members;
    Object.freeze(this);
  }
}

/** Which logs are trusted and which witnesses must have cosigned (C2SP tlog-policy). */
export class Policy {
  /**
   * @param {Vkey[]} logs keys of the logs; a checkpoint by any of them is accepted
   * @param {Map<string, Vkey>} witnesses key by the name used inside the policy
   * @param {Map<string, Group>} groups group by name, each after those it refers to
   * @param {string} quorum name of a witness or group, or `none`
   */
  constructor(logs, witnesses, groups, quorum) {
    this.logs = logs;
    this.witnesses = witnesses;
    this.groups = groups;
    this.quorum = quorum;
    Object.freeze(this);
  }

  /** All keys that the policy knows. */
  get vkeys() {
    return [...this.logs, ...this.witnesses.values()];
  }

  /** True when these keys' cosignatures make up the quorum. */
  satisfied(cosigned) {
    if (this.quorum === "none") return true;
    const keys = new Set([...cosigned].map(String));
    const reached = new Set();
    for (const [name, vkey] of this.witnesses) if (keys.has(String(vkey))) reached.add(name);
    for (const [name, group] of this.groups) {
      if (group.members.filter((member) => reached.has(member)).length >= group.threshold) reached.add(name);
    }
    return reached.has(this.quorum);
  }

  /**
   * The earliest second by which the quorum had cosigned; null when there is no quorum to wait for.
   *
   * A cosignature without a time (0) says nothing about when, so it does not count.
   * Throws NoteNotTrusted when the quorum is not reached.
   */
  quorumTime(verified) {
    const witnesses = new Set([...this.witnesses.values()].map(String));
    const cosigned = [...verified].filter(({ vkey, time }) => witnesses.has(String(vkey)) && time);
    if (this.quorum === "none") return null;
    for (const time of cosigned.map((found) => found.time).sort((one, other) => one - other)) {
      if (this.satisfied(cosigned.filter((found) => found.time <= time).map(({ vkey }) => vkey))) return time;
    }
    throw new NoteNotTrusted("too few of the witnesses that the policy asks for have cosigned");
  }
}

/** A policy file (C2SP tlog-policy, "Policy file syntax and structure"); throws MalformedNote with the line. */
export async function parsePolicy(data) {
  if (data.length > MAX_POLICY) throw new MalformedNote(`a policy of more than ${MAX_POLICY} bytes`);
  if (data.some((octet) => octet === 0x7f || (octet < 0x20 && octet !== 0x09 && octet !== 0x0a))) {
    throw new MalformedNote("a policy must not contain control characters");
  }
  const reader = new PolicyReader();
  for (const [at, line] of policiesText(data).split("\n").entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word);
    if (!words.length || words[0].startsWith("#")) continue;
    try {
      await reader.read(words);
    } catch (error) {
      if (!(error instanceof MalformedNote)) throw error;
      throw new MalformedNote(`policy line ${at + 1}: ${error.message}`);
    }
  }
  if (reader.quorum === null) throw new MalformedNote("a policy needs one quorum line");
  return new Policy(reader.logs, reader.witnesses, reader.groups, reader.quorum);
}

/** Names are opaque octets; each that belongs to no UTF-8 becomes half a surrogate pair of its own, as in Python. */
function policiesText(data) {
  let text = "";
  for (let at = 0; at < data.length; ) {
    const size = [1, 2, 3, 4].find((length) => policiesCharacter(data.subarray(at, at + length)) !== null);
    text += size ? fromUtf8(data.subarray(at, at + size)) : String.fromCharCode(0xdc00 + data[at]);
    at += size ?? 1;
  }
  return text;
}

function policiesCharacter(octets) {
  try {
    const text = fromUtf8(octets);
    return textLength(text) === 1 ? text : null;
  } catch {
    return null;
  }
}

/** The state between the lines of one policy file. */
class PolicyReader {
  constructor() {
    this.logs = [];
    this.witnesses = new Map();
    this.groups = new Map();
    this.quorum = null;
    this.members = new Set();
  }

  async read([word, ...rest]) {
    if (word === "log" && (rest.length === 1 || rest.length === 2)) {
      this.logs.push(await this.#key(rest[0], LOG_KINDS, this.logs));
    } else if (word === "witness" && (rest.length === 2 || rest.length === 3)) {
      const vkey = await this.#key(rest[1], WITNESS_KINDS, [...this.witnesses.values()]);
      this.witnesses.set(this.#new(rest[0]), vkey);
    } else if (word === "group" && rest.length > 2) {
      this.#group(rest[0], rest[1], rest.slice(2));
    } else if (word === "quorum" && rest.length === 1) {
      if (this.quorum !== null) throw new MalformedNote("a second quorum");
      if (rest[0] !== "none") this.#known(rest[0]);
      this.quorum = rest[0];
    } else {
      throw new MalformedNote("expected log, witness, group or quorum with its arguments");
    }
  }

  #group(name, threshold, members) {
    for (const member of members) {
      this.#known(member);
      if (this.members.has(member)) throw new MalformedNote(`${repr(member)} is already a member of a group`);
      this.members.add(member);
    }
    const words = new Map([["any", 1n], ["all", BigInt(members.length)]]);
    const count = words.get(threshold) ?? decimal(threshold, "the threshold");
    if (count < 1n || count > BigInt(members.length)) {
      throw new MalformedNote("the threshold is not between 1 and the number of members");
    }
    this.groups.set(this.#new(name), new Group(Number(count), members));
  }

  async #key(text, kinds, others) {
    const vkey = await Vkey.parse(text);
    if (!kinds.has(vkey.kind)) throw new MalformedNote("a key of a type that does not fit its use");
    if (others.some((other) => equal(vkey.key, other.key))) throw new MalformedNote("the same key twice");
    return vkey;
  }

  #new(name) {
    if (name === "none" || this.witnesses.has(name) || this.groups.has(name)) {
      throw new MalformedNote(`the name ${repr(name)} is taken`);
    }
    return name;
  }

  #known(name) {
    if (!this.witnesses.has(name) && !this.groups.has(name)) {
      throw new MalformedNote(`${repr(name)} is not defined on a line before`);
    }
  }
}

/** Policy text: any of `logs`, cosigned by at least `threshold` of `witnesses` (Map by name); 0 asks for none. */
export function formatPolicy(logs, witnesses, threshold) {
  const lines = [...logs].map((vkey) => `log ${vkey}`);
  for (const [name, vkey] of witnesses) lines.push(`witness ${name} ${vkey}`);
  if (threshold) lines.push(`group witnesses ${threshold} ${[...witnesses.keys()].join(" ")}`, "quorum witnesses");
  else lines.push("quorum none");
  return `${lines.join("\n")}\n`;
}
