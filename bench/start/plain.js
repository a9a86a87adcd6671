const e = Math.exp(-2);
console.log((4 * e) / (1 + e) ** 2);
