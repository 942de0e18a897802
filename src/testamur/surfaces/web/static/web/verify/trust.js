// The trust bundle, `trust.json`: which roots, logs and witnesses a verifier believes (docs/formats.md §9).

import { ValueError, utf8 } from "./bytes.js";
import { ChainError, load } from "./chain.js";
import { parseJson } from "./json.js";
import { Vkey } from "./notes.js";
import { MAX_POLICY, Policy, parsePolicy } from "./policies.js";
import { ShapeError, binary, isObject, items, members, text, time, urn as readUrn, yesNo } from "./shape.js";
import { Carried } from "./standing.js";
import { claimed, parse as parseList } from "./status.js";

const TRUST_MAX_BYTES = 64 << 20;
const TRUST_METHODS = ["bankid", "simulated", "sms", "certificate"];

/** The file is not a trust bundle of version 1. */
export class TrustError extends Error {
  constructor(message) {
    super(message);
    this.name = "TrustError";
    this.code = "trust.malformed";
  }
}

/**
 * A parsed bundle. `organisations`: Map from id to { id, name, sealRoots, crls, origin, vkeys, policy }; `eidRoots`: Map
 * from method to its pinned roots; `status`: Map from id to `Carried` lists, not opened before a record of it is looked at.
 */
export class Trust {
  constructor({ test, made, organisations, eidRoots, tsaRoots, status }) {
    this.test = test;
    this.made = made;
    this.organisations = organisations;
    this.eidRoots = eidRoots;
    this.tsaRoots = tsaRoots;
    this.status = status;
    Object.freeze(this);
  }

  /** The same bundle with one more status list, from a file; throws Failed (`status.malformed`). */
  withStatus(data) {
    const value = parseList(data);
    const organisation = claimed(value);
    const before = this.status.get(organisation)?.values ?? [];
    const status = new Map(this.status).set(organisation, new Carried([...before, value]));
    return new Trust({ ...this, status });
  }
}

/** A bundle that believes nobody: what can be said without one is said, and nothing is decided. */
export const NO_TRUST = new Trust({
  test: false,
  made: 0,
  organisations: new Map(),
  eidRoots: new Map(),
  tsaRoots: [],
  status: new Map(),
});

/** Read a bundle; throws TrustError (`trust.malformed`) in one plain sentence. */
export async function parseTrust(data) {
  if (data.length > TRUST_MAX_BYTES) throw new TrustError("The trust bundle is too large.");
  try {
    return await trustRead(parseJson(data, () => new ShapeError("an object names a member twice")));
  } catch (error) {
    if (error instanceof ValueError) throw new TrustError(`The trust bundle cannot be read: ${error.message}.`);
    if (error instanceof ChainError) throw new TrustError(`The trust bundle cannot be read: ${error.message}`);
    throw error;
  }
}

async function trustRead(value) {
  const names = ["v", "test", "made", "organisations", "eid_roots", "tsa_roots", "status"];
  const top = members(value, names, "the bundle");
  if (top.v !== 1) throw new ShapeError("it is of another version");
  const organisations = [];
  for (const item of items(top.organisations, "organisations")) organisations.push(await trustOrganisation(item));
  if (!isObject(top.eid_roots)) throw new ShapeError("eid_roots is not an object");
  const empty = Object.fromEntries(TRUST_METHODS.map((method) => [method, []]));
  const roots = members({ ...empty, ...top.eid_roots }, TRUST_METHODS, "eid_roots");
  const lists = items(top.status, "status").map((item) => members(item, ["organisation", "list"], "a status list"));
  const carried = new Map(lists.map((item) => [readUrn(item.organisation, "status.organisation"), item.list]));
  if (carried.size !== lists.length) throw new ShapeError("an organisation has two status lists");
  const found = new Map(organisations.map((organisation) => [organisation.id, organisation]));
  if (found.size !== organisations.length) throw new ShapeError("an organisation is named twice");
  return new Trust({
    test: yesNo(top.test, "test"),
    made: time(top.made, "made"),
    organisations: found,
    eidRoots: new Map(TRUST_METHODS.map((method) => [method, trustCertificates(roots[method], `eid_roots.${method}`)])),
    tsaRoots: trustCertificates(top.tsa_roots, "tsa_roots"),
    status: new Map([...carried].map(([organisation, list]) => [organisation, new Carried([list])])),
  });
}

async function trustOrganisation(value) {
  const item = members(value, ["id", "name", "seal_roots", "crls", "log"], "an organisation");
  const log = members(item.log, ["origin", "vkeys", "policy"], "an organisation's log");
  const origin = text(log.origin, "log.origin");
  const vkeys = [];
  for (const vkey of items(log.vkeys, "log.vkeys", { limit: 100 })) vkeys.push(await Vkey.parse(text(vkey, "log.vkeys")));
  let policy = await parsePolicy(utf8(text(log.policy, "log.policy", { limit: MAX_POLICY })));
  const known = new Set(vkeys.map(String));
  if (vkeys.some((vkey) => vkey.name !== origin) || !policy.logs.every((vkey) => known.has(String(vkey)))) {
    throw new ShapeError(`the keys of the log ${origin} contradict each other`);
  }
  if (!policy.logs.length) policy = new Policy(vkeys, policy.witnesses, policy.groups, policy.quorum);
  return Object.freeze({
    id: readUrn(item.id, "an organisation's id"),
    name: text(item.name, "an organisation's name"),
    sealRoots: trustCertificates(item.seal_roots, "seal_roots"),
    crls: items(item.crls, "crls").map((crl) => binary(crl, "a CRL", { limit: TRUST_MAX_BYTES })),
    origin,
    vkeys,
    policy,
  });
}

function trustCertificates(value, what) {
  const ders = items(value, what, { limit: 1_000 }).map((item) => binary(item, what));
  for (const der of ders) load(der);
  return ders;
}
