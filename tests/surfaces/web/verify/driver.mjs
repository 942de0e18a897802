// Answers questions, one JSON object a line, with the verifier's JavaScript: { module, name, with: [arguments] }.
//
// Bytes travel as { "$bytes": base64 }, big whole numbers as { "$big": decimal }; an exception comes back as a value.

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const folders = process.argv.slice(2).map((folder) => pathToFileURL(folder + "/"));
const modules = new Map();

async function load(name) {
  if (!modules.has(name)) {
    const folder = name.endsWith(".mjs") ? folders[1] : folders[0];
    modules.set(name, await import(new URL(name, folder)));
  }
  return modules.get(name);
}

function thaw(value) {
  if (Array.isArray(value)) return value.map(thaw);
  if (value === null || typeof value !== "object") return value;
  if ("$bytes" in value) return new Uint8Array(Buffer.from(value.$bytes, "base64"));
  if ("$big" in value) return BigInt(value.$big);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, thaw(item)]));
}

function freeze(value) {
  if (value === undefined) return null;
  if (typeof value === "bigint") return { $big: String(value) };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("base64") };
  if (value instanceof Set) return [...value].map(freeze);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, freeze(item)]));
  if (Array.isArray(value)) return value.map(freeze);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, freeze(item)]));
}

async function answer(question) {
  try {
    const found = (await load(question.module))[question.name];
    if (found === undefined) throw new Error(`${question.module} exports no ${question.name}`);
    const given = question.with.map(thaw);
    return { value: freeze(typeof found === "function" ? await found(...given) : found) };
  } catch (error) {
    const { name, message, code = null, subIndication: sub = null, undecided = false } = error;
    return { error: { name, message, code, sub, undecided, stack: String(error.stack) } };
  }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  if (line) process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + "\n");
}
