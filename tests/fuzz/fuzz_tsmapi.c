/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: requests of apps [TR-03165 4.2.2]. Whatever the octets, each method takes or refuses them, and
 * what it takes is within its limits. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "role/sp/tsmapi/wire/request.h"

/* {"device":{"callerId":"5e..","secureComponents":[{"reader":"r","cplc":"9F7F"}]},"serviceId":UUID,"version":"1.x.x"}
 * and the same with serviceInstanceId, serviceCommands and finalizeDeployment. */
const char *const fuzz_seeds[] = {
    "7B22646576696365223A7B2263616C6C65724964223A223565356535653565356535653565356535653565356535653565356535"
    "6535653565356535653565356535653565356535653565356535653565356535653565222C22736563757265436F6D706F6E656E"
    "7473223A5B7B22726561646572223A2272222C2263706C63223A2239463746227D5D7D2C22736572766963654964223A22393130"
    "62626435612D313734392D343733372D623835352D613532306631626339646134222C2276657273696F6E223A22312E782E7822"
    "7D",
    "7B22646576696365223A7B2263616C6C65724964223A223565356535653565356535653565356535653565356535653565356535"
    "6535653565356535653565356535653565356535653565356535653565356535653565222C22736563757265436F6D706F6E656E"
    "7473223A5B5D7D2C2273657276696365496E7374616E63654964223A2239313062626435612D313734392D343733372D62383535"
    "2D613532306631626339646134222C2273657276696365436F6D6D616E6473223A5B7B22636F6D6D616E64223A22696E7374616C"
    "6C227D2C7B22636F6D6D616E64223A226163746976617465222C2273757370656E73696F6E436F6E74726F6C223A747275657D5D"
    "2C2266696E616C697A654465706C6F796D656E74223A66616C73657D",
    NULL,
};

static void check(const struct api_request *q)
{
    if (q->n_components > COMPONENTS_MAX || q->commands.n > COMMANDS_MAX || !q->caller[0] ||
        strlen(q->service) > UUID_MAX || strlen(q->instance) > UUID_MAX)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct api_request q;
    for (int m = 0; m < API_METHODS; m++) {
        struct api_reading r = {.document = NULL};
        enum tsm_err e = api_request_read(BYTES_OF(data, size), (enum api_method)m, &q, &r);
        if ((e == TSM_OK) != (r.fault.type == API_OK))
            abort();
        if (e == TSM_OK)
            check(&q);
        json_decref(r.document);
    }
    return 0;
}
