/** The readings that are one tap and no digits: palpated, High, Low, alertness, pain. */
import type { Json } from "./values.ts";
import type { VitalsEntry } from "./vitals.ts";

export interface Word {
  readonly value: string;
  readonly label: string;
  /** The key of a hardware keyboard. */
  readonly key: string;
  /** Whether the keypad stays at this reading afterwards. */
  readonly stays?: boolean;
  puts(vitals: VitalsEntry): Record<string, Json>;
  holds(vitals: VitalsEntry): boolean;
}

const alert = (
  eye: Json,
  verbal: Json,
  motor: Json,
  letter: string,
  confused: Json,
): Record<string, Json> => ({
  avpu: letter,
  new_confusion: confused,
  gcs_eye: eye,
  gcs_verbal: verbal,
  gcs_motor: motor,
});

const awake = (value: string, label: string, key: string, puts: Record<string, Json>): Word => ({
  value,
  label,
  key,
  puts: () => puts,
  holds: (vitals) =>
    Object.entries(puts).every(([name, put]) => vitals.raw(name) === (put === null ? "" : String(put))),
});

const AWAKE: readonly Word[] = [
  awake("A15", "A · GCS 15", "a", alert("4", "5", "6", "A", null)),
  awake("A14", "Confused, new · GCS 14", "c", alert("4", "4", "6", "A", true)),
  awake("V", "V voice", "v", alert(null, null, null, "V", null)),
  awake("P", "P pain", "p", alert(null, null, null, "P", null)),
  awake("U", "U none", "u", alert(null, null, null, "U", null)),
];

const PAIN: readonly Word[] = Array.from({ length: 11 }, (_, points) => ({
  value: String(points),
  label: String(points),
  key: "",
  puts: () => ({ pain: String(points) }),
  holds: (vitals) => vitals.raw("pain") === String(points),
}));

const meter = (word: "High" | "Low"): Word => ({
  value: word,
  label: word,
  key: word[0]?.toLowerCase() ?? "",
  puts: () => ({ glucose: null, glucose_word: word }),
  holds: (vitals) => vitals.raw("glucose_word") === word,
});

const WORDS: Readonly<Record<string, readonly Word[]>> = {
  spo2: [
    {
      value: "oxygen",
      label: "On oxygen",
      key: "o",
      stays: true,
      puts: (vitals) => ({ on_oxygen: vitals.yes("on_oxygen") ? null : true }),
      holds: (vitals) => vitals.yes("on_oxygen") === true,
    },
  ],
  dbp: [
    {
      value: "P",
      label: "P palpated",
      key: "p",
      puts: () => ({ dbp: null, bp_method: "palpated" }),
      holds: (vitals) => vitals.raw("bp_method") === "palpated",
    },
  ],
  glucose: [meter("Low"), meter("High")],
  awake: AWAKE,
  pain: PAIN,
};

/** The words of one reading; undefined where there are only digits. */
export function pad(part: string): readonly Word[] | undefined {
  return WORDS[part];
}
