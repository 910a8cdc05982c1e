/* SPDX-License-Identifier: Apache-2.0 */
/* Loading, installing and deleting, and how the registry tells what was done. Station 5. Pure. [GPCS 11.2,
 * 11.4, 11.5, 11.6] */
#include "order/manage/content.h"

#include "gp/command/delete.h"
#include "gp/command/load.h"
#include "gp/command/store_data.h"
#include "gp/content/dgi.h"
#include "gp/delegated/token.h"

enum { DIRECTORY_MAX = 1024, PARAMETERS_MAX = 255 + 8, DGI_FCI_PROPRIETARY = 0x9102 };

/* Only a token makes a command longer than a short one. */
static enum tsm_err add_with_token(const struct plan_facts *f, const struct gp_token_command *c,
                                   struct script *out)
{
    size_t mark = script_mark(out);
    TRY(gp_token_command_write(c, &out->store));
    return script_add_long(out, mark, f->profile);
}

static enum tsm_err add_install(const struct plan_facts *f, const struct gp_install *i, struct script *out)
{
    struct gp_token_command c = {.ins = INS_INSTALL, .install = *i};
    size_t mark = script_mark(out);
    if (i->token.len)
        return add_with_token(f, &c, out);
    TRY(install_write(i, &out->store));
    return script_add(out, mark);
}

enum tsm_err content_load_request(const struct plan_facts *f, struct bytes token, struct script *out)
{
    struct gp_install i = {.p1 = INSTALL_FOR_LOAD,
                           .load_file = f->package_aid,
                           .domain = f->domain_aid,
                           .hash = f->load_hash,
                           .token = token};
    return add_install(f, &i, out);
}

enum tsm_err content_load(const struct plan_facts *f, struct bytes token, struct script *out)
{
    struct load_plan plan;
    TRY(content_load_request(f, token, out));
    TRY(load_plan_make(f->dap_blocks, f->load_file, f->data_max, &plan));
    for (size_t n = 0; n < plan.blocks; n++) {
        size_t mark = script_mark(out);
        TRY(load_plan_block(&plan, n, &out->store));
        TRY(script_add(out, mark));
    }
    return TSM_OK;
}

enum tsm_err content_install(const struct plan_facts *f, int arg, struct bytes token, struct script *out)
{
    const struct plan_application *app = &f->applications[arg];
    uint8_t room[PARAMETERS_MAX];
    struct writer params = WRITER(room);
    struct install_params p = {.application = app->parameters};
    struct gp_install i = {.p1 = app->unselectable ? INSTALL_FOR_INSTALL
                                                   : INSTALL_FOR_INSTALL_AND_MAKE_SELECTABLE,
                           .load_file = f->package_aid,
                           .module = BYTES_OF(app->module, app->module_len),
                           .application = application_aid(f, arg),
                           .privileges = BYTES(app->privileges),
                           .token = token};
    TRY(install_params_write(PARAMS_FOR_INSTALL, &p, &params));
    i.parameters = written(&params);
    return add_install(f, &i, out);
}

static enum tsm_err add_delete(const struct plan_facts *f, const struct gp_delete *d, struct script *out)
{
    struct gp_token_command c = {.ins = INS_DELETE, .deletion = *d};
    size_t mark = script_mark(out);
    if (d->token.len)
        return add_with_token(f, &c, out);
    TRY(delete_write(d, &out->store));
    return script_add(out, mark);
}

enum tsm_err content_delete_application(const struct plan_facts *f, int arg, struct bytes token,
                                        struct script *out)
{
    return add_delete(f, &(struct gp_delete){.aid = application_aid(f, arg), .token = token}, out);
}

enum tsm_err content_delete_load_file(const struct plan_facts *f, struct bytes token, struct script *out)
{
    return add_delete(f, &(struct gp_delete){.aid = f->package_aid, .related = true, .token = token}, out);
}

enum tsm_err content_delete_domain(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return add_delete(f, &(struct gp_delete){.aid = f->domain_aid}, out);
}

enum tsm_err content_delete_plain(const struct plan_facts *f, int arg, struct script *out)
{
    return content_delete_application(f, arg, BYTES_NONE, out);
}

enum tsm_err probe_domain(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return probe_registry(STATUS_APPLICATIONS, f->domain_aid, out);
}

enum verdict judge_domain(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    uint8_t life;
    (void)arg;
    return registry_has(a, n, STATUS_APPLICATIONS, f->domain_aid, &life) ? VERDICT_DONE : VERDICT_NOT_DONE;
}

static enum verdict opposite(enum verdict v)
{
    return v == VERDICT_DONE ? VERDICT_NOT_DONE : VERDICT_DONE;
}

enum verdict judge_domain_gone(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    return opposite(judge_domain(f, arg, a, n));
}

enum tsm_err probe_load(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return probe_registry(STATUS_LOAD_FILES, f->package_aid, out);
}

enum verdict judge_load(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    uint8_t life;
    (void)arg;
    return registry_has(a, n, STATUS_LOAD_FILES, f->package_aid, &life) ? VERDICT_DONE : VERDICT_NOT_DONE;
}

enum verdict judge_load_file_gone(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    return opposite(judge_load(f, arg, a, n));
}

enum tsm_err probe_application(const struct plan_facts *f, int arg, struct script *out)
{
    return probe_registry(STATUS_APPLICATIONS, application_aid(f, arg), out);
}

enum verdict judge_installed(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    uint8_t life;
    return registry_has(a, n, STATUS_APPLICATIONS, application_aid(f, arg), &life) ? VERDICT_DONE
                                                                                   : VERDICT_NOT_DONE;
}

enum verdict judge_gone(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    return opposite(judge_installed(f, arg, a, n));
}

enum tsm_err content_directory(const struct plan_facts *f, int arg, struct script *out)
{
    uint8_t room[DIRECTORY_MAX];
    struct writer w = WRITER(room);
    struct store_part part = {.p1 = STORE_NO_ENCRYPTION | STORE_DGI};
    struct store_plan plan;
    TRY(script_personalization(out, application_aid(f, arg)));
    TRY(dgi_write(&w, DGI_FCI_PROPRIETARY, f->ppse));
    part.data = written(&w);
    TRY(store_plan_make(&part, 1, f->data_max, &plan));
    for (size_t i = 0; i < plan.blocks; i++) {
        size_t mark = script_mark(out);
        TRY(store_plan_block(&plan, i, &out->store));
        TRY(script_add(out, mark));
    }
    return TSM_OK;
}

enum verdict judge_directory(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    (void)f;
    (void)arg;
    (void)a;
    (void)n;
    return VERDICT_NOT_DONE;
}

bool has_directory(const struct plan_facts *f, int arg)
{
    (void)arg;
    return f->ppse.len > 0;
}

bool has_no_directory(const struct plan_facts *f, int arg)
{
    return !has_directory(f, arg);
}

bool no_such_application(const struct plan_facts *f, int arg)
{
    return (size_t)arg >= f->n_applications || f->applications[arg].there;
}

bool load_file_there(const struct plan_facts *f, int arg)
{
    (void)arg;
    return f->package_there || f->load_file.len == 0;
}

bool application_not_ours(const struct plan_facts *f, int arg)
{
    return (size_t)arg >= f->n_applications || f->applications[arg].not_ours;
}

bool package_not_ours(const struct plan_facts *f, int arg)
{
    (void)arg;
    return f->package_not_ours || f->package_used;
}

bool domain_stays(const struct plan_facts *f, int arg)
{
    (void)arg;
    return f->keeps_domain;
}
