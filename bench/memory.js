// How much linear memory the WebAssembly of this process holds, whatever its library says.

/**
 * Watches every instance made from now on.
 * @returns {() => number} bytes
 */
export function watchLinearMemory() {
  /** @type {Set<WebAssembly.Memory>} */
  const memories = new Set();
  const note = (items) => {
    for (const item of Object.values(items ?? {})) {
      if (item instanceof WebAssembly.Memory) memories.add(item);
    }
  };
  const seen = (instance, imports) => {
    note(instance.exports);
    Object.values(imports ?? {}).forEach(note);
  };

  const { Instance, instantiate } = WebAssembly;
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, args) {
      const instance = Reflect.construct(target, args);
      seen(instance, args[1]);
      return instance;
    },
  });
  WebAssembly.instantiate = async (source, imports) => {
    const result = await instantiate(source, imports);
    seen(result.instance ?? result, imports);
    return result;
  };
  return () => [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}
