/* One suite per file test_NAME.c; main.c runs them all. */
#ifndef TOT_TESTS_SUITES_H
#define TOT_TESTS_SUITES_H

#include <check.h>

Suite *baseline_suite(void);
Suite *base_suite(void);
Suite *binary_suite(void);
Suite *clean_suite(void);
Suite *conv_backward_suite(void);
Suite *conv_bf16_suite(void);
Suite *curve_suite(void);
Suite *image_suite(void);
Suite *survey_suite(void);
Suite *inference_suite(void);
Suite *synthesis_suite(void);
Suite *text_table_suite(void);
Suite *files_suite(void);
Suite *views_suite(void);
Suite *layers_suite(void);
Suite *muon_suite(void);
Suite *model_curves_suite(void);
Suite *conv_forward_suite(void);
Suite *network_suite(void);
Suite *observed_suite(void);
Suite *period_suite(void);
Suite *period_search_suite(void);
Suite *random_systems_suite(void);
Suite *safetensors_suite(void);

#endif
