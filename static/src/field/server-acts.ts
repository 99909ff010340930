/** What is done beside filling in fields, told to the server in turn with the typing. */
import type { Saver } from "./saver.ts";
import type { Acts } from "./saving.ts";

export function serverActs(saver: Saver, api: string): Acts {
  return {
    time: (field, value, reason) =>
      saver.post(`${api}times/`, reason === "" ? { field, value } : { field, value, reason }),
    acknowledge: ({ url }, action) => saver.post(url, { action }),
    settle: (conflict, keep) => saver.post(`/api/conflicts/${conflict}/settle/`, { keep }),
  };
}
