// Public keys and signatures: RSA and the NIST curves, checked by the browser's own WebCrypto.

import { ValueError, concat, toBigInt } from "./bytes.js";
import { DerError, DerReader, SEQUENCE, derInside, derUnsigned, readUnsigned } from "./der.js";

const KEYS_CURVES = {
  "1.2.840.10045.3.1.7": {
    name: "P-256",
    size: 32,
    p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  "1.3.132.0.34": {
    name: "P-384",
    size: 48,
    p: (1n << 384n) - (1n << 128n) - (1n << 96n) + (1n << 32n) - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
  "1.3.132.0.35": {
    name: "P-521",
    size: 66,
    p: (1n << 521n) - 1n,
    b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  },
};

/** Curves that a certificate may name without its being malformed, and that are accepted nowhere. */
const KEYS_OTHER_CURVES = new Set([
  "1.2.840.10045.3.1.1", "1.3.132.0.33", "1.3.132.0.10", "1.3.36.3.3.2.8.1.1.7", "1.3.36.3.3.2.8.1.1.11",
  "1.3.36.3.3.2.8.1.1.13",
]);

function keysPower(base, exponent, modulus) {
  let result = 1n;
  let factor = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * factor) % modulus;
    factor = (factor * factor) % modulus;
  }
  return result;
}

function keysUrl(number, size = 0) {
  let digits = number.toString(16);
  digits = digits.padStart(Math.max(size * 2, digits.length + (digits.length % 2)), "0");
  const octets = digits.match(/../g).map((pair) => String.fromCharCode(Number.parseInt(pair, 16)));
  return btoa(octets.join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** An RSA public key; `bits` is the length of the modulus. */
class RsaKey {
  constructor(n, e) {
    this.kind = "rsa";
    this.n = n;
    this.e = e;
    this.bits = n.toString(2).length;
    this.imported = new Map();
  }

  /** @param {string} scheme `RSASSA-PKCS1-v1_5` or `RSA-PSS` */
  async verify(signature, data, hash, scheme = "RSASSA-PKCS1-v1_5", saltLength = 0) {
    const known = `${scheme} ${hash}`;
    try {
      if (!this.imported.has(known)) {
        const jwk = { kty: "RSA", n: keysUrl(this.n), e: keysUrl(this.e) };
        const algorithm = { name: scheme, hash };
        this.imported.set(known, globalThis.crypto.subtle.importKey("jwk", jwk, algorithm, false, ["verify"]));
      }
      const key = await this.imported.get(known);
      return await globalThis.crypto.subtle.verify({ name: scheme, saltLength }, key, signature, data);
    } catch {
      return false; // a key that WebCrypto does not take signs nothing that is believed
    }
  }
}

/** A public key on an elliptic curve; `curve` is `P-256`, `P-384`, `P-521` or `other`. */
class EcKey {
  constructor(curve, size = 0, x = 0n, y = 0n) {
    this.kind = "ec";
    this.curve = curve;
    this.size = size;
    this.x = x;
    this.y = y;
    this.imported = null;
  }

  /** Both coordinates, one after the other. */
  coordinates() {
    return concat(keysFixed(this.x, this.size), keysFixed(this.y, this.size));
  }

  /** `signature` is the DER of an ECDSA-Sig-Value. */
  async verify(signature, data, hash) {
    const numbers = keysEcdsaNumbers(signature, this.size);
    if (numbers === null || this.curve === "other") return false;
    try {
      if (this.imported === null) {
        const jwk = { kty: "EC", crv: this.curve, x: keysUrl(this.x, this.size), y: keysUrl(this.y, this.size) };
        const algorithm = { name: "ECDSA", namedCurve: this.curve };
        this.imported = globalThis.crypto.subtle.importKey("jwk", jwk, algorithm, false, ["verify"]);
      }
      return await globalThis.crypto.subtle.verify({ name: "ECDSA", hash }, await this.imported, numbers, data);
    } catch {
      return false;
    }
  }
}

/** The two numbers of an ECDSA signature side by side, as WebCrypto wants them; null when the DER is not strict. */
function keysEcdsaNumbers(signature, size) {
  try {
    const reader = new DerReader(signature);
    const [r, s] = derInside(reader.take(SEQUENCE), (inside) => [inside.take(0x02), inside.take(0x02)]);
    reader.finish();
    return concat(...[r, s].map((value) => keysFixed(derUnsigned(value), size)));
  } catch (error) {
    if (error instanceof ValueError) return null;
    throw error;
  }
}

function keysFixed(number, size) {
  const digits = number.toString(16).padStart(size * 2, "0");
  if (digits.length > size * 2) throw new ValueError("too large");
  return new Uint8Array(digits.match(/../g).map((pair) => Number.parseInt(pair, 16)));
}

/** RSAPublicKey (RFC 8017 section A.1.1), from the octets of the subject's public key. */
export function rsaKey(octets) {
  const reader = new DerReader(octets);
  const key = derInside(reader.take(SEQUENCE), (inside) => new RsaKey(readUnsigned(inside), readUnsigned(inside)));
  reader.finish();
  if (key.n < 3n || key.e < 3n || key.e >= key.n || !(key.e & 1n)) throw new DerError("invalid key");
  return key;
}

/** A point on the named curve, from the octets of the subject's public key. Throws DerError when it is on none. */
export function ecKey(curveOid, octets) {
  if (KEYS_OTHER_CURVES.has(curveOid)) return new EcKey("other");
  const curve = KEYS_CURVES[curveOid];
  if (!curve) throw new DerError("unsupported curve");
  const { p, b, size, name } = curve;
  const form = octets[0];
  const whole = octets.length === 1 + 2 * size && [4, 6, 7].includes(form);
  const packed = octets.length === 1 + size && [2, 3].includes(form);
  if (!whole && !packed) throw new DerError("invalid point");
  const x = toBigInt(octets.subarray(1, 1 + size));
  if (x >= p) throw new DerError("invalid point");
  const square = (x * x * x + (p - 3n) * x + b) % p;
  let y;
  if (whole) {
    y = toBigInt(octets.subarray(1 + size));
    if (form !== 4 && (y & 1n) !== BigInt(form & 1)) throw new DerError("invalid point");
  } else {
    y = keysPower(square, (p + 1n) / 4n, p); // p is 3 modulo 4 on all three curves
    if ((y & 1n) !== BigInt(form & 1)) y = p - y;
  }
  if (y >= p || (y * y) % p !== square) throw new DerError("invalid point");
  return new EcKey(name, size, x, y);
}

/** A key of a kind that can be read and is accepted nowhere. */
export function strangeKey() {
  return { kind: "strange", verify: async () => false };
}
