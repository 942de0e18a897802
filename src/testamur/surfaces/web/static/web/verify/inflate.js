// Inflate (RFC 1950 and 1951) to the letter of zlib: cut data is told from wrong data, and nothing beyond a limit is made.

import { ValueError } from "./bytes.js";

const INFLATE_LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const INFLATE_LENGTH_EXTRA = [
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
const INFLATE_DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const INFLATE_DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const INFLATE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** The data is not what a compressor writes; the message ends in zlib's own words. */
export class InflateError extends ValueError {
  constructor(why, number = -3) {
    super(`Error ${number} while decompressing data: ${why}`);
  }
}

/** More input is needed. */
class InflateCut extends Error {}
/** No room is left for more output. */
class InflateFull extends Error {}

/**
 * The first bytes that zlib data unpacks to, at most `limit`.
 *
 * Returns { plain, whole, unused, full }: `whole` when the data ended in its checksum, `unused` the number of bytes after
 * that, `full` when there was no room for all. Throws InflateError for wrong data; cut data is merely not whole.
 */
export function inflate(data, limit) {
  const machine = new InflateMachine(data, limit);
  try {
    machine.run();
  } catch (error) {
    if (!(error instanceof InflateCut || error instanceof InflateFull)) throw error;
    return { plain: machine.made(), whole: false, unused: 0, full: error instanceof InflateFull };
  }
  return { plain: machine.made(), whole: true, unused: data.length - machine.at, full: false };
}

class InflateMachine {
  constructor(data, limit) {
    this.data = data;
    this.limit = limit;
    this.at = 0;
    this.hold = 0;
    this.held = 0;
    this.out = new Uint8Array(Math.min(limit, Math.max(1024, 4 * data.length)));
    this.size = 0;
  }

  made() {
    return this.out.slice(0, this.size);
  }

  run() {
    this.header();
    for (let last = 0; !last; ) {
      last = this.bits(1);
      const kind = this.bits(2);
      if (kind === 3) throw new InflateError("invalid block type");
      if (kind === 0) this.stored();
      else this.block(...(kind === 1 ? inflateFixed() : this.tables()));
    }
    this.hold = 0;
    this.held = 0;
    let sum = 0;
    for (let i = 0; i < 4; i++) sum = sum * 256 + this.octet();
    if (sum !== inflateAdler(this.out, this.size)) throw new InflateError("incorrect data check");
  }

  header() {
    const method = this.octet();
    const flags = this.octet();
    if ((method * 256 + flags) % 31) throw new InflateError("incorrect header check");
    if ((method & 15) !== 8) throw new InflateError("unknown compression method");
    if (method >> 4 > 7) throw new InflateError("invalid window size");
    if (flags & 32) {
      for (let i = 0; i < 4; i++) this.octet();
      throw new InflateError("need dictionary", 2);
    }
  }

  octet() {
    if (this.at >= this.data.length) throw new InflateCut();
    return this.data[this.at++];
  }

  bits(count) {
    while (this.held < count) {
      this.hold |= this.octet() << this.held;
      this.held += 8;
    }
    const value = this.hold & ((1 << count) - 1);
    this.hold >>>= count;
    this.held -= count;
    return value;
  }

  symbol({ counts, symbols }, wrong) {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= 15; length++) {
      code |= this.bits(1);
      const count = counts[length];
      if (code - count < first) return symbols[index + (code - first)];
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new InflateError(wrong);
  }

  write(octet) {
    if (this.size === this.out.length) this.grow();
    this.out[this.size++] = octet;
  }

  grow() {
    if (this.size >= this.limit) throw new InflateFull();
    const more = new Uint8Array(Math.min(this.limit, 2 * this.out.length + 1024));
    more.set(this.out);
    this.out = more;
  }

  stored() {
    this.hold = 0;
    this.held = 0;
    const length = this.octet() | (this.octet() << 8);
    const mirrored = this.octet() | (this.octet() << 8);
    if (length !== (~mirrored & 0xffff)) throw new InflateError("invalid stored block lengths");
    for (let i = 0; i < length; i++) this.write(this.octet());
  }

  tables() {
    const literals = this.bits(5) + 257;
    const distances = this.bits(5) + 1;
    const codes = this.bits(4) + 4;
    if (literals > 286 || distances > 30) throw new InflateError("too many length or distance symbols");
    const short = new Array(19).fill(0);
    for (let i = 0; i < codes; i++) short[INFLATE_ORDER[i]] = this.bits(3);
    const lengthCode = inflateCode(short);
    if (lengthCode.left !== 0) throw new InflateError("invalid code lengths set");
    const lengths = this.lengths(lengthCode, literals + distances);
    if (lengths[256] === 0) throw new InflateError("invalid code -- missing end-of-block");
    const literal = inflateCode(lengths.slice(0, literals));
    if (inflateBad(literal)) throw new InflateError("invalid literal/lengths set");
    const distance = inflateCode(lengths.slice(literals));
    if (inflateBad(distance)) throw new InflateError("invalid distances set");
    return [literal, distance];
  }

  lengths(code, wanted) {
    const found = [];
    while (found.length < wanted) {
      const symbol = this.symbol(code, "invalid code lengths set");
      if (symbol < 16) {
        found.push(symbol);
        continue;
      }
      if (symbol === 16 && found.length === 0) throw new InflateError("invalid bit length repeat");
      const value = symbol === 16 ? found.at(-1) : 0;
      const times = symbol === 16 ? 3 + this.bits(2) : symbol === 17 ? 3 + this.bits(3) : 11 + this.bits(7);
      if (found.length + times > wanted) throw new InflateError("invalid bit length repeat");
      for (let i = 0; i < times; i++) found.push(value);
    }
    return found;
  }

  block(literal, distance) {
    for (;;) {
      const symbol = this.symbol(literal, "invalid literal/length code");
      if (symbol === 256) return;
      if (symbol < 256) {
        this.write(symbol);
        continue;
      }
      if (symbol > 285) throw new InflateError("invalid literal/length code");
      const length = INFLATE_LENGTH_BASE[symbol - 257] + this.bits(INFLATE_LENGTH_EXTRA[symbol - 257]);
      const place = this.symbol(distance, "invalid distance code");
      if (place > 29) throw new InflateError("invalid distance code");
      const back = INFLATE_DISTANCE_BASE[place] + this.bits(INFLATE_DISTANCE_EXTRA[place]);
      if (back > this.size) throw new InflateError("invalid distance too far back");
      for (let i = 0; i < length; i++) {
        if (this.size === this.out.length) this.grow();
        this.out[this.size] = this.out[this.size - back];
        this.size++;
      }
    }
  }
}

/** A canonical Huffman code; `left` is negative for one with too many words and positive for one with too few. */
function inflateCode(lengths) {
  const counts = new Array(16).fill(0);
  for (const length of lengths) counts[length]++;
  let left = 1;
  for (let length = 1; length <= 15; length++) left = left < 0 ? left : 2 * left - counts[length];
  const offsets = [0, 0];
  for (let length = 1; length < 15; length++) offsets[length + 1] = offsets[length] + counts[length];
  const symbols = [];
  lengths.forEach((length, symbol) => {
    if (length) symbols[offsets[length]++] = symbol;
  });
  const longest = counts.findLastIndex((count, length) => length > 0 && count > 0);
  return { counts, symbols, left, longest };
}

/** zlib takes a code with too few words only when it is a single word of one bit, or none at all. */
function inflateBad({ left, longest }) {
  return left < 0 || (left > 0 && longest > 1);
}

function inflateFixed() {
  const lengths = [];
  for (let symbol = 0; symbol < 288; symbol++) lengths.push(symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8);
  return [inflateCode(lengths), inflateCode(new Array(32).fill(5))];
}

function inflateAdler(data, size) {
  let low = 1;
  let high = 0;
  for (let start = 0; start < size; start += 3800) {
    const end = Math.min(size, start + 3800);
    for (let i = start; i < end; i++) {
      low += data[i];
      high += low;
    }
    low %= 65521;
    high %= 65521;
  }
  return high * 65536 + low;
}
