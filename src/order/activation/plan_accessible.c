/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's plan that makes a provider's applications accessible when their service is activated:
 * selectable where they were only installed, and named in the access rules for device applications.
 * Station 5. Pure. [GPCS 11.5.2.3.3; GPD_SPE_013; TR-03165 4.1.4.14, 4.2.3.5] */
#include "gp/content/install_params.h"
#include "order/care/rules_step.h"
#include "order/manage/applications.h"
#include "order/manage/content.h"

enum { PARAMETERS_MAX = 16, PRIVILEGES_MAX = 3 };

/* The privileges of this command say nothing but Card Reset, which no application gets here. */
static enum tsm_err build_selectable(const struct plan_facts *f, int arg, struct script *out)
{
    uint8_t room[PARAMETERS_MAX], rights[PRIVILEGES_MAX];
    struct writer params = WRITER(room), privileges = WRITER(rights);
    struct install_params p = {.implicit_selection = BYTES_NONE};
    struct gp_install i = {.p1 = INSTALL_FOR_MAKE_SELECTABLE, .application = application_aid(f, arg)};
    size_t mark = script_mark(out);
    TRY(privileges_write(0, false, &privileges));
    i.privileges = written(&privileges);
    TRY(install_params_write(PARAMS_FOR_MAKE_SELECTABLE, &p, &params));
    i.parameters = written(&params);
    TRY(install_write(&i, &out->store));
    return script_add(out, mark);
}

static enum verdict judge_selectable(const struct plan_facts *f, int arg, const struct step_answer *a,
                                     size_t n)
{
    uint8_t life = 0;
    bool there = registry_has(a, n, STATUS_APPLICATIONS, application_aid(f, arg), &life);
    return there && (life & LIFE_SELECTABLE) == LIFE_SELECTABLE ? VERDICT_DONE : VERDICT_NOT_DONE;
}

static bool stays_as_it_is(const struct plan_facts *f, int arg)
{
    return (size_t)arg >= f->n_applications || !f->applications[arg].becomes_selectable;
}

#define MAKE_SELECTABLE(i, n)                              \
    {.name = "MAKE_SELECTABLE" n,                          \
     .text = "an application can be selected from now on", \
     .domain = IN_ISSUER,                                  \
     .arg = i,                                             \
     .build = build_selectable,                            \
     .changes_card = true,                                 \
     .probe = probe_application,                           \
     .judge = judge_selectable,                            \
     .needless = stays_as_it_is},

static const struct plan_step steps[] = {
    EACH_APPLICATION(MAKE_SELECTABLE)
        RULES_STEP("ADMIT_APPS", "device applications get their access to the applications"),
};

const struct plan plan_make_accessible = {
    .name = "make-accessible", .steps = steps, .n = sizeof steps / sizeof steps[0]};
