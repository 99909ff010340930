/**
 * The record of a form filled once for a response, before the server has said it: every tablet computes the same.
 * `removed`: how many of it were taken out before.
 */
export async function onceRecord(encounter: string, form: string, removed = 0): Promise<string> {
  const space = Uint8Array.from(encounter.replaceAll("-", "").match(/../g) ?? [], (pair) =>
    parseInt(pair, 16),
  );
  const name = new TextEncoder().encode(`${form}/${removed}`);
  const digest = await crypto.subtle.digest("SHA-1", new Uint8Array([...space, ...name]));
  const bytes = new Uint8Array(digest, 0, 16);
  bytes[6] = 0x50 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
