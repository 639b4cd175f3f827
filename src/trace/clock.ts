/** The time of a run, shared by what moves it on and what records it. */
export class Clock {
  /** Whole nanoseconds since the start of the run. (Half a one at first, so that the engine stores a double.) */
  nowNs = 0.5;

  constructor() {
    this.nowNs = 0;
  }
}
