/**
 * The yardstick of the bench: the least code that simulates stop-and-wait from many senders to one receiver over a
 * lossy network, by hand. No scenario, no trace, no wire format, no variety: one heap of (time, sequence, slot) in typed
 * arrays, one slab that every DATA packet's payload is copied into, one integer generator. peerlab is measured against it.
 */

const [DATA, ACK, TIMEOUT, NEXT] = [0, 1, 2, 3];

/**
 * Runs until `untilMs` of virtual time or until all `packets` of every sender are acknowledged. `periodMs` 0: the next packet
 * follows the ACK at once. Returns the datagrams sent (DATA and ACK, retransmissions included) and the events handled.
 */
export function runBaseline(workload) {
  const { senders, packets, periodMs, untilMs, payloadBytes, delayMs, loss, duplication, timeoutMs } = workload;
  const slots = senders * 8 + 1024;
  const time = new Float64Array(slots); // the heap: three arrays, ordered by (time, order)
  const order = new Float64Array(slots);
  const heap = new Int32Array(slots);
  const kind = new Uint8Array(slots); // what the slot of a heap entry holds
  const owner = new Int32Array(slots);
  const number = new Int32Array(slots);
  const attempt = new Int32Array(slots);
  const body = new Int32Array(slots); // where a DATA packet's bytes are in the slab, a ring
  const slab = new Uint8Array(slots * payloadBytes);
  const free = Int32Array.from({ length: slots }, (_, slot) => slot);
  const payload = new Uint8Array(payloadBytes).fill(7);
  const current = new Int32Array(senders).fill(-1); // sender: the packet under way, its attempts, is it acknowledged?
  const attempts = new Int32Array(senders);
  const idle = new Uint8Array(senders).fill(1);
  const expected = new Int32Array(senders); // receiver: the next new packet of each sender
  const [delayMin, delaySpan] = [delayMs.min, delayMs.max - delayMs.min];
  let [size, pushed, freeCount, ring, nowMs, state] = [0, 0, slots, 0, 0, 42];
  let [transmissions, events, receivedBytes] = [0, 0, 0];

  const random = () => {
    state = (state + 0x6d2b79f5) | 0; // mulberry32
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const push = (atMs, what, sender, packet, tries) => {
    const slot = free[--freeCount];
    kind[slot] = what;
    owner[slot] = sender;
    number[slot] = packet;
    attempt[slot] = tries;
    let at = size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (time[parent] <= atMs) break; // pushed earlier, so first among equals
      time[at] = time[parent];
      order[at] = order[parent];
      heap[at] = heap[parent];
      at = parent;
    }
    time[at] = atMs;
    order[at] = pushed++;
    heap[at] = slot;
    return slot;
  };
  const pop = () => {
    const top = heap[0];
    nowMs = time[0];
    const [lastMs, lastOrder, last] = [time[--size], order[size], heap[size]];
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      const right = child + 1;
      if (right < size && (time[right] < time[child] || (time[right] === time[child] && order[right] < order[child]))) {
        child = right;
      }
      if (lastMs < time[child] || (lastMs === time[child] && lastOrder < order[child])) break;
      time[at] = time[child];
      order[at] = order[child];
      heap[at] = heap[child];
      at = child;
    }
    time[at] = lastMs;
    order[at] = lastOrder;
    heap[at] = last;
    return top;
  };
  const transmit = (what, sender, packet) => {
    transmissions++;
    if (what === DATA) {
      ring = ring + payloadBytes < slab.length ? ring + payloadBytes : 0;
      slab.set(payload, ring);
    }
    if (random() < loss) return;
    const copies = duplication > 0 && random() < duplication ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      body[push(nowMs + delayMin + delaySpan * random(), what, sender, packet, 0)] = ring;
    }
  };
  const sendPacket = (sender) => {
    transmit(DATA, sender, current[sender]);
    push(nowMs + timeoutMs, TIMEOUT, sender, current[sender], ++attempts[sender]);
  };
  const startPacket = (sender) => {
    if (current[sender] + 1 >= packets) return;
    current[sender]++;
    attempts[sender] = 0;
    idle[sender] = 0;
    sendPacket(sender);
  };

  for (let sender = 0; sender < senders; sender++) push(random() * periodMs, NEXT, sender, 0, 0);
  while (size > 0 && time[0] <= untilMs) {
    const slot = pop();
    const sender = owner[slot];
    const packet = number[slot];
    events++;
    if (kind[slot] === DATA) {
      if (packet === expected[sender]) {
        expected[sender]++;
        receivedBytes += slab[body[slot]] === 7 ? payloadBytes : 0;
      }
      transmit(ACK, sender, packet);
    } else if (kind[slot] === ACK) {
      if (packet === current[sender] && idle[sender] === 0) {
        idle[sender] = 1;
        if (periodMs === 0) startPacket(sender);
      }
    } else if (kind[slot] === TIMEOUT) {
      if (idle[sender] === 0 && packet === current[sender] && attempt[slot] === attempts[sender]) sendPacket(sender);
    } else {
      if (periodMs > 0) push(nowMs + periodMs, NEXT, sender, 0, 0);
      if (idle[sender] === 1) startPacket(sender);
    }
    free[freeCount++] = slot;
  }
  return { transmissions, events, receivedBytes, virtualMs: nowMs };
}
