/* SPDX-License-Identifier: Apache-2.0 */
/* All judgements over a CAP file in their order. Station 4. Pure. [JCVM 6, 7] */
#include "gp/verify/gate.h"

#include <stddef.h>
#include <string.h>

#include "gp/verify/code/code.h"
#include "gp/verify/part/part.h"

enum { TAG_AND_SIZE = 3 };

/* One row a judgement: what is judged, and the rule that is broken when its component ends too early or too
 * late. */
struct judgement {
    enum tsm_err (*judge)(struct cap_model *m);
    enum cap_tag component;
    enum cap_rule rule;
};
static const struct judgement components[] = {
    {part_header, CAP_HEADER, CAP_RULE_HEADER},
    {part_imports, CAP_IMPORT, CAP_RULE_IMPORT},
    {part_static_fields, CAP_STATIC_FIELD, CAP_RULE_STATIC},
    {part_directory, CAP_DIRECTORY, CAP_RULE_DIRECTORY},
    {part_pool, CAP_CONSTANT_POOL, CAP_RULE_POOL},
    {part_classes, CAP_CLASS, CAP_RULE_CLASS},
    {part_handlers, CAP_METHOD, CAP_RULE_METHOD},
    {part_locations, CAP_REFERENCE_LOCATION, CAP_RULE_LOCATION},
    {part_debug, CAP_DEBUG, CAP_RULE_DEBUG},
};
static const struct judgement descriptions[] = {
    {part_types, CAP_DESCRIPTOR, CAP_RULE_DESCRIPTOR},
    {part_descriptor, CAP_DESCRIPTOR, CAP_RULE_DESCRIPTOR},
    {part_parents, CAP_CLASS, CAP_RULE_CLASS},
    {part_bodies, CAP_METHOD, CAP_RULE_METHOD},
    {part_fields, CAP_DESCRIPTOR, CAP_RULE_DESCRIPTOR},
    {part_pool_targets, CAP_CONSTANT_POOL, CAP_RULE_POOL},
    {part_tables, CAP_CLASS, CAP_RULE_TABLE},
    {part_interfaces, CAP_CLASS, CAP_RULE_TABLE},
    {part_applets, CAP_APPLET, CAP_RULE_APPLET},
    {part_exports, CAP_EXPORT, CAP_RULE_EXPORT},
    {code_verify, CAP_METHOD, CAP_RULE_METHOD},
};
enum {
    COMPONENT_ROWS = sizeof components / sizeof components[0],
    DESCRIPTION_ROWS = sizeof descriptions / sizeof descriptions[0]
};

/* A failure that left no finding was one of reading. */
static bool run(struct cap_model *m, const struct judgement *row)
{
    size_t before = m->report->refused;
    enum tsm_err e;
    model_at(m, row->component, 0);
    err_clear();
    e = row->judge(m);
    if (e != TSM_OK && m->report->refused == before)
        cap_refuse(m->report, row->rule, &m->at, "%s", err_cause()[0] ? err_cause() : err_text(e));
    return e == TSM_OK;
}

/* The classes stand on the types, the methods on the classes: the first failure ends a list, but for the pool
 * and what is judged item by item behind it. */
static bool run_all(struct cap_model *m, const struct judgement *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!run(m, &rows[i]))
            return false;
    return true;
}

static void clear(struct cap_model *m, const struct cap *cap, struct cap_report *report)
{
    m->cap = cap;
    m->report = report;
    m->classes = m->methods = m->fields = m->bodies = 0;
    m->pool_count = m->image_size = m->image_references = m->handlers = 0;
    m->leaders = m->steps = m->cells_used = 0;
    m->types = BYTES_NONE;
    m->types_begin = m->byte_operands = m->short_operands = (struct cap_bits){0};
    m->found_bytes = m->found_shorts = m->starts = m->joins = (struct cap_bits){0};
    for (size_t tag = 0; tag < CAP_COMPONENTS; tag++) {
        m->info[tag] = BYTES_NONE;
        (void)bytes_part(cap->component[tag], TAG_AND_SIZE, cap->component[tag].len - TAG_AND_SIZE,
                         &m->info[tag]);
    }
}

enum tsm_err cap_verify(const struct cap *cap, const struct cap_exports *exports, struct cap_model *model,
                        struct cap_report *report)
{
    report->findings = report->refused = report->unproven = 0;
    clear(model, cap, report);
    TRY(api_begin(&model->api));
    for (size_t i = 0; exports && i < exports->count; i++)
        TRY(api_add_file(&model->api, exports->file[i]));
    for (size_t i = 0; i < cap->imports; i++)
        TRY(api_add_known(&model->api, cap->import[i].aid));
    class_ids(model);
    if (!run_all(model, components, COMPONENT_ROWS))
        return TSM_OK;
    if (cap->component[CAP_DESCRIPTOR].len == 0) {
        model_at(model, CAP_DESCRIPTOR, 0);
        UNPROVEN(model, DESCRIBED, "the file has no Descriptor.cap: its bytecode is not verified");
        return TSM_OK;
    }
    (void)run_all(model, descriptions, DESCRIPTION_ROWS);
    return TSM_OK;
}

void cap_unreadable(struct cap_report *report)
{
    static const struct cap_place file = {0, CAP_NOWHERE, CAP_NOWHERE, CAP_NOWHERE};
    char cause[ERR_CAUSE_MAX];
    report->findings = report->refused = report->unproven = 0;
    memcpy(cause, err_cause(), strnlen(err_cause(), sizeof cause - 1) + 1);
    cap_refuse(report, CAP_RULE_FILE, &file, "%s", cause);
}
