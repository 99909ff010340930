/** What the store refuses, each with a sentence for the screen. */

export class WrongPin extends Error {
  readonly triesLeft: number;
  /** Seconds until the next try; the PIN was not looked at when it was too early. */
  readonly waitSeconds: number;

  constructor(triesLeft: number, waitSeconds: number) {
    super(
      waitSeconds > 0
        ? `That PIN is not right. Wait ${waitSeconds} seconds, then try again.`
        : "That PIN is not right. Try again.",
    );
    this.name = "WrongPin";
    this.triesLeft = triesLeft;
    this.waitSeconds = waitSeconds;
  }
}

/** The user's key on this tablet is gone; sealed records are not, and still go by themselves. */
export class KeysGone extends Error {
  override readonly name = "KeysGone";
  constructor() {
    super("This PIN no longer opens the tablet. Sign in with a connection and set a new PIN.");
  }
}

export class WeakPin extends Error {
  override readonly name = "WeakPin";
}

/** The server wants a signed-in session for this. */
export class NeedsSignIn extends Error {
  override readonly name = "NeedsSignIn";
  constructor() {
    super("Sign in first, then try again.");
  }
}

export class NeedsNetwork extends Error {
  override readonly name = "NeedsNetwork";
  constructor() {
    super("The server could not be reached. Try again where there is a signal.");
  }
}

/** The tablet has not been set up. */
export class NoDevice extends Error {
  override readonly name = "NoDevice";
  constructor() {
    super("This tablet is not set up yet. Sign in with a connection to set it up.");
  }
}

export class Unsent extends Error {
  readonly pending: number;

  constructor(pending: number, sentence = "") {
    super(sentence || `${pending} ${pending === 1 ? "record is" : "records are"} not received yet.`);
    this.name = "Unsent";
    this.pending = pending;
  }
}

/** The server or the store said no, in the words of the message. */
export class Refused extends Error {
  /** Of the server's answer; 0 when the store said no. */
  readonly status: number;

  constructor(sentence: string, status = 0) {
    super(sentence);
    this.name = "Refused";
    this.status = status;
  }
}
