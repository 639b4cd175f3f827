/** The data that a report carries for its script, as JSON. */

import type { RtoArithmetic } from "../model/estimates.ts";
import type { PackedModel } from "../model/pack.ts";

export interface PageData {
  readonly name: string;
  readonly model: PackedModel;
  /** Absent where nobody knows how the estimators worked. */
  readonly rto?: RtoArithmetic | undefined;
}
