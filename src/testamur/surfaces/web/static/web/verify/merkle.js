// RFC 6962 Merkle trees over SHA-256: what a verifier needs of them.
//
// Hashes are 32 raw bytes; an index or a size is a Number or a BigInt. Every verifier answers false for anything that does
// not prove the claim, and never throws on hostile input.

import { ValueError, concat, equal, sha256 } from "./bytes.js";

export const HASH_SIZE = 32;

const MERKLE_LEAF = Uint8Array.of(0);
const MERKLE_NODE = Uint8Array.of(1);

/** SHA-256(0x00 || data): the hash of a leaf (RFC 6962 section 2.1). */
export async function leafHash(data) {
  return sha256(concat(MERKLE_LEAF, data));
}

/** SHA-256(0x01 || left || right): the hash of an inner node (RFC 6962 section 2.1). */
export async function nodeHash(left, right) {
  return sha256(concat(MERKLE_NODE, left, right));
}

/**
 * The root that `path` leads to from the leaf hash `leaf` (RFC 9162 section 2.1.3.2).
 *
 * Throws ValueError when index, size or the number and length of hashes cannot belong together.
 */
export async function rootFromPath(index, size, leaf, path) {
  let position = BigInt(index);
  let last = BigInt(size) - 1n;
  if (position < 0n || position > last) throw new ValueError(`index ${index} is outside a tree of ${size}`);
  if (leaf.length !== HASH_SIZE || path.some((sibling) => sibling.length !== HASH_SIZE)) {
    throw new ValueError("a hash is not 32 bytes");
  }
  let result = leaf;
  let used = 0;
  while (last > 0n) {
    if (position & 1n || position < last) {
      if (used === path.length) throw new ValueError("the path is too short");
      const sibling = path[used++];
      result = position & 1n ? await nodeHash(sibling, result) : await nodeHash(result, sibling);
    }
    position >>= 1n;
    last >>= 1n;
  }
  if (used !== path.length) throw new ValueError("the path is too long");
  return result;
}

/** True when `path` proves that leaf hash `leaf` is number `index` of the `size` leaves under that root. */
export async function verifyInclusion(index, size, leaf, path, expected) {
  try {
    return expected.length === HASH_SIZE && equal(await rootFromPath(index, size, leaf, path), expected);
  } catch (error) {
    if (error instanceof ValueError) return false;
    throw error;
  }
}
