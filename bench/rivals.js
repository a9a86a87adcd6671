// Who is fastest beside tapegrad, and how many times as long they take.

/**
 * The fastest of some peers at a workload whose answer is right.
 * @param {any} results
 * @param {string} id of a workload
 * @param {string[]} roles of peers
 * @returns {{ label: string, ns: number, times: number } | undefined} their time over tapegrad's
 */
export function fastest({ cells, peers }, id, roles) {
  const candidates = cells.flatMap((cell) => {
    const peer = peers.find((peer) => peer.id === cell.peer);
    const times = cell.times?.["tapegrad"];
    if (cell.id !== id || !roles.includes(peer?.role) || cell.wrong || !times) return [];
    return [{ label: peer.label, ns: cell.ns, nsPerCall: cell.nsPerCall, times }];
  });
  return candidates.sort((a, b) => a.ns - b.ns)[0];
}
