/* SPDX-License-Identifier: Apache-2.0 */
/* The questions that settle a delegated command whose receipt was lost: how far the card has counted, and
 * what it has. Station 5. Pure. [GPCS 9.1.3.6, 11.3, 11.4] */
#include "gp/command/get_data.h"
#include "order/manage/applications.h"
#include "order/manage/content.h"

static enum tsm_err ask_counter(const struct plan_facts *f, int arg, struct script *out)
{
    size_t mark = script_mark(out);
    (void)f;
    (void)arg;
    TRY(get_data_write(DATA_CONFIRMATION, &out->store));
    return script_add(out, mark);
}

static bool no_load_file(const struct plan_facts *f, int arg)
{
    (void)arg;
    return f->package_aid.len == 0;
}

static bool beyond(const struct plan_facts *f, int arg)
{
    return (size_t)arg >= f->n_applications;
}

#define QUESTION(n, t, a, b, skip)                                                                  \
    {                                                                                               \
        .name = n, .text = t, .domain = IN_ISSUER, .arg = a, .build = b, .also_fine = SW_NOT_FOUND, \
        .needless = skip                                                                            \
    }
#define WHETHER(i, n)                                                                                       \
    QUESTION("CONFIRM_APPLICATION" n, "the card tells whether it has an application", i, probe_application, \
             beyond),
static const struct plan_step confirm_steps[] = {
    QUESTION("CONFIRM_LOAD_FILE", "the card tells whether it has the load file", 0, probe_load, no_load_file),
    EACH_APPLICATION(WHETHER)
    /* Last: by what was done the numbers are understood. */
    QUESTION("CONFIRM_COUNTER", "the card tells the number of its next receipt", 0, ask_counter, NULL),
};

const struct plan plan_confirm = {
    .name = "confirm", .steps = confirm_steps, .n = sizeof confirm_steps / sizeof confirm_steps[0]};
