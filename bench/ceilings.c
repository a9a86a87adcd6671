// What one core of this machine can do with 128-bit vectors, as WebAssembly has them: multiplications
// and additions per second (a multiplication and an addition, not fused), and bytes per second.
// Prints JSON. Compiled without options for wider vectors.

#define _POSIX_C_SOURCE 200112L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef float v4 __attribute__((vector_size(16)));

#define REPEATS 7
#define CHAINS 12

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

static v4 all(float x) { return (v4){x, x, x, x}; }

static volatile float sink;

// Twelve chains that do not wait for each other: enough for two units of latency four.
static double peak(void) {
  const long n = 4000000;
  v4 factor = all(0.999999f), term = all(1e-7f);
  double best = 0;
  for (int r = 0; r < REPEATS; r++) {
    v4 x0 = all(1), x1 = x0, x2 = x0, x3 = x0, x4 = x0, x5 = x0, x6 = x0, x7 = x0, x8 = x0, x9 = x0,
       xa = x0, xb = x0;
    double start = now();
    for (long i = 0; i < n; i++) {
#define STEP(x) x = x * factor + term;
      STEP(x0) STEP(x1) STEP(x2) STEP(x3) STEP(x4) STEP(x5)
      STEP(x6) STEP(x7) STEP(x8) STEP(x9) STEP(xa) STEP(xb)
    }
    double seconds = now() - start;
    v4 sum = x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + xa + xb;
    sink = sum[0] + sum[1] + sum[2] + sum[3];
    double rate = 8.0 * CHAINS * n / seconds / 1e9;
    if (rate > best) best = rate;
  }
  return best;
}

static float *filled(long n) {
  void *memory;
  if (posix_memalign(&memory, 64, n * sizeof(float))) exit(1);
  float *x = memory;
  for (long i = 0; i < n; i++) x[i] = i % 7;
  return x;
}

static void triad_once(v4 *a, const v4 *b, const v4 *c, v4 s, long n) {
  for (long i = 0; i < n; i++) a[i] = b[i] + s * c[i];
}

static double triad(long n) {
  float *a = filled(n), *b = filled(n), *c = filled(n);
  long times = 1 + 20000000 / n;
  double best = 0;
  for (int r = 0; r < REPEATS; r++) {
    double start = now();
    for (long k = 0; k < times; k++) {
      triad_once((v4 *)a, (v4 *)b, (v4 *)c, all(1.0f + k), n / 4);
      __asm__ volatile("" : : "r"(a) : "memory");
    }
    double rate = 12.0 * n * times / (now() - start) / 1e9;
    if (rate > best) best = rate;
  }
  free(a), free(b), free(c);
  return best;
}

static double sum(long n) {
  float *x = filled(n);
  const v4 *v = (v4 *)x;
  long times = 1 + 40000000 / n;
  double best = 0;
  for (int r = 0; r < REPEATS; r++) {
    double start = now();
    for (long k = 0; k < times; k++) {
      v4 s0 = all(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
      for (long i = 0; i < n / 4; i += 8) {
        s0 += v[i], s1 += v[i + 1], s2 += v[i + 2], s3 += v[i + 3];
        s4 += v[i + 4], s5 += v[i + 5], s6 += v[i + 6], s7 += v[i + 7];
      }
      v4 s = s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7;
      sink = s[0] + s[1] + s[2] + s[3];
      __asm__ volatile("" : : "r"(x) : "memory");
    }
    double rate = 4.0 * n * times / (now() - start) / 1e9;
    if (rate > best) best = rate;
  }
  free(x);
  return best;
}

int main(void) {
  printf("{\"gflops\":%.2f,\"triad\":%.2f,\"triadInCache\":%.2f,\"sum\":%.2f,\"sumInCache\":%.2f}\n",
         peak(), triad(1 << 20), triad(2048), sum(1 << 20), sum(4096));
  return 0;
}
