/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: answers of a hostile back end and Orders of a hostile Remote Agent, as the library of the
 * TSM-API reads them; what is read can be walked through to its end. */
#include "fuzz.h"

#include <string.h>

#include "wire/answer.h"
#include "wire/seram.h"

const char *const fuzz_seeds[] = {
    /* {"executionStatus":0,"serviceInstances":[{"id":"i","state":1}]} */
    "7B22657865637574696F6E537461747573223A302C2273657276696365496E7374616E636573223A5B7B226964223A2269222C22"
    "737461"
    "7465223A317D5D7D",
    /* {"seen":1,"state":"done","result":{"processInfo":{"executionStatus":6}}} */
    "7B227365656E223A312C227374617465223A22646F6E65222C22726573756C74223A7B2270726F63657373496E666F223A7B2265"
    "786563"
    "7574696F6E537461747573223A367D7D7D",
    /* {"delay":0,"ramCommands":[{"ramCommandType":"ramStopCommand"}]} */
    "7B2264656C6179223A302C2272616D436F6D6D616E6473223A5B7B2272616D436F6D6D616E6454797065223A2272616D53746F70"
    "436F6D"
    "6D616E64227D5D7D",
    NULL,
};

static void walk_process(const struct tsm_api_process_result *r)
{
    size_t n = strlen(r->process_info.execution_message) + strlen(r->reader);
    for (size_t i = 0; i < r->service_command_results.n; i++) {
        const struct tsm_api_service_command_result *c = &r->service_command_results.at[i];
        for (size_t k = 0; k < c->personalization_results.n; k++)
            n += strlen(c->personalization_results.at[k].application_instance_aid);
    }
    (void)n;
}

static void read_processes(struct bytes text)
{
    struct tsm_api_process_result r;
    struct tsm_api_available_result a;
    struct answer_progress p;
    struct tsm_api_memory *m = memory_new();
    if (answer_process(text, m, &r) == TSM_OK)
        walk_process(&r);
    if (answer_progress(text, m, &p, &r) == TSM_OK && p.state == PROCESS_DONE)
        walk_process(&r);
    answer_available(text, ANSWER_DEPLOYMENT, m, &a);
    answer_available(text, ANSWER_UPDATE, m, &a);
    memory_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text = BYTES_OF(data, size);
    struct tsm_api_create_result created;
    struct tsm_api_instances_result instances;
    struct answer_started started;
    struct tsm_api_status status;
    struct seram_order order;
    if (answer_create(text, &created) == TSM_OK)
        tsm_api_create_result_clear(&created);
    if (answer_instances(text, &instances) == TSM_OK)
        tsm_api_instances_result_clear(&instances);
    answer_started(text, &started);
    answer_status(text, &status);
    seram_choice_read(text);
    if (seram_order_read(text, &order) == TSM_OK)
        json_decref(order.document);
    read_processes(text);
    return 0;
}
