// Entries as hand-written lanes of AVX-512: how fast this processor can fly what `speed.py` flies.
//
// A point mass in a field with J2, air tabulated each kilometre, Mach tables of 13 nodes, a guided
// bank at 1 Hz, RK4 at 0.25 s, events landed on, peaks; eight lanes a register, refilled as they end.
// The numbers are round and made up. Built by `speed.py` where there is g++ and AVX-512:
//   g++ -O3 -march=native -ffast-math -shared -fPIC lanes.cpp -o lanes.so -lmvec -lm
#include <cmath>
#include <cstring>
#include <immintrin.h>

typedef double V __attribute__((vector_size(64)));
typedef long M __attribute__((vector_size(64)));
extern "C" {
V _ZGVeN8v_exp(V);
V _ZGVeN8v_sin(V);
V _ZGVeN8v_cos(V);
V _ZGVeN8vv_atan2(V, V);
}
#define IN static inline __attribute__((always_inline))
IN V all(double a) { return V{} + a; }
IN V pick(M m, V a, V b) { return m ? a : b; }
IN V least(V a, double b) { return (V)_mm512_min_pd((__m512d)a, _mm512_set1_pd(b)); }
IN V most(V a, double b) { return (V)_mm512_max_pd((__m512d)a, _mm512_set1_pd(b)); }
IN V root(V a) { return (V)_mm512_sqrt_pd((__m512d)a); }
IN __m256i whole(V a) { return _mm512_cvttpd_epi32((__m512d)a); }
IN V real(__m256i i) { return (V)_mm512_cvtepi32_pd(i); }
IN V at(const double* t, __m256i i) { return (V)_mm512_i32gather_pd(i, t, 8); }

static const double MU = 3.986004418e14, RE = 6378137.0, FL = 1 / 298.257223563;
static const double J2 = 1.08262668e-3, OM = 7.292115e-5;
static const double AREA = 9.62, MASS = 4200.0, STEP = 0.25, DROGUE = 22.0, MAIN = 640.0;
static const double INFLATION = 8.0, TIMEOUT = 3000.0, GAIN = 0.5 / 40e3, BANK = 0.55;
static const double BAND = 0.06, SLOW = 300.0, APART = 250.0;
enum { AIR = 151, MACH = 13, REF = 33 };
static double RHO[AIR], RHO_S[AIR], A[AIR], A_S[AIR], NODE[MACH], CD[MACH], CD_S[MACH];
static double CL[MACH], CL_S[MACH], RANGE[REF + 1], AIM[3];

struct State { V x, y, z, u, v, w; };
struct Lane { State y; V t, mode, pending, opened, side, cb, sb, load, heat, rho, lift, drag, im; };
struct Told { V rho, speed, load; };

IN State plus(const State& a, V k, const State& b) {
  return {a.x + k * b.x, a.y + k * b.y, a.z + k * b.z, a.u + k * b.u, a.v + k * b.v, a.w + k * b.w};
}

IN V height(const State& s, V& rate) {
  V r = root(s.x * s.x + s.y * s.y + s.z * s.z), ir = 1 / r, uz = s.z * ir;
  V rd = (s.x * s.u + s.y * s.v + s.z * s.w) * ir;
  rate = rd + 2 * RE * FL * uz * (s.w - uz * rd) * ir;
  return r - RE * (1 - FL * uz * uz);
}

IN __m256i cell(V mach) {
  V j{};
  for (int n = 1; n < MACH - 1; n++) j += pick(mach >= NODE[n], all(1.0), V{});
  return whole(j);
}

IN State rates(V t, const State& s, const Lane& l, Told& told) {
  V r2 = s.x * s.x + s.y * s.y + s.z * s.z, r = root(r2), ir = 1 / r;
  V ux = s.x * ir, uy = s.y * ir, uz = s.z * ir, s2 = uz * uz;
  V k = 1.5 * J2 * RE * RE * ir * ir, g = -MU * ir * ir;
  V gx = g * (1 + k * (1 - 5 * s2)), gz = g * (1 + k * (3 - 5 * s2));
  V h = r - RE * (1 - FL * s2), q = least(most(h * 1e-3, 0), AIR - 2.0);
  __m256i i = whole(q);
  V f = h * 1e-3 - real(i), rho = _ZGVeN8v_exp(at(RHO, i) + f * at(RHO_S, i)) * l.rho;
  V a = at(A, i) + f * at(A_S, i);
  V wx = s.u + OM * s.y, wy = s.v - OM * s.x, wz = s.w;
  V v2 = wx * wx + wy * wy + wz * wz, v = root(v2), iv = 1 / v, mach = v / a;
  __m256i j = cell(mach);
  V fm = mach - at(NODE, j);
  V cd = (at(CD, j) + fm * at(CD_S, j)) * l.drag, cl = (at(CL, j) + fm * at(CL_S, j)) * l.lift;
  V open = least(most((t - l.opened) * (1 / INFLATION), 0), 1);
  V cda = cd * AREA + pick(l.mode >= 1.0, all(DROGUE), V{});
  cda += pick(l.mode >= 2.0, MAIN * open, V{});
  V cla = pick(l.mode >= 1.0, V{}, cl * AREA);
  V qm = 0.5 * rho * v * l.im, d = qm * cda, lift = qm * v * cla;
  V hx = wx * iv, hy = wy * iv, hz = wz * iv, c = ux * hx + uy * hy + uz * hz;
  V nx = ux - c * hx, ny = uy - c * hy, nz = uz - c * hz;
  V in = 1 / root(nx * nx + ny * ny + nz * nz + 1e-12);
  nx *= in, ny *= in, nz *= in;
  V sx = hy * nz - hz * ny, sy = hz * nx - hx * nz, sz = hx * ny - hy * nx;
  told = {rho, v, root(d * d * v2 + lift * lift)};
  return {s.u, s.v, s.w,
          gx * ux - d * wx + lift * (l.cb * nx + l.sb * sx),
          gx * uy - d * wy + lift * (l.cb * ny + l.sb * sy),
          gz * uz - d * wz + lift * (l.cb * nz + l.sb * sz)};
}

IN void guide(Lane& l) {
  const State& y = l.y;
  V ir = 1 / root(y.x * y.x + y.y * y.y + y.z * y.z), ux = y.x * ir, uy = y.y * ir, uz = y.z * ir;
  V co = _ZGVeN8v_cos(OM * l.t), si = _ZGVeN8v_sin(OM * l.t);
  V tx = co * AIM[0] - si * AIM[1], ty = si * AIM[0] + co * AIM[1], tz = all(AIM[2]);
  V wx = y.u + OM * y.y, wy = y.v - OM * y.x, wz = y.w, v = root(wx * wx + wy * wy + wz * wz);
  V ct = ux * tx + uy * ty + uz * tz, dx = tx - ct * ux, dy = ty - ct * uy, dz = tz - ct * uz;
  V dn = root(dx * dx + dy * dy + dz * dz + 1e-18), wr = wx * ux + wy * uy + wz * uz;
  wx -= wr * ux, wy -= wr * uy, wz -= wr * uz;
  V vn = root(wx * wx + wy * wy + wz * wz + 1e-18), range = RE * _ZGVeN8vv_atan2(dn, ct);
  V off = (wy * dz - wz * dy) * ux + (wz * dx - wx * dz) * uy + (wx * dy - wy * dx) * uz;
  off /= dn * vn;
  V q = v * (1 / APART);
  __m256i i = whole(least(q, 31.0));
  V f = q - real(i), ref = at(RANGE, i) + f * (at(RANGE + 1, i) - at(RANGE, i));
  V cb = least(most(BANK + GAIN * (range - ref), -0.3), 0.97);
  V side = pick(off > BAND, all(-1.0), pick(off < -BAND, all(1.0), l.side));
  M on = (M)(v >= SLOW) & (M)(l.mode < 0.5), guided = (M)(l.mode < 0.5);
  l.side = pick(on, side, l.side);
  l.cb = pick(on, cb, pick(guided, all(1.0), l.cb));
  l.sb = pick(on, side * root(1 - cb * cb), pick(guided, V{}, l.sb));
}

IN void step(Lane& l, M act) {
  V dt = pick(l.pending > 0.0, l.pending, all(STEP)), half = 0.5 * dt;
  Told told, unheard;
  State s = l.y, k1 = rates(l.t, s, l, told), k2 = rates(l.t + half, plus(s, half, k1), l, unheard);
  State k3 = rates(l.t + half, plus(s, half, k2), l, unheard);
  State k4 = rates(l.t + dt, plus(s, dt, k3), l, unheard);
  V d6 = dt * (1 / 6.), d3 = dt * (1 / 3.);
  State n = plus(plus(plus(plus(s, d6, k1), d3, k2), d3, k3), d6, k4);
  V r0, r1, h0 = height(s, r0), h1 = height(n, r1);
  V limit = pick(l.mode < 0.5, all(7e3), pick(l.mode < 1.5, all(3e3), V{}));
  V a = h0 - limit, b = h1 - limit, m0 = r0 * dt, m1 = r1 * dt;
  M land = l.pending > 0.0, cross = (M)(l.pending <= 0.0) & (M)(b <= 0.0) & (M)(a > 0.0);
  V z = a / (a - b);  // where the cubic through both ends has its zero
  for (int i = 0; i < 3; i++) {
    V z2 = z * z, z3 = z2 * z;
    V p = a * (2 * z3 - 3 * z2 + 1) + m0 * (z3 - 2 * z2 + z);
    p += b * (3 * z2 - 2 * z3) + m1 * (z3 - z2);
    V dp = a * (6 * z2 - 6 * z) + m0 * (3 * z2 - 4 * z + 1);
    dp += b * (6 * z - 6 * z2) + m1 * (3 * z2 - 2 * z);
    z = least(most(z - p / dp, 1e-6), 1.0);
  }
  M moved = act & (cross == 0), met = moved & land;
  l.y = {pick(moved, n.x, s.x), pick(moved, n.y, s.y), pick(moved, n.z, s.z),
         pick(moved, n.u, s.u), pick(moved, n.v, s.v), pick(moved, n.w, s.w)};
  V now = l.t + dt;
  l.t = pick(moved, now, l.t);
  l.mode += pick(met, all(1.0), V{});
  l.opened = pick(met & (M)(l.mode == 2.0), now, l.opened);
  l.pending = pick(cross, z * dt, V{});
  V heat = root(told.rho) * told.speed * told.speed * told.speed;
  l.load = pick(act & (M)(told.load > l.load), told.load, l.load);
  l.heat = pick(act & (M)(heat > l.heat), heat, l.heat);
}

static void slopes(double* to, const double* of, int n, const double* node) {
  for (int i = 0; i < n - 1; i++) to[i] = (of[i + 1] - of[i]) / (node ? node[i + 1] - node[i] : 1);
}

extern "C" {
void tables(const double* rho, const double* a, const double* node, const double* cd,
            const double* cl, const double* range, const double* aim) {
  memcpy(RHO, rho, sizeof RHO), memcpy(A, a, sizeof A), memcpy(NODE, node, sizeof NODE);
  memcpy(CD, cd, sizeof CD), memcpy(CL, cl, sizeof CL), memcpy(AIM, aim, sizeof AIM);
  memcpy(RANGE, range, REF * sizeof(double)), RANGE[REF] = RANGE[REF - 1];
  slopes(RHO_S, RHO, AIR, nullptr), slopes(A_S, A, AIR, nullptr);
  slopes(CD_S, CD, MACH, NODE), slopes(CL_S, CL, MACH, NODE);
}

// Flies n states [n, 6] with factors of density, lift, drag and mass [n, 4]; the steps of live lanes.
long fly(long n, const double* y0, const double* factors, double* ends) {
  Lane s;
  double* field = (double*)&s;
  const int fields = sizeof s / 64;
  long next = 0, total = 0, own[8];
  int live = 0;
  for (int l = 0; l < 8; l++) {
    own[l] = -1;
    const double idle[] = {7e6, 0, 0, 0, 7e3, 0, 0, 3, 0, 1e9, 1, 1, 0, 0, 0, 1, 1, 1, 1e-4};
    for (int f = 0; f < fields; f++) field[8 * f + l] = idle[f];
  }
  for (;;) {
    for (int l = 0; l < 8; l++) {
      if (own[l] >= 0 && (s.mode[l] > 2.5 || s.t[l] >= TIMEOUT)) {
        double* out = ends + 8 * own[l];
        for (int f = 0; f < 6; f++) out[f] = field[8 * f + l];
        out[6] = s.t[l], out[7] = s.load[l];
        own[l] = -1, s.mode[l] = 3, live--;
      }
      if (own[l] < 0 && next < n) {
        const double *y = y0 + 6 * next, *d = factors + 4 * next;
        const double full[] = {y[0], y[1], y[2], y[3], y[4], y[5], 0, 0, 0, 1e9,
                               1, 1, 0, 0, 0, d[0], d[1], d[2], 1 / (MASS * d[3])};
        for (int f = 0; f < fields; f++) field[8 * f + l] = full[f];
        own[l] = next++, live++;
      }
    }
    if (!live) break;
    guide(s);
    for (int k = 0; k < 4; k++) {
      M act = s.mode < 2.5;
      step(s, act);
      for (int l = 0; l < 8; l++) total += act[l] ? 1 : 0;
    }
  }
  return total;
}
}
