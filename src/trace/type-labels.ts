/** The labels of message types, `UPDATE` and `UPDATE-ACK`: the same few come again and again. */

import type { Labels } from "./labels.ts";

export class TypeLabels {
  private readonly labels: Labels;
  private latestType = "";
  private latestId = 0;
  /** The label of `TYPE-ACK` by the label of `TYPE`. */
  private readonly ackIds: number[] = [];

  constructor(labels: Labels) {
    this.labels = labels;
  }

  /** The label of a type. */
  id(type: string): number {
    if (type !== this.latestType) {
      this.latestType = type;
      this.latestId = this.labels.id(type);
    }
    return this.latestId;
  }

  /** The label of an acknowledgement of a type. */
  ackId(type: string): number {
    const id = this.id(type);
    let ackId = this.ackIds[id];
    if (ackId === undefined) {
      ackId = this.labels.id(`${type}-ACK`);
      this.ackIds[id] = ackId;
    }
    return ackId;
  }
}
