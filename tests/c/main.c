/* Runs every suite of the core; the last line of the output counts the checks. */
#include <check.h>
#include <stdlib.h>

#include "suites.h"

int main(void) {
    SRunner *runner = srunner_create(base_suite());
    srunner_add_suite(runner, baseline_suite());
    srunner_add_suite(runner, binary_suite());
    srunner_add_suite(runner, clean_suite());
    srunner_add_suite(runner, conv_backward_suite());
    srunner_add_suite(runner, conv_bf16_suite());
    srunner_add_suite(runner, curve_suite());
    srunner_add_suite(runner, image_suite());
    srunner_add_suite(runner, survey_suite());
    srunner_add_suite(runner, inference_suite());
    srunner_add_suite(runner, synthesis_suite());
    srunner_add_suite(runner, text_table_suite());
    srunner_add_suite(runner, files_suite());
    srunner_add_suite(runner, views_suite());
    srunner_add_suite(runner, layers_suite());
    srunner_add_suite(runner, muon_suite());
    srunner_add_suite(runner, model_curves_suite());
    srunner_add_suite(runner, conv_forward_suite());
    srunner_add_suite(runner, network_suite());
    srunner_add_suite(runner, observed_suite());
    srunner_add_suite(runner, period_suite());
    srunner_add_suite(runner, period_search_suite());
    srunner_add_suite(runner, random_systems_suite());
    srunner_add_suite(runner, safetensors_suite());
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
