/* A network trained by Unfold: 1 lstm layer of 3, inputs: 1, outputs: 1.
 *
 *   small_reset();                  back to the zero state
 *   small_step(input, output);   one time step
 *
 * input: SMALL_INPUTS values in the data's units; output: SMALL_OUTPUTS values.
 * inputs: u
 * outputs: y
 * Compiled with -DSMALL_SELF_TEST -lm it is a program that checks itself.
 */
#ifndef SMALL_H
#define SMALL_H

#include <math.h>
#include <stddef.h>
#include <string.h>

#define SMALL_INPUTS 1
#define SMALL_OUTPUTS 1
#define SMALL_HIDDEN 3

static const float small_w_ih_0[12] = {
  -0.5079962f, -0.42022598f, -0.25013116f, -0.56749463f, -0.48143205f, 0.195616f, -0.23186836f, 0.47915775f,
  -0.33894378f, 0.080714636f, 0.41738316f, -0.38929302f
};
static const float small_w_hh_0[36] = {
  -0.12165414f, -0.13746478f, -0.04834845f, -0.22840977f, -0.20482899f, -0.17870368f, 0.45421624f, -0.14935842f,
  -0.13509311f, 0.25832972f, -0.060018584f, 0.12765406f, -0.39994878f, -0.4198546f, -0.43090078f, -0.5420572f,
  0.13628948f, 0.24816822f, -0.5445156f, -0.22278827f, 0.39199227f, -0.35049933f, -0.5917149f, 0.22494863f,
  0.5278333f, 0.29616764f, -0.40434796f, -0.10767184f, 0.30737978f, 0.26699877f, -0.47540265f, -0.3585429f,
  0.0854351f, 0.048053104f, 0.56475174f, -0.42363495f
};
static const float small_b_ih_0[12] = {
  -0.10908501f, 8.743029e-05f, -0.44320688f, 0.2568997f, 0.41625547f, 0.4624094f, 0.31788665f, -0.07895579f,
  0.35177317f, 0.47223783f, 0.093341075f, -0.2101286f
};
static const float small_b_hh_0[12] = {
  0.050306484f, -0.18399148f, -0.44057098f, 0.35568434f, 0.50099444f, -0.41777346f, -0.57507247f, 0.15147439f,
  -0.4133982f, -0.31209946f, -0.1582722f, 0.03604236f
};
static const float small_readout[3] = {
  0.28959334f, -0.01847648f, -0.23135398f
};
static const float small_readout_bias[1] = {
  0.40164137f
};

static float small_h[1][SMALL_HIDDEN];
static float small_c[1][SMALL_HIDDEN];

static inline void small_reset(void) {
  memset(small_h, 0, sizeof small_h);
  memset(small_c, 0, sizeof small_c);
}

static inline float small_sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }

static inline void small_layer(
    const float *x, size_t width, const float *w_ih, const float *w_hh, const float *b_ih,
    const float *b_hh, float *h, float *c) {
  float next[SMALL_HIDDEN];
  for (size_t j = 0; j < SMALL_HIDDEN; j++) {
    float in[4], rec[4];
    for (size_t g = 0; g < 4; g++) {
      const size_t row = g * SMALL_HIDDEN + j;
      in[g] = b_ih[row];
      rec[g] = b_hh[row];
      for (size_t k = 0; k < width; k++) in[g] += w_ih[row * width + k] * x[k];
      for (size_t k = 0; k < SMALL_HIDDEN; k++) {
        rec[g] += w_hh[row * SMALL_HIDDEN + k] * h[k];
      }
    }
    const float i = small_sigmoid(in[0] + rec[0]);
    const float f = small_sigmoid(in[1] + rec[1]);
    const float g = tanhf(in[2] + rec[2]);
    const float o = small_sigmoid(in[3] + rec[3]);
    c[j] = f * c[j] + i * g;
    next[j] = o * tanhf(c[j]);
  }
  memcpy(h, next, sizeof next);
}

static inline void small_step(const float *input, float *output) {
  const float *x = input;
  small_layer(x, 1, small_w_ih_0, small_w_hh_0, small_b_ih_0, small_b_hh_0, small_h[0], small_c[0]);
  for (size_t o = 0; o < SMALL_OUTPUTS; o++) {
    float y = small_readout_bias[o];
    for (size_t k = 0; k < SMALL_HIDDEN; k++) {
      y += small_readout[o * SMALL_HIDDEN + k] * small_h[0][k];
    }
    output[o] = y;
  }
}

#ifdef SMALL_SELF_TEST
#include <stdio.h>

static const float small_test_inputs[64] = {
  -0.6005322f, -0.74731576f, 0.5878962f, -0.08256483f, -0.21522713f, 0.17353249f, 0.9980856f, 0.48845637f,
  -0.86482954f, 0.67479527f, 0.7821156f, -0.43307686f, -0.6284715f, 0.9641348f, -0.66008186f, 0.104871154f,
  -0.9930545f, -0.3340845f, -0.61968684f, -0.13019562f, 0.92682135f, -0.88389075f, -0.099505186f, 0.53199005f,
  0.46050727f, 0.20942509f, -0.0418607f, -0.24298608f, -0.63805234f, 0.54225063f, 0.90672326f, 0.93771684f,
  -0.757419f, 0.82841885f, 0.11816096f, -0.7853713f, -0.139884f, -0.48944676f, 0.9546473f, -0.61301076f,
  -0.6426774f, -0.7202761f, -0.18386948f, -0.7796713f, -0.4559343f, 0.49480927f, -0.118680716f, -0.532825f,
  -0.13780177f, 0.52300406f, -0.12800634f, 0.5661514f, 0.9224709f, -0.5577159f, 0.14838266f, 0.7871877f,
  0.26650608f, 0.077881694f, 0.13229549f, -0.66851676f, 0.9803473f, 0.9458698f, 0.6951885f, 0.9745567f
};
static const float small_test_outputs[128] = {
  0.38698924f, 0.38334885f, 0.37723416f, 0.373284f, 0.37084424f, 0.36869934f, 0.3664633f, 0.3658017f,
  0.36620268f, 0.3659821f, 0.3653974f, 0.36583984f, 0.3673188f, 0.36679232f, 0.36868575f, 0.36836404f,
  0.37098277f, 0.3742814f, 0.3760903f, 0.37562534f, 0.37090063f, 0.3719305f, 0.37198797f, 0.3692073f,
  0.36704615f, 0.3654905f, 0.3646295f, 0.3649015f, 0.36719307f, 0.36721027f, 0.36609915f, 0.36565667f,
  0.36631888f, 0.36518914f, 0.36533076f, 0.36643156f, 0.3684485f, 0.37019065f, 0.36824387f, 0.3694786f,
  0.3712895f, 0.37481606f, 0.37577093f, 0.377177f, 0.37852165f, 0.3743906f, 0.37199107f, 0.3712992f,
  0.3710748f, 0.36860844f, 0.36780372f, 0.365725f, 0.3649917f, 0.36583924f, 0.36526737f, 0.36452374f,
  0.364492f, 0.36370134f, 0.3633256f, 0.36503625f, 0.3652982f, 0.36557817f, 0.36510518f, 0.36453825f,
  0.36503005f, 0.3668433f, 0.36722013f, 0.36729923f, 0.36704773f, 0.36639282f, 0.3652998f, 0.36517787f,
  0.36576948f, 0.36573154f, 0.36526227f, 0.3657498f, 0.36725813f, 0.36675957f, 0.36866203f, 0.36834997f,
  0.37097257f, 0.37427485f, 0.3760857f, 0.37562242f, 0.37089902f, 0.37192932f, 0.37198725f, 0.36920688f,
  0.3670459f, 0.36549032f, 0.3646294f, 0.36490145f, 0.367193f, 0.36721027f, 0.36609915f, 0.36565667f,
  0.36631888f, 0.36518914f, 0.36533076f, 0.36643156f, 0.3684485f, 0.37019065f, 0.36824387f, 0.3694786f,
  0.3712895f, 0.37481606f, 0.37577093f, 0.377177f, 0.37852165f, 0.3743906f, 0.37199107f, 0.3712992f,
  0.3710748f, 0.36860844f, 0.36780372f, 0.365725f, 0.3649917f, 0.36583924f, 0.36526737f, 0.36452374f,
  0.364492f, 0.36370134f, 0.3633256f, 0.36503625f, 0.3652982f, 0.36557817f, 0.36510518f, 0.36453825f
};

int main(void) {
  const float tolerance = 3.869892e-06f;
  float output[SMALL_OUTPUTS], largest = 0.0f;
  small_reset();
  for (size_t t = 0; t < 128; t++) {
    const size_t step = t % 64;
    small_step(small_test_inputs + step * SMALL_INPUTS, output);
    for (size_t o = 0; o < SMALL_OUTPUTS; o++) {
      const float difference =
          fabsf(output[o] - small_test_outputs[t * SMALL_OUTPUTS + o]);
      /* Not a number is as wrong as can be. */
      if (!(difference <= largest)) largest = difference >= 0.0f ? difference : INFINITY;
    }
  }
  printf("%g is the largest difference, %g is allowed\n", (double)largest, (double)tolerance);
  return largest <= tolerance ? 0 : 1;
}
#endif
#endif
