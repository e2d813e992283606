/** Classes that programs also call as functions, as node lets them. */

/** The class, which makes an instance when it is called without `new`. */
export function callable<A extends unknown[], I, C extends new (...args: A) => I>(
  kind: C & (new (...args: A) => I),
): C & ((...args: A) => I) {
  return new Proxy(kind, {
    apply: (target, _self, args) => new target(...(args as A)),
  }) as C & ((...args: A) => I);
}
