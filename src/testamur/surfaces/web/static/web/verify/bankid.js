// The signature object of BankID (RP API v6): an XML signature of one exact shape, and the OCSP response beside it.
//
// Nothing is looked up by Id or by name search: the shape is fixed, every element is taken by its place, and whatever
// does not belong there is refused. So a signature cannot be wrapped, and a comment cannot cut a text in two.

import { ValueError, equal, fromUtf8, sha256 } from "./bytes.js";
import { checkOcsp } from "./bankidOcsp.js";
import { algorithmIs, binary, canonical, children, local, misshapen, parse, strip } from "./bankidXml.js";
import { ChainError, GIVEN_NAME, SERIAL_NUMBER, SURNAME, attribute, fingerprint, load, nameOf, validate } from "./chain.js";
import { CERTIFICATE_POLICIES, KEY_USAGE } from "./extensions.js";
import { EvidenceError } from "./report.js";
import { sameCertificate } from "./x509.js";

const BANKID_MAX_CERTIFICATES = 5;

/** On file, on card, mobile, test bank: issued in the test environment only. */
export const TEST_POLICIES = new Set(["1.2.3.4.5", "1.2.3.4.10", "1.2.3.4.25", "1.2.752.60.1.6"]);
/** On file, on card, mobile. */
export const PRODUCTION_POLICIES = new Set(["1.2.752.78.1.1", "1.2.752.78.1.2", "1.2.752.78.1.5"]);

const BANKID_DSIG = "{http://www.w3.org/2000/09/xmldsig#}";
const BANKID_TYPE = "http://www.bankid.com/signature/v1.0.0/types";
const BANKID_BID = `{${BANKID_TYPE}}`;
const BANKID_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const BANKID_RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const BANKID_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";
const BANKID_PERSONAL_NUMBER = /^\p{Nd}{12}$/u;

const bankidDsig = (...names) => names.map((name) => BANKID_DSIG + name);
const bankidTypes = (...names) => names.map((name) => BANKID_BID + name);

/**
 * Check one BankID signature completely and say what it attests.
 *
 * @param {Uint8Array} signatureXml the XML itself (`completionData.signature`, base64 decoded)
 * @param {Uint8Array|null} ocspDer the OCSP response (`completionData.ocspResponse`, base64 decoded)
 * @param {object} options `roots`: DER of the pinned roots; `expectedNonvisible`, `expectedVisible`: bytes that must equal
 *   the signed ones, null when nothing is expected; `requireSigning`: refuse an identification; `expectedRpName`:
 *   distinguished name of the relying party certificate; `policies`: accepted certificate policies; `missingOcspAt`: the
 *   one way to accept a signature without OCSP response, the instant to check the chain at.
 *
 * Throws `EvidenceError` with a `bankid.…` or `chain.…` code.
 */
export async function verifyBankid(
  signatureXml,
  ocspDer,
  {
    roots,
    expectedNonvisible = null,
    expectedVisible = null,
    requireSigning = true,
    expectedRpName = null,
    policies = new Set([...TEST_POLICIES, ...PRODUCTION_POLICIES]),
    missingOcspAt = null,
  },
) {
  const parts = bankidTakeApart(parse(signatureXml));
  const [user] = parts.certificates;
  await bankidCheckSignature(parts, user);
  const personalNumber = bankidCheckUser(user, policies);
  let signedAt = missingOcspAt;
  if (ocspDer !== null) {
    signedAt = await checkOcsp(ocspDer, signatureXml, parts.certificates);
  } else if (missingOcspAt === null) {
    throw new EvidenceError("bankid.ocsp.absent", "There is no OCSP response beside the signature.", {
      undecided: true,
    });
  }
  const path = await bankidCheckChain(parts.certificates, roots, signedAt);
  const fields = bankidReadData(parts.data);
  bankidCompare(fields, { requireSigning, expectedNonvisible, expectedVisible, expectedRpName });
  const found = bankidPolicies(user);
  return {
    personalNumber,
    name: nameOf(user),
    given: attribute(user, GIVEN_NAME),
    surname: attribute(user, SURNAME),
    ...fields,
    signedAt,
    policies: found,
    test: found.some((policy) => TEST_POLICIES.has(policy)),
    certificates: await Promise.all(path.certificates.map(fingerprint)),
    ocspChecked: ocspDer !== null,
  };
}

// --- shape -------------------------------------------------------------------------------------

function bankidTakeApart(root) {
  if (root.tag !== `${BANKID_DSIG}Signature`) throw misshapen("the root element is not Signature");
  const [signedInfo, value, keyInfo, holder] = children(
    root,
    bankidDsig("SignedInfo", "SignatureValue", "KeyInfo", "Object"),
  );
  const [x509Data] = children(keyInfo, bankidDsig("X509Data"), ["Id"]);
  const [data] = children(holder, bankidTypes("bankIdSignedData"));
  if (keyInfo.get("Id") !== "bidKeyInfo" || data.get("Id") !== "bidSignedData") {
    throw misshapen("the Ids are not bidKeyInfo and bidSignedData");
  }
  const count = x509Data.children.length;
  if (count < 1 || count > BANKID_MAX_CERTIFICATES) throw misshapen("the number of certificates is wrong");
  const elements = children(x509Data, Array(count).fill(`${BANKID_DSIG}X509Certificate`));
  const certificates = bankidChained(() => elements.map((element) => load(binary(element))));
  return { signedInfo, signature: binary(value), keyInfo, certificates, data };
}

/** What `work` answers; what is wrong with a certificate becomes a flaw of the evidence. */
function bankidChained(work) {
  try {
    return work();
  } catch (error) {
    throw bankidFlaw(error);
  }
}

function bankidFlaw(error) {
  return error instanceof ChainError ? new EvidenceError(error.code, error.message, { sub: error.subIndication }) : error;
}

// --- signature ---------------------------------------------------------------------------------

async function bankidCheckSignature(parts, user) {
  const [method, algorithm, first, second] = children(
    parts.signedInfo,
    bankidDsig("CanonicalizationMethod", "SignatureMethod", "Reference", "Reference"),
  );
  algorithmIs(method, BANKID_C14N);
  algorithmIs(algorithm, BANKID_RSA_SHA256);
  if (first.get("Type") !== BANKID_TYPE) throw misshapen("the first reference has another type");
  await bankidCheckReference(first, "#bidSignedData", parts.data, ["Type", "URI"]);
  await bankidCheckReference(second, "#bidKeyInfo", parts.keyInfo, ["URI"]);
  const key = user.publicKey;
  if (key.kind !== "rsa") throw misshapen("the signer's key is not RSA");
  if (!(await key.verify(parts.signature, canonical(parts.signedInfo), "SHA-256"))) {
    throw new EvidenceError("bankid.signature", "The signature of the e-ID is not genuine.", {
      sub: "SIG_CRYPTO_FAILURE",
    });
  }
}

async function bankidCheckReference(reference, uri, target, attributes) {
  const [transforms, method, value] = children(
    reference,
    bankidDsig("Transforms", "DigestMethod", "DigestValue"),
    attributes,
  );
  const [transform] = children(transforms, bankidDsig("Transform"));
  algorithmIs(transform, BANKID_C14N);
  algorithmIs(method, BANKID_SHA256);
  if (reference.get("URI") !== uri) throw misshapen(`a reference does not point to ${uri}`);
  if (!equal(binary(value), await sha256(canonical(target)))) {
    throw new EvidenceError("bankid.digest", `The signed data (${uri.slice(1)}) was changed after signing.`, {
      sub: "HASH_FAILURE",
    });
  }
}

// --- certificates ------------------------------------------------------------------------------

function bankidPolicies(certificate) {
  return certificate.extension(CERTIFICATE_POLICIES) ?? [];
}

/** The personal number, once the certificate is one that a person signs with. */
function bankidCheckUser(user, accepted) {
  const usage = user.extension(KEY_USAGE);
  if (usage === null || !(usage.contentCommitment || usage.digitalSignature)) {
    throw new EvidenceError("bankid.key_usage", "The signer's certificate is not for signing.", {
      sub: "CHAIN_CONSTRAINTS_FAILURE",
    });
  }
  if (usage.keyCertSign || !bankidPolicies(user).some((policy) => accepted.has(policy))) {
    throw new EvidenceError(
      "bankid.policy",
      "The signer's certificate was not issued under an accepted BankID policy.",
      { sub: "CHAIN_CONSTRAINTS_FAILURE" },
    );
  }
  const number = attribute(user, SERIAL_NUMBER);
  if (!BANKID_PERSONAL_NUMBER.test(number)) {
    throw new EvidenceError("bankid.personal_number", "The signer's certificate names no personal number.", {
      sub: "FORMAT_FAILURE",
    });
  }
  return number;
}

async function bankidCheckChain(certificates, roots, at) {
  if (!roots.length) {
    throw new EvidenceError("bankid.roots.absent", "The trust bundle names no BankID root.", {
      sub: "NO_CERTIFICATE_CHAIN_FOUND",
      undecided: true,
    });
  }
  let path;
  try {
    path = await validate(certificates[0], certificates.slice(1), roots.map(load), { at });
  } catch (error) {
    throw bankidFlaw(error);
  }
  if (!samePath(path, certificates)) {
    throw misshapen("the certificates are not the signer's chain, in order and without the root");
  }
  return path;
}

/** True when the path is these certificates, in this order, and one root. */
export function samePath(path, certificates) {
  const below = path.certificates.slice(0, -1);
  return below.length === certificates.length && below.every((one, at) => sameCertificate(one, certificates[at]));
}

// --- content -----------------------------------------------------------------------------------

/** The signed fields: `usrVisibleData?`, `usrNonVisibleData?`, `srvInfo`, `clientInfo`, in that order. */
function bankidReadData(data) {
  const present = data.children.map(local);
  const optional = ["usrVisibleData", "usrNonVisibleData"].filter((name) => present.includes(name));
  const parts = children(data, bankidTypes(...optional, "srvInfo", "clientInfo"), ["Id"]);
  const byName = new Map(parts.map((child) => [local(child), child]));
  const shown = byName.get("usrVisibleData") ?? null;
  const visible = shown === null ? null : bankidVisible(shown);
  const visibleFormat = shown?.get("format") ?? "";
  const hidden = byName.get("usrNonVisibleData") ?? null;
  const server = byName.get("srvInfo");
  const client = byName.get("clientInfo");
  const names = ["name", "nonce", "displayName"].slice(0, Math.max(2, server.children.length));
  const [name, , display = null] = children(server, bankidTypes(...names));
  const functions = client.children.filter((child) => child.tag === `${BANKID_BID}funcId`);
  if (functions.length !== 1 || !bankidOnlyTypes(client)) {
    throw misshapen("clientInfo does not say once what the user did");
  }
  return {
    visible,
    visibleFormat,
    nonvisible: hidden === null ? null : binary(hidden),
    rpName: bankidText(name),
    rpDisplayName: display === null ? "" : bankidText(display),
    function: strip(functions[0].text),
  };
}

function bankidVisible(shown) {
  const attributes = [...shown.attributes.keys()];
  const visible = binary(shown, attributes);
  if (
    shown.get("charset") !== "UTF-8" ||
    shown.get("visible") !== "wysiwys" ||
    !["", "simpleMarkdownV1"].includes(shown.get("format") ?? "") ||
    !attributes.every((name) => ["charset", "visible", "format"].includes(name))
  ) {
    throw misshapen("the visible data was not shown as text");
  }
  return visible;
}

function bankidOnlyTypes(node) {
  return node.tag.startsWith(BANKID_BID) && node.children.every(bankidOnlyTypes);
}

function bankidText(node) {
  const data = binary(node);
  try {
    return fromUtf8(data);
  } catch (error) {
    if (error instanceof ValueError) throw misshapen(`${local(node)} is not UTF-8`);
    throw error;
  }
}

function bankidCompare(data, { requireSigning, expectedNonvisible, expectedVisible, expectedRpName }) {
  const refuse = (code, message) => new EvidenceError(`bankid.${code}`, message, { sub: "SIG_CONSTRAINTS_FAILURE" });
  const differs = (one, other) => one === null || !equal(one, other);
  if (!(requireSigning ? ["Signing"] : ["Signing", "Identification"]).includes(data.function)) {
    throw refuse("function", "The person identified with BankID but did not sign.");
  }
  if (expectedNonvisible !== null && differs(data.nonvisible, expectedNonvisible)) {
    throw refuse("nonvisible", "The person signed other data than expected.");
  }
  if (expectedVisible !== null && differs(data.visible, expectedVisible)) {
    throw refuse("visible", "The person was shown another text than expected.");
  }
  if (expectedRpName !== null && data.rpName !== expectedRpName) {
    throw refuse("relying_party", "The signature was made for another organisation.");
  }
}
